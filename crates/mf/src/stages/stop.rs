//! An end to long work when the user asks for it.

use std::ops::ControlFlow;

use mf_pipeline::{BoxError, Job};

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
