//! The page and the plane of the data on it, as drawing areas of plotters.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Drawable, PointCollection};
use plotters_backend::BackendCoord;

use crate::axis::AxisRange;
use crate::axis::ticks;
use crate::canvas::backend::{FAR, SvgBackend};
use crate::canvas::sheet::Sheet;
use crate::error::PlotError;
use crate::geometry::{GRID, Rect, Spot};

/// Distance of texts in the panel from the frame, so that they do not touch the ticks.
const INSET: f64 = 4.5;

/// The axes as coordinates of plotters.
impl Ranged for AxisRange {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (from, to) = (f64::from(limit.0), f64::from(limit.1));
        // The conversion saturates: a point far outside stays far outside.
        (from + self.along(*value) * (to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let ticks = ticks::ticks(self, hint.max_num_points()).into_iter();
        ticks
            .filter(|tick| tick.label.is_some())
            .map(|tick| tick.value)
            .collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// The page; places are in grid units from the upper left corner.
pub(crate) struct Page<'s> {
    whole: DrawingArea<SvgBackend<'s>, Shift>,
    page: DrawingArea<SvgBackend<'s>, Shift>,
}

impl<'s> Page<'s> {
    /// The page of a sheet.
    pub(crate) fn on(sheet: &'s mut Sheet) -> Self {
        let size = sheet.size();
        let whole = SvgBackend::new(sheet).into_drawing_area();
        let page = whole.clone().shrink((FAR, FAR), size);
        Page { whole, page }
    }

    /// Draws an element whose points are places of the page.
    pub(crate) fn draw<E>(&self, element: &E) -> Result<(), PlotError>
    where
        for<'b> &'b E: PointCollection<'b, BackendCoord>,
        E: Drawable<SvgBackend<'s>>,
    {
        Ok(self.page.draw(element)?)
    }

    /// The plane of two axes in a frame.
    pub(crate) fn plane(&self, frame: Rect, [x, y]: [AxisRange; 2]) -> Plane<'s> {
        let [(left, top), (right, bottom)] = frame.corners().map(|(x, y)| (x + FAR, y + FAR));
        let axes = Cartesian2d::new(x, y, (left..right, bottom..top));
        Plane {
            frame,
            area: self.whole.clone().apply_coord_spec(axes),
        }
    }
}

/// The plane of the data: a frame on the page and two axes.
pub(crate) struct Plane<'s> {
    pub(crate) frame: Rect,
    area: DrawingArea<SvgBackend<'s>, Cartesian2d<AxisRange, AxisRange>>,
}

impl<'s> Plane<'s> {
    /// Draws a series: elements whose points are values of x and y.
    pub(crate) fn draw<E>(&self, series: impl IntoIterator<Item = E>) -> Result<(), PlotError>
    where
        for<'b> &'b E: PointCollection<'b, (f64, f64)>,
        E: Drawable<SvgBackend<'s>>,
    {
        for element in series {
            self.area.draw(&element)?;
        }
        Ok(())
    }

    /// The place on the page of a value of x and a value of y.
    pub(crate) fn spot(&self, x: f64, y: f64) -> Spot {
        let (across, down) = self.area.map_coordinate(&(x, y));
        let points = |units: i32| f64::from(units - FAR) / GRID;
        (points(across), points(down))
    }

    pub(crate) fn x(&self) -> &AxisRange {
        self.area.as_coord_spec().x_spec()
    }

    pub(crate) fn y(&self) -> &AxisRange {
        self.area.as_coord_spec().y_spec()
    }

    /// Whether a point is in the frame.
    pub(crate) fn holds(&self, x: f64, y: f64) -> bool {
        self.x().holds(x) && self.y().holds(y)
    }

    /// The rectangle between two values of x and two of y.
    pub(crate) fn rect(&self, x: [f64; 2], y: [f64; 2]) -> Rect {
        let (from, to) = (self.spot(x[0], y[0]), self.spot(x[1], y[1]));
        Rect {
            left: from.0.min(to.0),
            top: from.1.min(to.1),
            right: from.0.max(to.0),
            bottom: from.1.max(to.1),
        }
    }

    /// The part of the frame where texts may be.
    pub(crate) fn inside(&self) -> Rect {
        self.frame.grown(-INSET)
    }
}
