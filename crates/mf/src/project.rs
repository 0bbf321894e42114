//! Which pipeline.toml, under which profile; and reading it.

use std::path::{Path, PathBuf};

use clap::Args;
use mf_pipeline::{LoadOptions, Pipeline, Registry};

use crate::terminal::note;
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
    /// Refuse what is worth a warning: a stage, shared value or default that nothing uses
    #[arg(long, global = true)]
    strict: bool,
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
        self.load_under(&self.profile)
    }

    /// The same under another profile.
    ///
    /// # Errors
    /// As [`Arguments::load`].
    pub(crate) fn load_under(&self, profile: &str) -> anyhow::Result<Pipeline> {
        self.read(profile, &[])
    }

    /// Reads and checks the pipeline with values that are tried, and tells its warnings.
    ///
    /// # Errors
    /// All problems of the file and of the values at once, or that there is no such file.
    pub(crate) fn open(&self, set: &[String]) -> anyhow::Result<Pipeline> {
        let pipeline = self.read(&self.profile, set)?;
        if !pipeline.warnings().is_empty() {
            note(format!("{}\n", pipeline.warnings()));
        }
        Ok(pipeline)
    }

    fn read(&self, profile: &str, set: &[String]) -> anyhow::Result<Pipeline> {
        if mf_data::files::file_type(&self.file)?.is_none() {
            anyhow::bail!(
                "there is no {}: run mf in the folder of a pipeline.toml, or name one with --file",
                self.file.display()
            );
        }
        let options = LoadOptions {
            profile: profile.to_owned(),
            set: set.to_vec(),
            strict: self.strict,
        };
        Ok(Pipeline::load(&self.file, &registry(), &options)?)
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
