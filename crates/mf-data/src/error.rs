//! Errors of tables and files, with the remedy.

use std::path::PathBuf;

use crate::field::Kind;

/// An error about a file or a table. Each message names the file, line, column or value and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// A file could not be read.
    #[error("cannot read {}: {reason}; {remedy}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The message of the operating system.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {reason}; {remedy}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The message of the operating system.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// A text file has bytes that are not UTF-8.
    #[error(
        "{source_name}, line {line}: byte {byte:#04x} is not UTF-8 text; save the file as UTF-8"
    )]
    NotUtf8 {
        /// The file.
        source_name: String,
        /// Line of the first bad byte, from 1.
        line: usize,
        /// The byte.
        byte: u8,
    },
    /// A CSV file without a header or without rows.
    #[error(
        "{source_name} {what}; it needs a header line with column names and at least one row below it"
    )]
    Empty {
        /// The file.
        source_name: String,
        /// What is missing.
        what: &'static str,
    },
    /// A quoted CSV cell that never ends, or text after its closing quote.
    #[error(
        "{source_name}, line {line}: {what}; a quoted cell is \"...\", with a quote inside written twice"
    )]
    Quote {
        /// The file.
        source_name: String,
        /// Line where the cell starts, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A row with another number of cells than the header.
    #[error(
        "{source_name}, line {line}: {found} cells where the header has {expected}; add or remove cells, or quote a cell that holds a comma"
    )]
    Ragged {
        /// The file.
        source_name: String,
        /// Line of the row, from 1.
        line: usize,
        /// Cells in the row.
        found: usize,
        /// Columns in the header.
        expected: usize,
    },
    /// A cell whose value is not allowed.
    #[error(
        "{source_name}, line {line}, column `{column}`: `{value}` is not allowed; expected {expected}"
    )]
    Cell {
        /// The file.
        source_name: String,
        /// Line of the cell, from 1.
        line: usize,
        /// Column name.
        column: String,
        /// The cell as written.
        value: String,
        /// What is allowed.
        expected: String,
    },
    /// A column that does not exist.
    #[error(
        "{source_name} has no column `{name}`; it has {available}{}",
        did_you_mean(nearest)
    )]
    MissingColumn {
        /// The file or table.
        source_name: String,
        /// The name asked for.
        name: String,
        /// The names of all columns, as a list for people.
        available: String,
        /// The most similar name, if one is similar enough.
        nearest: Option<String>,
    },
    /// Two columns with the same name.
    #[error(
        "{source_name} has two columns named `{name}` (columns {first} and {second}); rename one"
    )]
    DuplicateColumn {
        /// The file or table.
        source_name: String,
        /// The name.
        name: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// A column name that is not snake_case.
    #[error(
        "column {position} is named `{name}`; use snake_case: a letter a-z, then a-z, 0-9 and _"
    )]
    BadName {
        /// The name.
        name: String,
        /// Position, from 1.
        position: usize,
    },
    /// A column of another length than the first one.
    #[error("column `{name}` has {found} rows, the first column has {expected}; make them equal")]
    Length {
        /// The column.
        name: String,
        /// Its rows.
        found: usize,
        /// The first column's rows.
        expected: usize,
    },
    /// A column of another kind than requested.
    #[error(
        "column `{name}` holds {kind}, not {wanted} (row {row}: `{value}`); name another column or correct the value"
    )]
    WrongKind {
        /// The column.
        name: String,
        /// Its kind.
        kind: Kind,
        /// The requested kind.
        wanted: Kind,
        /// First row that does not fit, from 1 (0 if the table has no rows).
        row: usize,
        /// The value in it.
        value: String,
    },
    /// Bytes that are not a valid Parquet table.
    #[error("{source_name} is not a usable Parquet table: {reason}; create it again")]
    Parquet {
        /// The file or table.
        source_name: String,
        /// What is wrong.
        reason: String,
    },
    /// An error of the data frame library: a bug of this program.
    #[error("internal error in the data frame library: {reason}; please report it")]
    Frame {
        /// The message of the library.
        reason: String,
    },
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

impl DataError {
    /// A missing column, with all names and the most similar one.
    pub(crate) fn missing(source_name: &str, name: &str, names: &[&str]) -> Self {
        DataError::MissingColumn {
            source_name: source_name.to_owned(),
            name: name.to_owned(),
            available: list(names),
            nearest: nearest(name, names),
        }
    }
}

/// Names as a list for people.
fn list(names: &[&str]) -> String {
    if names.is_empty() {
        return "no columns".to_owned();
    }
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// The name with the fewest edits, if they are at most half of its letters.
fn nearest(name: &str, names: &[&str]) -> Option<String> {
    names
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .min_by_key(|(edits, _)| *edits)
        .filter(|(edits, known)| 2 * edits <= known.chars().count())
        .map(|(_, known)| (*known).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_suggested_and_others_are_not() {
        let names = ["states", "spacing", "slope"];
        assert_eq!(nearest("spacng", &names), Some("spacing".to_owned()));
        assert_eq!(nearest("variance", &names), None);
        assert_eq!(nearest("x", &[]), None);
    }

    #[test]
    fn a_missing_column_lists_the_columns() {
        let message = DataError::missing("data/a.csv", "state", &["states", "error"]).to_string();
        assert_eq!(
            message,
            "data/a.csv has no column `state`; it has `states`, `error`; did you mean `states`?"
        );
    }
}
