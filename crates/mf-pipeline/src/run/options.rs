//! How to run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::plan::selection::Selection;
use crate::words::budget::{Budget, cores};
use crate::words::shard::Shard;

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What to run.
    pub selection: Selection,
    /// How many stages may run side by side, at least 1.
    pub jobs: usize,
    /// How many threads cells and simulations may use, of all stages together, at least 1.
    pub threads: usize,
    /// How many bytes they may use together; `None`: the memory of the machine.
    pub memory: Option<u64>,
    /// Computes only the cells of this shard, and what they need; publishes nothing.
    pub shard: Option<Shard>,
    /// Whether to publish results; otherwise they are kept in the cache alone.
    pub publish: bool,
    /// Whether to judge the claims at the end, before another run can start.
    pub judge: bool,
    /// Whether to go on with what does not depend on a failed stage, and with the other cells of a stage.
    pub keep_going: bool,
    /// How many kept cells of the selected stages are computed again after the run, to compare.
    pub audit: usize,
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
            memory: None,
            shard: None,
            publish: true,
            judge: false,
            keep_going: false,
            audit: 0,
            wait: true,
            cancel: Cancel::default(),
        }
    }
}

impl RunOptions {
    /// The threads and the memory of a run.
    pub(crate) fn budget(&self) -> Budget {
        Budget::new(self.threads, self.memory.unwrap_or_else(machine_memory))
    }
}

/// The bytes of this machine, or of the container that we are in; no limit if the system does not say.
fn machine_memory() -> u64 {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let container = system
        .cgroup_limits()
        .map_or(u64::MAX, |limits| limits.total_memory);
    match system.total_memory().min(container) {
        0 => u64::MAX,
        bytes => bytes,
    }
}

/// A flag that asks a run to stop: no stage is begun any more, and stages that look at [`crate::Job::cancelled`] end.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl From<Arc<AtomicBool>> for Cancel {
    /// A flag that something else sets, such as the handler of a signal.
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

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
