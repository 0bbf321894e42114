//! The drawing surface: one sheet of SVG, a backend of plotters for it, the page and the plane of the data as drawing
//! areas of plotters, and the elements that plotters does not have.

mod backend;
pub(crate) mod elements;
pub(crate) mod plane;
pub(crate) mod sheet;
