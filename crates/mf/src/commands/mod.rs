//! The subcommands, one file each.

mod cells;
mod clean;
mod completions;
mod depth;
mod diff;
mod explain;
mod export;
mod format;
mod graph;
mod init;
mod levels;
mod number;
mod paper;
mod plan;
mod progress;
mod quantizer;
mod report;
mod reproduce;
mod run;
mod schema;
mod status;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use crate::{interrupt, project};

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Good,
    /// It did its work and the answer is bad: a failed stage, a claim that does not hold.
    Bad,
    /// The user asked to stop.
    Stopped,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Good => ExitCode::SUCCESS,
            Outcome::Bad => ExitCode::FAILURE,
            Outcome::Stopped => ExitCode::from(interrupt::STATUS),
        }
    }
}

impl From<bool> for Outcome {
    fn from(good: bool) -> Self {
        if good { Outcome::Good } else { Outcome::Bad }
    }
}

/// A subcommand with its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Regenerate every table and figure, then judge the paper's numbers
    Reproduce(reproduce::Arguments),
    /// Say what would run, and why, without running anything
    Plan(plan::Arguments),
    /// Run stages, figures and documents that are not up to date
    Run(run::Arguments),
    /// Say in a few lines whether results and published files are up to date
    Status(status::Arguments),
    /// Judge the paper's numbers against the results there are
    Verify(verify::Arguments),
    /// Set the manuscript, paper/paper.pdf, from results that are up to date
    Paper(paper::Arguments),
    /// Write the results as one HTML file, paper/report.html
    Report(report::Arguments),
    /// Say where a result comes from, or what depends on a file, parameter or quantizer
    Explain(explain::Arguments),
    /// Compare the results of two revisions or folders, number by number
    Diff(diff::Arguments),
    /// Write the cells to compute as a Snakefile, for a cluster
    Export(export::Arguments),
    /// Print the pipeline as a graph (Mermaid or Graphviz dot)
    Graph(graph::Arguments),
    /// List the quantizers, or show one: levels, thresholds, best scale, depth
    Quantizer(quantizer::Arguments),
    /// Say how deep a number format or a number of levels carries
    Depth(depth::Arguments),
    /// Say how many levels a network of some depth needs, and which number formats suffice
    Levels(levels::Arguments),
    /// List the number formats (int4, fp8, nf4 ...), or show one: values, best scale, depth
    Format(format::Arguments),
    /// Say how to initialize a network with a number format: scale, weights, gradient slope
    Init(init::Arguments),
    /// List, compute or import the single cells of long stages, for many machines
    Cells(cells::Arguments),
    /// Remove what is damaged or unused in the cache, all of it, or what was published; and what ended writes left behind
    Clean(clean::Arguments),
    /// Print the JSON Schema of pipeline.toml, for editors
    Schema(schema::Arguments),
    /// Print shell completions
    Completions(completions::Arguments),
}

impl Command {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// What kept it from doing its work.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        match self {
            Command::Reproduce(arguments) => arguments.run(project),
            Command::Plan(arguments) => arguments.run(project),
            Command::Run(arguments) => arguments.run(project),
            Command::Status(arguments) => arguments.run(project),
            Command::Verify(arguments) => arguments.run(project),
            Command::Paper(arguments) => arguments.run(project),
            Command::Report(arguments) => arguments.run(project),
            Command::Explain(arguments) => arguments.run(project),
            Command::Diff(arguments) => arguments.run(project),
            Command::Export(arguments) => arguments.run(project),
            Command::Graph(arguments) => arguments.run(project),
            Command::Quantizer(arguments) => arguments.run(project),
            Command::Depth(arguments) => arguments.run(),
            Command::Levels(arguments) => arguments.run(),
            Command::Format(arguments) => arguments.run(),
            Command::Init(arguments) => arguments.run(),
            Command::Cells(arguments) => arguments.run(project),
            Command::Clean(arguments) => arguments.run(project),
            Command::Schema(arguments) => arguments.run(),
            Command::Completions(arguments) => arguments.run(),
        }
    }
}
