//! The bar that explains bands: a block for each band, their boundaries as ticks, and below it a key of the marks.

use plotters_backend::BackendColor;

use crate::axis::ticks;
use crate::canvas::elements::label;
use crate::canvas::plane::Page;
use crate::error::PlotError;
use crate::geometry::Rect;
use crate::parts::bars::{Bar, beside};
use crate::parts::signs::{draw_crosses, draw_hatching};
use crate::spec::check::setting;
use crate::spec::{ContourBands, LevelFormat};
use crate::text::{self, Block};
use crate::theme;

/// Between two rows of the key, and between bar and key.
const ROW_GAP: f64 = 2.0;
/// The meaning of crosses.
const DIVERGED: &str = "diverged";
/// The meaning of hatching.
const NO_VALUE: &str = "no value";

/// The sign of a row of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Cross,
    Hatching,
}

/// A bar next to a frame, with the key of its signs below. Together they have the height of the frame.
#[derive(Clone)]
pub(crate) struct BandBar {
    /// The boundaries between the bands, increasing, and the colours of the bands, one more.
    pub(crate) levels: Vec<f64>,
    pub(crate) colors: Vec<BackendColor>,
    /// The names of the levels.
    names: Vec<Block>,
    title: Option<Block>,
    key: Vec<(Sign, Block)>,
}

impl BandBar {
    /// The bar of bands; the flags say whether their surfaces have diverged nodes or gaps. `part` names the panel in
    /// errors.
    pub(crate) fn new(
        spec: &ContourBands,
        part: &str,
        has_diverged: bool,
        has_gaps: bool,
    ) -> Result<Self, PlotError> {
        check_levels(&spec.levels, part)?;
        let names = spec.levels.iter().map(|level| match spec.format {
            LevelFormat::Plain => ticks::number(*level),
            LevelFormat::Percent => format!("{} %", ticks::number(percent(*level))),
        });
        let names = names.map(|name| text::set(&name, theme::TEXT));
        let signs = [
            (Sign::Cross, DIVERGED, has_diverged),
            (Sign::Hatching, NO_VALUE, has_gaps),
        ];
        let shown = signs.into_iter().filter(|(_, _, shown)| *shown);
        let key = shown.map(|(sign, name, _)| Ok((sign, text::set(name, theme::TEXT)?)));
        let count = spec.levels.len() + 1;
        Ok(BandBar {
            levels: spec.levels.clone(),
            colors: (0..count).map(|index| theme::band(index, count)).collect(),
            names: names.collect::<Result<_, _>>()?,
            title: text::set_if(spec.label.as_ref(), theme::LABEL)?,
            key: key.collect::<Result<_, PlotError>>()?,
        })
    }

    /// The quantity that the bands show, in plain words.
    pub(crate) fn shows(&self) -> Option<&str> {
        self.title.as_ref().map(|title| title.plain.as_str())
    }

    fn bar(&self) -> Bar<'_> {
        let count = self.colors.len() as f64;
        let ticks = self.names.iter().enumerate();
        Bar {
            colors: self.colors.clone(),
            ticks: ticks
                .map(|(index, name)| ((index + 1) as f64 / count, Some(name.clone())))
                .collect(),
            title: self.title.as_ref(),
        }
    }

    /// The width right of the frame.
    pub(crate) fn width(&self) -> f64 {
        let key = self.key.iter().map(|(_, name)| name.width);
        let key = theme::BAR_WIDTH + theme::TICK_LABEL_GAP + key.fold(0.0, f64::max);
        theme::SIDE_GAP + self.bar().width().max(key)
    }

    /// Draws bar and key next to a frame.
    pub(crate) fn draw(&self, frame: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
        let column = beside(frame);
        let rows = self.key.iter().map(|(_, name)| name.height() + ROW_GAP);
        let bottom = column.bottom - rows.sum::<f64>();
        self.bar().draw(&Rect { bottom, ..column }, page)?;
        let mut top = bottom;
        for (sign, name) in &self.key {
            top += ROW_GAP;
            let (baseline, half) = (top + name.ascent, name.cap_height() / 2.0);
            let swatch = Rect {
                left: column.left,
                right: column.left + theme::BAR_WIDTH,
                top: baseline - 2.0 * half,
                bottom: baseline,
            };
            match sign {
                Sign::Cross => draw_crosses(&[swatch.middle()], page)?,
                Sign::Hatching => draw_hatching(&swatch, page)?,
            }
            let left = swatch.right + theme::TICK_LABEL_GAP;
            page.draw(&label(name, left, baseline, theme::INK))?;
            top += name.height();
        }
        Ok(())
    }
}

/// Checks that there are levels, and that they increase.
pub(crate) fn check_levels(levels: &[f64], part: &str) -> Result<(), PlotError> {
    let remedy = "give increasing numbers, for instance `bands = { levels = [0.25, 0.5, 0.75] }`";
    if levels.is_empty() {
        return setting(part, "its bands have no levels".to_owned(), remedy);
    }
    let ascends = |pair: &[f64]| matches!(pair, [low, high] if low < high);
    if !levels.iter().all(|level| level.is_finite()) || !levels.windows(2).all(ascends) {
        return setting(
            part,
            format!("the levels {levels:?} do not increase"),
            remedy,
        );
    }
    Ok(())
}

/// A fraction in percent, without the rounding error of the multiplication: 0.55 is 55, not 55.00000000000001.
fn percent(part: f64) -> f64 {
    (part * 100.0 * 1e9).round() / 1e9
}
