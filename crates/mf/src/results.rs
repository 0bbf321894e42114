//! The published results of a folder or of a git revision.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use mf_data::files;

/// Where tables are published.
const TABLES: &str = "data/tables";
/// The page of verdicts, beside pipeline.toml.
pub(crate) const VERDICTS: &str = "paper/results.md";

/// A place with results.
pub(crate) enum Place {
    /// A folder with `data/tables`.
    Folder(PathBuf),
    /// A revision of the git repository that this folder is in.
    Revision(String),
}

impl Place {
    /// What a user named: a folder if there is one, else a revision.
    ///
    /// # Errors
    /// What lies there can't be looked at.
    pub(crate) fn of(name: &str) -> anyhow::Result<Self> {
        let found = files::file_type(Path::new(name))?;
        Ok(if found.is_some_and(|found| found.is_dir()) {
            Place::Folder(name.into())
        } else {
            Place::Revision(name.to_owned())
        })
    }

    /// The files of the results by their paths: tables as Parquet, numbers as JSON, the page of verdicts.
    ///
    /// # Errors
    /// There are no results, or no such revision.
    pub(crate) fn files(&self) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let files = match self {
            Place::Folder(folder) => from_folder(folder)?,
            Place::Revision(revision) => from_revision(revision)?,
        };
        if files.is_empty() {
            bail!("there are no results in {self}: `mf reproduce` writes them to {TABLES}");
        }
        Ok(files)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Folder(folder) => write!(f, "{}", folder.display()),
            Place::Revision(revision) => write!(f, "revision {revision}"),
        }
    }
}

fn wanted(path: &str) -> bool {
    let table =
        path.starts_with(TABLES) && (path.ends_with(".parquet") || path.ends_with("/numbers.json"));
    table || path == VERDICTS
}

fn from_folder(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut take = |path: PathBuf| -> anyhow::Result<()> {
        let name = path.strip_prefix(folder).unwrap_or(&path);
        let name = name.to_string_lossy().replace('\\', "/");
        if wanted(&name) {
            found.insert(name, files::read(&path)?);
        }
        Ok(())
    };
    for stage in files::folders(&folder.join(TABLES))? {
        for path in files::list(&stage)? {
            take(path)?;
        }
    }
    let verdicts = folder.join(VERDICTS);
    if files::file_type(&verdicts)?.is_some() {
        take(verdicts)?;
    }
    Ok(found)
}

fn from_revision(revision: &str) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    // A name that begins with a dash would be an option of git.
    if revision.starts_with('-') || revision.is_empty() {
        bail!("`{revision}` is neither a folder nor a revision of git");
    }
    let names = git(&[
        "ls-tree",
        "-r",
        "--name-only",
        "-z",
        revision,
        "--",
        TABLES,
        VERDICTS,
    ])
    .with_context(|| {
        format!("`{revision}` is neither a folder nor a revision of git that can be read")
    })?;
    let names = String::from_utf8_lossy(&names).into_owned();
    let mut found = BTreeMap::new();
    for name in names.split('\0').filter(|name| wanted(name)) {
        // `./` makes the path relative to this folder, as those of ls-tree are.
        let bytes = git(&["show", &format!("{revision}:./{name}")])?;
        found.insert(name.to_owned(), bytes);
    }
    Ok(found)
}

/// Files of results in this folder that git is told to ignore: no revision has them.
pub(crate) fn ignored() -> BTreeSet<String> {
    let listing = [
        "ls-files",
        "--others",
        "--ignored",
        "--exclude-standard",
        "-z",
        "--",
        TABLES,
    ];
    let names = git(&listing).unwrap_or_default();
    let names = String::from_utf8_lossy(&names).into_owned();
    names.split('\0').map(str::to_owned).collect()
}

fn git(arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = Command::new("git")
        .args(arguments)
        .output()
        .context("git can't be run: install it, or compare two folders")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}
