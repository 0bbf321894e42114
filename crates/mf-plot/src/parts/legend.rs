//! The legend: a sample and a name for each series.

use plotters::element::{PathElement, Rectangle};
use plotters_backend::BackendColor;

use crate::canvas::elements::{Dot, Look, Mark, Pen, filled, label};
use crate::canvas::plane::Page;
use crate::error::PlotError;
use crate::geometry::{Rect, on_grid};
use crate::text::Block;
use crate::theme;

/// One line of a legend.
pub(crate) struct Entry {
    pub(crate) pen: Option<Pen>,
    pub(crate) dot: Option<Dot>,
    /// The colour of the ribbon around the line.
    pub(crate) ribbon: Option<BackendColor>,
    pub(crate) name: Block,
}

/// Extra space between two rows.
const ROW_GAP: f64 = 1.0;

/// The entries, one below the other.
pub(crate) struct Legend<'a> {
    entries: &'a [Entry],
    row_height: f64,
    width: f64,
}

impl<'a> Legend<'a> {
    /// Measures a legend; none if there is nothing to name.
    pub(crate) fn new(entries: &'a [Entry]) -> Option<Self> {
        let names = || entries.iter().map(|entry| &entry.name);
        let widest = names().map(|name| name.width).reduce(f64::max)?;
        let highest = names().map(Block::height).reduce(f64::max)?;
        Some(Legend {
            entries,
            row_height: highest + ROW_GAP,
            width: sample_width(entries) + theme::SAMPLE_GAP + widest,
        })
    }

    /// Width and height in points.
    pub(crate) fn extent(&self) -> (f64, f64) {
        let height = self.entries.len() as f64 * self.row_height - ROW_GAP;
        (self.width, height)
    }

    /// Draws the legend in the upper left corner of a place.
    pub(crate) fn draw(&self, place: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
        let sample = sample_width(self.entries);
        let (left, right) = (place.left, place.left + sample);
        for (row, entry) in self.entries.iter().enumerate() {
            let top = place.top + row as f64 * self.row_height;
            let baseline = top + entry.name.ascent;
            let half = entry.name.cap_height() / 2.0;
            let middle = baseline - half;
            if let Some(color) = entry.ribbon {
                let swatch = Rect {
                    left,
                    right,
                    top: middle - half,
                    bottom: middle + half,
                };
                page.draw(&Rectangle::new(swatch.corners(), filled(color)))?;
            }
            if let Some(pen) = &entry.pen {
                let ends = [left, right].map(|x| on_grid((x, middle)));
                page.draw(&Look::dashed(
                    PathElement::new(ends.to_vec(), pen.style()),
                    pen,
                ))?;
            }
            if let Some(dot) = entry.dot {
                let at = on_grid(((left + right) / 2.0, middle));
                page.draw(&Mark { at, dot })?;
            }
            let start = right + theme::SAMPLE_GAP;
            page.draw(&label(&entry.name, start, baseline, theme::INK))?;
        }
        Ok(())
    }
}

/// The width of the samples: that of a line, or of a point if there are only points.
fn sample_width(entries: &[Entry]) -> f64 {
    let has_line = entries.iter().any(|entry| entry.pen.is_some());
    if has_line {
        theme::SAMPLE
    } else {
        2.0 * theme::MARKER_SIZE
    }
}
