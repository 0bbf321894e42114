//! What would run, and why. Planning runs nothing and changes nothing; a run does what its plan says.

pub(crate) mod cells;
pub(crate) mod contents;
pub(crate) mod inputs;
pub(crate) mod link;
pub(crate) mod publish;
pub(crate) mod reasons;
pub(crate) mod selection;
pub(crate) mod survey;
pub(crate) mod sweep;

use std::fmt;

use serde::Serialize;

use crate::plan::publish::Restore;
use crate::plan::reasons::Reason;
use crate::project::node::NodeRole;
use crate::words::hash::Hash;

/// What would run, in an order in which it can.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// The profile.
    pub profile: String,
    /// The selected stages, figures and documents, and what they need.
    pub nodes: Vec<PlannedNode>,
}

/// A stage, figure or document in a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedNode {
    /// Its name.
    pub name: String,
    /// Whether it is a stage, a figure or a document.
    pub role: NodeRole,
    /// Its kind.
    pub kind: String,
    /// Its line in `pipeline.toml`; a document has none.
    pub line: Option<usize>,
    /// Whether it runs.
    #[serde(flatten)]
    pub state: State,
    /// The key of its result; `None` while an input has yet to be made.
    pub key: Option<Hash>,
    /// Published files of a fresh result that are missing or differ: the run writes them again from the cache.
    pub restore: Vec<Restore>,
    /// Its cells, if it runs and they are known.
    pub cells: Option<PlannedCells>,
}

/// What a plan says of the cells of a stage that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PlannedCells {
    /// All cells.
    pub total: usize,
    /// Those that are kept: the others are computed.
    pub kept: usize,
    /// Those that code of another behaviour kept: they are computed again.
    pub moved: usize,
}

impl fmt::Display for PlannedCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { total, kept, moved } = self;
        write!(f, "{kept} of {total} cells kept")?;
        if *moved > 0 {
            write!(f, ", {moved} behave differently since the code changed")?;
        }
        Ok(())
    }
}

/// Whether a stage runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Its result is in the cache: it does not run.
    Fresh,
    /// It runs.
    Stale {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// It runs only if a stage that runs before it yields another result than before.
    Pending {
        /// The stages it waits for.
        on: Vec<String>,
    },
}

impl PlannedNode {
    /// Whether the run has nothing to do for it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Fresh && self.restore.is_empty()
    }
}

impl Plan {
    /// Whether a run would do nothing at all.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.nodes.iter().all(PlannedNode::is_done)
    }
}
