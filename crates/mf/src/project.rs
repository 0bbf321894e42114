//! Which pipeline.toml, under which profile; and reading it.

use std::path::{Path, PathBuf};

use clap::Args;
use mf_pipeline::{Pipeline, Registry};

use crate::{documents, families, stages};

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
    /// The profile: `default`, `quick`, `paper`, or one of your own; results of another one than
    /// `default` are written below runs/NAME
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
    /// The path of pipeline.toml.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The profile.
    pub(crate) fn profile(&self) -> &str {
        &self.profile
    }

    /// Reads and checks the pipeline.
    ///
    /// # Errors
    /// All problems of the file at once, or that there is no such file.
    pub(crate) fn load(&self) -> anyhow::Result<Pipeline> {
        if !self.file.exists() {
            anyhow::bail!(
                "there is no {}: run mf in the folder of a pipeline.toml, or name one with --file",
                self.file.display()
            );
        }
        Ok(Pipeline::load(&self.file, &registry(), &self.profile)?)
    }
}

/// Every stage kind, document and quantizer family.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::new();
    stages::register(&mut registry);
    documents::register(&mut registry);
    families::register(&mut registry);
    registry
}
