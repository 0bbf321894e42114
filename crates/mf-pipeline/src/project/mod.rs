//! `pipeline.toml` as data: what has been read and found valid, under one profile.

pub(crate) mod claim;
pub(crate) mod node;
pub(crate) mod options;
pub(crate) mod resolve;
pub(crate) mod written;

use std::path::PathBuf;

use crate::kinds::job::QuantizerDefinition;
use crate::project::claim::Claim;
use crate::project::node::{Node, NodeRole};
use crate::project::written::Written;
use crate::words::diagnostic::Diagnostics;
use crate::words::error::PipelineError;
use crate::words::paths::inside;
use crate::words::text::{list, nearest};

/// The profile of a user who names none; the only one that publishes beside `pipeline.toml`.
pub(crate) const DEFAULT_PROFILE: &str = "default";

/// The folder with a folder for the results of each other profile.
pub(crate) const RUNS: &str = "runs";

/// The folder there for results of `--set`; no profile has this name.
pub(crate) const TRIAL: &str = "trial";

/// A valid project under one profile.
pub(crate) struct Project {
    pub(crate) file: PathBuf,
    pub(crate) root: PathBuf,
    pub(crate) profile: String,
    pub(crate) profiles: Vec<String>,
    pub(crate) title: String,
    /// The folder below which results are published: the root, or that of a profile or a trial.
    pub(crate) results: PathBuf,
    pub(crate) tables: PathBuf,
    pub(crate) figures: PathBuf,
    pub(crate) documents: PathBuf,
    pub(crate) quantizers: Vec<QuantizerDefinition>,
    /// In an order in which they can run; otherwise in the order of the file.
    pub(crate) nodes: Vec<Node>,
    pub(crate) claims: Vec<Claim>,
    /// Warnings: what is suspicious, though it can be run.
    pub(crate) warnings: Diagnostics,
    pub(crate) written: Written,
}

impl Project {
    /// The quantizer of a name.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] names the nearest one there is.
    pub(crate) fn quantizer(&self, name: &str) -> Result<&QuantizerDefinition, PipelineError> {
        let known = || {
            self.quantizers
                .iter()
                .map(|definition| definition.name.as_str())
        };
        let found = self
            .quantizers
            .iter()
            .find(|definition| definition.name == name);
        found.ok_or_else(|| PipelineError::Unknown {
            what: "quantizer",
            name: name.to_owned(),
            near: nearest(name, known()).map(str::to_owned),
            known: list(known()),
        })
    }

    /// The names of stages, figures and documents, in the order in which they run.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, NodeRole)> {
        self.nodes
            .iter()
            .map(|node| (node.name.as_str(), node.role))
    }

    /// The bytes of a file from outside, by its path from the project's folder.
    ///
    /// # Errors
    /// The file can't be read, or its path leads out of the project's folder.
    pub(crate) fn read(&self, file: &str) -> Result<Vec<u8>, PipelineError> {
        Ok(mf_data::files::read(&inside(&self.root, file)?)?)
    }

    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }
}
