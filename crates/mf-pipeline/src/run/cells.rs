//! The cells of a stage in a run: kept ones from the cache, the others on the run's threads.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kinds::cells::{Cell, Cells, CellsError, Compute, Keeper, caught};
use crate::kinds::registry::Behaviour;
use crate::run::forecast::{Forecast, Part};
use crate::run::grid::Grid;
use crate::store::cache::{Cache, KeptCell};
use crate::words::budget::Budget;
use crate::words::error::PipelineError;
use crate::words::hash::Hash;
use crate::words::listener::Listener;
use crate::words::shard::Shard;

/// What a run lends to a stage for its cells.
pub(crate) struct CellKeeper<'a> {
    pub(crate) cache: &'a Cache,
    pub(crate) kind: &'a str,
    /// The hash of how these cells behave.
    pub(crate) behaviour: Hash,
    /// Whether kept cells are computed anew.
    pub(crate) forced: bool,
    pub(crate) shard: Option<Shard>,
    pub(crate) budget: &'a Budget,
}

/// The hash of how the cells of a kind behave: what their small cells yield, computed once for each code. A kind without
/// small cells behaves as its code says.
pub(crate) fn behaviour(
    cache: &Cache,
    kind: &str,
    code: Hash,
    compute: Option<Behaviour>,
) -> Result<Hash, CellsError> {
    let Some(compute) = compute else {
        return Ok(code);
    };
    match cache.behaviour(kind, &code).map_err(PipelineError::from)? {
        Ok(Some(known)) => return Ok(known),
        Ok(None) => {}
        Err(damage) => return Err(PipelineError::Damaged(vec![damage]).into()),
    }
    let label = || format!("the small cells of kind `{kind}`");
    let found = Hash::of_json(&caught(label, compute)?);
    cache.keep_behaviour(kind, &code, &found)?;
    Ok(found)
}

impl Keeper for CellKeeper<'_> {
    fn results(
        &self,
        cells: &Cells<'_>,
        listener: &dyn Listener,
        compute: &Compute<'_>,
    ) -> Result<Vec<Value>, CellsError> {
        let list = cells.cells.as_slice();
        let order = cells.longest_first();
        let mine: BTreeSet<usize> = (order.iter().enumerate())
            .filter(|(place, _)| self.shard.is_none_or(|shard| shard.holds(*place)))
            .map(|(_, index)| *index)
            .collect();
        let mut values = self.kept(list, |index| !(self.forced && mine.contains(&index)))?;
        let missing = |index: &usize| values.get(*index).is_some_and(Option::is_none);
        let missing: Vec<usize> = order.into_iter().filter(missing).collect();
        let to_do: Vec<usize> = (missing.iter().copied())
            .filter(|index| mine.contains(index))
            .collect();
        cells.check_memory(&to_do)?;
        let probe = cells.probe.as_ref().filter(|_| !to_do.is_empty());
        let forecast = Forecast {
            cells: list,
            threads: self.budget.threads(),
            probed: probe.and_then(|probe| probe()),
        };
        let part = Part::new(mine.len(), &to_do);
        listener.note(&forecast.announce(self.shard, part, Part::new(list.len(), &missing)));
        let kept = |index: usize, cell: &Cell| {
            let clock = Instant::now();
            let value = compute(index)?;
            self.keep(cell, value.clone(), clock.elapsed())?;
            Ok(value)
        };
        let grid = Grid::new(listener, &forecast, cells.memory_limit, part);
        for (index, value) in grid.run(self.budget, kept)? {
            if let Some(place) = values.get_mut(index) {
                *place = Some(value);
            }
        }
        let results: Vec<Value> = values.into_iter().flatten().collect();
        match list.len() - results.len() {
            0 => Ok(results),
            missing => Err(CellsError::Partial {
                done: results.len(),
                missing,
            }),
        }
    }
}

impl CellKeeper<'_> {
    /// What is kept of these cells; `None` where nothing is.
    fn kept(
        &self,
        cells: &[Cell],
        wanted: impl Fn(usize) -> bool,
    ) -> Result<Vec<Option<Value>>, CellsError> {
        let mut damages = Vec::new();
        let mut values = Vec::with_capacity(cells.len());
        for (index, cell) in cells.iter().enumerate() {
            let mut value = None;
            if wanted(index) {
                let key = KeptCell::key_of(self.kind, &self.behaviour, &cell.recipe);
                match self.cache.cell(self.kind, &key) {
                    Ok(Ok(found)) => value = found.map(|kept| kept.value),
                    Ok(Err(damage)) => damages.push(damage),
                    Err(error) => return Err(PipelineError::from(error).into()),
                }
            }
            values.push(value);
        }
        if damages.is_empty() {
            Ok(values)
        } else {
            Err(PipelineError::Damaged(damages).into())
        }
    }

    fn keep(&self, cell: &Cell, value: Value, took: Duration) -> Result<Hash, PipelineError> {
        self.cache.keep_cell(&KeptCell {
            kind: self.kind.to_owned(),
            behaviour: self.behaviour.clone(),
            recipe: cell.recipe.clone(),
            label: cell.label.clone(),
            seconds: took.as_secs_f64(),
            value,
        })
    }
}
