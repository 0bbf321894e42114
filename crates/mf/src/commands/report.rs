//! `mf report`: the results as one HTML file.

use clap::Args;

use super::Outcome;
use super::paper::document;
use super::run::How;
use crate::documents::REPORT;
use crate::project::Checked;

/// Arguments of `mf report`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    project: Checked,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Makes paper/report.html after running what it needs.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.open(&[])?;
        document(&pipeline, &self.how, REPORT, self.json, |options| options)
    }
}
