//! `mf report`: the results as one HTML file.

use clap::Args;

use super::Outcome;
use crate::terminal::say;
use crate::{project, report};

/// Arguments of `mf report`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

impl Arguments {
    /// Writes paper/report.html from the results there are.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.load()?;
        let path = report::write(&pipeline, &pipeline.verify()?)?;
        say(path.display().to_string());
        Ok(Outcome::Good)
    }
}
