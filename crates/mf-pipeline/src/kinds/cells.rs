//! Work made of many independent cells: each is kept as soon as it is finished, under a key of its own.
//!
//! A cell's key is its kind, how cells of this kind behave and its recipe; neither the stage's name nor the grid it is part of.
//! So a run that was stopped goes on where it was, a grid that grows computes only what is new, and cells computed on
//! other machines count once their files are copied into `.mf/cells`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::words::error::{BoxError, PipelineError, panic_message};
use crate::words::listener::Listener;
use crate::words::text::gibibytes;

/// One independent part of a stage's work.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What it is, for messages: `sign, 20 layers, seed 3`.
    pub label: String,
    /// Everything its result depends on, besides the kind and how its cells behave: sizes, seeds, the definition of its
    /// quantizer, the hashes of what it reads.
    pub recipe: Value,
    /// How long it takes, in any unit: finite and above 0. It decides the order, the shards and the time left, and no result.
    pub cost: f64,
    /// The bytes it needs while it runs.
    pub memory: u64,
}

/// The cells of a stage, and how to run them.
pub struct Cells<'a> {
    pub(crate) cells: Vec<Cell>,
    pub(crate) memory_limit: u64,
    pub(crate) probe: Option<Box<dyn Fn() -> Option<f64> + 'a>>,
}

impl<'a> Cells<'a> {
    /// These cells, with no limit of memory and no estimate of their time.
    #[must_use]
    pub fn new(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            memory_limit: u64::MAX,
            probe: None,
        }
    }

    /// The cells that run side by side need no more than so many bytes together.
    #[must_use]
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// A way to measure the seconds that a unit of cost takes on one thread; asked once, and only if there is a cell to
    /// compute. `None` if it cannot be said.
    #[must_use]
    pub fn probe(mut self, seconds_per_cost: impl Fn() -> Option<f64> + 'a) -> Self {
        self.probe = Some(Box::new(seconds_per_cost));
        self
    }

    fn check_costs(&self) -> Result<(), CellsError> {
        let bad = |cell: &&Cell| !(cell.cost.is_finite() && cell.cost > 0.0);
        match self.cells.iter().find(bad) {
            None => Ok(()),
            Some(cell) => Err(CellsError::Cost {
                label: cell.label.clone(),
                cost: cell.cost,
            }),
        }
    }

    pub(crate) fn check_memory(&self, indices: &[usize]) -> Result<(), CellsError> {
        let cells = indices.iter().filter_map(|index| self.cells.get(*index));
        match cells
            .into_iter()
            .find(|cell| cell.memory > self.memory_limit)
        {
            None => Ok(()),
            Some(cell) => Err(CellsError::Memory {
                label: cell.label.clone(),
                need: cell.memory,
                limit: self.memory_limit,
            }),
        }
    }

    /// The indices, longest first; equal ones in the order of the list.
    pub(crate) fn longest_first(&self) -> Vec<usize> {
        let cost = |index: &usize| self.cells.get(*index).map_or(0.0, |cell| cell.cost);
        let mut order: Vec<usize> = (0..self.cells.len()).collect();
        order.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
        order
    }
}

/// Why there are no results, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum CellsError {
    /// A cost that is not a finite number above 0.
    #[error(
        "cell `{label}` has cost {cost}; a cost is a finite number above 0: correct the kind of the stage"
    )]
    Cost {
        /// The cell.
        label: String,
        /// Its cost.
        cost: f64,
    },
    /// A cell that needs more memory than all may have together.
    #[error(
        "cell `{label}` needs {} of memory, more than the limit of {}: raise `memory-gib` of the stage if the machine has it, or make the cell smaller",
        gibibytes(*need), gibibytes(*limit)
    )]
    Memory {
        /// The cell.
        label: String,
        /// The bytes it needs.
        need: u64,
        /// The bytes there are.
        limit: u64,
    },
    /// A cell that failed; cells that were finished are kept.
    #[error("cell `{label}` failed")]
    Failed {
        /// The cell.
        label: String,
        /// Its error.
        source: BoxError,
    },
    /// A cell that panicked; cells that were finished are kept.
    #[error("cell `{label}` panicked: {message}; this is a fault of its code")]
    Panicked {
        /// The cell.
        label: String,
        /// What the panic said.
        message: String,
    },
    /// A result that JSON cannot hold (it has no NaN and no infinity), or a kept one of another form.
    #[error(
        "the result of cell `{label}` cannot be kept as JSON and read back, in which numbers are finite; a kept result of another form than now is of other code: run `mf clean --cells`"
    )]
    Form {
        /// The cell.
        label: String,
        /// What serde says.
        source: serde_json::Error,
    },
    /// The user asked to stop.
    #[error("stopped after {done} of {total} cells; they are kept: run again to go on from there")]
    Cancelled {
        /// The cells that are kept.
        done: usize,
        /// All cells of this run.
        total: usize,
    },
    /// The cells of this shard are kept, those of other shards are not (all) there.
    #[error("{done} cells are kept, {missing} are left to other shards")]
    Partial {
        /// The cells that are kept.
        done: usize,
        /// The cells that other shards have yet to compute.
        missing: usize,
    },
    /// The cache is damaged, or cannot be read or written.
    #[error(transparent)]
    Cache(#[from] PipelineError),
}

/// Computes the cell of an index, as JSON.
pub(crate) type Compute<'a> = dyn Fn(usize) -> Result<Value, CellsError> + Sync + 'a;

/// Where cells are kept, and by whom they are computed.
pub(crate) trait Keeper: Sync {
    /// The results of all cells, in their order: kept ones, and the others computed now.
    fn results(
        &self,
        cells: &Cells<'_>,
        listener: &dyn Listener,
        compute: &Compute<'_>,
    ) -> Result<Vec<Value>, CellsError>;
}

/// Keeps nothing: computes every cell, one after the other.
pub(crate) struct Nowhere;

impl Keeper for Nowhere {
    fn results(
        &self,
        cells: &Cells<'_>,
        listener: &dyn Listener,
        compute: &Compute<'_>,
    ) -> Result<Vec<Value>, CellsError> {
        let order = cells.longest_first();
        cells.check_memory(&order)?;
        let total = cells.cells.len();
        let computed = |done| {
            if listener.cancelled() {
                return Err(CellsError::Cancelled { done, total });
            }
            compute(done)
        };
        (0..total).map(computed).collect()
    }
}

/// The results of cells as JSON gives them back, kept and computed by a keeper.
pub(crate) fn results<T: Serialize + DeserializeOwned>(
    cells: &Cells<'_>,
    keeper: &dyn Keeper,
    listener: &dyn Listener,
    work: impl Fn(usize) -> Result<T, BoxError> + Sync,
) -> Result<Vec<T>, CellsError> {
    cells.check_costs()?;
    let list = cells.cells.as_slice();
    let compute = |index: usize| {
        let cell = list.get(index);
        let label = || cell.map(|cell| cell.label.clone()).unwrap_or_default();
        let value = caught(label, || work(index))?;
        let form = |source| CellsError::Form {
            label: label(),
            source,
        };
        let json = serde_json::to_value(&value).map_err(form)?;
        // What JSON does not give back is not kept.
        read::<T>(cell, json.clone())?;
        Ok(json)
    };
    let results = keeper.results(cells, listener, &compute)?;
    list.iter()
        .map(Some)
        .zip(results)
        .map(|(cell, json)| read(cell, json))
        .collect()
}

/// What work yields; its error or its panic is that of the cell with this label.
pub(crate) fn caught<T>(
    label: impl Fn() -> String,
    work: impl FnOnce() -> Result<T, BoxError>,
) -> Result<T, CellsError> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| CellsError::Panicked {
            label: label(),
            message: panic_message(&*panic),
        })?
        .map_err(|source| CellsError::Failed {
            label: label(),
            source,
        })
}

/// A result as JSON gives it back.
fn read<T: DeserializeOwned>(cell: Option<&Cell>, json: Value) -> Result<T, CellsError> {
    serde_json::from_value(json).map_err(|source| CellsError::Form {
        label: cell.map(|cell| cell.label.clone()).unwrap_or_default(),
        source,
    })
}
