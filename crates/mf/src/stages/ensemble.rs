//! How the networks of a simulation run: on the threads and in the memory that the run has for them.

use mf_core::StepActivation;
use mf_pipeline::{Job, JobError, Workers};
use mf_sim::Run;
use serde_json::json;

use super::subjects;

/// Threads for the simulation of a network: as many as are free.
pub(crate) fn workers<'a>(job: &Job<'a>, points: usize, width: usize) -> Workers<'a> {
    job.workers(usize::MAX, mf_sim::memory_needed(points, width))
}

/// One thread, for a network that is drawn by its law.
pub(crate) fn worker<'a>(job: &Job<'a>, points: usize, width: usize) -> Workers<'a> {
    job.workers(1, mf_sim::memory_needed(points, width))
}

/// The seed of a network of a kind of stage, known by its activation, its width and its number: stages that differ in
/// nothing of these compare the same networks.
///
/// # Errors
/// The stage does not say that it is random.
pub(crate) fn seed(
    job: &Job<'_>,
    kind: &str,
    phi: &StepActivation,
    width: usize,
    network: u64,
) -> Result<u64, JobError> {
    job.seed(&json!({
        "kind": kind,
        "activation": subjects::steps(phi),
        "width": width,
        "network": network,
    }))
}

/// A run with this seed on these threads, in the memory of the job.
pub(crate) fn run(job: &Job<'_>, seed: u64, workers: &Workers<'_>) -> Run {
    Run {
        seed,
        threads: workers.count(),
        memory: job.memory(),
    }
}
