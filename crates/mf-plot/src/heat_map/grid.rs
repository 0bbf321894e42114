//! From a table in long form to a regular grid.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::data::Source;
use crate::error::PlotError;
use crate::spec::Cells;

/// How far a value may lie from its even place, as a part of a step: what printing with seven digits leaves.
const UNEVEN: f64 = 1e-4;

/// Evenly spaced values, ascending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Steps {
    first: f64,
    last: f64,
    pub(super) count: usize,
}

impl Steps {
    /// The outer edges of the first and the last cell.
    pub(super) fn ends(&self) -> [f64; 2] {
        let half = (self.last - self.first) / (self.count as f64 - 1.0) / 2.0;
        [self.first - half, self.last + half]
    }
}

/// The values of all cells.
pub(super) struct Grid {
    pub(super) x: Steps,
    pub(super) y: Steps,
    /// Row by row, the least y first, the least x first; NaN where a cell is empty.
    pub(super) values: Vec<f64>,
}

impl Grid {
    /// Reads the cells; `part` names the panel in errors.
    pub(super) fn read(
        cells: &Cells,
        part: &str,
        tables: &BTreeMap<String, Table>,
    ) -> Result<Self, PlotError> {
        let source = Source::find(&cells.table, part, tables)?;
        let rows = source.rows(&cells.filter)?;
        let (x, y, values) = (
            source.numbers(&cells.x, "x")?,
            source.numbers(&cells.y, "y")?,
            source.numbers(&cells.value, "the value of a cell")?,
        );
        let picked = |column: &[f64]| -> Vec<f64> {
            rows.iter()
                .filter_map(|row| column.get(*row).copied())
                .collect()
        };
        let (x, y, values) = (picked(&x), picked(&y), picked(&values));
        for (row, value) in rows.iter().zip(&values) {
            source.not_infinite(&cells.value, *row, *value)?;
        }
        if values.iter().all(|value| value.is_nan()) {
            return Err(source.empty());
        }
        for (column, numbers) in [(&cells.x, &x), (&cells.y, &y)] {
            for (row, number) in rows.iter().zip(numbers) {
                source.not_infinite(column, *row, *number)?;
                if number.is_nan() {
                    return Err(PlotError::NoPlace {
                        part: part.to_owned(),
                        table: cells.table.clone(),
                        column: column.clone(),
                        row: row + 1,
                    });
                }
            }
        }
        let uneven = |column: &str, problem: String| PlotError::Uneven {
            part: part.to_owned(),
            table: cells.table.clone(),
            column: column.to_owned(),
            problem,
        };
        let (across, x_steps) = steps(&x).map_err(|problem| uneven(&cells.x, problem))?;
        let (down, y_steps) = steps(&y).map_err(|problem| uneven(&cells.y, problem))?;
        let place = |sorted: &[f64], value: &f64| sorted.partition_point(|other| other < value);
        let mut placed: Vec<(usize, usize, usize)> = x
            .iter()
            .zip(&y)
            .enumerate()
            .map(|(index, (x, y))| (place(&down, y), place(&across, x), index))
            .collect();
        placed.sort_unstable();
        let wrong = |row: usize, column: usize, rows: Vec<usize>| {
            let at = |sorted: &[f64], place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
            let (x, y) = (at(&across, column), at(&down, row));
            PlotError::Cell {
                part: part.to_owned(),
                table: cells.table.clone(),
                cell: format!("{} = {x}, {} = {y}", cells.x, cells.y),
                rows,
            }
        };
        let in_table = |index: &usize| rows.get(*index).map_or(0, |row| row + 1);
        for pair in placed.windows(2) {
            if let [(row, column, first), (next_row, next_column, second)] = pair
                && (row, column) == (next_row, next_column)
            {
                let twice = vec![in_table(first), in_table(second)];
                return Err(wrong(*row, *column, twice));
            }
        }
        for expected in 0..across.len() * down.len() {
            let (row, column) = (expected / across.len(), expected % across.len());
            let found = placed.get(expected).map(|cell| (cell.0, cell.1));
            if found != Some((row, column)) {
                return Err(wrong(row, column, Vec::new()));
            }
        }
        Ok(Grid {
            x: x_steps,
            y: y_steps,
            values: placed
                .iter()
                .filter_map(|(_, _, index)| values.get(*index).copied())
                .collect(),
        })
    }
}

/// The distinct values in ascending order, which must be evenly spaced, or what is wrong with them.
fn steps(values: &[f64]) -> Result<(Vec<f64>, Steps), String> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup_by(|a, b| a == b);
    let (Some(first), Some(last), count) = (
        sorted.first().copied(),
        sorted.last().copied(),
        sorted.len(),
    ) else {
        return Err("it has no values".to_owned());
    };
    if count < 2 {
        return Err(format!(
            "all its values are {first}, so that a cell has no size"
        ));
    }
    let step = (last - first) / (count as f64 - 1.0);
    for pair in sorted.windows(2) {
        if let [from, to] = pair
            && ((to - from) / step - 1.0).abs() > UNEVEN
        {
            return Err(format!(
                "{to} follows {from}, a step of {}, where even steps would be {step}",
                to - from
            ));
        }
    }
    Ok((sorted, Steps { first, last, count }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reaches_half_a_step_to_each_side() {
        let (sorted, steps) = steps(&[1.0, 0.0, 2.0, 1.0]).unwrap();
        assert_eq!(sorted, [0.0, 1.0, 2.0]);
        assert_eq!(steps.ends(), [-0.5, 2.5]);
    }

    #[test]
    fn the_two_zeros_are_one_value() {
        assert_eq!(steps(&[0.0, -0.0, 1.0]).unwrap().1.count, 2);
    }
}
