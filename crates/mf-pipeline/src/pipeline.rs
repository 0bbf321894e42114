//! A pipeline that has been read and found valid.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use crate::cache::Cache;
use crate::claims::{self, Claim, Verification};
use crate::clean::{self, Clean, Cleaned};
use crate::dependents::{self, Dependents};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::PipelineError;
use crate::execute::{self, Observer, RunOptions, RunReport};
use crate::explain::{self, Explanation};
use crate::fresh::{self, Fresh};
use crate::graph::{self, GraphFormat};
use crate::job::QuantizerDefinition;
use crate::plan::{Plan, Survey};
use crate::registry::{Registry, Stage};
use crate::resolve;
use crate::selection::Selection;
use crate::text::{list, nearest};

/// Whether a node computes or draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A `[[stage]]`.
    Stage,
    /// A `[[figure]]`.
    Figure,
}

impl Role {
    /// `stage` or `figure`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::Stage => "stage",
            Role::Figure => "figure",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stage or figure with everything it refers to.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) kind: String,
    pub(crate) version: u32,
    pub(crate) about: String,
    pub(crate) line: usize,
    pub(crate) stage: Box<dyn Stage>,
    pub(crate) params: Value,
    pub(crate) inputs: BTreeMap<String, Source>,
    pub(crate) quantizers: Vec<QuantizerDefinition>,
    pub(crate) seed: Option<u64>,
}

/// Where an input comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Table { stage: String, table: String },
    Number { stage: String, number: String },
    Numbers { stage: String },
    File(String),
}

impl Source {
    /// The stage it comes from, if it comes from one.
    pub(crate) fn stage(&self) -> Option<&str> {
        match self {
            Source::Table { stage, .. }
            | Source::Number { stage, .. }
            | Source::Numbers { stage } => Some(stage),
            Source::File(_) => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Table { stage, table } => write!(f, "{stage}.{table}"),
            Source::Number { stage, number } => write!(f, "{stage}.{number}"),
            Source::Numbers { stage } => write!(f, "{stage}.numbers"),
            Source::File(path) => write!(f, "file:{path}"),
        }
    }
}

impl Node {
    /// The nodes it reads from.
    pub(crate) fn upstream(&self) -> BTreeSet<&str> {
        self.inputs.values().filter_map(Source::stage).collect()
    }
}

/// A valid pipeline under one profile.
pub struct Pipeline {
    pub(crate) file: PathBuf,
    pub(crate) root: PathBuf,
    pub(crate) profile: String,
    pub(crate) profiles: Vec<String>,
    pub(crate) title: String,
    pub(crate) tables: PathBuf,
    pub(crate) figures: PathBuf,
    pub(crate) quantizers: Vec<QuantizerDefinition>,
    /// In an order in which they can run; otherwise in the order of the file.
    pub(crate) nodes: Vec<Node>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) cache: Cache,
}

impl Pipeline {
    /// Reads `pipeline.toml` under a profile, and checks all of it.
    ///
    /// # Errors
    /// All problems of the file at once.
    pub fn load(path: &Path, registry: &Registry, profile: &str) -> Result<Self, Diagnostics> {
        let name = path.display().to_string();
        let unreadable = |message: String| {
            let mut problems = Diagnostics::new(&name, "");
            problems.push(Diagnostic::new(message));
            problems
        };
        let bytes = mf_data::files::read(path).map_err(|error| unreadable(error.to_string()))?;
        let source = String::from_utf8(bytes).map_err(|error| {
            unreadable(format!("it is not UTF-8 text: {error}; save it as UTF-8"))
        })?;
        resolve::resolve(path, &source, registry, profile)
    }

    /// What would run, and why; runs nothing and changes nothing.
    ///
    /// # Errors
    /// [`PipelineError`]: an unknown name, an unreadable file, a damaged cache.
    pub fn plan(&self, selection: &Selection) -> Result<Plan, PipelineError> {
        Ok(Survey::new(self, selection)?.plan)
    }

    /// Runs what the plan says, under the lock.
    ///
    /// # Errors
    /// [`PipelineError`] if nothing could be planned or locked. Failures of stages are in the report.
    pub fn run(
        &self,
        options: &RunOptions,
        observer: &dyn Observer,
    ) -> Result<RunReport, PipelineError> {
        execute::run(self, options, observer)
    }

    /// The claims, judged against the results of the pipeline as it stands; what is not up to date is `missing`.
    ///
    /// # Errors
    /// [`PipelineError`]: an unreadable file, a damaged cache.
    pub fn verify(&self) -> Result<Verification, PipelineError> {
        claims::verify(self)
    }

    /// The tables and numbers that are up to date.
    ///
    /// # Errors
    /// [`PipelineError`]: an unreadable file, a damaged cache.
    pub fn fresh(&self) -> Result<Fresh, PipelineError> {
        fresh::fresh(self)
    }

    /// Where a figure, stage, table (`stage.table`), number (`stage.number`) or claim comes from.
    ///
    /// # Errors
    /// [`PipelineError`]: an unknown name, a damaged cache.
    pub fn explain(&self, name: &str) -> Result<Explanation, PipelineError> {
        explain::explain(self, name)
    }

    /// What depends on a file, a parameter (`stage.key`, `profile.NAME.stage.key`) or a quantizer; none if the name is
    /// that of a result, which [`Pipeline::explain`] explains, or of nothing.
    ///
    /// # Errors
    /// [`PipelineError`]: an unreadable file.
    pub fn dependents(&self, name: &str) -> Result<Option<Dependents>, PipelineError> {
        dependents::dependents(self, name)
    }

    /// The files, stages, figures and claims as a graph, in text.
    #[must_use]
    pub fn graph(&self, format: GraphFormat) -> String {
        graph::graph(self, format)
    }

    /// Removes what a run made.
    ///
    /// # Errors
    /// [`PipelineError`]: a file cannot be removed, or another run is at work.
    pub fn clean(&self, what: Clean) -> Result<Cleaned, PipelineError> {
        clean::clean(self, what)
    }

    /// The project's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The profile it was read under.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// All profiles of the file.
    #[must_use]
    pub fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// The path of `pipeline.toml`.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The folder of `pipeline.toml`: all its paths are relative to it.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The quantizers, in the order of the file.
    #[must_use]
    pub fn quantizers(&self) -> &[QuantizerDefinition] {
        &self.quantizers
    }

    /// The quantizer of a name.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] names the nearest one there is.
    pub fn quantizer(&self, name: &str) -> Result<&QuantizerDefinition, PipelineError> {
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

    /// The names of stages and figures, in the order in which they run.
    pub fn names(&self) -> impl Iterator<Item = (&str, Role)> {
        self.nodes
            .iter()
            .map(|node| (node.name.as_str(), node.role))
    }

    /// Every name that [`Pipeline::explain`] knows: for completions.
    #[must_use]
    pub fn explainable(&self) -> Vec<String> {
        explain::everything(self)
    }

    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<&str> = self.names().map(|(name, _)| name).collect();
        f.debug_struct("Pipeline")
            .field("file", &self.file)
            .field("profile", &self.profile)
            .field("nodes", &nodes)
            .finish()
    }
}
