//! Kinds whose stages consist of many independent cells: functions that list them, compute one, and collect all.
//!
//! A cell's key is its kind, how cells of this kind behave and its recipe; neither the stage's name nor the grid it is part of.
//! So a run that was stopped continues, a larger grid computes only its new cells, a table with another
//! column computes nothing, and cells of other machines count once their files are in `.mf/cells`.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::kinds::job::Job;
use crate::kinds::keeper::{Cell, CellWork, CellsError, caught};
use crate::kinds::registry::{Code, Registry, TypedKind, TypedStage};
use crate::words::error::BoxError;
use crate::words::outputs::Outputs;

/// A kind whose stages consist of cells. Its [`TypedStage::run`] is [`collect`], and it is registered by [`Registry::cells`].
pub trait CellStage: TypedStage {
    /// The recipe of a cell: all that its result depends on.
    type Recipe: Serialize + Send + Sync;
    /// What all cells share and is made once, such as a data set.
    type Shared: Send + Sync;
    /// What is kept of a cell. Numbers must be finite: NaN where there is an `f64` is an error; in an `Option<f64>` it
    /// comes back as `None`.
    type Kept: Serialize + DeserializeOwned;

    /// How cells behave: the results of small cells, one for each branch of the code, computed in seconds. Kept cells
    /// stay valid as long as these results are the same, whatever changed in the code.
    ///
    /// # Errors
    /// Any error of a small cell.
    fn behaviour() -> Result<Value, BoxError>;

    /// The cells, in the order of the rows that are computed from them.
    ///
    /// # Errors
    /// Any error; it is reported as this stage's failure.
    fn cells(&self, job: &Job<'_>) -> Result<Vec<Cell<Self::Recipe>>, BoxError>;

    /// What cells share; made once, before the first cell that is computed.
    ///
    /// # Errors
    /// Any error; it is that of the cell which asked for it.
    fn shared(job: &Job<'_>) -> Result<Self::Shared, BoxError>;

    /// Computes one cell on one thread, from its recipe and what cells share. It looks at [`Job::cancelled`] if it is long.
    ///
    /// # Errors
    /// Any error; it is reported with the cell's label.
    fn compute(
        recipe: &Self::Recipe,
        shared: &Self::Shared,
        job: &Job<'_>,
    ) -> Result<Self::Kept, BoxError>;

    /// The seconds that a unit of cost takes on one thread; asked once, and only if there is a cell to compute.
    fn seconds_per_cost(
        _cells: &[Cell<Self::Recipe>],
        _shared: &Self::Shared,
        _job: &Job<'_>,
    ) -> Option<f64> {
        None
    }

    /// The stage's outputs, from what is kept of the cells, in their order.
    ///
    /// # Errors
    /// Any error; it is reported as this stage's failure.
    fn collect(&self, kept: Vec<Self::Kept>, job: &Job<'_>) -> Result<Outputs, BoxError>;
}

impl Registry {
    /// Registers a typed kind whose stages consist of cells, with the fingerprint of its code.
    pub fn cells<T: CellStage>(&mut self, code: Code) -> &mut Self {
        self.stage_kind(Arc::new(TypedKind::<T> {
            code,
            behaviour: Some(T::behaviour),
            cells: Some(boxed::<T>),
        }))
    }
}

/// Runs a stage that consists of cells: takes those that are kept and computes the others, longest first, on as many threads
/// as the run has for all its stages. Every result is read back from JSON, whether it was kept or computed now, so that a
/// run that was stopped and resumed ends with the same bits.
///
/// In a run of one shard ([`crate::RunOptions::shard`]) only the cells of that shard are computed.
///
/// # Errors
/// [`CellsError`] as a source: the first cell that failed, a cell that needs too much memory, a damaged kept cell; or
/// [`CellsError::Partial`].
pub fn collect<T: CellStage>(stage: &T, job: &Job<'_>) -> Result<Outputs, BoxError> {
    let work = work(stage, job)?;
    let results = job.keeper().results(&work, job.listener())?;
    let kept = work.listed.iter().zip(results);
    let kept = kept.map(|(cell, json)| read(&cell.label, json));
    stage.collect(kept.collect::<Result<_, _>>()?, job)
}

fn boxed<'a, T: CellStage>(
    stage: &'a T,
    job: &'a Job<'a>,
) -> Result<Box<dyn CellWork + 'a>, BoxError> {
    Ok(Box::new(work(stage, job)?))
}

fn work<'a, T: CellStage>(stage: &T, job: &'a Job<'a>) -> Result<Work<'a, T>, BoxError> {
    let cells = stage.cells(job)?;
    let listed = |cell: &Cell<T::Recipe>| {
        let (label, cost) = (cell.label.clone(), cell.cost);
        if !(cost.is_finite() && cost > 0.0) {
            return Err(CellsError::Cost { label, cost });
        }
        let recipe = serde_json::to_value(&cell.recipe);
        let recipe = recipe.map_err(|source| CellsError::Form {
            label: label.clone(),
            source,
        })?;
        Ok(Cell {
            label,
            recipe,
            cost,
            memory: cell.memory,
        })
    };
    let listed = cells.iter().map(listed).collect::<Result<_, _>>()?;
    Ok(Work {
        job,
        cells,
        listed,
        shared: Mutex::new(None),
    })
}

/// The cells of a stage with their recipes, as types and as JSON.
struct Work<'a, T: CellStage> {
    job: &'a Job<'a>,
    cells: Vec<Cell<T::Recipe>>,
    listed: Vec<Cell<Value>>,
    shared: Mutex<Option<Arc<T::Shared>>>,
}

impl<T: CellStage> Work<'_, T> {
    fn shared(&self) -> Result<Arc<T::Shared>, BoxError> {
        // A panic while it is made leaves nothing behind.
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = &*shared {
            return Ok(Arc::clone(shared));
        }
        let made = Arc::new(T::shared(self.job)?);
        *shared = Some(Arc::clone(&made));
        Ok(made)
    }
}

impl<T: CellStage> CellWork for Work<'_, T> {
    fn cells(&self) -> &[Cell<Value>] {
        &self.listed
    }

    fn compute(&self, index: usize) -> Result<Value, CellsError> {
        let beyond = || CellsError::Failed {
            label: index.to_string(),
            source: "a cell beyond the list".into(),
        };
        let cell = self.cells.get(index).ok_or_else(beyond)?;
        let computed = || T::compute(&cell.recipe, &*self.shared()?, self.job);
        let kept = caught(&cell.label, computed)?;
        let form = |source| CellsError::Form {
            label: cell.label.clone(),
            source,
        };
        let json = serde_json::to_value(&kept).map_err(form)?;
        // A result that cannot be read back is not kept.
        read::<T::Kept>(&cell.label, json.clone())?;
        Ok(json)
    }

    fn seconds_per_cost(&self) -> Option<f64> {
        let seconds = || Ok(T::seconds_per_cost(&self.cells, &*self.shared()?, self.job));
        caught("a probe", seconds).ok().flatten()
    }
}

/// A result as JSON gives it back.
fn read<T: DeserializeOwned>(label: &str, json: Value) -> Result<T, CellsError> {
    serde_json::from_value(json).map_err(|source| CellsError::Form {
        label: label.to_owned(),
        source,
    })
}
