//! The parts that all kinds of panels have: two axes, a frame with ticks, labels and a title.

use plotters::element::{PathElement, Rectangle};

use crate::axis::AxisRange;
use crate::axis::ticks::{self, Tick};
use crate::canvas::elements::{label, stroke, upward};
use crate::canvas::plane::{Page, Plane};
use crate::error::PlotError;
use crate::geometry::{Margins, Rect, Spot, on_grid};
use crate::parts::around::Around;
use crate::spec::Axis;
use crate::text::{self, Block};
use crate::theme;

/// The most labelled ticks of the two axes; fewer where they would touch.
const MOST_X_LABELS: usize = 8;
const MOST_Y_LABELS: usize = 6;
/// Between the frame and the title.
const TITLE_GAP: f64 = 3.0;

/// The direction of the ticks of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TickSide {
    /// Inward, on all four sides.
    Inward,
    /// Outward below and on the left, for frames that are filled with colour.
    Outward,
}

/// The two axes of a panel and its title, typeset.
pub(crate) struct Axes<'a> {
    title: Option<Block>,
    x: SetAxis<'a>,
    y: SetAxis<'a>,
    /// Whether a unit has the same length on both.
    equal: bool,
    side: TickSide,
}

/// An axis with its typeset label.
struct SetAxis<'a> {
    spec: &'a Axis,
    range: AxisRange,
    label: Option<Block>,
    /// Whether its labels are at this panel, and not at another one that shares them.
    shown: bool,
}

/// A tick with its typeset label.
struct SetTick {
    value: f64,
    major: bool,
    label: Option<Block>,
}

impl<'a> Axes<'a> {
    /// The axes of a panel; if the specification gives no ends, they are those of `ranges` (x, y).
    pub(crate) fn new(
        title: Option<&String>,
        around: &Around<'a>,
        [x, y]: [AxisRange; 2],
        side: TickSide,
    ) -> Result<Self, PlotError> {
        Ok(Axes {
            title: text::set_if(title, theme::LABEL)?,
            x: SetAxis::new(around.x, x, around.shows_x)?,
            y: SetAxis::new(around.y, y, around.shows_y)?,
            equal: false,
            side,
        })
    }

    /// The same axes, one of them widened so that a unit has the same length on both.
    pub(crate) fn with_equal_units(self, equal: bool) -> Self {
        Axes { equal, ..self }
    }

    /// The title without markup.
    pub(crate) fn title(&self) -> Option<&str> {
        self.title.as_ref().map(|title| title.plain.as_str())
    }

    /// The labels of x and y without markup.
    pub(crate) fn labels(&self) -> [Option<&str>; 2] {
        [&self.x, &self.y].map(|axis| axis.label.as_ref().map(|label| label.plain.as_str()))
    }

    /// For x and y, why this panel cannot share the labels of `other` in frames of this size; none if it can.
    pub(crate) fn differ(&self, other: &Axes<'_>, size: (f64, f64)) -> [Option<String>; 2] {
        let (own, others) = (self.ranges(size), other.ranges(size));
        [
            self.x.differs(own[0], &other.x, others[0]),
            self.y.differs(own[1], &other.y, others[1]),
        ]
    }

    /// The ranges of both axes in a frame of this size.
    fn ranges(&self, (width, height): (f64, f64)) -> [AxisRange; 2] {
        let (x, y) = (self.x.range, self.y.range);
        if !self.equal {
            return [x, y];
        }
        let unit = ((x.high - x.low) / width).max((y.high - y.low) / height);
        [x.widened(unit * width), y.widened(unit * height)]
    }

    /// The plane of the data in a frame of the page.
    pub(crate) fn plane<'s>(&self, frame: &Rect, page: &Page<'s>) -> Plane<'s> {
        page.plane(*frame, self.ranges((frame.width(), frame.height())))
    }

    /// The ticks of x and of y on axes of this size.
    fn ticks(&self, size: (f64, f64)) -> Result<[Vec<SetTick>; 2], PlotError> {
        let set = |label: &str| text::set(label, theme::TEXT);
        let width = |label: &str| set(label).map(|block| block.width);
        let height = |label: &str| set(label).map(|block| block.cap_height());
        let [x, y] = self.ranges(size);
        Ok([
            self.x.ticks(x, MOST_X_LABELS, size.0, width)?,
            self.y.ticks(y, MOST_Y_LABELS, size.1, height)?,
        ])
    }

    /// Between the frame and the tick labels.
    fn label_gap(&self) -> f64 {
        match self.side {
            TickSide::Inward => theme::TICK_LABEL_GAP,
            TickSide::Outward => theme::OUTWARD_TICK + theme::OUTWARD_TICK_GAP,
        }
    }

    /// The margins around a frame of this size for ticks, labels and the title.
    pub(crate) fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let [x_ticks, y_ticks] = self.ticks((width, height))?;
        let [x, y] = self.ranges((width, height));
        // How far tick labels extend beyond the ends of the frame.
        let mut over = Margins::default();
        let (mut widest, mut highest) = (0.0_f64, 0.0_f64);
        for (tick, label) in labelled(&x_ticks) {
            let (at, half) = (x.along(tick.value) * width, label.width / 2.0);
            over.left = over.left.max(half - at);
            over.right = over.right.max(half + at - width);
            highest = highest.max(label.height());
        }
        for (tick, label) in labelled(&y_ticks) {
            let below_top = (1.0 - y.along(tick.value)) * height;
            over.top = over
                .top
                .max(label.ascent - label.cap_height() / 2.0 - below_top);
            widest = widest.max(label.width);
        }
        let title = self.title.as_ref();
        let title = title.map_or(0.0, |title| title.height() + TITLE_GAP);
        let outside = |axis: &SetAxis<'_>, labels: f64| match self.side {
            _ if axis.shown => self.label_gap() + labels + axis.label_height(),
            TickSide::Inward => theme::FRAME_WIDTH,
            TickSide::Outward => theme::OUTWARD_TICK,
        };
        Ok(Margins {
            left: over.left.max(outside(&self.y, widest)),
            right: over.right.max(theme::FRAME_WIDTH),
            top: over.top.max(title).max(theme::FRAME_WIDTH),
            bottom: outside(&self.x, highest),
        })
    }

    /// Draws the frame, the ticks, all labels and the title.
    pub(crate) fn draw(&self, plane: &Plane<'_>, page: &Page<'_>) -> Result<(), PlotError> {
        let frame = plane.frame;
        let [x_ticks, y_ticks] = self.ticks((frame.width(), frame.height()))?;
        let pen = stroke(theme::INK, theme::FRAME_WIDTH);
        let tick = |from: Spot, to: Spot| {
            page.draw(&PathElement::new(vec![on_grid(from), on_grid(to)], pen))
        };
        for SetTick { value, major, .. } in &x_ticks {
            let (x, _) = plane.spot(*value, plane.y().low);
            if let Some(length) = self.inward(*major) {
                tick((x, frame.bottom), (x, frame.bottom - length))?;
                tick((x, frame.top), (x, frame.top + length))?;
            } else if *major {
                tick((x, frame.bottom), (x, frame.bottom + theme::OUTWARD_TICK))?;
            }
        }
        for SetTick { value, major, .. } in &y_ticks {
            let (_, y) = plane.spot(plane.x().low, *value);
            if let Some(length) = self.inward(*major) {
                tick((frame.left, y), (frame.left + length, y))?;
                tick((frame.right, y), (frame.right - length, y))?;
            } else if *major {
                tick((frame.left, y), (frame.left - theme::OUTWARD_TICK, y))?;
            }
        }
        page.draw(&Rectangle::new(frame.corners(), pen))?;
        for (tick, text) in labelled(&x_ticks) {
            let (x, _) = plane.spot(tick.value, plane.y().low);
            let baseline = frame.bottom + self.label_gap() + text.ascent;
            page.draw(&label(text, x - text.width / 2.0, baseline, theme::INK))?;
        }
        for (tick, text) in labelled(&y_ticks) {
            let (_, y) = plane.spot(plane.x().low, tick.value);
            let left = frame.left - self.label_gap() - text.width;
            page.draw(&label(text, left, y + text.cap_height() / 2.0, theme::INK))?;
        }
        self.draw_names(&frame, page)
    }

    /// The length of a tick that points inward; none if it points outward.
    fn inward(&self, major: bool) -> Option<f64> {
        let length = if major {
            theme::MAJOR_TICK
        } else {
            theme::MINOR_TICK
        };
        (self.side == TickSide::Inward).then_some(length)
    }

    /// Draws the labels of the axes and the title.
    fn draw_names(&self, frame: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
        let margins = self.margins(frame.width(), frame.height())?;
        let (middle_x, middle_y) = frame.middle();
        if let Some(name) = self.x.label.as_ref().filter(|_| self.x.shown) {
            let baseline = frame.bottom + margins.bottom - name.descent;
            page.draw(&label(
                name,
                middle_x - name.width / 2.0,
                baseline,
                theme::INK,
            ))?;
        }
        if let Some(name) = self.y.label.as_ref().filter(|_| self.y.shown) {
            let baseline = frame.left - margins.left + name.ascent;
            page.draw(&upward(
                name,
                baseline,
                middle_y + name.width / 2.0,
                theme::INK,
            ))?;
        }
        if let Some(title) = &self.title {
            let baseline = frame.top - TITLE_GAP - title.height() + title.ascent;
            page.draw(&label(
                title,
                middle_x - title.width / 2.0,
                baseline,
                theme::INK,
            ))?;
        }
        Ok(())
    }
}

/// The ticks that have labels.
fn labelled(ticks: &[SetTick]) -> impl Iterator<Item = (&SetTick, &Block)> {
    ticks
        .iter()
        .filter_map(|tick| Some((tick, tick.label.as_ref()?)))
}

impl<'a> SetAxis<'a> {
    fn new(spec: &'a Axis, range: AxisRange, shown: bool) -> Result<Self, PlotError> {
        Ok(SetAxis {
            spec,
            range: AxisRange::of(spec, range),
            label: text::set_if(spec.label.as_ref(), theme::LABEL)?,
            shown,
        })
    }

    fn label_height(&self) -> f64 {
        self.label
            .as_ref()
            .map_or(0.0, |label| theme::AXIS_LABEL_GAP + label.height())
    }

    fn differs(&self, own: AxisRange, other: &SetAxis<'_>, others: AxisRange) -> Option<String> {
        /// Ends may differ by rounding errors, but not visibly.
        const SLACK: f64 = 1e-6;
        let near = |a: f64, b: f64| (others.fraction(a) - others.fraction(b)).abs() < SLACK;
        if own.scale != others.scale || own.reversed != others.reversed {
            return Some("its scale or direction differs".to_owned());
        }
        if !near(own.low, others.low) || !near(own.high, others.high) {
            return Some(format!(
                "its range is from {} to {}, not from {} to {}",
                own.low, own.high, others.low, others.high
            ));
        }
        match (&self.spec.label, &other.spec.label) {
            (Some(own), others) if Some(own) != others.as_ref() => {
                Some(format!("its label \"{own}\" would not be shown"))
            }
            _ => None,
        }
    }

    fn ticks(
        &self,
        range: AxisRange,
        most: usize,
        length: f64,
        extent: impl FnMut(&str) -> Result<f64, PlotError>,
    ) -> Result<Vec<SetTick>, PlotError> {
        let space = theme::TICK_LABEL_SPACE;
        let ticks = match &self.spec.ticks {
            Some(values) => {
                let names = self.spec.tick_labels.as_deref();
                ticks::listed(&range, values, names, length, space, extent)?
            }
            None => ticks::fitting(&range, most, length, space, extent)?,
        };
        let set = |tick: Tick| {
            let shown = tick.label.as_ref().filter(|_| self.shown);
            Ok(SetTick {
                value: tick.value,
                major: tick.label.is_some(),
                label: text::set_if(shown, theme::TEXT)?,
            })
        };
        ticks.into_iter().map(set).collect()
    }
}
