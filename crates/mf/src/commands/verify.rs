//! `mf verify`: the paper's numbers against ours.

use clap::{Args, ValueEnum};
use mf_pipeline::Verification;

use super::Outcome;
use crate::terminal::{say, say_raw};
use crate::{project, verdicts};

/// Arguments of `mf verify`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// How to print the verdicts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for the terminal
    Text,
    /// A table for a Markdown page
    Markdown,
    /// Everything, row by row
    Json,
}

impl Arguments {
    /// Prints the verdicts; the outcome is bad if a claim fails or has no result.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let verification = project.open(&[])?.verify()?;
        match self.format {
            _ if self.json => say(json(&verification)?),
            Format::Json => say(json(&verification)?),
            Format::Markdown => say_raw(&verdicts::markdown(&verification)),
            Format::Text => say(verdicts::text(&verification)),
        }
        Ok(Outcome::from(verification.passes()))
    }
}

fn json(verification: &Verification) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(verification)?)
}
