//! The legend: a sample and a name for each series.

use plotters_backend::BackendColor;

use crate::canvas::{Dot, Pen, Rect, Sheet};
use crate::text::Block;
use crate::theme;

/// One line of a legend.
pub(crate) struct Entry {
    pub(crate) pen: Option<Pen>,
    pub(crate) dot: Option<Dot>,
    /// Whether line and point have dark edges, as on bands.
    pub(crate) edged: bool,
    /// The colour of the ribbon around the line.
    pub(crate) ribbon: Option<BackendColor>,
    pub(crate) name: Block,
}

/// Extra space between two rows.
const ROW_GAP: f64 = 1.0;

/// Entries in one or two columns, filled column by column.
pub(crate) struct Legend<'a> {
    entries: &'a [Entry],
    rows: usize,
    row_height: f64,
    column_width: f64,
}

impl<'a> Legend<'a> {
    /// Measures a legend; none if there is nothing to name.
    pub(crate) fn new(entries: &'a [Entry]) -> Option<Self> {
        let columns = if entries.len() > theme::LEGEND_ROWS {
            2
        } else {
            1
        };
        let widest = entries
            .iter()
            .map(|entry| entry.name.width)
            .reduce(f64::max)?;
        let highest = entries
            .iter()
            .map(|entry| entry.name.height())
            .reduce(f64::max)?;
        Some(Legend {
            entries,
            rows: entries.len().div_ceil(columns),
            row_height: highest + ROW_GAP,
            column_width: sample_width(entries) + theme::SAMPLE_GAP + widest,
        })
    }

    /// Width and height in points.
    pub(crate) fn size(&self) -> (f64, f64) {
        let columns = self.entries.len().div_ceil(self.rows) as f64;
        let width = columns * self.column_width + (columns - 1.0) * theme::LEGEND_COLUMN_GAP;
        (width, self.rows as f64 * self.row_height - ROW_GAP)
    }

    /// Draws the legend at a place of its size.
    pub(crate) fn draw(&self, place: &Rect, sheet: &mut Sheet<'_>) {
        let sample = sample_width(self.entries);
        for (index, entry) in self.entries.iter().enumerate() {
            let (column, row) = (index / self.rows, index % self.rows);
            let left = place.left + column as f64 * (self.column_width + theme::LEGEND_COLUMN_GAP);
            let baseline = place.top + row as f64 * self.row_height + entry.name.ascent;
            let middle = baseline - entry.name.cap_height() / 2.0;
            if let Some(color) = entry.ribbon {
                let half = entry.name.cap_height() / 2.0;
                let swatch = Rect {
                    left,
                    top: middle - half,
                    right: left + sample,
                    bottom: middle + half,
                };
                sheet.area(&swatch, color, theme::RIBBON);
            }
            if let Some(pen) = entry.pen.as_ref().filter(|_| entry.edged) {
                let casing = pen.casing(theme::INK, theme::CASING);
                sheet.line([(left, middle), (left + sample, middle)], &casing);
            }
            if let Some(pen) = &entry.pen {
                sheet.line([(left, middle), (left + sample, middle)], pen);
            }
            if let Some(dot) = entry.dot.as_ref().filter(|_| entry.edged) {
                let spot = (left + sample / 2.0, middle);
                sheet.dot(spot, &dot.casing(theme::INK, theme::CASING));
            }
            if let Some(dot) = &entry.dot {
                sheet.dot((left + sample / 2.0, middle), dot);
            }
            sheet.text(
                &entry.name,
                left + sample + theme::SAMPLE_GAP,
                baseline,
                theme::INK,
            );
        }
    }
}

/// Samples are as long as a line needs, or as wide as a point where there are only points.
fn sample_width(entries: &[Entry]) -> f64 {
    let has_line = entries.iter().any(|entry| entry.pen.is_some());
    if has_line {
        theme::SAMPLE
    } else {
        2.0 * theme::MARKER_SIZE
    }
}
