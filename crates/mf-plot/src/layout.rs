//! The page: where each panel's frame lies, so that frames align and nothing is cut.

use crate::axes::Axes;
use crate::canvas::{Rect, Sheet};
use crate::error::PlotError;
use crate::spec::{Figure, Layout};
use crate::theme;

/// Room around a frame for what belongs to it, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Margins {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// A panel that can be drawn: what a kind of chart gives.
pub(crate) trait Chart<'a> {
    /// What the chart shows, in plain words.
    fn shows(&self) -> Option<String>;
    /// Its axes.
    fn axes(&self) -> &Axes<'a>;
    /// The room that ticks, labels and the like need around a frame of this size.
    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError>;
    /// Draws the chart into its frame, and around it what its margins promised.
    fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError>;
}

/// Ticks depend on a frame's size and the size on the ticks' labels; a few rounds settle both.
const ROUNDS: usize = 4;
/// The smallest frame that is worth drawing.
const LEAST_FRAME: f64 = 36.0;

/// In how many columns the panels stand: at least one.
pub(crate) fn columns(figure: &Figure) -> Result<usize, PlotError> {
    let panels = figure.panels.len();
    let columns = match figure.layout {
        Layout::Stacked => panels.min(1),
        Layout::SideBySide => panels,
        Layout::Columns(columns) => columns.min(panels),
    };
    if columns == 0 {
        return Err(PlotError::Page {
            problem: "it has no panel, or a layout of 0 columns".to_owned(),
            remedy: "give at least one [[panels]] and one column".to_owned(),
        });
    }
    Ok(columns)
}

/// The frames of all panels in so many columns on a part of the page.
pub(crate) fn frames<'a>(
    page: &Rect,
    columns: usize,
    charts: &[Box<dyn Chart<'a> + 'a>],
) -> Result<Vec<Rect>, PlotError> {
    let rows = charts.len().div_ceil(columns);
    let mut across = vec![(0.0_f64, 0.0_f64); columns];
    let mut down = vec![(0.0_f64, 0.0_f64); rows];
    let mut size = (page.width() / columns as f64, page.height() / rows as f64);
    for _ in 0..ROUNDS {
        for (index, chart) in charts.iter().enumerate() {
            let margins = chart.margins(size.0, size.1)?;
            if let Some(column) = across.get_mut(index % columns) {
                *column = (column.0.max(margins.left), column.1.max(margins.right));
            }
            if let Some(row) = down.get_mut(index / columns) {
                *row = (row.0.max(margins.top), row.1.max(margins.bottom));
            }
        }
        size = (share(page.width(), &across), share(page.height(), &down));
        if size.0 < LEAST_FRAME || size.1 < LEAST_FRAME {
            return Err(PlotError::Page {
                problem: format!(
                    "its panels would be {:.0} x {:.0} points, less than {LEAST_FRAME} either way",
                    size.0.max(0.0),
                    size.1.max(0.0)
                ),
                remedy: "make `width` or `height` larger".to_owned(),
            });
        }
    }
    let (lefts, tops) = (
        starts(page.left, size.0, &across),
        starts(page.top, size.1, &down),
    );
    let frame = |index: usize| {
        let (left, top) = (*lefts.get(index % columns)?, *tops.get(index / columns)?);
        Some(Rect {
            left,
            top,
            right: left + size.0,
            bottom: top + size.1,
        })
    };
    Ok((0..charts.len()).filter_map(frame).collect())
}

/// The length each frame gets of a page's side, after the margins and the gaps.
fn share(length: f64, margins: &[(f64, f64)]) -> f64 {
    let used: f64 = margins.iter().map(|(before, after)| before + after).sum();
    let count = margins.len() as f64;
    (length - used - (count - 1.0) * theme::PANEL_GAP) / count
}

/// Where each frame begins.
fn starts(start: f64, length: f64, margins: &[(f64, f64)]) -> Vec<f64> {
    let mut at = start;
    margins
        .iter()
        .map(|(before, after)| {
            let begin = at + before;
            at = begin + length + after + theme::PANEL_GAP;
            begin
        })
        .collect()
}
