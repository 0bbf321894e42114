//! `mf report`: the results as one HTML file.

use clap::Args;

use super::Outcome;
use super::paper::document;
use super::run::How;
use crate::documents::REPORT;
use crate::project;

/// Arguments of `mf report`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    how: How,
}

impl Arguments {
    /// Makes paper/report.html, and before it what it needs.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.load()?;
        document(&pipeline, &self.how, REPORT, |options| options)
    }
}
