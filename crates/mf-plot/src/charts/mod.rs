//! The kinds of charts, and what each gives: the room that it needs, and its drawing.

pub(crate) mod contour_bands;
pub(crate) mod heat_map;
pub(crate) mod xy;

use crate::canvas::plane::Page;
use crate::error::PlotError;
use crate::geometry::{Margins, Rect};
use crate::parts::axes::Axes;
use crate::parts::reading::Reader;

/// A panel that can be drawn.
pub(crate) trait Chart<'a> {
    /// What the chart shows, in plain words.
    fn shows(&self) -> Option<String>;
    /// Its axes.
    fn axes(&self) -> &Axes<'a>;
    /// Leaves out of its legend what panels before it named, and adds its own names.
    fn name_once(&mut self, _named: &mut Vec<String>) {}
    /// The room that ticks, labels and the like need around a frame of this size.
    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError>;
    /// Draws the chart into its frame, and around it what its margins promised; reads the values that it shows.
    fn draw(&self, frame: &Rect, page: &Page<'_>, reader: &mut Reader) -> Result<(), PlotError>;
}
