//! What stages share that work long: a seed for each of many networks, and an end when the user asks for it.

use std::ops::ControlFlow;

use mf_pipeline::{BoxError, Job};

/// The seed of a network: the stage's own, and the network's number.
pub(crate) fn seed(job: &Job<'_>, network: u64) -> u64 {
    job.seed().unwrap_or_default().wrapping_add(network)
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
