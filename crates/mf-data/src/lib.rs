//! Tables with named, typed columns and units; CSV and Parquet; checked input files; files written whole or not at all.
//!
//! - [`Table`]: columns with a [`Field`] each (name, unit, meaning), over a polars `DataFrame`;
//! - [`Table::from_csv`], [`Table::from_csv_as`]: input files; errors name the file, line, column and value;
//! - [`Table::to_csv`], [`Table::to_parquet`], [`Table::from_parquet`]: the same table gives the same bytes;
//! - [`files`]: reading and atomic writing, with errors that say what to do.
//!
//! ```
//! use mf_data::Table;
//!
//! let table = Table::builder()
//!     .u64("states", "", "number of states", vec![4, 8])
//!     .f64("spacing", "sqrt(Q*)", "normalized spacing", vec![0.9957, 0.5860])
//!     .build()?;
//! assert_eq!(table.to_csv()?, b"states,spacing\n4,0.9957\n8,0.586\n");
//! # Ok::<(), mf_data::DataError>(())
//! ```
//!
//! This crate knows no physics.

pub mod compare;
mod csv;
mod end;
mod error;
mod expect;
mod field;
pub mod files;
mod parquet;
mod rows;
mod scan;
mod schema;
mod table;

pub use compare::{Change, Comparison, compare};
pub use error::DataError;
pub use expect::Expect;
pub use field::{Field, Kind};
pub use rows::Rows;
pub use table::{Column, Table, TableBuilder};
