//! `mf paper`: the manuscript.

use anyhow::bail;
use clap::Args;
use mf_pipeline::{NodeRole, Pipeline, RunOptions, Selection};

use super::Outcome;
use super::run::How;
use crate::documents::{MANUSCRIPT, PAPER};
use crate::terminal::{note, say};
use crate::{interrupt, project};

/// Arguments of `mf paper`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Set it and say what is wrong, without writing paper/paper.pdf
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    how: How,
}

const HELP: &str = "\
The manuscript is paper/paper.typ, in Typst. What it quotes and is not up to date
runs first; `mf plan paper.pdf` says what that is. A number stands in it by
the name of the claim that checks it, in a form of its own:
  #import \"template.typ\": *      at the top, for these forms
  #ours(\"exponent\", digits: 2)   what was computed
  #theirs(\"exponent\")            what is printed in the paper
A name that no claim has stops the build, with the place.";

impl Arguments {
    /// Sets the manuscript, and runs before it what it needs; says how many pages it has, and what a careful author would
    /// look at.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.load()?;
        if !pipeline.names().any(|(name, _)| name == PAPER) {
            let source = pipeline.root().join(MANUSCRIPT);
            bail!(
                "there is no {}: a manuscript begins there (`mf paper --help`)",
                source.display()
            );
        }
        // Set anew even if it is fresh: who asks for it wants to hear what is to be said of it.
        document(&pipeline, &self.how, PAPER, |mut options| {
            options.selection.force = true;
            options.publish = !self.check;
            options
        })
    }
}

/// Makes a document, and before it what it needs; says what that is.
pub(super) fn document(
    pipeline: &Pipeline,
    how: &How,
    name: &str,
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
            "{name} needs what is not up to date, which runs first: {}",
            stale.join(", ")
        ));
    }
    let options = change(how.options(selection));
    if options.shard.is_some() {
        bail!(
            "a shard computes cells and makes no document: use `mf run --shard`, then this without it"
        );
    }
    let publish = options.publish;
    let ran = how.run(pipeline, options)?;
    if ran.cancelled {
        note(interrupt::STOPPED);
        return Ok(Outcome::Stopped);
    }
    if ran.is_ok() {
        let path = pipeline.documents().join(name);
        say(if publish {
            format!("{} is up to date", path.display())
        } else {
            format!("{} can be made", path.display())
        });
    }
    if ran.audit.is_some() {
        note(super::run::summary(&ran));
    }
    Ok(Outcome::from(ran.is_ok() && !ran.has_failed()))
}
