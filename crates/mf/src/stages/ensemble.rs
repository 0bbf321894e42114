//! What stages share that simulate many networks: how each is known, how it runs, and an end when the user asks for it.

use std::ops::ControlFlow;

use mf_core::StepActivation;
use mf_pipeline::{BoxError, Job, Workers};
use mf_sim::Run;
use serde_json::{Value, json};

/// An activation as a value that a seed is made from.
pub(crate) fn steps(phi: &StepActivation) -> Value {
    json!({ "levels": phi.levels(), "thresholds": phi.thresholds() })
}

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

/// Whether a simulation goes on to its next layer.
pub(crate) fn go_on(job: &Job<'_>) -> ControlFlow<()> {
    if job.cancelled() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Whether the stage goes on: results of a simulation that was broken off are not to be used.
///
/// # Errors
/// The user asked to stop.
pub(crate) fn check(job: &Job<'_>) -> Result<(), BoxError> {
    if job.cancelled() {
        return Err("stopped on request".into());
    }
    Ok(())
}
