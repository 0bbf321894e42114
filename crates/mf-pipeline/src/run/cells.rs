//! The cells of a stage in a run: kept ones from the cache, the others on the run's threads.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::kinds::keeper::{Cell, CellWork, CellsError, Keeper};
use crate::run::forecast::{Forecast, Part};
use crate::run::grid::Grid;
use crate::store::cache::Cache;
use crate::store::cells::{CellFolder, Kept, KeptCell};
use crate::store::provenance::Place;
use crate::words::budget::Budget;
use crate::words::error::PipelineError;
use crate::words::hash::{Hash, canonical};
use crate::words::listener::Listener;
use crate::words::shard::Shard;

/// What a run lends to a stage for its cells.
pub(crate) struct CellKeeper<'a> {
    pub(crate) cache: &'a Cache,
    pub(crate) kind: &'a str,
    /// The hash of the kind's code.
    pub(crate) code: Hash,
    /// The hash of how these cells behave.
    pub(crate) behaviour: Hash,
    pub(crate) place: &'a Place,
    pub(crate) budget: &'a Budget,
    /// Cells that belong to the project: they count whatever code made them.
    pub(crate) folder: Option<CellFolder>,
    /// Whether kept cells are computed again.
    pub(crate) forced: bool,
    pub(crate) shard: Option<Shard>,
    /// Whether the other cells go on after a failure.
    pub(crate) keep_going: bool,
    /// Of the results: those of cells that code made which behaves otherwise.
    pub(crate) not_reproduced: AtomicUsize,
}

impl Keeper for CellKeeper<'_> {
    fn results(
        &self,
        work: &dyn CellWork,
        listener: &dyn Listener,
    ) -> Result<Vec<Value>, CellsError> {
        let list = work.cells();
        let order = work.longest_first();
        let mine: BTreeSet<usize> = (order.iter().enumerate())
            .filter(|(place, _)| self.shard.is_none_or(|shard| shard.holds(*place)))
            .map(|(_, index)| *index)
            .collect();
        let mut values = self.kept(list, |index| !(self.forced && mine.contains(&index)))?;
        self.note_folder(list.len(), listener);
        let missing = |index: &usize| values.get(*index).is_some_and(Option::is_none);
        let missing: Vec<usize> = order.into_iter().filter(missing).collect();
        let to_do: Vec<usize> = (missing.iter().copied())
            .filter(|index| mine.contains(index))
            .collect();
        let forecast = self.forecast(work, !to_do.is_empty());
        let part = Part::new(mine.len(), &to_do);
        listener.note(&forecast.announce(self.shard, part, Part::new(list.len(), &missing)));
        for (index, value) in self.compute(work, &forecast, part, listener)? {
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
    /// What the time of the cells depends on; it is measured if there is something to compute.
    pub(crate) fn forecast<'a>(&self, work: &'a dyn CellWork, measure: bool) -> Forecast<'a> {
        Forecast {
            cells: work.cells(),
            threads: self.budget.threads(),
            probed: measure.then(|| work.seconds_per_cost()).flatten(),
        }
    }

    /// Computes cells and keeps them; gives their results with their indices.
    pub(crate) fn compute(
        &self,
        work: &dyn CellWork,
        forecast: &Forecast<'_>,
        part: Part<'_>,
        listener: &dyn Listener,
    ) -> Result<Vec<(usize, Value)>, CellsError> {
        self.check_memory(work.cells(), part.to_do)?;
        let kept = |index: usize, cell: &Cell<Value>| {
            let (started, clock) = (SystemTime::now(), Instant::now());
            let value = work.compute(index)?;
            self.keep(cell, value.clone(), started, clock.elapsed())?;
            Ok(value)
        };
        let grid = Grid::new(listener, forecast, self.keep_going, part);
        grid.run(self.budget, kept)
    }

    /// Computes kept cells again and compares; the kept ones stay.
    pub(crate) fn audit(
        &self,
        work: &dyn CellWork,
        to_do: &[usize],
        listener: &dyn Listener,
    ) -> Result<(), CellsError> {
        self.check_memory(work.cells(), to_do)?;
        let forecast = self.forecast(work, false);
        let compared = |index: usize, cell: &Cell<Value>| {
            let value = work.compute(index)?;
            match self.find(cell)? {
                Some((path, kept)) if canonical(&kept.value) != canonical(&value) => {
                    let label = cell.label.clone();
                    Err(CellsError::NotDeterministic { label, path })
                }
                _ => Ok(()),
            }
        };
        let grid = Grid::new(listener, &forecast, true, Part::new(to_do.len(), to_do));
        grid.run(self.budget, compared).map(drop)
    }

    pub(crate) fn key(&self, cell: &Cell<Value>) -> Hash {
        KeptCell::key_of(self.kind, &self.behaviour, &cell.recipe)
    }

    fn check_memory(&self, cells: &[Cell<Value>], indices: &[usize]) -> Result<(), CellsError> {
        let limit = self.budget.memory();
        let mut cells = indices.iter().filter_map(|index| cells.get(*index));
        match cells.find(|cell| cell.memory > limit) {
            None => Ok(()),
            Some(cell) => Err(CellsError::Memory {
                label: cell.label.clone(),
                need: cell.memory,
                limit,
            }),
        }
    }

    /// What is kept of these cells; `None` where nothing is.
    fn kept(
        &self,
        cells: &[Cell<Value>],
        wanted: impl Fn(usize) -> bool,
    ) -> Result<Vec<Option<Value>>, CellsError> {
        let mut damages = Vec::new();
        let mut values = Vec::with_capacity(cells.len());
        for (index, cell) in cells.iter().enumerate() {
            let mut value = None;
            if wanted(index) {
                match self.find(cell) {
                    Ok(Some((_, found))) => {
                        let is_ours = found.behaviour == self.behaviour;
                        self.not_reproduced
                            .fetch_add(usize::from(!is_ours), Ordering::Relaxed);
                        value = Some(found.value);
                    }
                    Ok(None) => {}
                    Err(CellsError::Cache(PipelineError::Damaged(more))) => damages.extend(more),
                    Err(error) => return Err(error),
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

    /// A kept cell with its file: of the cache, or else of the project, whatever code made that.
    ///
    /// # Errors
    /// A damaged cell, or one with another result in the cache than in the project.
    pub(crate) fn find(
        &self,
        cell: &Cell<Value>,
    ) -> Result<Option<(PathBuf, KeptCell)>, CellsError> {
        let key = self.key(cell);
        let ours = match self
            .cache
            .cell(self.kind, &key)
            .map_err(PipelineError::from)?
        {
            Ok(ours) => ours.map(|ours| (self.cache.cell_path(self.kind, &key), ours)),
            Err(damage) => return Err(PipelineError::Damaged(vec![damage]).into()),
        };
        let folder = self.folder.as_ref();
        let theirs = folder.and_then(|folder| folder.find(self.kind, &cell.recipe));
        match (ours, theirs) {
            (Some((path, ours)), Some((_, theirs)))
                if ours.behaviour == theirs.behaviour
                    && canonical(&ours.value) != canonical(&theirs.value) =>
            {
                let label = cell.label.clone();
                Err(CellsError::NotDeterministic { label, path })
            }
            (Some(ours), _) => Ok(Some(ours)),
            (None, theirs) => Ok(theirs.cloned()),
        }
    }

    fn note_folder(&self, total: usize, listener: &dyn Listener) {
        let count = self.not_reproduced.load(Ordering::Relaxed);
        if count > 0 {
            listener.note(&format!(
                "{count} of {total} cells are of the project's folder and were made by other code: not reproduced by this code"
            ));
        }
    }

    fn keep(
        &self,
        cell: &Cell<Value>,
        value: Value,
        started: SystemTime,
        took: Duration,
    ) -> Result<(), CellsError> {
        let kept = self.cache.keep_cell(&KeptCell {
            kind: self.kind.to_owned(),
            behaviour: self.behaviour.clone(),
            recipe: cell.recipe.clone(),
            label: cell.label.clone(),
            value,
            made: self.place.made(&self.code, started, took),
        })?;
        match kept {
            Kept::New | Kept::Same => Ok(()),
            Kept::Other(path) => Err(CellsError::NotDeterministic {
                label: cell.label.clone(),
                path,
            }),
        }
    }
}
