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
        let page = format!(
            "# {}\n\nWritten by `mf reproduce` under profile `{}`. Every line is a `[[claim]]` of `pipeline.toml`; each table has the \
             references of one source. A tolerance follows from the digits of the reference or from a statistical error, as its \
             reason says. Where a value differs, the bound of its explanation was set after the result was known; the \
             explanations are below.\n\n{}",
            self.title,
            self.profile,
            verdicts::markdown(job.verdicts()?),
        );
        Ok(Outputs::new().file("md", page.into_bytes()))
    }
}
