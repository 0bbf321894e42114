//! Which pipeline.toml, under which profile; and reading it.

use std::path::PathBuf;

use clap::Args;
use mf_pipeline::{Pipeline, Registry};

use crate::{families, stages};

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file that declares the project
    #[arg(
        short,
        long,
        value_name = "PATH",
        default_value = "pipeline.toml",
        global = true
    )]
    file: PathBuf,
    /// The profile: `default`, `quick`, `paper`, or one of your own; its results take the place of
    /// another's in the same folders
    #[arg(
        short,
        long,
        value_name = "NAME",
        default_value = "default",
        global = true
    )]
    profile: String,
}

impl Arguments {
    /// Reads and checks the pipeline.
    ///
    /// # Errors
    /// All problems of the file at once, or that there is no such file.
    pub(crate) fn load(&self) -> anyhow::Result<Pipeline> {
        self.load_under(&self.profile)
    }

    /// The same under another profile.
    ///
    /// # Errors
    /// As [`Arguments::load`].
    pub(crate) fn load_under(&self, profile: &str) -> anyhow::Result<Pipeline> {
        if mf_data::files::file_type(&self.file)?.is_none() {
            anyhow::bail!(
                "there is no {}: run mf in the folder of a pipeline.toml, or name one with --file",
                self.file.display()
            );
        }
        Ok(Pipeline::load(&self.file, &registry(), profile)?)
    }
}

/// Every stage kind and quantizer family.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::new();
    stages::register(&mut registry);
    families::register(&mut registry);
    registry
}
