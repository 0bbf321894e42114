//! `mf verify`: the paper's numbers against ours.

use clap::{Args, ValueEnum};

use super::Outcome;
use crate::project::Checked;
use crate::terminal::{say_raw, show};
use crate::verdicts;

/// Arguments of `mf verify`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The form of the tables of verdicts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    project: Checked,
    /// Print JSON, with every row of every claim
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal
    Text,
    /// For a Markdown page
    Markdown,
}

impl Arguments {
    /// Prints the verdicts; the outcome is bad if a claim fails or has no result.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.open(&[])?;
        let verification = pipeline.verify()?;
        match self.format {
            Format::Markdown => say_raw(&verdicts::markdown(&verification)),
            Format::Text => show(self.json, &verification, || {
                verdicts::text(&verification, pipeline.file())
            })?,
        }
        Ok(Outcome::from(verification.passes()))
    }
}
