//! The page with the verdict of every claim, `results.md`.

use mf_pipeline::{BoxError, Job, Outputs, Reads, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::verdicts;

/// The page of a project.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Results {
    title: String,
    profile: String,
}

impl TypedStage for Results {
    const KIND: &'static str = "results";
    const ABOUT: &'static str = "Every claim with its verdict.";

    fn reads(&self) -> Vec<Reads> {
        vec![Reads::Verdicts]
    }

    fn files(&self) -> Vec<String> {
        vec!["md".to_owned()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let verification = job.verdicts()?;
        let claims = &verification.claims;
        let mut about = format!("Written by mf under profile `{}`.", self.profile);
        if !claims.is_empty() {
            about += " Every line is a `[[claim]]` of `pipeline.toml`; each table has the references of one source. A tolerance \
                      follows from the digits of the reference or from a statistical error; `reason` in `pipeline.toml` says which.";
        }
        if claims.iter().any(|claim| claim.explanation.is_some()) {
            about += " Where a value differs, the bound of its explanation is the tolerance and an effect that a stage computes, or was \
                      set after the result was known; the explanations are below.";
        }
        let verdicts = verdicts::markdown(verification);
        let page = format!("# {}\n\n{about}\n\n{verdicts}", self.title);
        Ok(Outputs::new().file("md", page.into_bytes()))
    }
}
