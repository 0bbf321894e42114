//! Cells as values, and what a job needs of whoever keeps them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde_json::Value;

use crate::words::error::{BoxError, PipelineError, panic_message};
use crate::words::listener::Listener;
use crate::words::text::memory;

/// One independent part of a stage's work.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell<R> {
    /// What it is, for messages: `sign, 20 layers, seed 3`.
    pub label: String,
    /// Everything that its result depends on, besides the kind and how its cells behave: sizes, seeds, levels, the hashes
    /// of what it reads. As JSON it is the key; so a field that is new is left out where it has the value that older
    /// cells had.
    pub recipe: R,
    /// How long it takes, in any unit: finite and above 0. It decides the order, the shards and the time left, and no result.
    pub cost: f64,
    /// The bytes it needs while it runs.
    pub memory: u64,
}

/// The cells of a stage, and how to compute one.
pub trait CellWork: Sync {
    /// The cells, in the order in which they are collected.
    fn cells(&self) -> &[Cell<Value>];

    /// Computes the cell at an index.
    ///
    /// # Errors
    /// [`CellsError`]: it failed, panicked, or its result cannot be written as JSON.
    fn compute(&self, index: usize) -> Result<Value, CellsError>;

    /// The seconds that a unit of cost takes on one thread, measured now; `None` if it cannot be said.
    fn seconds_per_cost(&self) -> Option<f64>;

    /// The indices, longest first; equal ones in the order of the list.
    fn longest_first(&self) -> Vec<usize> {
        let cost = |index: &usize| self.cells().get(*index).map_or(0.0, |cell| cell.cost);
        let mut order: Vec<usize> = (0..self.cells().len()).collect();
        order.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
        order
    }
}

/// Why results are missing.
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
    /// A cell that needs more memory than the run may take.
    #[error(
        "cell `{label}` needs {} of memory, but this run has {}: give it more with --memory, or make the cell smaller",
        memory(*need), memory(*limit)
    )]
    Memory {
        /// The cell.
        label: String,
        /// The bytes it needs.
        need: u64,
        /// The bytes of the run.
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
    /// Several cells that failed; the others are kept.
    #[error("{count} of {total} cells failed, the others are kept; the first failure")]
    Several {
        /// The cells that failed.
        count: usize,
        /// All cells of this run.
        total: usize,
        /// The first error.
        #[source]
        first: Box<CellsError>,
    },
    /// A result that JSON cannot hold (NaN or infinity), or a kept one of another form.
    #[error(
        "the result of cell `{label}` cannot be written as JSON and read back. Numbers must be finite. If older code kept a result of another form, run `mf clean --cells`"
    )]
    Form {
        /// The cell.
        label: String,
        /// What serde says.
        source: serde_json::Error,
    },
    /// A cell that was computed twice, with two results.
    #[error(
        "cell `{label}` is not deterministic: computed again it differs from {}. That file was not changed; it names the code and the machine that made it",
        path.display()
    )]
    NotDeterministic {
        /// The cell.
        label: String,
        /// The one that is kept.
        path: PathBuf,
    },
    /// The user asked to stop.
    #[error("stopped after {done} of {total} cells, which are kept: run again to continue")]
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

/// Where cells are kept, and by whom they are computed.
pub(crate) trait Keeper: Sync {
    /// The results of all cells, in their order: kept ones, and the others computed now.
    fn results(
        &self,
        work: &dyn CellWork,
        listener: &dyn Listener,
    ) -> Result<Vec<Value>, CellsError>;
}

/// Keeps nothing: computes every cell, one after the other.
pub(crate) struct Nowhere;

impl Keeper for Nowhere {
    fn results(
        &self,
        work: &dyn CellWork,
        listener: &dyn Listener,
    ) -> Result<Vec<Value>, CellsError> {
        let total = work.cells().len();
        let computed = |done| {
            if listener.cancelled() {
                return Err(CellsError::Cancelled { done, total });
            }
            work.compute(done)
        };
        (0..total).map(computed).collect()
    }
}

/// What work yields; its error or its panic is that of the cell with this label.
pub(crate) fn caught<T>(
    label: &str,
    work: impl FnOnce() -> Result<T, BoxError>,
) -> Result<T, CellsError> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| CellsError::Panicked {
            label: label.to_owned(),
            message: panic_message(&*panic),
        })?
        .map_err(|source| CellsError::Failed {
            label: label.to_owned(),
            source,
        })
}
