//! Tables with named, typed columns and units; CSV and Parquet; checked input files; files written whole or not at all.
//!
//! - [`Table`]: columns with a [`Field`] each (name, unit, meaning), over a polars `DataFrame`;
//! - [`read_csv`] / [`read_csv_any`]: input files, refused with the file, line, column and value at fault;
//! - [`Table::to_csv`], [`Table::to_parquet`], [`Table::from_parquet`]: the same table gives the same bytes;
//! - [`files`]: reading and atomic writing, with errors that say what to do.
//!
//! This crate knows no physics.

mod csv;
mod error;
mod expect;
mod field;
pub mod files;
mod parquet;
mod scan;
mod schema;
mod table;

pub use csv::{read_csv, read_csv_any};
pub use error::DataError;
pub use expect::Expect;
pub use field::{Field, Kind};
pub use table::{Column, Table, TableBuilder};
