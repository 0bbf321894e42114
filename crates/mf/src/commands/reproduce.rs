//! `mf reproduce`: everything, then the verdict.

use clap::Args;
use mf_pipeline::{RunOptions, Selection, Verdict};

use super::Outcome;
use super::run::{self, How};
use crate::documents::{REPORT, RESULTS};
use crate::terminal::{note, say};
use crate::{project, verdicts};

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
    /// Runs everything and judges every claim; the outcome is bad if anything failed. What waits for other shards has not
    /// failed, and leaves the documents as they were.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.load()?;
        let options = RunOptions {
            judge: true,
            ..self.how.options(Selection {
                force: self.force,
                ..Selection::default()
            })
        };
        let mut ran = self.how.run(&pipeline, &options)?;
        let Some(verification) = ran.verification.take() else {
            anyhow::bail!("the run did not judge the claims: this is a fault of mf");
        };
        if self.json {
            say(serde_json::to_string_pretty(
                &serde_json::json!({ "run": ran, "verdicts": verification }),
            )?);
        } else {
            say(verdicts::text(&verification));
            let written = if ran.is_ok() {
                format!("; tables, figures, {RESULTS} and {REPORT} are up to date")
            } else {
                String::new()
            };
            note(format!("\n{}{written}", run::summary(&ran)));
        }
        if ran.is_partial() {
            note(format!(
                "\nVerdicts that are missing wait for other shards. {}",
                run::MERGE
            ));
            let fails = verification.count(Verdict::Fails) > 0;
            return Ok(Outcome::from(!ran.has_failed() && !fails));
        }
        Ok(Outcome::from(ran.is_ok() && verification.passes()))
    }
}
