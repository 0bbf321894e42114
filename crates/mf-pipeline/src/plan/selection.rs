//! Which stages, figures and documents a plan is about: names, `--from`, `--force`.

use std::collections::BTreeSet;

use crate::project::Project;
use crate::words::error::PipelineError;
use crate::words::text::{list, nearest};

/// A selection; by default everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// These, and what they need.
    pub only: Vec<String>,
    /// These and everything downstream of them, and what they need.
    pub from: Vec<String>,
    /// Runs what is selected (not what it merely needs) even if it is fresh.
    pub force: bool,
}

/// A selection against a pipeline: which nodes are planned, and which are forced, by index.
pub(crate) struct Chosen {
    pub(crate) planned: BTreeSet<usize>,
    pub(crate) forced: BTreeSet<usize>,
}

impl Selection {
    pub(crate) fn choose(&self, project: &Project) -> Result<Chosen, PipelineError> {
        let mut targets = BTreeSet::new();
        for name in &self.only {
            targets.insert(find(project, name)?);
        }
        for name in &self.from {
            targets.insert(find(project, name)?);
        }
        let roots: BTreeSet<&str> = self.from.iter().map(String::as_str).collect();
        targets.extend(downstream(project, roots));
        if self.only.is_empty() && self.from.is_empty() {
            targets.extend(0..project.nodes.len());
        }
        let forced = if self.force {
            targets.clone()
        } else {
            BTreeSet::new()
        };
        let planned = needed(project, targets);
        Ok(Chosen { planned, forced })
    }
}

impl Chosen {
    /// Of these only stages that consist of cells, and what they need.
    pub(crate) fn with_cells(mut self, project: &Project) -> Self {
        let has_cells = |index: &usize| {
            let node = project.nodes.get(*index);
            node.is_some_and(|node| node.behaviour.is_some())
        };
        self.planned.retain(has_cells);
        self.planned = needed(project, self.planned);
        self.forced.retain(|index| self.planned.contains(index));
        self
    }
}

/// These nodes and all that they need.
fn needed(project: &Project, mut targets: BTreeSet<usize>) -> BTreeSet<usize> {
    // Nodes are in running order: what a node needs comes before it.
    for (index, node) in project.nodes.iter().enumerate().rev() {
        if targets.contains(&index) {
            let upstream = node.upstream().into_iter();
            targets.extend(upstream.filter_map(|name| project.index(name)));
        }
    }
    targets
}

/// The nodes that read from these, directly or not.
pub(crate) fn downstream<'a>(
    project: &'a Project,
    mut reached: BTreeSet<&'a str>,
) -> BTreeSet<usize> {
    let mut indices = BTreeSet::new();
    for (index, node) in project.nodes.iter().enumerate() {
        if node.upstream().iter().any(|name| reached.contains(name)) {
            reached.insert(&node.name);
            indices.insert(index);
        }
    }
    indices
}

fn find(project: &Project, name: &str) -> Result<usize, PipelineError> {
    project.index(name).ok_or_else(|| PipelineError::Unknown {
        what: "stage, figure or document",
        name: name.to_owned(),
        near: nearest(name, project.names().map(|(known, _)| known)).map(str::to_owned),
        known: list(project.names().map(|(known, _)| known)),
    })
}
