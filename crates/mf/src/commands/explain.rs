//! `mf explain`: where a result comes from, and what depends on a file, a parameter or a quantizer.

use clap::Args;
use clap_complete::ArgValueCandidates;

use super::Outcome;
use crate::terminal::show;
use crate::{names, project};

/// Arguments of `mf explain`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// A figure, stage, document, claim or quantizer; `stage.table`, `stage.number`, `stage.parameter`; or the path of a file
    #[arg(add = ArgValueCandidates::new(names::explainable))]
    name: String,
    #[command(flatten)]
    project: project::Profiled,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Where something comes from:
  mf explain figure-2                  a figure (or figures/figure-2.svg)
  mf explain tradeoff-exact.exponent   a number; stage.table for a table
  mf explain exponent                  a claim
  mf explain paper.pdf                 a document
What depends on something:
  mf explain data/mnist/MD5SUMS        a file that is read
  mf explain trainability.width        a parameter, also as profile.quick.trainability.width
  mf explain nf4                       a quantizer";

impl Arguments {
    /// Prints the explanation.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.load()?;
        if let Some(dependents) = pipeline.dependents(&self.name)? {
            show(self.json, &dependents, || dependents.to_string())?;
        } else {
            let explanation = pipeline.explain(&self.name)?;
            show(self.json, &explanation, || explanation.to_string())?;
        }
        Ok(Outcome::Good)
    }
}
