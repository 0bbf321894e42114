//! `mf reproduce`: everything, then the verdict.

use clap::Args;
use mf_pipeline::{Pipeline, Verdict, Verification};

use super::Outcome;
use super::plan::Select;
use super::run::{self, How};
use crate::results::VERDICTS;
use crate::terminal::{note, say};
use crate::{documents, interrupt, paper, project, report, verdicts};

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
    /// Runs everything, judges every claim, writes the results page and the manuscript; the outcome is bad if anything failed. What waits
    /// for other shards has not failed, and leaves the page as it was.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.open(&[])?;
        let ran = self.how.run(&pipeline, &Select::all(self.force))?;
        if ran.cancelled {
            if self.json {
                say(serde_json::to_string_pretty(
                    &serde_json::json!({ "run": ran }),
                )?);
            }
            note(interrupt::STOPPED);
            return Ok(Outcome::Stopped);
        }
        let verification = pipeline.verify()?;
        if ran.is_ok() {
            write_page(&pipeline, &verification)?;
            if paper::is_there(&pipeline)? {
                paper::keep(&pipeline, &verification)?;
            }
            report::keep(&pipeline, &verification)?;
        }
        if self.json {
            say(serde_json::to_string_pretty(
                &serde_json::json!({ "run": ran, "verdicts": verification }),
            )?);
        } else {
            say(verdicts::text(&verification));
            let written = if ran.is_ok() {
                format!(
                    "; tables, figures, {VERDICTS} and {} are up to date",
                    report::PAGE
                )
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

fn write_page(pipeline: &Pipeline, verification: &Verification) -> anyhow::Result<()> {
    let page = format!(
        "# {}\n\nWritten by `mf reproduce` under profile `{}`. Every line is a `[[claim]]` of `pipeline.toml`; each table has the \
         references of one source. A tolerance follows from the digits of the reference or from a statistical error, as its \
         reason says. Where a value differs, the bound of its explanation was set after the result was known; the \
         explanations are below.\n\n{}",
        pipeline.title(),
        pipeline.profile(),
        verdicts::markdown(verification),
    );
    documents::write(&pipeline.root().join(VERDICTS), page.as_bytes())
}
