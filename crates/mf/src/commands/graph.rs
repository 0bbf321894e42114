//! `mf graph`: files, stages, figures and claims as a graph.

use clap::{Args, ValueEnum};
use mf_pipeline::GraphFormat;

use super::Outcome;
use crate::project;
use crate::terminal::say_raw;

/// Arguments of `mf graph`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The language of the graph
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    #[command(flatten)]
    project: project::Profiled,
    /// Print JSON
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Mermaid, which many Markdown viewers draw
    Mermaid,
    /// Graphviz: `mf graph --format dot | dot -Tsvg > graph.svg`
    Dot,
}

impl Arguments {
    /// Prints the graph.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let format = match self.format {
            _ if self.json => GraphFormat::Json,
            Format::Mermaid => GraphFormat::Mermaid,
            Format::Dot => GraphFormat::Dot,
        };
        say_raw(&self.project.load()?.graph(format));
        Ok(Outcome::Good)
    }
}
