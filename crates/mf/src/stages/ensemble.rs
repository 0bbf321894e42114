//! How the networks of a simulation run: on the threads and in the memory that the run has for them.

use mf_pipeline::{Job, Workers};
use mf_sim::Run;

/// Threads for the simulation of a network: as many as are free.
pub(crate) fn workers<'a>(job: &Job<'a>, points: usize, width: usize) -> Workers<'a> {
    job.workers(usize::MAX, mf_sim::memory_needed(points, width))
}

/// A run with this seed on these threads, in the memory of the job.
pub(crate) fn run(job: &Job<'_>, seed: u64, workers: &Workers<'_>) -> Run {
    Run {
        seed,
        threads: workers.count(),
        memory: job.memory(),
    }
}
