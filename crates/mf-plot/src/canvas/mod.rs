//! What is drawn on: one sheet of SVG, a backend of plotters for it, the page and the data's plane as plotters' drawing
//! areas, and the elements beside plotters' own.

mod backend;
pub(crate) mod elements;
pub(crate) mod plane;
pub(crate) mod sheet;
