//! `mf reproduce`: everything, then the verdict.

use clap::Args;
use mf_pipeline::Selection;

use super::Outcome;
use super::run::{self, Cells, How};
use crate::documents::{REPORT, RESULTS};
use crate::project::Checked;
use crate::terminal::{note, say, show};
use crate::{interrupt, verdicts};

/// Arguments of `mf reproduce`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Run every stage even if it is fresh
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    cells: Cells,
    #[command(flatten)]
    project: Checked,
    /// Print the report and the verdicts as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Runs everything and judges every claim; the outcome is bad if anything failed. One shard computes its cells only.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.open(&[])?;
        let selection = Selection {
            force: self.force,
            ..Selection::default()
        };
        let mut options = self.cells.options(self.how.options(selection));
        // A shard computes cells: there is nothing to judge before the run without one.
        options.judge = options.shard.is_none();
        let mut ran = self.how.run(&pipeline, options)?;
        if ran.cancelled {
            if self.json {
                say(serde_json::to_string_pretty(
                    &serde_json::json!({ "run": ran }),
                )?);
            }
            note(interrupt::STOPPED);
            return Ok(Outcome::Stopped);
        }
        let Some(verification) = ran.verification.take() else {
            show(self.json, &ran, || run::summary(&ran))?;
            note(run::MERGE);
            return Ok(Outcome::from(!ran.has_failed()));
        };
        if self.json {
            say(serde_json::to_string_pretty(
                &serde_json::json!({ "run": ran, "verdicts": verification }),
            )?);
        } else {
            say(verdicts::text(&verification, pipeline.file()));
            let written = if ran.is_ok() {
                let place = pipeline.results();
                let place = if place == pipeline.root() {
                    String::new()
                } else {
                    format!(" in {}", place.display())
                };
                format!("; tables, figures, {RESULTS} and {REPORT}{place} are up to date")
            } else {
                String::new()
            };
            note(format!("\n{}{written}", run::summary(&ran)));
        }
        Ok(Outcome::from(ran.is_ok() && verification.passes()))
    }
}
