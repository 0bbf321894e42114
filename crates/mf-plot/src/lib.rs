//! Tables to figures: one theme, one file per kind of chart, SVG and PNG from one drawing. [`render`] draws a
//! [`Figure`] ([`spec`] describes its settings) from the tables that its series name. The same figure and tables give
//! the same bytes, on every machine: nothing else is read, the fonts are embedded, and logarithms come from libm.
//!
//! The drawing library is plotters: data are its series and elements on its Cartesian coordinates; axes, legend and
//! bars are its elements on the page. All go through one backend to one sheet of SVG (`canvas`). `canvas/elements.rs`
//! has the elements that plotters lacks. The placing (`page`, `axis`, `place`) and the text (`text`) are our own.
//!
//! A new kind of chart is one file of `charts`: a type that implements `Chart`, and a variant of [`spec::Panel`].

mod axis;
mod canvas;
mod charts;
mod colors;
mod error;
mod geometry;
mod page;
mod parts;
mod place;
pub mod spec;
mod table;
mod text;
mod theme;

pub use error::PlotError;
pub use parts::reading::{AxisReading, CurveReadings, GridReadings, PanelReadings, Readings};
pub use spec::Figure;

use std::collections::BTreeMap;

use mf_data::Table;

/// A drawn figure.
#[derive(Clone, PartialEq)]
pub struct Rendered {
    /// The SVG file, sized in points; text is outlines, so it needs no fonts.
    pub svg: String,
    /// The PNG file, rasterized from the SVG at 300 pixels to the inch.
    pub png: Vec<u8>,
    /// The values that it shows, panel by panel.
    pub readings: Readings,
}

/// Prints the sizes of the files, not their contents.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "Rendered {{ svg: {} bytes, png: {} bytes }}",
            self.svg.len(),
            self.png.len()
        )
    }
}

/// Checks a figure without its tables: an error here is an error of [`render`] with any tables.
///
/// # Errors
/// [`PlotError`] names the page, the panel or the series, or the text, and says what to do.
pub fn check(figure: &Figure) -> Result<(), PlotError> {
    page::check(figure)
}

/// Draws a figure from the tables that its series name.
///
/// # Errors
/// [`PlotError`] names the panel, series, table, column or row at fault and says what to do.
pub fn render(figure: &Figure, tables: &BTreeMap<String, Table>) -> Result<Rendered, PlotError> {
    let (svg, readings) = page::draw(figure, tables)?;
    let png = page::raster::png(&svg, figure.width, figure.height)?;
    Ok(Rendered { svg, png, readings })
}

/// The description in a drawn SVG file, for readers who cannot see the figure; empty if it has none.
pub fn description(svg: &str) -> String {
    canvas::sheet::description(svg)
}
