//! The colour bar: what colours mean.

use crate::axis::AxisRange;
use crate::canvas::{Pen, Rect, Sheet};
use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::font::Fonts;
use crate::spec::{ColorMap, Colors, Scale};
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
    scale: ColorScale,
    /// The values that get a tick, and their names; otherwise ticks are chosen.
    listed: Option<Vec<f64>>,
    names: Option<Vec<String>>,
    title: Option<Block>,
}

impl ColorBar {
    /// A bar for the ascending values of a group of curves.
    pub(crate) fn for_group(values: Vec<f64>, title: Option<Block>) -> Self {
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
            scale: ColorScale {
                map: ColorMap::Sequential,
                range,
            },
            listed: (values.len() <= LISTED).then_some(values),
            names: None,
            title,
        }
    }

    /// A bar as a specification describes it.
    pub(crate) fn for_colors(
        colors: &Colors,
        scale: ColorScale,
        fonts: &Fonts,
    ) -> Result<Self, PlotError> {
        let title = colors
            .label
            .as_ref()
            .map(|label| fonts.set(label, theme::LABEL))
            .transpose()?;
        Ok(ColorBar {
            scale,
            listed: colors.ticks.clone(),
            names: colors.tick_labels.clone(),
            title,
        })
    }

    /// What the bar explains.
    pub(crate) fn scale(&self) -> ColorScale {
        self.scale
    }

    /// What the colours show, in plain words.
    pub(crate) fn shows(&self) -> Option<&str> {
        self.title.as_ref().map(|title| title.plain.as_str())
    }

    fn ticks(&self, fonts: &Fonts, height: f64) -> Result<Vec<(Tick, Option<Block>)>, PlotError> {
        let extent = |label: &str| {
            fonts
                .set(label, theme::TEXT)
                .map(|block| block.cap_height())
        };
        let (range, space) = (&self.scale.range, theme::TICK_LABEL_SPACE);
        let ticks = match &self.listed {
            Some(values) => {
                ticks::listed(range, values, self.names.as_deref(), height, space, extent)?
            }
            None => ticks::fitting(range, 6, height, space, extent)?,
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
            let color = theme::mapped(self.scale.map, (f64::from(step) + 0.5) / f64::from(STEPS));
            sheet.area(&Rect { bottom, ..bar }, color, 1.0);
        }
        let mut strokes = bar.edges().to_vec();
        for (tick, label) in self.ticks(sheet.fonts(), bar.height())? {
            let y = bar.bottom - self.scale.range.fraction(tick.value) * bar.height();
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
