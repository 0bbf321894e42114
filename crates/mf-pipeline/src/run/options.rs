//! How to run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::plan::selection::Selection;
use crate::words::shard::Shard;

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What to run.
    pub selection: Selection,
    /// How many stages may run side by side, at least 1.
    pub jobs: usize,
    /// How many cells ([`crate::Job::cells`]) may run side by side, of all stages together, at least 1.
    pub threads: usize,
    /// Computes only the cells of this shard; stages without cells run as usual.
    pub shard: Option<Shard>,
    /// Whether to publish results; otherwise they are kept in the cache alone.
    pub publish: bool,
    /// Whether to judge the claims in the end, before another run may begin.
    pub judge: bool,
    /// Whether to go on with what does not depend on a failed stage.
    pub keep_going: bool,
    /// Whether to wait for another run; otherwise it is an error.
    pub wait: bool,
    /// Asks the run to stop.
    pub cancel: Cancel,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            jobs: 1,
            threads: cores(),
            shard: None,
            publish: true,
            judge: false,
            keep_going: false,
            wait: true,
            cancel: Cancel::default(),
        }
    }
}

/// The number of processors we may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A flag that asks a run to stop: no stage is begun any more, and stages that look at [`crate::Job::cancelled`] end.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the run to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
