//! Tables: named, typed columns of equal length, each with its field.

use std::collections::BTreeMap;

use polars::prelude::{self as pl, DataFrame, NamedFrom};

use crate::error::DataError;
use crate::field::{Field, Kind};

/// The values of a column, one for each row.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers.
    F64(Vec<f64>),
    /// Whole numbers.
    U64(Vec<u64>),
    /// Text.
    Text(Vec<String>),
}

impl Column {
    /// The kind of the values.
    pub fn kind(&self) -> Kind {
        match self {
            Column::F64(_) => Kind::F64,
            Column::U64(_) => Kind::U64,
            Column::Text(_) => Kind::Text,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::F64(values) => values.len(),
            Column::U64(values) => values.len(),
            Column::Text(values) => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values at some rows, in the given order; rows that do not exist are left out.
    #[must_use]
    pub fn at(&self, rows: &[usize]) -> Self {
        fn pick<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter()
                .filter_map(|&row| values.get(row))
                .cloned()
                .collect()
        }
        match self {
            Column::F64(values) => Column::F64(pick(values, rows)),
            Column::U64(values) => Column::U64(pick(values, rows)),
            Column::Text(values) => Column::Text(pick(values, rows)),
        }
    }

    /// The values as text: numbers in their shortest form that reads back as the same number, 4.0 as `4`.
    pub fn into_text(self) -> Vec<String> {
        match self {
            Column::F64(values) => values.into_iter().map(shortest).collect(),
            Column::U64(values) => values.iter().map(u64::to_string).collect(),
            Column::Text(values) => values,
        }
    }
}

/// The shortest text that reads back as the same number; an exponent for very small and very large ones.
fn shortest(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || !size.is_finite() || (1e-5..1e16).contains(&size) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

/// A table: a polars `DataFrame` without nulls, whose columns are described by fields.
#[derive(Debug, Clone)]
pub struct Table {
    frame: DataFrame,
    fields: Vec<Field>,
    notes: Vec<String>,
}

/// Tables are equal if their fields, notes and values are equal; NaN equals NaN.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields && self.notes == other.notes && self.frame.equals(&other.frame)
    }
}

impl Table {
    /// Starts a table.
    pub fn builder() -> TableBuilder {
        TableBuilder::default()
    }

    /// A table of columns with their fields, which agree in kind. `source_name` is for messages.
    pub(crate) fn assemble(
        source_name: &str,
        columns: Vec<(Field, Column)>,
        notes: Vec<String>,
    ) -> Result<Self, DataError> {
        let expected = columns.first().map_or(0, |(_, column)| column.len());
        let names: Vec<&str> = columns
            .iter()
            .map(|(field, _)| field.name.as_str())
            .collect();
        check_unique(source_name, &names)?;
        let mut fields = Vec::with_capacity(columns.len());
        let mut series = Vec::with_capacity(columns.len());
        for (field, column) in columns {
            if column.len() != expected {
                return Err(DataError::Length {
                    name: field.name,
                    found: column.len(),
                    expected,
                });
            }
            series.push(into_series(&field.name, column));
            fields.push(field);
        }
        let frame = DataFrame::new(expected, series).map_err(frame_error)?;
        Ok(Self {
            frame,
            fields,
            notes,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.frame.height()
    }

    /// The columns' descriptions, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The `#` comment lines of the file the table was read from, without the `#`.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The data frame of the table, for operations of polars.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// A column's description.
    ///
    /// # Errors
    /// [`DataError::MissingColumn`] with all names and the most similar one.
    pub fn field(&self, name: &str) -> Result<&Field, DataError> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = self.fields.iter().map(|field| &*field.name).collect();
                DataError::missing("the table", name, &names)
            })
    }

    /// A column's values.
    ///
    /// # Errors
    /// [`DataError::MissingColumn`].
    pub fn column(&self, name: &str) -> Result<Column, DataError> {
        let kind = self.field(name)?.kind;
        let column = self.frame.column(name).map_err(frame_error)?;
        from_series(column, kind)
    }

    /// A column of numbers; whole numbers are converted (exact up to 2^53).
    ///
    /// # Errors
    /// [`DataError::MissingColumn`]; [`DataError::WrongKind`] for text, with the first value that is not a number.
    pub fn f64(&self, name: &str) -> Result<Vec<f64>, DataError> {
        match self.column(name)? {
            Column::F64(values) => Ok(values),
            Column::U64(values) => Ok(values.into_iter().map(|value| value as f64).collect()),
            text => Err(wrong_kind(name, text, Kind::F64)),
        }
    }

    /// A column of whole numbers.
    ///
    /// # Errors
    /// [`DataError::MissingColumn`]; [`DataError::WrongKind`] for other kinds.
    pub fn u64(&self, name: &str) -> Result<Vec<u64>, DataError> {
        match self.column(name)? {
            Column::U64(values) => Ok(values),
            other => Err(wrong_kind(name, other, Kind::U64)),
        }
    }

    /// Any column as text, for keys and labels; see [`Column::into_text`].
    ///
    /// # Errors
    /// [`DataError::MissingColumn`].
    pub fn text(&self, name: &str) -> Result<Vec<String>, DataError> {
        Ok(self.column(name)?.into_text())
    }
}

impl Table {
    /// The rows that have the same values in these columns, group by group, in the order of their first rows.
    ///
    /// ```
    /// use mf_data::Table;
    ///
    /// let runs = [("a", 0.5), ("b", 0.7), ("a", 0.25)];
    /// let runs = Table::of(&runs)
    ///     .text("name", "who ran", |run| run.0)
    ///     .f64("speed", "m/s", "how fast", |run| run.1)
    ///     .build()?;
    /// assert_eq!(runs.groups(&["name"])?, [vec![0, 2], vec![1]]);
    /// # Ok::<(), mf_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::MissingColumn`].
    pub fn groups<S: AsRef<str>>(&self, by: &[S]) -> Result<Vec<Vec<usize>>, DataError> {
        let mut keys = vec![Vec::with_capacity(by.len()); self.rows()];
        for name in by {
            let values = self.text(name.as_ref())?;
            keys.iter_mut()
                .zip(values)
                .for_each(|(key, value)| key.push(value));
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut places = BTreeMap::new();
        for (row, key) in keys.into_iter().enumerate() {
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        Ok(groups)
    }
}

fn wrong_kind(name: &str, column: Column, wanted: Kind) -> DataError {
    let kind = column.kind();
    let fits = |value: &str| match wanted {
        Kind::F64 => value.parse::<f64>().is_ok(),
        Kind::U64 => value.parse::<u64>().is_ok(),
        Kind::Text => true,
    };
    let cells = column.into_text();
    // If every value would fit (such as 1.0 and 2.0), the error names the first row.
    let row = cells.iter().position(|cell| !fits(cell)).unwrap_or(0);
    DataError::WrongKind {
        name: name.to_owned(),
        kind,
        wanted,
        row: (row + 1).min(cells.len()),
        value: cells.get(row).cloned().unwrap_or_default(),
    }
}

pub(crate) fn check_unique(source_name: &str, names: &[&str]) -> Result<(), DataError> {
    for (index, name) in names.iter().enumerate() {
        if let Some(first) = names.iter().take(index).position(|other| other == name) {
            return Err(DataError::DuplicateColumn {
                source_name: source_name.to_owned(),
                name: (*name).to_owned(),
                first: first + 1,
                second: index + 1,
            });
        }
    }
    Ok(())
}

fn into_series(name: &str, column: Column) -> pl::Column {
    let name = pl::PlSmallStr::from_str(name);
    pl::Column::from(match column {
        Column::F64(values) => pl::Series::new(name, values),
        Column::U64(values) => pl::Series::new(name, values),
        Column::Text(values) => pl::Series::new(name, values),
    })
}

/// The values of a polars column that is known to hold no nulls.
pub(crate) fn from_series(column: &pl::Column, kind: Kind) -> Result<Column, DataError> {
    Ok(match kind {
        Kind::F64 => Column::F64(
            column
                .f64()
                .map_err(frame_error)?
                .iter()
                .flatten()
                .collect(),
        ),
        Kind::U64 => Column::U64(
            column
                .u64()
                .map_err(frame_error)?
                .iter()
                .flatten()
                .collect(),
        ),
        Kind::Text => {
            let cells = column.str().map_err(frame_error)?;
            Column::Text(cells.iter().flatten().map(str::to_owned).collect())
        }
    })
}

pub(crate) fn frame_error(error: pl::PolarsError) -> DataError {
    DataError::Frame {
        reason: error.to_string(),
    }
}

/// Collects columns; [`TableBuilder::build`] checks them.
#[derive(Debug, Clone, Default)]
pub struct TableBuilder {
    columns: Vec<(Field, Column)>,
}

impl TableBuilder {
    /// Adds a column of numbers: name, unit (empty for pure numbers), meaning, values.
    pub fn f64(self, name: &str, unit: &str, about: &str, values: Vec<f64>) -> Self {
        self.column(name, unit, about, Column::F64(values))
    }

    /// Adds a column of whole numbers: name, unit (empty for counts), meaning, values.
    pub fn u64(self, name: &str, unit: &str, about: &str, values: Vec<u64>) -> Self {
        self.column(name, unit, about, Column::U64(values))
    }

    /// Adds a column of text: name, meaning, values.
    pub fn text(self, name: &str, about: &str, values: Vec<String>) -> Self {
        self.column(name, "", about, Column::Text(values))
    }

    /// Adds a column of any kind: name, unit, meaning, values.
    pub fn column(mut self, name: &str, unit: &str, about: &str, values: Column) -> Self {
        let field = Field {
            name: name.to_owned(),
            kind: values.kind(),
            unit: unit.to_owned(),
            about: about.to_owned(),
        };
        self.columns.push((field, values));
        self
    }

    /// The table.
    ///
    /// # Errors
    /// [`DataError::BadName`], [`DataError::DuplicateColumn`], [`DataError::Length`].
    pub fn build(self) -> Result<Table, DataError> {
        for (index, (field, _)) in self.columns.iter().enumerate() {
            if !is_snake_case(&field.name) {
                return Err(DataError::BadName {
                    name: field.name.clone(),
                    position: index + 1,
                });
            }
        }
        Table::assemble("the table", self.columns, Vec::new())
    }
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
