//! What panels of every kind have: two axes, a frame with ticks, labels and a title.

use crate::axis::AxisRange;
use crate::canvas::{Pen, Rect, Sheet};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::layout::Margins;
use crate::plane::Plane;
use crate::share::Around;
use crate::spec::Axis;
use crate::text::Block;
use crate::theme;
use crate::ticks::{self, Tick};

/// The most labelled ticks of the two axes; fewer where they would touch.
const MOST_X_LABELS: usize = 8;
const MOST_Y_LABELS: usize = 6;
/// Between the frame and the title.
const TITLE_GAP: f64 = 3.0;

/// Where a frame's ticks point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TickSide {
    /// Inward, on all four sides.
    Inward,
    /// Outward below and on the left, where the frame is filled with colour.
    Outward,
}

/// The two axes of a panel and its title, set.
pub(crate) struct Axes<'a> {
    fonts: &'a Fonts,
    title: Option<Block>,
    x: SetAxis<'a>,
    y: SetAxis<'a>,
    /// Whether a unit has the same length on both.
    equal: bool,
    ticks: TickSide,
}

/// An axis with its label set.
struct SetAxis<'a> {
    spec: &'a Axis,
    range: AxisRange,
    label: Option<Block>,
    /// Whether its labels stand here, not at the panel that it shares them with.
    shown: bool,
}

/// A tick with its label set.
struct SetTick {
    /// Where: 0 left or at the bottom, 1 right or at the top.
    fraction: f64,
    major: bool,
    label: Option<Block>,
}

impl SetTick {
    /// The tick's length if it points inward.
    fn length(&self) -> f64 {
        if self.major {
            theme::MAJOR_TICK
        } else {
            theme::MINOR_TICK
        }
    }
}

impl<'a> Axes<'a> {
    /// The axes of a panel; where the specification gives no ends, they are those of `ranges` (x, y).
    pub(crate) fn new(
        title: Option<&str>,
        around: &Around<'a>,
        ranges: [AxisRange; 2],
        ticks: TickSide,
    ) -> Result<Self, PlotError> {
        let fonts = around.fonts;
        let title = title
            .map(|title| fonts.set(title, theme::LABEL))
            .transpose()?;
        let [x, y] = ranges;
        Ok(Axes {
            fonts,
            title,
            x: SetAxis::new(around.x, x, around.shows_x, fonts)?,
            y: SetAxis::new(around.y, y, around.shows_y, fonts)?,
            equal: false,
            ticks,
        })
    }

    /// The same axes, one of them widened so that a unit has the same length on both.
    pub(crate) fn with_equal_units(self, equal: bool) -> Self {
        Axes { equal, ..self }
    }

    /// The labels of x and y without markup.
    pub(crate) fn labels(&self) -> [Option<&str>; 2] {
        [&self.x, &self.y].map(|axis| axis.label.as_ref().map(|label| label.plain.as_str()))
    }

    /// Why the labels of `other` can't stand for those of this panel in frames of one size; none if they can.
    pub(crate) fn differ(&self, other: &Axes<'_>, size: (f64, f64)) -> [Option<String>; 2] {
        let (own, others) = (self.ranges(size), other.ranges(size));
        [
            self.x.differs(own[0], &other.x, others[0]),
            self.y.differs(own[1], &other.y, others[1]),
        ]
    }

    /// The ends of both axes in a frame of this size.
    fn ranges(&self, (width, height): (f64, f64)) -> [AxisRange; 2] {
        let (x, y) = (self.x.range, self.y.range);
        if !self.equal {
            return [x, y];
        }
        let unit = ((x.high - x.low) / width).max((y.high - y.low) / height);
        [x.widened(unit * width), y.widened(unit * height)]
    }

    /// The data's plane in a frame.
    pub(crate) fn plane(&self, frame: &Rect) -> Plane {
        let [x, y] = self.ranges((frame.width(), frame.height()));
        Plane::new(*frame, [x, y], [self.x.spec.reversed, self.y.spec.reversed])
    }

    fn x_ticks(&self, size: (f64, f64)) -> Result<Vec<SetTick>, PlotError> {
        let extent = |label: &str| self.fonts.set(label, theme::TEXT).map(|block| block.width);
        let [range, _] = self.ranges(size);
        self.x
            .ticks(range, MOST_X_LABELS, size.0, extent, self.fonts)
    }

    fn y_ticks(&self, size: (f64, f64)) -> Result<Vec<SetTick>, PlotError> {
        let extent = |label: &str| {
            self.fonts
                .set(label, theme::TEXT)
                .map(|block| block.cap_height())
        };
        let [_, range] = self.ranges(size);
        self.y
            .ticks(range, MOST_Y_LABELS, size.1, extent, self.fonts)
    }

    /// Between the frame and the tick labels.
    fn label_gap(&self) -> f64 {
        match self.ticks {
            TickSide::Inward => theme::TICK_LABEL_GAP,
            TickSide::Outward => theme::OUTWARD_TICK + theme::OUTWARD_TICK_GAP,
        }
    }

    /// The room around a frame of this size for ticks, labels and the title.
    pub(crate) fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let size = (width, height);
        let labelled = |ticks: Vec<SetTick>| {
            ticks
                .into_iter()
                .filter_map(|tick| tick.label.map(|label| (tick.fraction, label)))
                .collect::<Vec<_>>()
        };
        let (x_labels, y_labels) = (labelled(self.x_ticks(size)?), labelled(self.y_ticks(size)?));
        let widest = y_labels
            .iter()
            .map(|(_, label)| label.width)
            .fold(0.0, f64::max);
        let highest = x_labels
            .iter()
            .map(|(_, label)| label.height())
            .fold(0.0, f64::max);
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
        let title = self
            .title
            .as_ref()
            .map_or(0.0, |title| title.height() + TITLE_GAP);
        let outside = |axis: &SetAxis<'_>, labels: f64| {
            if axis.shown {
                self.label_gap() + labels + axis.label_height()
            } else {
                match self.ticks {
                    TickSide::Inward => theme::FRAME_WIDTH,
                    TickSide::Outward => theme::OUTWARD_TICK,
                }
            }
        };
        Ok(Margins {
            left: over_left.max(outside(&self.y, widest)),
            right: over_right.max(theme::FRAME_WIDTH),
            top: over_top.fold(title, f64::max).max(theme::FRAME_WIDTH),
            bottom: outside(&self.x, highest),
        })
    }

    /// Draws the ticks, their labels and the frame.
    pub(crate) fn draw_frame(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let size = (frame.width(), frame.height());
        let mut ticks = Vec::new();
        for tick in self.x_ticks(size)? {
            let x = frame.left + tick.fraction * frame.width();
            match self.ticks {
                TickSide::Inward => {
                    ticks.push([(x, frame.bottom), (x, frame.bottom - tick.length())]);
                    ticks.push([(x, frame.top), (x, frame.top + tick.length())]);
                }
                TickSide::Outward if tick.major => {
                    ticks.push([(x, frame.bottom), (x, frame.bottom + theme::OUTWARD_TICK)]);
                }
                TickSide::Outward => {}
            }
            if let Some(label) = tick.label {
                let baseline = frame.bottom + self.label_gap() + label.ascent;
                sheet.text(&label, x - label.width / 2.0, baseline, theme::INK);
            }
        }
        for tick in self.y_ticks(size)? {
            let y = frame.bottom - tick.fraction * frame.height();
            match self.ticks {
                TickSide::Inward => {
                    ticks.push([(frame.left, y), (frame.left + tick.length(), y)]);
                    ticks.push([(frame.right, y), (frame.right - tick.length(), y)]);
                }
                TickSide::Outward if tick.major => {
                    ticks.push([(frame.left, y), (frame.left - theme::OUTWARD_TICK, y)]);
                }
                TickSide::Outward => {}
            }
            if let Some(label) = tick.label {
                let right = frame.left - self.label_gap();
                sheet.text(
                    &label,
                    right - label.width,
                    y + label.cap_height() / 2.0,
                    theme::INK,
                );
            }
        }
        let pen = Pen::solid(theme::INK, theme::FRAME_WIDTH);
        sheet.strokes(&ticks, &pen);
        let [left, top, right, bottom] = frame.on_grid();
        sheet.curve(
            &[
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
                (right, top),
            ],
            &pen,
            None,
        );
        Ok(())
    }

    /// Draws the labels of the axes and the title.
    pub(crate) fn draw_labels(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let margins = self.margins(frame.width(), frame.height())?;
        if let Some(label) = self.x.label.as_ref().filter(|_| self.x.shown) {
            let baseline = frame.bottom + margins.bottom - label.descent;
            sheet.text(
                label,
                (frame.left + frame.right - label.width) / 2.0,
                baseline,
                theme::INK,
            );
        }
        if let Some(label) = self.y.label.as_ref().filter(|_| self.y.shown) {
            let baseline = frame.left - margins.left + label.ascent;
            sheet.text_upward(
                label,
                baseline,
                (frame.top + frame.bottom + label.width) / 2.0,
                theme::INK,
            );
        }
        if let Some(title) = &self.title {
            let baseline = frame.top - TITLE_GAP - title.height() + title.ascent;
            sheet.text(
                title,
                (frame.left + frame.right - title.width) / 2.0,
                baseline,
                theme::INK,
            );
        }
        Ok(())
    }
}

impl<'a> SetAxis<'a> {
    fn new(
        spec: &'a Axis,
        range: AxisRange,
        shown: bool,
        fonts: &Fonts,
    ) -> Result<Self, PlotError> {
        let range = match spec.range {
            Some([low, high]) => AxisRange {
                scale: spec.scale,
                low,
                high,
            },
            None => range,
        };
        let label = spec
            .label
            .as_ref()
            .map(|label| fonts.set(label, theme::LABEL))
            .transpose()?;
        Ok(SetAxis {
            spec,
            range,
            label,
            shown,
        })
    }

    fn label_height(&self) -> f64 {
        self.label
            .as_ref()
            .map_or(0.0, |label| theme::AXIS_LABEL_GAP + label.height())
    }

    fn differs(&self, own: AxisRange, other: &SetAxis<'_>, others: AxisRange) -> Option<String> {
        /// Ends may differ by rounding, not by what the eye could see.
        const SLACK: f64 = 1e-6;
        let near = |a: f64, b: f64| (others.fraction(a) - others.fraction(b)).abs() < SLACK;
        if own.scale != others.scale || self.spec.reversed != other.spec.reversed {
            return Some("its scale or direction is another".to_owned());
        }
        if !near(own.low, others.low) || !near(own.high, others.high) {
            return Some(format!(
                "it runs from {} to {}, not from {} to {}",
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
        fonts: &Fonts,
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
            let fraction = range.fraction(tick.value);
            Ok(SetTick {
                fraction: if self.spec.reversed {
                    1.0 - fraction
                } else {
                    fraction
                },
                major: tick.label.is_some(),
                label: shown
                    .map(|label| fonts.set(label, theme::TEXT))
                    .transpose()?,
            })
        };
        ticks.into_iter().map(set).collect()
    }
}
