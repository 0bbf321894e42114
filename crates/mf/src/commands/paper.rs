//! `mf paper`: the manuscript from the results there are.

use anyhow::bail;
use clap::Args;

use super::Outcome;
use crate::terminal::{note, say};
use crate::{paper, project};

/// Arguments of `mf paper`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Set it and say what is wrong, without writing paper/paper.pdf
    #[arg(long)]
    check: bool,
}

const HELP: &str = "\
The manuscript is paper/paper.typ, in Typst. A number stands in it by the name
of the claim that checks it, in a form of its own:
  #ours(\"exponent\", digits: 2)   what was computed
  #theirs(\"exponent\")            what is printed in the paper
A name that no claim has stops the build, with the place.";

impl Arguments {
    /// Sets the manuscript; says how many pages it has, and what a careful author would look at.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.load()?;
        if !paper::is_there(&pipeline)? {
            let source = paper::source(pipeline.root());
            bail!(
                "there is no {}: a manuscript begins there (`mf paper --help`)",
                source.display()
            );
        }
        let verification = pipeline.verify()?;
        let pdf = if self.check {
            paper::set(&pipeline, &verification)?
        } else {
            paper::write(&pipeline, &verification)?
        };
        for warning in &pdf.warnings {
            note(format!("warning: {warning}"));
        }
        let what = if self.check { "can be set" } else { paper::PDF };
        say(format!("{what}: {} pages", pdf.pages));
        Ok(Outcome::Good)
    }
}
