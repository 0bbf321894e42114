//! The data's plane: from values to places on the page.

use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, IntoDrawingArea};

use crate::axis::AxisRange;
use crate::backend::SvgCanvas;
use crate::canvas::{Rect, Sheet, grid};
use crate::place::Spot;
use crate::spec::Scale;

/// Room that a text in the panel keeps from the frame, clear of the ticks.
const INSET: f64 = 4.5;

/// The data's plane: a frame on the page and the two axes.
pub(crate) struct Plane {
    pub(crate) frame: Rect,
    x: AxisRange,
    y: AxisRange,
    /// Where on the page the low and the high end of each axis lie.
    x_ends: [f64; 2],
    y_ends: [f64; 2],
}

impl Plane {
    /// The plane of two axes (x, y) in a frame; a reversed one runs leftward or downward.
    pub(crate) fn new(frame: Rect, [x, y]: [AxisRange; 2], reversed: [bool; 2]) -> Self {
        let turned = |reversed: bool, [low, high]: [f64; 2]| {
            if reversed { [high, low] } else { [low, high] }
        };
        Plane {
            frame,
            x,
            y,
            x_ends: turned(reversed[0], [frame.left, frame.right]),
            y_ends: turned(reversed[1], [frame.bottom, frame.top]),
        }
    }

    /// Where a value lies on the page.
    pub(crate) fn spot(&self, x: f64, y: f64) -> Spot {
        (self.across(x), self.down(y))
    }

    /// Where a value of x lies on the page.
    pub(crate) fn across(&self, x: f64) -> f64 {
        let [low, high] = self.x_ends;
        low + self.x.fraction(x) * (high - low)
    }

    /// Where a value of y lies on the page.
    pub(crate) fn down(&self, y: f64) -> f64 {
        let [low, high] = self.y_ends;
        low + self.y.fraction(y) * (high - low)
    }

    /// Where a value of y lies on the page; one that a logarithmic axis can't show lies at its low end.
    pub(crate) fn down_or_end(&self, y: f64) -> f64 {
        if self.y.scale == Scale::Log && y <= 0.0 {
            self.y_ends[0]
        } else {
            self.down(y)
        }
    }

    pub(crate) fn holds_x(&self, x: f64) -> bool {
        self.x.holds(x)
    }

    pub(crate) fn holds_y(&self, y: f64) -> bool {
        self.y.holds(y)
    }

    /// The rectangle between two values of x and two of y.
    pub(crate) fn rect(&self, x: [f64; 2], y: [f64; 2]) -> Rect {
        let (x, y) = (x.map(|x| self.across(x)), y.map(|y| self.down(y)));
        Rect {
            left: x[0].min(x[1]),
            top: y[0].min(y[1]),
            right: x[0].max(x[1]),
            bottom: y[0].max(y[1]),
        }
    }

    /// The part of the frame where texts may stand.
    pub(crate) fn inside(&self) -> Rect {
        self.frame.grown(-INSET)
    }

    /// The same plane for plotters to draw on.
    pub(crate) fn area<'s, 'f>(
        &self,
        sheet: &'s mut Sheet<'f>,
    ) -> DrawingArea<SvgCanvas<'s, 'f>, Cartesian2d<AxisRange, AxisRange>> {
        let [left, right] = self.x_ends.map(grid);
        let [bottom, top] = self.y_ends.map(grid);
        let axes = Cartesian2d::new(self.x, self.y, (left..right, bottom..top));
        SvgCanvas(sheet).into_drawing_area().apply_coord_spec(axes)
    }
}
