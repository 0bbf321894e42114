//! `mf reproduce`: everything, then the verdict.

use clap::Args;
use mf_pipeline::Selection;

use super::Outcome;
use super::run::{self, How};
use crate::documents::{REPORT, RESULTS};
use crate::terminal::{note, say};
use crate::{interrupt, project, verdicts};

/// Arguments of `mf reproduce`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Run every stage even if it is fresh
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    how: How,
    /// Print the report and the verdicts as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Runs everything and judges every claim; the outcome is bad if anything failed. One shard computes its cells only.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.open(&[])?;
        let mut options = self.how.options(Selection {
            force: self.force,
            ..Selection::default()
        });
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
            run::tell(&ran, self.json)?;
            note(run::MERGE);
            return Ok(Outcome::from(!ran.has_failed()));
        };
        if self.json {
            say(serde_json::to_string_pretty(
                &serde_json::json!({ "run": ran, "verdicts": verification }),
            )?);
        } else {
            say(verdicts::text(&verification));
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
