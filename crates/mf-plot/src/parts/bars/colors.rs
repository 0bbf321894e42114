//! The colour bar, which explains the colours of a map.

use crate::axis::ticks;
use crate::canvas::plane::Page;
use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::geometry::Rect;
use crate::parts::bars::{Bar, beside};
use crate::spec::Colors;
use crate::text::{self, Block};
use crate::theme;

/// Steps of colour in the bar; they are too fine to be visible.
const STEPS: u32 = 96;
/// The most ticks with names.
const MOST_LABELS: usize = 6;

/// A bar next to a frame, with the height of the frame.
pub(crate) struct ColorBar {
    scale: ColorScale,
    /// The values with ticks, and their names; if there are none, ticks are chosen.
    listed: Option<Vec<f64>>,
    names: Option<Vec<String>>,
    title: Option<Block>,
}

impl ColorBar {
    /// The bar of a specification.
    pub(crate) fn new(colors: &Colors, scale: ColorScale) -> Result<Self, PlotError> {
        Ok(ColorBar {
            scale,
            listed: colors.ticks.clone(),
            names: colors.tick_labels.clone(),
            title: text::set_if(colors.label.as_ref(), theme::LABEL)?,
        })
    }

    /// The scale that the bar explains.
    pub(crate) fn scale(&self) -> ColorScale {
        self.scale
    }

    /// The quantity that the colours show, in plain words.
    pub(crate) fn shows(&self) -> Option<&str> {
        self.title.as_ref().map(|title| title.plain.as_str())
    }

    fn bar(&self, height: f64) -> Result<Bar<'_>, PlotError> {
        let extent = |label: &str| text::set(label, theme::TEXT).map(|block| block.cap_height());
        let (range, space) = (&self.scale.range, theme::TICK_LABEL_SPACE);
        let ticks = match (&self.listed, self.names.as_deref()) {
            (Some(values), names) => ticks::listed(range, values, names, height, space, extent)?,
            (None, _) => ticks::fitting(range, MOST_LABELS, height, space, extent)?,
        };
        let set = |tick: ticks::Tick| {
            let name = text::set_if(tick.label.as_ref(), theme::TEXT)?;
            Ok((range.fraction(tick.value), name))
        };
        let part = |step: u32| (f64::from(step) + 0.5) / f64::from(STEPS);
        Ok(Bar {
            colors: (0..STEPS)
                .map(|step| theme::mapped(self.scale.map, part(step)))
                .collect(),
            ticks: ticks
                .into_iter()
                .map(set)
                .collect::<Result<_, PlotError>>()?,
            title: self.title.as_ref(),
        })
    }

    /// The width right of a frame of this height.
    pub(crate) fn width(&self, height: f64) -> Result<f64, PlotError> {
        Ok(theme::SIDE_GAP + self.bar(height)?.width())
    }

    /// Draws the bar next to a frame.
    pub(crate) fn draw(&self, frame: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
        self.bar(frame.height())?.draw(&beside(frame), page)
    }
}
