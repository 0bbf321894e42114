//! `mf paper`: the manuscript.

use anyhow::bail;
use clap::Args;
use mf_pipeline::{NodeRole, Pipeline, RunOptions, Selection};
use serde_json::json;

use super::Outcome;
use super::run::How;
use crate::documents::{MANUSCRIPT, PAPER};
use crate::interrupt;
use crate::project::Checked;
use crate::terminal::{note, show};

/// Arguments of `mf paper`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Typeset it and print what is wrong, without writing paper/paper.pdf
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    project: Checked,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
The manuscript is paper/paper.typ, in Typst. Stages and figures that it uses and
that are not up to date run first (`mf plan paper.pdf` lists them). Numbers are
written as the names of the claims that check them:
  #import \"template.typ\": *      at the top of the manuscript
  #ours(\"exponent\", digits: 2)   the computed value
  #theirs(\"exponent\")            the value printed in the paper
A name that no claim has is an error with its place.";

impl Arguments {
    /// Typesets the manuscript after running what it needs; prints how many pages it has, and what an author should check.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.open(&[])?;
        if !pipeline.names().any(|(name, _)| name == PAPER) {
            let source = pipeline.root().join(MANUSCRIPT);
            bail!(
                "there is no {}: write the manuscript there (`mf paper --help`)",
                source.display()
            );
        }
        // Typeset again even if it is fresh, so that its warnings are printed.
        document(&pipeline, &self.how, PAPER, self.json, |mut options| {
            options.selection.force = true;
            options.publish = !self.check;
            options
        })
    }
}

/// Makes a document after running what it needs.
pub(super) fn document(
    pipeline: &Pipeline,
    how: &How,
    name: &str,
    json: bool,
    change: impl FnOnce(RunOptions) -> RunOptions,
) -> anyhow::Result<Outcome> {
    let selection = Selection {
        only: vec![name.to_owned()],
        ..Selection::default()
    };
    let plan = pipeline.plan(&selection)?;
    let stale = plan
        .nodes
        .iter()
        .filter(|node| node.role != NodeRole::Document && node.state != mf_pipeline::State::Fresh);
    let stale: Vec<&str> = stale.map(|node| node.name.as_str()).collect();
    if !stale.is_empty() {
        note(format!(
            "{name} needs results that are not up to date; these run first: {}",
            stale.join(", ")
        ));
    }
    let options = change(how.options(selection));
    let publish = options.publish;
    let ran = how.run(pipeline, options)?;
    if ran.cancelled {
        note(interrupt::STOPPED);
        return Ok(Outcome::Stopped);
    }
    let path = pipeline.documents().join(name);
    let (good, path) = (ran.is_ok(), path.display());
    let made = json!({ "document": path.to_string(), "written": good && publish, "run": ran });
    if good || json {
        let done = if publish {
            "is up to date"
        } else {
            "has no errors"
        };
        show(json, &made, || format!("{path} {done}"))?;
    }
    Ok(Outcome::from(good && !ran.has_failed()))
}
