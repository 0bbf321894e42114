//! How the networks of a simulation run: their seeds, their threads and their memory.

use mf_core::StepActivation;
use mf_pipeline::{Job, JobError, Workers};
use mf_sim::Run;
use serde_json::json;

use super::subjects;

/// All free threads, for the simulation of one network with `points` inputs and layers of `width` units.
pub(crate) fn workers<'a>(job: &Job<'a>, points: usize, width: usize) -> Workers<'a> {
    job.workers(usize::MAX, mf_sim::memory_needed(points, width))
}

/// One thread, for a network that is drawn by the distribution of its next layer ([`mf_sim::law`]).
pub(crate) fn worker<'a>(job: &Job<'a>, points: usize, width: usize) -> Workers<'a> {
    job.workers(1, mf_sim::memory_needed(points, width))
}

/// The seed of a network. It depends on the kind of the stage, the activation, the width and the network's number, and on
/// nothing else: two stages with the same of these simulate the same networks.
///
/// # Errors
/// The kind does not declare `random`.
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

/// A simulation with this seed, on these threads and within the memory of the job.
pub(crate) fn run(job: &Job<'_>, seed: u64, workers: &Workers<'_>) -> Run {
    Run {
        seed,
        threads: workers.count(),
        memory: job.memory(),
    }
}
