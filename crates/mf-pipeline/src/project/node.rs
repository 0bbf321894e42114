//! Stages, figures and documents as data: what each refers to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::kinds::job::{CLAIMS, QuantizerDefinition, SETTINGS};
use crate::kinds::registry::{Behaviour, Code, Stage};
use crate::spec::tree::Node as Toml;

/// Whether a node is a stage, a figure or a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeRole {
    /// A `[[stage]]`.
    Stage,
    /// A `[[figure]]`.
    Figure,
    /// A document, which every project has.
    Document,
}

impl NodeRole {
    /// `stage`, `figure` or `document`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            NodeRole::Stage => "stage",
            NodeRole::Figure => "figure",
            NodeRole::Document => "document",
        }
    }
}

impl fmt::Display for NodeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stage, figure or document with everything it refers to.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) role: NodeRole,
    pub(crate) kind: String,
    pub(crate) code: Code,
    pub(crate) behaviour: Option<Behaviour>,
    pub(crate) about: String,
    /// Its line in `pipeline.toml`; a document has none.
    pub(crate) line: Option<usize>,
    /// Its item of `pipeline.toml`, with all of it written out; a document has none.
    pub(crate) item: Option<Toml>,
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
    /// A file of a figure, by its ending.
    Drawing {
        figure: String,
        ending: String,
    },
    /// Where a figure comes from.
    Origin {
        figure: String,
    },
    /// The claims. What they are judged by are inputs beside it.
    Claims,
    /// The parameters of every stage.
    Settings,
}

impl Source {
    /// The stage or figure it comes from, if it comes from one.
    pub(crate) fn stage(&self) -> Option<&str> {
        match self {
            Source::Table { stage, .. }
            | Source::Number { stage, .. }
            | Source::Numbers { stage } => Some(stage),
            Source::Drawing { figure, .. } | Source::Origin { figure } => Some(figure),
            Source::File(_) | Source::Cells(_) | Source::Claims | Source::Settings => None,
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
            Source::Drawing { figure, ending } => write!(f, "{figure}.{ending}"),
            Source::Origin { figure } => write!(f, "{figure}.origin"),
            Source::Claims => f.write_str(CLAIMS),
            Source::Settings => f.write_str(SETTINGS),
        }
    }
}

impl Node {
    /// Its parameters in `pipeline.toml`: `with` of a stage, the item of a figure.
    pub(crate) fn params_item(&self) -> Option<&Toml> {
        let item = self.item.as_ref()?;
        match self.role {
            NodeRole::Stage => item.get("with"),
            NodeRole::Figure | NodeRole::Document => Some(item),
        }
    }

    /// The key of its parameters: `stage.NAME.with`, `figure.NAME`.
    pub(crate) fn params_path(&self) -> String {
        match self.role {
            NodeRole::Stage => format!("stage.{}.with", self.name),
            NodeRole::Figure | NodeRole::Document => format!("{}.{}", self.role, self.name),
        }
    }

    /// The nodes it reads from.
    pub(crate) fn upstream(&self) -> BTreeSet<&str> {
        self.inputs.values().filter_map(Source::stage).collect()
    }
}
