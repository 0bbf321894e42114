//! Long work ends when the user asks for it.

use std::ops::ControlFlow;

use mf_pipeline::{BoxError, Job};

/// For a simulation or a training: `Break` if the user asked to stop, `Continue` otherwise.
pub(crate) fn go_on(job: &Job<'_>) -> ControlFlow<()> {
    if job.cancelled() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Ends a stage if the user asked to stop, so that results of an interrupted simulation are never used.
///
/// # Errors
/// The user asked to stop.
pub(crate) fn check(job: &Job<'_>) -> Result<(), BoxError> {
    if job.cancelled() {
        return Err("stopped on request".into());
    }
    Ok(())
}
