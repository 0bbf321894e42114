//! Stages and figures as data: what each refers to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::kinds::job::QuantizerDefinition;
use crate::kinds::registry::{Behaviour, Code, Stage};

/// Whether a node computes or draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeRole {
    /// A `[[stage]]`.
    Stage,
    /// A `[[figure]]`.
    Figure,
}

impl NodeRole {
    /// `stage` or `figure`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            NodeRole::Stage => "stage",
            NodeRole::Figure => "figure",
        }
    }
}

impl fmt::Display for NodeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stage or figure with everything it refers to.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) role: NodeRole,
    pub(crate) kind: String,
    pub(crate) code: Code,
    pub(crate) behaviour: Option<Behaviour>,
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
    Table {
        stage: String,
        table: String,
    },
    Number {
        stage: String,
        number: String,
    },
    Numbers {
        stage: String,
    },
    File(String),
    /// A folder of cells that belong to the project.
    Cells(String),
}

impl Source {
    /// The stage it comes from, if it comes from one.
    pub(crate) fn stage(&self) -> Option<&str> {
        match self {
            Source::Table { stage, .. }
            | Source::Number { stage, .. }
            | Source::Numbers { stage } => Some(stage),
            Source::File(_) | Source::Cells(_) => None,
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
            Source::Cells(folder) => write!(f, "cells:{folder}"),
        }
    }
}

impl Node {
    /// The nodes it reads from.
    pub(crate) fn upstream(&self) -> BTreeSet<&str> {
        self.inputs.values().filter_map(Source::stage).collect()
    }
}
