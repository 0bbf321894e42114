//! Parquet: tables with their units and meanings in one file. The same table gives the same bytes.

use std::io::Cursor;

use polars::prelude::{
    self as pl, DataFrame, DataType, KeyValueMetadata, ParquetCompression, ParquetReader,
    ParquetWriter, SerReader, StatisticsOptions,
};

use crate::error::DataError;
use crate::field::{Field, Kind};
use crate::schema::Description;
use crate::table::{Table, frame_error, from_series};

/// The key of the description in the file's metadata.
const DESCRIPTION: &str = "mf.schema";

impl Table {
    /// The table as Parquet, with the fields (unit, meaning) and notes in the file's metadata.
    /// It is not compressed, so that the bytes do not depend on a codec's version.
    ///
    /// # Errors
    /// [`DataError::Frame`], which would be a bug of this program.
    pub fn to_parquet(&self) -> Result<Vec<u8>, DataError> {
        let description = serde_json::to_string(&self.description()).unwrap_or_default();
        let metadata = vec![(DESCRIPTION.to_owned(), description)];
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes)
            .with_compression(ParquetCompression::Uncompressed)
            .with_statistics(StatisticsOptions::default())
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
            .set_parallel(false)
            .finish(&mut self.frame().clone())
            .map_err(frame_error)?;
        Ok(bytes)
    }

    /// Reads a file of [`Table::to_parquet`], or any Parquet file of `f64`, `u64` and text columns without nulls.
    /// `label` names the table in messages.
    ///
    /// Check the hash of a stored file first: the reader of polars detects a damaged header or end of file, but a
    /// flipped bit in a data page may give other values, or make it request too much memory.
    ///
    /// # Errors
    /// [`DataError::Parquet`] if the bytes are damaged, or a column is of another type or has nulls.
    pub fn from_parquet(bytes: &[u8], label: &str) -> Result<Table, DataError> {
        let refuse = |reason: String| DataError::Parquet {
            source_name: label.to_owned(),
            reason,
        };
        let mut reader = ParquetReader::new(Cursor::new(bytes));
        let description = description(&mut reader).map_err(|error| refuse(error.to_string()))?;
        let frame = reader.finish().map_err(|error| refuse(error.to_string()))?;
        let columns = frame
            .columns()
            .iter()
            .map(|column| {
                let field = field(&frame, column, &description).map_err(refuse)?;
                let values = from_series(column, field.kind)?;
                Ok((field, values))
            })
            .collect::<Result<Vec<_>, DataError>>()?;
        Table::assemble(label, columns, description.notes)
    }
}

/// The description in the file's metadata; an empty one if there is none.
fn description(reader: &mut ParquetReader<Cursor<&[u8]>>) -> pl::PolarsResult<Description> {
    let pairs = reader.get_metadata()?.key_value_metadata().as_ref();
    let text = pairs
        .into_iter()
        .flatten()
        .find(|pair| pair.key == DESCRIPTION)
        .and_then(|pair| pair.value.as_deref());
    Ok(text
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Description {
            fields: Vec::new(),
            notes: Vec::new(),
        }))
}

/// The field of a column: from the description, or else with its name and kind only.
fn field(
    frame: &DataFrame,
    column: &pl::Column,
    description: &Description,
) -> Result<Field, String> {
    let name = column.name().as_str();
    let kind = match column.dtype() {
        DataType::Float64 => Kind::F64,
        DataType::UInt64 => Kind::U64,
        DataType::String => Kind::Text,
        other => {
            return Err(format!(
                "column `{name}` has type {other}; allowed are f64, u64 and text"
            ));
        }
    };
    if column.null_count() > 0 {
        return Err(format!(
            "column `{name}` has {} nulls in {} rows; every cell needs a value",
            column.null_count(),
            frame.height()
        ));
    }
    let described = description.fields.iter();
    let described = described
        .filter(|field| field.kind == kind)
        .find(|field| field.name == name);
    Ok(described.cloned().unwrap_or_else(|| Field {
        name: name.to_owned(),
        kind,
        unit: String::new(),
        about: String::new(),
    }))
}
