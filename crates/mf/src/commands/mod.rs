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
mod man;
mod named;
mod network;
mod new;
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
mod trained;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use crate::interrupt;

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Good,
    /// The command did its work, and the answer is bad: a failed stage, a claim that does not hold.
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
    /// Print how deep a network can be with a number format, a quantizer or a number of levels
    Depth(depth::Arguments),
    /// Print how to initialize a network with a number format or a quantizer; as PyTorch code with --emit torch
    Init(init::Arguments),
    /// Print how many levels a network of some depth needs, and which number formats suffice
    Levels(levels::Arguments),
    /// List the number formats (int4, fp8, nf4 ...), or show one: values, best scale, depth
    Format(format::Arguments),
    /// List the quantizers of pipeline.toml, or show one: levels, thresholds, best scale, depth
    Quantizer(quantizer::Arguments),
    /// Make a small project: one quantizer, one figure, one claim
    New(new::Arguments),
    /// Make every table, figure and document, then compare the paper's numbers with them
    Reproduce(reproduce::Arguments),
    /// Run stages, figures and documents that are not up to date
    Run(run::Arguments),
    /// List what would run, and why, without running anything
    Plan(plan::Arguments),
    /// Print in a few lines whether results and published files are up to date
    Status(status::Arguments),
    /// Compare the paper's numbers with the results, without running anything
    Verify(verify::Arguments),
    /// Print where a result comes from, or what depends on a file, parameter or quantizer
    Explain(explain::Arguments),
    /// Compare the results of two revisions or folders, number by number
    Diff(diff::Arguments),
    /// Typeset the manuscript, paper/paper.pdf, from results that are up to date
    Paper(paper::Arguments),
    /// Write the results as one HTML file, paper/report.html
    Report(report::Arguments),
    /// Print the pipeline as a graph (Mermaid or Graphviz dot)
    Graph(graph::Arguments),
    /// List, compute or import the single cells of long stages, for many machines
    Cells(cells::Arguments),
    /// Write the cells to compute as a Snakefile, for a cluster
    Export(export::Arguments),
    /// Remove cached results, published files, or what is damaged or not used any more
    Clean(clean::Arguments),
    /// Print the JSON Schema of pipeline.toml, for editors
    Schema(schema::Arguments),
    /// Print shell completions
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

impl Command {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// What kept it from doing its work.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        match self {
            Command::Depth(arguments) => arguments.run(),
            Command::Init(arguments) => arguments.run(),
            Command::Levels(arguments) => arguments.run(),
            Command::Format(arguments) => arguments.run(),
            Command::Quantizer(arguments) => arguments.run(),
            Command::New(arguments) => arguments.run(),
            Command::Reproduce(arguments) => arguments.run(),
            Command::Run(arguments) => arguments.run(),
            Command::Plan(arguments) => arguments.run(),
            Command::Status(arguments) => arguments.run(),
            Command::Verify(arguments) => arguments.run(),
            Command::Explain(arguments) => arguments.run(),
            Command::Diff(arguments) => arguments.run(),
            Command::Paper(arguments) => arguments.run(),
            Command::Report(arguments) => arguments.run(),
            Command::Graph(arguments) => arguments.run(),
            Command::Cells(arguments) => arguments.run(),
            Command::Export(arguments) => arguments.run(),
            Command::Clean(arguments) => arguments.run(),
            Command::Schema(arguments) => arguments.run(),
            Command::Completions(arguments) => arguments.run(),
            Command::Man(arguments) => arguments.run(),
        }
    }
}
