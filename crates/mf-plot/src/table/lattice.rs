//! A full rectangular grid, read from a table in long form.

use crate::error::PlotError;
use crate::table::Source;

/// The places of a rectangular grid, each with its row of the table.
pub(crate) struct Lattice {
    /// The distinct values along each side, increasing.
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    /// Rows of the table (from 0): row by row of the grid, from the least y and the least x.
    pub(crate) rows: Vec<usize>,
}

impl Lattice {
    /// Finds the grid in these rows of a table; it is an error if a place does not have exactly one row.
    pub(crate) fn read(
        source: &Source<'_>,
        rows: &[usize],
        x_column: &str,
        y_column: &str,
    ) -> Result<Self, PlotError> {
        let (x, y) = (
            source.numbers(x_column, "x")?,
            source.numbers(y_column, "y")?,
        );
        let at = |column: &[f64], row: usize| column.get(row).copied().unwrap_or(f64::NAN);
        for (name, numbers) in [(x_column, &x), (y_column, &y)] {
            for row in rows {
                source.has_place(name, *row, at(numbers, *row))?;
            }
        }
        let across = distinct(rows.iter().map(|row| at(&x, *row)));
        let down = distinct(rows.iter().map(|row| at(&y, *row)));
        let place = |sorted: &[f64], value: f64| sorted.partition_point(|other| *other < value);
        let mut placed: Vec<(usize, usize, usize)> = rows
            .iter()
            .map(|row| {
                (
                    place(&down, at(&y, *row)),
                    place(&across, at(&x, *row)),
                    *row,
                )
            })
            .collect();
        placed.sort_unstable();
        let wrong = |row: usize, column: usize, rows: Vec<usize>| {
            let (x, y) = (at(&across, column), at(&down, row));
            source.not_one_row(format!("{x_column} = {x}, {y_column} = {y}"), rows)
        };
        for pair in placed.windows(2) {
            if let [(row, column, first), (next_row, next_column, second)] = pair
                && (row, column) == (next_row, next_column)
            {
                return Err(wrong(*row, *column, vec![first + 1, second + 1]));
            }
        }
        for expected in 0..across.len() * down.len() {
            let (row, column) = (expected / across.len(), expected % across.len());
            let found = placed.get(expected).map(|cell| (cell.0, cell.1));
            if found != Some((row, column)) {
                return Err(wrong(row, column, Vec::new()));
            }
        }
        Ok(Lattice {
            x: across,
            y: down,
            rows: placed.into_iter().map(|(_, _, row)| row).collect(),
        })
    }

    /// The values of a column at the places.
    pub(crate) fn pick<T: Clone>(&self, column: &[T]) -> Vec<T> {
        let values = self.rows.iter().filter_map(|row| column.get(*row));
        values.cloned().collect()
    }
}

/// The distinct values in increasing order.
fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    // 0 and -0 are one value.
    sorted.dedup_by(|a, b| a == b);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_minus_zero_are_one_value() {
        assert_eq!(distinct([1.0, 0.0, -0.0].into_iter()).len(), 2);
    }
}
