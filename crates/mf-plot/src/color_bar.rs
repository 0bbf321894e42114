//! The colour bar: what the colours of a group of curves mean.

use crate::axis::AxisRange;
use crate::canvas::{Pen, Rect, Sheet};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::spec::Scale;
use crate::text::Block;
use crate::theme;
use crate::ticks::{self, Tick};

/// Steps of colour in the bar: finer than the eye or the paper.
const STEPS: u32 = 96;
/// A bar with no more values than this is labelled with the values themselves.
const LISTED: usize = 12;
/// Values over more than this ratio are spread by ratio.
const LOG_RATIO: f64 = 10.0;

/// A bar beside the frame, as high as it.
pub(crate) struct ColorBar {
    range: AxisRange,
    values: Vec<f64>,
    title: Option<Block>,
}

impl ColorBar {
    /// A bar for ascending values.
    pub(crate) fn new(values: Vec<f64>, title: Option<Block>) -> Self {
        let (low, high) = (
            values.first().copied().unwrap_or(0.0),
            values.last().copied().unwrap_or(1.0),
        );
        let scale = if low > 0.0 && high / low > LOG_RATIO {
            Scale::Log
        } else {
            Scale::Linear
        };
        let range = if high > low {
            AxisRange { scale, low, high }
        } else {
            AxisRange::enclosing(scale, values.iter().copied())
        };
        ColorBar {
            range,
            values,
            title,
        }
    }

    /// Where on the ramp a value's colour lies.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        self.range.fraction(value)
    }

    fn ticks(&self, fonts: &Fonts, height: f64) -> Result<Vec<(Tick, Option<Block>)>, PlotError> {
        let extent = |label: &str| {
            fonts
                .set(label, theme::TEXT)
                .map(|block| block.cap_height())
        };
        let ticks = if self.values.len() <= LISTED {
            ticks::listed(
                &self.range,
                &self.values,
                height,
                theme::TICK_LABEL_SPACE,
                extent,
            )?
        } else {
            ticks::fitting(&self.range, 6, height, theme::TICK_LABEL_SPACE, extent)?
        };
        let set = |tick: Tick| {
            let label = tick
                .label
                .as_ref()
                .map(|label| fonts.set(label, theme::TEXT))
                .transpose()?;
            Ok((tick, label))
        };
        ticks.into_iter().map(set).collect()
    }

    fn labels_width(&self, fonts: &Fonts, height: f64) -> Result<f64, PlotError> {
        let ticks = self.ticks(fonts, height)?;
        Ok(ticks
            .iter()
            .filter_map(|(_, label)| label.as_ref())
            .map(|label| label.width)
            .fold(0.0, f64::max))
    }

    /// Room right of the frame.
    pub(crate) fn width(&self, fonts: &Fonts, height: f64) -> Result<f64, PlotError> {
        let title = self
            .title
            .as_ref()
            .map_or(0.0, |title| theme::AXIS_LABEL_GAP + title.height());
        let labels = theme::TICK_LABEL_GAP + self.labels_width(fonts, height)?;
        Ok(theme::SIDE_GAP + theme::BAR_WIDTH + labels + title)
    }

    /// Draws the bar beside its panel's frame.
    pub(crate) fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let left = frame.right + theme::SIDE_GAP;
        let bar = Rect {
            left,
            right: left + theme::BAR_WIDTH,
            ..*frame
        };
        for step in 0..STEPS {
            // Each step reaches to the top, so that no seam shows between two.
            let bottom = bar.bottom - bar.height() * f64::from(step) / f64::from(STEPS);
            let color = theme::ramp((f64::from(step) + 0.5) / f64::from(STEPS));
            sheet.area(&Rect { bottom, ..bar }, color, 1.0);
        }
        let mut strokes = bar.edges().to_vec();
        for (tick, label) in self.ticks(sheet.fonts(), bar.height())? {
            let y = bar.bottom - self.range.fraction(tick.value) * bar.height();
            let length = if label.is_some() {
                theme::MAJOR_TICK
            } else {
                theme::MINOR_TICK
            };
            strokes.push([(bar.right, y), (bar.right - length, y)]);
            if let Some(label) = label {
                sheet.text(
                    &label,
                    bar.right + theme::TICK_LABEL_GAP,
                    y + label.cap_height() / 2.0,
                    theme::INK,
                );
            }
        }
        sheet.strokes(&strokes, &Pen::solid(theme::INK, theme::FRAME_WIDTH));
        if let Some(title) = &self.title {
            let labels = self.labels_width(sheet.fonts(), bar.height())?;
            let x =
                bar.right + theme::TICK_LABEL_GAP + labels + theme::AXIS_LABEL_GAP + title.ascent;
            sheet.text_upward(
                title,
                x,
                (bar.top + bar.bottom + title.width) / 2.0,
                theme::INK,
            );
        }
        Ok(())
    }
}
