//! Bars next to a frame that explain colours and bands.

pub(crate) mod bands;
pub(crate) mod colors;

use plotters::element::{PathElement, Rectangle};
use plotters_backend::BackendColor;

use crate::canvas::elements::{filled, label, stroke, upward};
use crate::canvas::plane::Page;
use crate::error::PlotError;
use crate::geometry::{Rect, on_grid};
use crate::text::Block;
use crate::theme;

/// A bar of blocks of the same height, with ticks and names on its right and a title that runs upward.
struct Bar<'b> {
    /// The lowest first.
    colors: Vec<BackendColor>,
    /// The positions of ticks, from 0 at the bottom to 1 at the top, and their names.
    ticks: Vec<(f64, Option<Block>)>,
    title: Option<&'b Block>,
}

impl Bar<'_> {
    fn names_width(&self) -> f64 {
        let names = self.ticks.iter().filter_map(|(_, name)| name.as_ref());
        theme::TICK_LABEL_GAP + names.map(|name| name.width).fold(0.0, f64::max)
    }

    /// The width of the bar itself, its names and its title.
    fn width(&self) -> f64 {
        let title = self.title;
        let title = title.map_or(0.0, |title| theme::AXIS_LABEL_GAP + title.height());
        theme::BAR_WIDTH + self.names_width() + title
    }

    /// Draws the bar at the left edge of a place, with the height of the place.
    fn draw(&self, place: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
        let bar = Rect {
            right: place.left + theme::BAR_WIDTH,
            ..*place
        };
        let at = |part: f64| bar.bottom - bar.height() * part;
        for (index, color) in self.colors.iter().enumerate() {
            // Each block extends to the top, so that there is no visible seam between two.
            let bottom = at(index as f64 / self.colors.len() as f64);
            let block = Rect { bottom, ..bar };
            page.draw(&Rectangle::new(block.corners(), filled(*color)))?;
        }
        let pen = stroke(theme::INK, theme::FRAME_WIDTH);
        page.draw(&Rectangle::new(bar.corners(), pen))?;
        for (part, name) in &self.ticks {
            let (y, length) = match name {
                Some(_) => (at(*part), theme::OUTWARD_TICK),
                None => (at(*part), theme::OUTWARD_TICK / 2.0),
            };
            let ends = [bar.right, bar.right + length].map(|x| on_grid((x, y)));
            page.draw(&PathElement::new(ends.to_vec(), pen))?;
        }
        for (part, name) in &self.ticks {
            let Some(name) = name else { continue };
            let (left, half) = (bar.right + theme::TICK_LABEL_GAP, name.cap_height() / 2.0);
            page.draw(&label(name, left, at(*part) + half, theme::INK))?;
        }
        if let Some(title) = self.title {
            let right = bar.right + self.names_width() + theme::AXIS_LABEL_GAP;
            let bottom = (bar.top + bar.bottom + title.width) / 2.0;
            page.draw(&upward(title, right + title.ascent, bottom, theme::INK))?;
        }
        Ok(())
    }
}

/// The column right of a frame, for a bar.
fn beside(frame: &Rect) -> Rect {
    Rect {
        left: frame.right + theme::SIDE_GAP,
        ..*frame
    }
}
