//! What a run did.

use std::path::PathBuf;

use serde::Serialize;

use crate::kinds::verdict::Verification;
use crate::plan::Plan;
use crate::project::node::NodeRole;

/// The outcome of a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Its result was up to date.
    Fresh,
    /// Its result was up to date; published files were written again from the cache.
    Restored {
        /// The files.
        files: Vec<PathBuf>,
    },
    /// It waited for a stage before it, whose result did not change: so its own result is up to date.
    Unchanged,
    /// It ran.
    Ran,
    /// It failed.
    Failed {
        /// The error.
        error: String,
        /// The errors behind it, outermost first.
        causes: Vec<String>,
    },
    /// Its cells of this shard are kept. Cells of other shards are missing, so there is no result yet.
    Partial {
        /// The cells that are kept.
        done: usize,
        /// The cells that other shards have yet to compute.
        missing: usize,
    },
    /// It was stopped on request: its finished cells are kept, the rest is lost.
    Stopped {
        /// The cells that are kept; 0 if it has no cells.
        done: usize,
        /// All its cells; 0 if it has no cells.
        total: usize,
    },
    /// It did not run, because something before it failed or is partial, or the run was stopped.
    Skipped {
        /// Why.
        because: String,
    },
}

/// The outcome of a stage, and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeReport {
    /// Its name.
    pub name: String,
    /// Whether it is a stage, a figure or a document.
    pub role: NodeRole,
    /// Its line in `pipeline.toml`; a document has none.
    pub line: Option<usize>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The wall time it took, in seconds.
    pub seconds: f64,
}

/// The result of computing kept cells again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// The cells that were computed again.
    pub cells: usize,
    /// Problems, one for each stage.
    pub failures: Vec<String>,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunReport {
    /// The plan that was run.
    pub plan: Plan,
    /// Every planned node, in the order of the plan.
    pub nodes: Vec<NodeReport>,
    /// The result of computing kept cells again, if it was asked for.
    pub audit: Option<Audit>,
    /// The verdicts on the claims, if they were asked for ([`crate::RunOptions::judge`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// The name of the stage that failed first, if one did.
    pub first_failure: Option<String>,
    /// Whether the run was asked to stop.
    pub cancelled: bool,
    /// The wall time of the run, in seconds.
    pub seconds: f64,
}

impl RunReport {
    /// Whether everything planned is now up to date.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.nodes.iter().all(|node| {
            !matches!(
                node.outcome,
                Outcome::Failed { .. }
                    | Outcome::Partial { .. }
                    | Outcome::Stopped { .. }
                    | Outcome::Skipped { .. }
            )
        })
    }

    /// Whether a stage failed, a cell computed again differs, or the run was asked to stop.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        let differs = |audit: &Audit| !audit.failures.is_empty();
        self.first_failure.is_some() || self.cancelled || self.audit.as_ref().is_some_and(differs)
    }

    /// Whether a stage waits for cells of other shards.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let partial = |node: &NodeReport| matches!(node.outcome, Outcome::Partial { .. });
        self.nodes.iter().any(partial)
    }

    /// The first real error: what to show last.
    #[must_use]
    pub fn first_error(&self) -> Option<&NodeReport> {
        let name = self.first_failure.as_ref()?;
        self.nodes.iter().find(|node| node.name == *name)
    }
}
