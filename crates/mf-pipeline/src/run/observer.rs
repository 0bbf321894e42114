//! An observer of a run.

use crate::plan::Plan;
use crate::run::report::NodeReport;
use crate::words::listener::Advance;

/// Called with what a run does, from several threads.
pub trait Observer: Sync {
    /// Another run holds the lock; we wait for it.
    fn waiting(&self, _holder: &str) {}
    /// The plan that is now run.
    fn planned(&self, _plan: &Plan) {}
    /// A stage starts to run (not called for what is fresh, unchanged or skipped).
    fn started(&self, _name: &str) {}
    /// The progress of a stage.
    fn progress(&self, _name: &str, _advance: &Advance) {}
    /// A line that a stage prints.
    fn note(&self, _name: &str, _text: &str) {}
    /// A stage has ended, with any outcome.
    fn finished(&self, _report: &NodeReport) {}
}

/// An observer that does nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}
