//! The kinds of charts. Each gives its margins and draws itself.

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
    /// The content of the chart, in plain words.
    fn shows(&self) -> Option<String>;
    /// Its axes.
    fn axes(&self) -> &Axes<'a>;
    /// Removes names from its legend that panels before it have, and adds its own names to `named`.
    fn name_once(&mut self, _named: &mut Vec<String>) {}
    /// The margins for ticks, labels and bars around a frame of this size.
    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError>;
    /// Draws the chart into its frame, and around it what its margins promised; reads the values that it shows.
    fn draw(&self, frame: &Rect, page: &Page<'_>, reader: &mut Reader) -> Result<(), PlotError>;
}
