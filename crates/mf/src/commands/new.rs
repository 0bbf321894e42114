//! `mf new`: a small project that runs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use mf_data::files;
use serde_json::json;

use super::Outcome;
use crate::project::FILE;
use crate::terminal::show;

/// Arguments of `mf new`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The folder of the project; it is created if it does not exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
The project has a quantizer of three levels, its best scale, a figure that
compares it with other quantizers, and a claim with a number from the literature.
Change the levels in pipeline.toml, run `mf reproduce` again, and see what changes:
  mf new my-quantizer
  cd my-quantizer
  mf reproduce";

/// The files of a project; `@title` is its folder's name.
const FILES: [(&str, &str); 2] = [
    (FILE, include_str!("new/pipeline.toml")),
    (".gitignore", "/.mf\n/runs\n"),
];

impl Arguments {
    /// Writes the files.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let folder = &self.folder;
        let title = title(folder)?;
        let there = |name: &str| anyhow::Ok(files::file_type(&folder.join(name))?.is_some());
        for (name, _) in FILES {
            if there(name)? {
                bail!(
                    "{} exists already: choose another folder, or remove it first",
                    folder.join(name).display()
                );
            }
        }
        files::create_folder(folder)?;
        for (name, text) in FILES {
            let text = text.replace("@title", &title);
            files::write_atomic(&folder.join(name), text.as_bytes())?;
        }
        let made = json!({ "folder": folder, "files": FILES.map(|(name, _)| name) });
        show(self.json, &made, || {
            format!(
                "{} is ready: three levels, a figure and a claim. Next:\n  cd {}\n  mf reproduce\nthen change the levels \
                 in {FILE} and run it again",
                folder.join(FILE).display(),
                folder.display()
            )
        })?;
        Ok(Outcome::Good)
    }
}

/// The name of the folder as a title in TOML.
fn title(folder: &Path) -> anyhow::Result<String> {
    let whole = std::path::absolute(folder).context("this folder has no path")?;
    let name = whole
        .file_name()
        .unwrap_or(whole.as_os_str())
        .to_string_lossy()
        .into_owned();
    if name
        .chars()
        .any(|c| c.is_control() || c == '"' || c == '\\')
    {
        bail!(
            "the name of {} has characters that a title cannot have: choose a name of letters, digits and `-`",
            folder.display()
        );
    }
    Ok(name)
}
