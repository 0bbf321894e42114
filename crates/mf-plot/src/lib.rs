//! Tables to figures: one theme, one file per kind of chart, SVG and PNG from one drawing.
//!
//! [`render`] takes a [`Figure`] and the tables that its series name.

mod axis;
mod canvas;
mod error;
mod font;
mod markup;
mod raster;
pub mod spec;
mod text;
mod theme;
mod ticks;

pub use error::PlotError;
pub use spec::Figure;

use std::collections::BTreeMap;

use mf_data::Table;

/// A drawn figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The SVG file.
    pub svg: String,
    /// The PNG file, 300 pixels to the inch.
    pub png: Vec<u8>,
}

/// Draws a figure from the tables that its series name.
///
/// # Errors
/// Any [`PlotError`].
pub fn render(figure: &Figure, tables: &BTreeMap<String, Table>) -> Result<Rendered, PlotError> {
    let _ = tables;
    let fonts = font::Fonts::embedded()?;
    let sheet = canvas::Sheet::new(&fonts, figure.width, figure.height);
    let svg = sheet.into_svg("", "");
    let png = raster::png(&svg, figure.width, figure.height)?;
    Ok(Rendered { svg, png })
}
