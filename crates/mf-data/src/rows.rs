//! Tables from rows of values: a column is a name, a unit, a meaning, and a function of a row.

use crate::error::DataError;
use crate::table::{Column, Table, TableBuilder};

/// Collects columns over the same rows; made by [`Table::of`].
#[derive(Debug, Clone)]
pub struct Rows<'a, T> {
    rows: &'a [T],
    columns: TableBuilder,
}

impl Table {
    /// Starts a table with one row for each of `rows`.
    ///
    /// ```
    /// use mf_data::Table;
    ///
    /// let optima = [(3, 1.2240), (4, 0.9957)];
    /// let table = Table::of(&optima)
    ///     .u64("states", "1", "number of states", |row| row.0)
    ///     .f64("spacing", "sqrt(Q*)", "best spacing", |row| row.1)
    ///     .build()?;
    /// assert_eq!(table.f64("spacing")?, [1.2240, 0.9957]);
    /// # Ok::<(), mf_data::DataError>(())
    /// ```
    pub fn of<T>(rows: &[T]) -> Rows<'_, T> {
        Rows {
            rows,
            columns: Table::builder(),
        }
    }
}

impl<'a, T> Rows<'a, T> {
    /// Adds a column of numbers: name, unit, meaning, the number of a row.
    pub fn f64(self, name: &str, unit: &str, about: &str, value: impl Fn(&'a T) -> f64) -> Self {
        let values = self.rows.iter().map(value).collect();
        self.column(name, unit, about, Column::F64(values))
    }

    /// Adds a column of whole numbers: name, unit, meaning, the number of a row.
    pub fn u64(self, name: &str, unit: &str, about: &str, value: impl Fn(&'a T) -> u64) -> Self {
        let values = self.rows.iter().map(value).collect();
        self.column(name, unit, about, Column::U64(values))
    }

    /// Adds a column of text: name, meaning, the text of a row.
    pub fn text<S: Into<String>>(
        self,
        name: &str,
        about: &str,
        value: impl Fn(&'a T) -> S,
    ) -> Self {
        let values = self.rows.iter().map(|row| value(row).into()).collect();
        self.column(name, "", about, Column::Text(values))
    }

    /// Adds a column of any kind by its values: name, unit, meaning, values.
    pub fn column(mut self, name: &str, unit: &str, about: &str, values: Column) -> Self {
        self.columns = self.columns.column(name, unit, about, values);
        self
    }

    /// The table.
    ///
    /// # Errors
    /// [`DataError::BadName`], [`DataError::DuplicateColumn`]; [`DataError::Length`] for a [`column`](Self::column) of another
    /// length.
    pub fn build(self) -> Result<Table, DataError> {
        self.columns.build()
    }
}
