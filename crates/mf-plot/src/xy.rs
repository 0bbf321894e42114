//! The chart of points and lines over two axes.

mod check;
mod draw;
mod looks;
mod names;

use std::collections::BTreeMap;

use mf_data::Table;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, IntoDrawingArea};

use crate::axis::AxisRange;
use crate::backend::SvgCanvas;
use crate::canvas::{Dot, Pen, Rect, Sheet};
use crate::color_bar::ColorBar;
use crate::data::{self, Curve, Sample};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::layout::{Chart, Margins};
use crate::legend::Entry;
use crate::place::Spot;
use crate::spec::{Axis, XyPanel};
use crate::text::Block;
use crate::theme;
use crate::ticks::{self, Tick};
use crate::xy::check::{check_panel, check_series};
use crate::xy::looks::Looks;

/// The most labelled ticks of the two axes; fewer where they would touch.
const MOST_X_LABELS: usize = 8;
const MOST_Y_LABELS: usize = 6;
/// Between two texts in one corner.
const STACK_GAP: f64 = 3.0;
/// Room that a text in the panel keeps from the frame, clear of the ticks.
const INSET: f64 = 4.5;

/// One curve with its looks.
struct Layer {
    curve: Curve,
    pen: Option<Pen>,
    dot: Option<Dot>,
    /// Its name, if it stands in the right margin.
    end_name: Option<Block>,
}

/// An axis with its label set.
struct SetAxis<'a> {
    range: AxisRange,
    listed: Option<&'a [f64]>,
    label: Option<Block>,
}

/// A panel of points and lines, read and measured.
pub(crate) struct XyChart<'a> {
    panel: &'a XyPanel,
    fonts: &'a Fonts,
    title: Option<Block>,
    x: SetAxis<'a>,
    y: SetAxis<'a>,
    layers: Vec<Layer>,
    entries: Vec<Entry>,
    bars: Vec<ColorBar>,
}

impl<'a> XyChart<'a> {
    /// Reads a panel's series from the tables; `part` names the panel in errors.
    pub(crate) fn new(
        panel: &'a XyPanel,
        part: &str,
        tables: &BTreeMap<String, Table>,
        fonts: &'a Fonts,
    ) -> Result<Self, PlotError> {
        check_panel(panel, part)?;
        let mut looks = Looks {
            fonts,
            plain: 0,
            lines: 0,
            layers: Vec::new(),
            entries: Vec::new(),
            bars: Vec::new(),
        };
        for (index, series) in panel.series.iter().enumerate() {
            let part = format!("{part}, series {}", index + 1);
            check_series(series, &part)?;
            let curves = data::curves(series, &part, tables, (panel.x.scale, panel.y.scale))?;
            match series.group {
                Some(_) => looks.add_group(series, &part, curves)?,
                None => looks.add_single(series, curves)?,
            }
        }
        let Looks {
            layers,
            entries,
            bars,
            ..
        } = looks;
        let samples = || layers.iter().flat_map(|layer| layer.curve.points());
        let x = SetAxis::new(&panel.x, samples().map(|sample| sample.x), fonts)?;
        let y = SetAxis::new(&panel.y, samples().map(|sample| sample.y), fonts)?;
        let title = panel
            .title
            .as_ref()
            .map(|title| fonts.set(title, theme::LABEL))
            .transpose()?;
        Ok(XyChart {
            panel,
            fonts,
            title,
            x,
            y,
            layers,
            entries,
            bars,
        })
    }

    fn x_ticks(&self, width: f64) -> Result<Vec<SetTick>, PlotError> {
        let extent = |label: &str| self.fonts.set(label, theme::TEXT).map(|block| block.width);
        self.x.ticks(MOST_X_LABELS, width, extent, self.fonts)
    }

    fn y_ticks(&self, height: f64) -> Result<Vec<SetTick>, PlotError> {
        let extent = |label: &str| {
            self.fonts
                .set(label, theme::TEXT)
                .map(|block| block.cap_height())
        };
        self.y.ticks(MOST_Y_LABELS, height, extent, self.fonts)
    }

    fn plane(&self, frame: &Rect) -> Plane {
        Plane {
            frame: *frame,
            x: self.x.range,
            y: self.y.range,
        }
    }
}

/// A tick with its label set.
struct SetTick {
    fraction: f64,
    label: Option<Block>,
}

impl<'a> SetAxis<'a> {
    fn new(
        spec: &'a Axis,
        values: impl Iterator<Item = f64>,
        fonts: &Fonts,
    ) -> Result<Self, PlotError> {
        let range = match spec.range {
            Some([low, high]) => AxisRange {
                scale: spec.scale,
                low,
                high,
            },
            None => AxisRange::enclosing(spec.scale, values),
        };
        let label = spec
            .label
            .as_ref()
            .map(|label| fonts.set(label, theme::LABEL))
            .transpose()?;
        Ok(SetAxis {
            range,
            listed: spec.ticks.as_deref(),
            label,
        })
    }

    fn ticks(
        &self,
        most: usize,
        length: f64,
        extent: impl FnMut(&str) -> Result<f64, PlotError>,
        fonts: &Fonts,
    ) -> Result<Vec<SetTick>, PlotError> {
        let space = theme::TICK_LABEL_SPACE;
        let ticks = match self.listed {
            Some(values) => ticks::listed(&self.range, values, length, space, extent)?,
            None => ticks::fitting(&self.range, most, length, space, extent)?,
        };
        let set = |tick: Tick| {
            let label = tick
                .label
                .as_ref()
                .map(|label| fonts.set(label, theme::TEXT))
                .transpose()?;
            Ok(SetTick {
                fraction: self.range.fraction(tick.value),
                label,
            })
        };
        ticks.into_iter().map(set).collect()
    }
}

/// The data's plane: a frame on the page and the two axes.
struct Plane {
    frame: Rect,
    x: AxisRange,
    y: AxisRange,
}

impl Plane {
    /// Where a value lies on the page.
    fn spot(&self, x: f64, y: f64) -> Spot {
        (self.across(x), self.down(y))
    }

    fn across(&self, x: f64) -> f64 {
        self.frame.left + self.x.fraction(x) * self.frame.width()
    }

    fn down(&self, y: f64) -> f64 {
        self.frame.bottom - self.y.fraction(y) * self.frame.height()
    }

    fn holds(&self, sample: &Sample) -> bool {
        self.x.holds(sample.x) && self.y.holds(sample.y)
    }

    /// The part of the frame where texts may stand.
    fn inside(&self) -> Rect {
        self.frame.grown(-INSET)
    }

    /// The same plane for plotters to draw on.
    fn area<'s, 'f>(
        &self,
        sheet: &'s mut Sheet<'f>,
    ) -> DrawingArea<SvgCanvas<'s, 'f>, Cartesian2d<AxisRange, AxisRange>> {
        let [left, top, right, bottom] = self.frame.on_grid();
        let axes = Cartesian2d::new(self.x, self.y, (left..right, bottom..top));
        SvgCanvas(sheet).into_drawing_area().apply_coord_spec(axes)
    }
}

impl Layer {
    /// The pieces of the line between gaps.
    fn runs(&self) -> impl Iterator<Item = Vec<(f64, f64)>> + '_ {
        let runs = self.curve.samples.split(Option::is_none);
        let point = |sample: &Option<Sample>| sample.as_ref().map(|sample| (sample.x, sample.y));
        runs.map(move |run| run.iter().filter_map(point).collect::<Vec<_>>())
            .filter(|run: &Vec<_>| !run.is_empty())
    }
}

impl Chart for XyChart<'_> {
    fn shows(&self) -> Option<String> {
        let y = &self.y.label.as_ref()?.plain;
        let x = self.x.label.as_ref().map(|label| &label.plain);
        Some(x.map_or_else(|| y.clone(), |x| format!("{y} against {x}")))
    }

    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let (x_ticks, y_ticks) = (self.x_ticks(width)?, self.y_ticks(height)?);
        let labelled = |ticks: &'_ [SetTick]| {
            ticks
                .iter()
                .filter_map(|tick| tick.label.clone().map(|label| (tick.fraction, label)))
                .collect::<Vec<_>>()
        };
        let (x_labels, y_labels) = (labelled(&x_ticks), labelled(&y_ticks));
        let widest = y_labels
            .iter()
            .map(|(_, label)| label.width)
            .fold(0.0, f64::max);
        let highest = x_labels
            .iter()
            .map(|(_, label)| label.height())
            .fold(0.0, f64::max);
        let label_height = |axis: &SetAxis<'_>| {
            axis.label
                .as_ref()
                .map_or(0.0, |label| theme::AXIS_LABEL_GAP + label.height())
        };
        let half = |label: &Block| label.width / 2.0;
        let over_left = x_labels
            .iter()
            .map(|(at, label)| half(label) - at * width)
            .fold(0.0, f64::max);
        let over_right = x_labels
            .iter()
            .map(|(at, label)| half(label) - (1.0 - at) * width)
            .fold(0.0, f64::max);
        let over_top = y_labels
            .iter()
            .map(|(at, label)| label.ascent - label.cap_height() / 2.0 - (1.0 - at) * height);
        let names = self
            .layers
            .iter()
            .filter_map(|layer| layer.end_name.as_ref());
        let names = names
            .map(|name| theme::SIDE_GAP + name.width)
            .fold(0.0, f64::max);
        let bars = self
            .bars
            .iter()
            .map(|bar| bar.width(self.fonts, height))
            .sum::<Result<f64, _>>()?;
        let title = self
            .title
            .as_ref()
            .map_or(0.0, |title| title.height() + STACK_GAP);
        Ok(Margins {
            left: over_left.max(theme::TICK_LABEL_GAP + widest + label_height(&self.y)),
            right: over_right.max(names + bars).max(theme::FRAME_WIDTH),
            top: over_top.fold(title, f64::max).max(theme::FRAME_WIDTH),
            bottom: theme::TICK_LABEL_GAP + highest + label_height(&self.x),
        })
    }

    fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let plane = self.plane(frame);
        self.draw_bands(&plane, sheet);
        self.draw_reference_lines(&plane, sheet);
        self.draw_layers(&plane, sheet)?;
        self.draw_frame(&plane, sheet)?;
        self.draw_labels(&plane, sheet)?;
        let mut obstacles = self.obstacles(&plane);
        self.draw_corners(&plane, &mut obstacles, sheet)?;
        self.draw_band_names(&plane, &mut obstacles, sheet)?;
        self.draw_line_names(&plane, &mut obstacles, sheet)?;
        self.draw_point_names(&plane, &mut obstacles, sheet)?;
        self.draw_end_names(&plane, sheet)?;
        self.bars.iter().try_for_each(|bar| bar.draw(frame, sheet))
    }
}
