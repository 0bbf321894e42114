//! Which pipeline.toml, under which profile; and reading it.

use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::ArgValueCandidates;
use mf_data::DataError;
use mf_data::files::file_type;
use mf_pipeline::{LoadOptions, Pipeline, Registry};

use crate::terminal::note;
use crate::{documents, families, names, stages};

/// What a project is declared in.
pub(crate) const FILE: &str = "pipeline.toml";

/// The file, for commands that read a project if there is one.
#[derive(Debug, Default, Args)]
pub(crate) struct File {
    /// The file that declares the project [default: pipeline.toml in this folder, or in the nearest one above]
    #[arg(short, long, value_name = "PATH")]
    file: Option<PathBuf>,
}

/// The file and the profile, for commands that read a project.
#[derive(Debug, Args)]
pub(crate) struct Profiled {
    #[command(flatten)]
    file: File,
    /// The profile: `default`, `quick`, `paper`, or another one of the file. Results of a profile other than `default` are
    /// written below runs/NAME
    #[arg(short, long, value_name = "NAME", default_value = "default", add = ArgValueCandidates::new(names::profiles))]
    profile: String,
}

/// The same for commands that run or judge a project, and so print its warnings.
#[derive(Debug, Args)]
pub(crate) struct Checked {
    #[command(flatten)]
    project: Profiled,
    /// Treat warnings as errors: a stage, shared value or default that nothing uses
    #[arg(long)]
    strict: bool,
}

impl File {
    /// The file as it was given, or else the pipeline.toml of this folder or of the nearest one above, as a path from
    /// here; none if there is none.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub(crate) fn find(&self) -> Result<Option<PathBuf>, DataError> {
        let depth = std::env::current_dir().map_or(1, |here| here.ancestors().count());
        let mut path = self.file.clone().unwrap_or_else(|| FILE.into());
        for _ in 0..depth {
            if file_type(&path)?.is_some() {
                return Ok(Some(path));
            }
            if self.file.is_some() {
                break;
            }
            path = Path::new("..").join(path);
        }
        Ok(None)
    }

    /// The file, which must exist.
    fn path(&self) -> anyhow::Result<PathBuf> {
        self.find()?.ok_or_else(|| match &self.file {
            Some(file) => anyhow::anyhow!("there is no {}: check the path after --file", file.display()),
            None => anyhow::anyhow!(
                "there is no {FILE} in this folder or above it: go to the folder of a project, name its file with --file, \
                 or make a project with `mf new`"
            ),
        })
    }

    /// Reads and checks the project, if there is one; a file that was given must exist.
    ///
    /// # Errors
    /// As [`File::load`].
    pub(crate) fn load_if_there(&self) -> anyhow::Result<Option<Pipeline>> {
        if self.file.is_none() && self.find()?.is_none() {
            return Ok(None);
        }
        self.load().map(Some)
    }

    /// Reads and checks the project if the user named its file.
    ///
    /// # Errors
    /// As [`File::load`].
    pub(crate) fn load_if_named(&self) -> anyhow::Result<()> {
        if self.file.is_some() {
            self.load()?;
        }
        Ok(())
    }

    /// Reads and checks the project, as it is without profiles.
    ///
    /// # Errors
    /// All problems of the file at once, or that there is no such file.
    pub(crate) fn load(&self) -> anyhow::Result<Pipeline> {
        read(&self.path()?, &LoadOptions::default())
    }
}

impl Profiled {
    /// The path of pipeline.toml; if there is none, where it would be.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub(crate) fn file(&self) -> anyhow::Result<PathBuf> {
        let given = self.file.file.clone();
        Ok(self.file.find()?.or(given).unwrap_or_else(|| FILE.into()))
    }

    /// The profile.
    pub(crate) fn profile(&self) -> &str {
        &self.profile
    }

    /// Reads and checks the project.
    ///
    /// # Errors
    /// All problems of the file at once, or that there is no such file.
    pub(crate) fn load(&self) -> anyhow::Result<Pipeline> {
        self.load_under(&self.profile)
    }

    /// The same under another profile.
    ///
    /// # Errors
    /// As [`Profiled::load`].
    pub(crate) fn load_under(&self, profile: &str) -> anyhow::Result<Pipeline> {
        let options = LoadOptions {
            profile: profile.to_owned(),
            ..LoadOptions::default()
        };
        read(&self.file.path()?, &options)
    }
}

impl Checked {
    /// Reads and checks the project with the values of `--set`, and prints its warnings.
    ///
    /// # Errors
    /// All problems of the file and of the values at once, or that there is no such file.
    pub(crate) fn open(&self, set: &[String]) -> anyhow::Result<Pipeline> {
        let options = LoadOptions {
            profile: self.project.profile.clone(),
            set: set.to_vec(),
            strict: self.strict,
        };
        let pipeline = read(&self.project.file.path()?, &options)?;
        if !pipeline.warnings().is_empty() {
            note(format!("{}\n", pipeline.warnings().render(true)));
        }
        Ok(pipeline)
    }
}

fn read(file: &Path, options: &LoadOptions) -> anyhow::Result<Pipeline> {
    Ok(Pipeline::load(file, &registry(), options)?)
}

/// Every stage kind, document and quantizer family.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::new();
    stages::register(&mut registry);
    documents::register(&mut registry);
    families::register(&mut registry);
    registry
}
