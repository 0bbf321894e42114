//! CSV: checked reading of input files, writing of results.
//!
//! The format is RFC 4180 (cells may be quoted) with three additions for data kept by hand: blank lines are skipped,
//! lines that start with `#` are notes, and blanks around a cell that is not quoted are ignored.

use polars::prelude::{CsvWriter, QuoteStyle, SerWriter};

use crate::error::DataError;
use crate::expect::Expect;
use crate::field::{Field, Kind};
use crate::scan::{Row, scan};
use crate::table::{Column, Table, check_unique, frame_error};

impl Table {
    /// The table as CSV: a header of names, then the rows; numbers in their shortest form that reads back as the
    /// same number. Notes, units and meanings are not in it (see [`Table::schema_json`]).
    ///
    /// # Errors
    /// [`DataError::Frame`], which would be a bug of this program.
    pub fn to_csv(&self) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        CsvWriter::new(&mut bytes)
            .with_quote_style(self.quote_style()?)
            .finish(&mut self.frame().clone())
            .map_err(frame_error)?;
        Ok(bytes)
    }

    /// The table of a CSV file, from its bytes; `source_name` is its name in messages. The kind of a column is the
    /// narrowest that fits every cell: whole numbers, numbers, text.
    ///
    /// # Errors
    /// Text that is not UTF-8, an empty file, ragged rows, duplicate columns: each with the file, line and column.
    pub fn from_csv(bytes: &[u8], source_name: &str) -> Result<Self, DataError> {
        let sheet = Sheet::parse(source_name, bytes)?;
        let columns = sheet
            .header
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let column = infer(sheet.cells(index));
                let field = Field {
                    name: name.clone(),
                    kind: column.kind(),
                    unit: String::new(),
                    about: String::new(),
                };
                (field, column)
            })
            .collect();
        Table::assemble(&sheet.source_name, columns, sheet.notes)
    }

    /// The expected columns of a CSV file, in the order of `expect`; other columns are ignored.
    ///
    /// # Errors
    /// As [`Table::from_csv`], and missing columns and cells of the wrong kind or out of range, with the value.
    pub fn from_csv_as(
        bytes: &[u8],
        source_name: &str,
        expect: &[Expect],
    ) -> Result<Self, DataError> {
        let sheet = Sheet::parse(source_name, bytes)?;
        let columns = expect
            .iter()
            .map(|expect| Ok((expect.field.clone(), sheet.checked(expect)?)))
            .collect::<Result<Vec<_>, DataError>>()?;
        Table::assemble(&sheet.source_name, columns, sheet.notes)
    }

    /// Quotes where needed; quotes all text if a row would otherwise start with `#` and be read as a note.
    fn quote_style(&self) -> Result<QuoteStyle, DataError> {
        let first = match self.fields().first() {
            Some(field) => self.text(&field.name)?,
            None => Vec::new(),
        };
        let note_like = first.iter().any(|cell| cell.starts_with('#'));
        Ok(if note_like {
            QuoteStyle::NonNumeric
        } else {
            QuoteStyle::Necessary
        })
    }
}

fn infer<'a>(cells: impl Iterator<Item = (usize, &'a str)> + Clone) -> Column {
    let whole: Result<Vec<u64>, _> = cells.clone().map(|(_, cell)| cell.parse()).collect();
    if let Ok(values) = whole {
        return Column::U64(values);
    }
    let numbers: Result<Vec<f64>, _> = cells.clone().map(|(_, cell)| cell.parse()).collect();
    match numbers {
        Ok(values) => Column::F64(values),
        Err(_) => Column::Text(cells.map(|(_, cell)| cell.to_owned()).collect()),
    }
}

/// A CSV file as text: a header, rows with as many cells as the header, and notes.
struct Sheet {
    source_name: String,
    header: Vec<String>,
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Sheet {
    fn parse(source_name: &str, bytes: &[u8]) -> Result<Self, DataError> {
        let text = utf8(source_name, bytes)?;
        let (mut rows, notes) = scan(source_name, text)?;
        let empty = |what| DataError::Empty {
            source_name: source_name.to_owned(),
            what,
        };
        if rows.is_empty() {
            return Err(empty("is empty"));
        }
        let header = rows.remove(0).cells;
        if rows.is_empty() {
            return Err(empty("has no rows below its header"));
        }
        let names: Vec<&str> = header.iter().map(String::as_str).collect();
        check_unique(source_name, &names)?;
        if let Some(row) = rows.iter().find(|row| row.cells.len() != header.len()) {
            return Err(DataError::Ragged {
                source_name: source_name.to_owned(),
                line: row.line,
                found: row.cells.len(),
                expected: header.len(),
            });
        }
        Ok(Self {
            source_name: source_name.to_owned(),
            header,
            rows,
            notes,
        })
    }

    /// The cells of a column with their lines.
    fn cells(&self, index: usize) -> impl Iterator<Item = (usize, &str)> + Clone {
        self.rows
            .iter()
            .filter_map(move |row| Some((row.line, row.cells.get(index)?.as_str())))
    }

    fn checked(&self, expect: &Expect) -> Result<Column, DataError> {
        let name = &expect.field.name;
        let index = self.header.iter().position(|column| column == name);
        let index = index.ok_or_else(|| {
            let names: Vec<&str> = self.header.iter().map(String::as_str).collect();
            DataError::missing(&self.source_name, name, &names)
        })?;
        let refuse = |line: usize, cell: &str| DataError::Cell {
            source_name: self.source_name.clone(),
            line,
            column: name.clone(),
            value: cell.to_owned(),
            expected: expect.to_string(),
        };
        let cells = self.cells(index);
        Ok(match expect.field.kind {
            Kind::F64 => Column::F64(collect(cells, refuse, |cell| {
                cell.parse().ok().filter(|value| expect.allows(*value))
            })?),
            Kind::U64 => Column::U64(collect(cells, refuse, |cell| {
                let allowed = |value: &u64| expect.allows(*value as f64);
                cell.parse().ok().filter(allowed)
            })?),
            Kind::Text => Column::Text(collect(cells, refuse, |cell| {
                Some(cell.to_owned()).filter(|cell| !cell.is_empty())
            })?),
        })
    }
}

fn collect<'a, T>(
    cells: impl Iterator<Item = (usize, &'a str)>,
    refuse: impl Fn(usize, &str) -> DataError,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, DataError> {
    cells
        .map(|(line, cell)| parse(cell).ok_or_else(|| refuse(line, cell)))
        .collect()
}

/// The bytes as text, without a byte order mark.
fn utf8<'a>(source_name: &str, bytes: &'a [u8]) -> Result<&'a str, DataError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (good, bad) = bytes.split_at(error.valid_up_to());
        DataError::NotUtf8 {
            source_name: source_name.to_owned(),
            line: 1 + good.iter().filter(|byte| **byte == b'\n').count(),
            byte: bad.first().copied().unwrap_or_default(),
        }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
