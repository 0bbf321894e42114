//! Figures: their specification, drawings, files and errors. One program: the tests are linked once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod common;

mod banded;
mod colored;
mod errors;
mod facet;
mod files;
mod golden;
mod lines;
mod module_order;
mod readings;
mod spec;
