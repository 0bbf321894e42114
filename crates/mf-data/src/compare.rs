//! Comparison of two tables, cell by cell.

use std::collections::BTreeSet;

use crate::error::DataError;
use crate::table::{Column, Table};

/// The changes from one table to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The number of cells that both tables have.
    pub cells: u64,
    /// The cells that differ by more than the tolerance, the largest change first.
    pub changed: Vec<Change>,
    /// Columns that only the new table has.
    pub added: Vec<String>,
    /// Columns that only the old table has.
    pub removed: Vec<String>,
    /// The numbers of rows of the old and of the new table.
    pub rows: (usize, usize),
}

/// A cell that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its column.
    pub column: String,
    /// Its row, from 1.
    pub row: usize,
    /// The value of the first column in that row, as `name = value`.
    pub label: String,
    /// The old value.
    pub old: String,
    /// The new value.
    pub new: String,
    /// `|new - old| / max(|old|, |new|)`; infinite where that is not a number, as for texts.
    pub relative: f64,
}

impl Comparison {
    /// Whether the tables are equal within the tolerance, with the same columns and rows.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        let (old, new) = self.rows;
        self.changed.is_empty() && self.added.is_empty() && self.removed.is_empty() && old == new
    }
}

/// `|new - old| / max(|old|, |new|)`; 0 for equal numbers and for two NaN, infinite if only one is NaN or infinite.
#[must_use]
pub fn relative_change(old: f64, new: f64) -> f64 {
    if old == new || (old.is_nan() && new.is_nan()) {
        return 0.0;
    }
    let change = (new - old).abs() / old.abs().max(new.abs());
    if change.is_nan() {
        f64::INFINITY
    } else {
        change
    }
}

/// Compares columns by their names and rows by their places. Floating point numbers may change by `tolerance`, relative
/// to the larger size; whole numbers and texts must be equal.
///
/// # Errors
/// None for tables that were built or read by this crate.
pub fn compare(old: &Table, new: &Table, tolerance: f64) -> Result<Comparison, DataError> {
    let names = |table: &Table| -> BTreeSet<String> {
        table
            .fields()
            .iter()
            .map(|field| field.name.clone())
            .collect()
    };
    let (before, after) = (names(old), names(new));
    let labels = match new.fields().first() {
        Some(field) => texts(&new.column(&field.name)?)
            .into_iter()
            .map(|value| format!("{} = {value}", field.name))
            .collect(),
        None => Vec::new(),
    };
    let mut comparison = Comparison {
        cells: 0,
        changed: Vec::new(),
        added: after.difference(&before).cloned().collect(),
        removed: before.difference(&after).cloned().collect(),
        rows: (old.rows(), new.rows()),
    };
    for field in new
        .fields()
        .iter()
        .filter(|field| before.contains(&field.name))
    {
        let (a, b) = (old.column(&field.name)?, new.column(&field.name)?);
        let allowed = match (&a, &b) {
            (Column::F64(_), Column::F64(_)) => tolerance,
            _ => 0.0,
        };
        let changes = changes(&a, &b);
        comparison.cells += changes.len() as u64;
        let (a, b) = (texts(&a), texts(&b));
        for (row, relative) in changes.into_iter().enumerate() {
            if relative > allowed {
                let text = |all: &[String]| all.get(row).cloned().unwrap_or_default();
                comparison.changed.push(Change {
                    column: field.name.clone(),
                    row: row + 1,
                    label: text(&labels),
                    old: text(&a),
                    new: text(&b),
                    relative,
                });
            }
        }
    }
    comparison
        .changed
        .sort_by(|a, b| b.relative.total_cmp(&a.relative));
    Ok(comparison)
}

/// The change of each row that both columns have.
fn changes(old: &Column, new: &Column) -> Vec<f64> {
    match (numbers(old), numbers(new)) {
        (Some(a), Some(b)) => a
            .into_iter()
            .zip(b)
            .map(|(a, b)| relative_change(a, b))
            .collect(),
        _ => {
            let pairs = texts(old).into_iter().zip(texts(new));
            pairs
                .map(|(a, b)| if a == b { 0.0 } else { f64::INFINITY })
                .collect()
        }
    }
}

fn numbers(column: &Column) -> Option<Vec<f64>> {
    match column {
        Column::F64(values) => Some(values.clone()),
        Column::U64(values) => Some(values.iter().map(|value| *value as f64).collect()),
        Column::Text(_) => None,
    }
}

fn texts(column: &Column) -> Vec<String> {
    match column {
        Column::F64(values) => values.iter().map(ToString::to_string).collect(),
        Column::U64(values) => values.iter().map(ToString::to_string).collect(),
        Column::Text(values) => values.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(states: Vec<u64>, spacing: Vec<f64>) -> Table {
        Table::builder()
            .u64("states", "1", "N", states)
            .f64("spacing", "1", "D", spacing)
            .build()
            .unwrap()
    }

    #[test]
    fn equal_tables_are_equal() {
        let one = table(vec![4, 8], vec![f64::NAN, 0.5]);
        let found = compare(&one, &one, 0.0).unwrap();
        assert!(found.is_equal());
        assert_eq!(found.cells, 4);
    }

    #[test]
    fn changes_beyond_the_tolerance_are_reported_with_their_place() {
        let old = table(vec![4, 8, 16], vec![1.0, 0.5, 0.25]);
        let new = table(vec![4, 9, 16], vec![1.0 + 1e-14, 0.5, 0.5]);
        let found = compare(&old, &new, 1e-12).unwrap();
        let places: Vec<_> = found
            .changed
            .iter()
            .map(|c| (c.column.as_str(), c.row))
            .collect();
        assert_eq!(places, [("spacing", 3), ("states", 2)]);
        assert_eq!(found.changed[0].relative, 0.5);
        assert_eq!(found.changed[0].label, "states = 16");
        // Whole numbers have no tolerance.
        assert_eq!(compare(&old, &new, 1.0).unwrap().changed.len(), 1);
    }

    #[test]
    fn added_and_removed_columns_and_rows_are_reported() {
        let old = table(vec![4, 8], vec![1.0, 0.5]);
        let new = Table::builder()
            .u64("states", "1", "N", vec![4])
            .text("name", "n", vec!["a".into()])
            .build()
            .unwrap();
        let found = compare(&old, &new, 0.0).unwrap();
        assert_eq!(
            (found.added, found.removed),
            (vec!["name".to_owned()], vec!["spacing".to_owned()])
        );
        assert_eq!(found.rows, (2, 1));
    }

    #[test]
    fn a_change_to_or_from_nan_is_infinite() {
        assert_eq!(relative_change(f64::NAN, 1.0), f64::INFINITY);
        assert_eq!(relative_change(f64::INFINITY, 1.0), f64::INFINITY);
        assert_eq!(relative_change(-2.0, 2.0), 2.0);
        assert_eq!(relative_change(0.0, 0.0), 0.0);
    }
}
