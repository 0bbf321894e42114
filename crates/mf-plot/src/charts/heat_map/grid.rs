//! The cells of a heat map: a grid with even steps.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::error::PlotError;
use crate::spec::Cells;
use crate::table::Source;
use crate::table::lattice::Lattice;

/// The largest deviation from even steps, as a fraction of a step: values printed with seven digits are within it.
const UNEVEN: f64 = 1e-4;

/// Evenly spaced, increasing values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Steps {
    first: f64,
    last: f64,
    pub(super) count: usize,
}

impl Steps {
    /// The middles of the cells.
    pub(super) fn middles(self) -> impl Iterator<Item = f64> {
        let step = (self.last - self.first) / (self.count as f64 - 1.0);
        (0..self.count).map(move |index| self.first + step * index as f64)
    }

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
    /// Row by row, from the least y and the least x; NaN for an empty cell.
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
        let values = source.numbers(&cells.value, "the value of a cell")?;
        let mut all_empty = true;
        for row in &rows {
            let value = values.get(*row).copied().unwrap_or(f64::NAN);
            source.not_infinite(&cells.value, *row, value)?;
            all_empty &= value.is_nan();
        }
        if all_empty {
            return Err(source.empty());
        }
        let lattice = Lattice::read(&source, &rows, &cells.x, &cells.y)?;
        let uneven = |column: &str, problem: String| PlotError::Uneven {
            part: part.to_owned(),
            table: cells.table.clone(),
            column: column.to_owned(),
            problem,
        };
        Ok(Grid {
            x: steps(&lattice.x).map_err(|problem| uneven(&cells.x, problem))?,
            y: steps(&lattice.y).map_err(|problem| uneven(&cells.y, problem))?,
            values: lattice.pick(&values),
        })
    }
}

/// The steps of distinct values in increasing order, or a description of what is uneven.
fn steps(sorted: &[f64]) -> Result<Steps, String> {
    let (Some(first), Some(last), count) = (
        sorted.first().copied(),
        sorted.last().copied(),
        sorted.len(),
    ) else {
        return Err("it has no values".to_owned());
    };
    if count < 2 {
        return Err(format!("all its values are {first}, so a cell has no size"));
    }
    let step = (last - first) / (count as f64 - 1.0);
    for pair in sorted.windows(2) {
        if let [from, to] = pair
            && ((to - from) / step - 1.0).abs() > UNEVEN
        {
            return Err(format!(
                "{to} follows {from}, a step of {}, but even steps would be {step}",
                to - from
            ));
        }
    }
    Ok(Steps { first, last, count })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reaches_half_a_step_to_each_side() {
        let steps = steps(&[0.0, 1.0, 2.0]).unwrap();
        assert_eq!(steps.ends(), [-0.5, 2.5]);
    }
}
