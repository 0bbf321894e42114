//! `mf schema`: the JSON Schema of pipeline.toml.

use clap::Args;

use super::Outcome;
use crate::project::registry;
use crate::terminal::say;

/// Arguments of `mf schema`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

impl Arguments {
    /// Prints the schema.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        say(serde_json::to_string_pretty(&mf_pipeline::schema(
            &registry(),
        ))?);
        Ok(Outcome::Good)
    }
}
