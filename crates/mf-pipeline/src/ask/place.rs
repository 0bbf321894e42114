//! The published results of a folder or of a git revision.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::project::{DEFAULT_PROFILE, RUNS};
use crate::spec::expand::shared;
use crate::spec::tree;
use crate::spec::types::{documents_folder, tables_folder};
use crate::words::error::PipelineError;
use crate::words::git::git;
use mf_data::files::read_if_there;

/// The page of verdicts in the folder of documents.
pub(crate) const PAGE: &str = "results.md";

/// A place with results.
pub(crate) enum Place {
    /// A folder like that of pipeline.toml.
    Folder(PathBuf),
    /// A revision of the git repository that pipeline.toml is in.
    Revision(String),
}

/// A published file: its path, and its content.
pub(crate) struct Published {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// Published files by their paths below their folder: `fit/numbers.json`, `results.md`.
pub(crate) type Files = BTreeMap<String, Published>;

/// Where results are published in a place, with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    tables: String,
    documents: String,
}

/// What pipeline.toml says of it.
#[derive(Deserialize, Default)]
struct Declared {
    #[serde(default)]
    project: Folders,
}

impl Declared {
    fn read(text: &str) -> Option<Self> {
        let (tree, problems) = tree::parse(text);
        let (tree, ..) = shared::replace(&tree);
        let readable = problems.is_empty().then(|| tree.json());
        serde_json::from_value(readable?).ok()
    }
}

#[derive(Deserialize, Default)]
struct Folders {
    tables: Option<String>,
    documents: Option<String>,
}

impl Layout {
    /// As pipeline.toml says, if there is one that can be read; otherwise like another.
    fn of(toml: Option<&[u8]>, profile: &str, otherwise: Option<&Self>) -> Self {
        let text = toml.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let declared = text.and_then(Declared::read);
        if let (None, Some(otherwise)) = (&declared, otherwise) {
            return otherwise.clone();
        }
        let folders = declared.unwrap_or_default().project;
        let place = match profile {
            DEFAULT_PROFILE => PathBuf::new(),
            profile => Path::new(RUNS).join(profile),
        };
        let path = |folder: Option<String>, usual: fn() -> String| {
            slashes(&place.join(folder.unwrap_or_else(usual)))
        };
        Self {
            tables: path(folders.tables, tables_folder),
            documents: path(folders.documents, documents_folder),
        }
    }

    fn page(&self) -> String {
        format!("{}/{PAGE}", self.documents)
    }

    /// The path of a file below its folder, if it is one of those that are compared.
    fn holds(&self, path: &str) -> Option<String> {
        if path == self.page() {
            return Some(PAGE.to_owned());
        }
        let inside = path.strip_prefix(&self.tables)?.strip_prefix('/')?;
        let wanted = inside.ends_with(".parquet") || inside.ends_with("/numbers.json");
        wanted.then(|| inside.to_owned())
    }
}

/// A path as git writes it.
fn slashes(path: &Path) -> String {
    let parts = path
        .components()
        .filter(|part| !matches!(part, Component::CurDir));
    parts
        .collect::<PathBuf>()
        .to_string_lossy()
        .replace('\\', "/")
}

/// Where places are looked for: beside this pipeline.toml, under this profile.
pub(crate) struct Ours<'a> {
    file: &'a Path,
    profile: &'a str,
    layout: Layout,
}

impl<'a> Ours<'a> {
    pub(crate) fn new(file: &'a Path, profile: &'a str) -> Result<Self, PipelineError> {
        let layout = Layout::of(read_if_there(file)?.as_deref(), profile, None);
        Ok(Self {
            file,
            profile,
            layout,
        })
    }

    /// The files of the results of a place: tables as Parquet, numbers as JSON, the page of verdicts.
    pub(crate) fn files(&self, place: &Place) -> Result<Files, PipelineError> {
        let (layout, files) = match place {
            Place::Folder(folder) => self.in_folder(folder)?,
            Place::Revision(revision) => self.in_revision(revision)?,
        };
        if files.is_empty() {
            return Err(PipelineError::NoResults {
                place: place.to_string(),
                folder: layout.tables,
            });
        }
        Ok(files)
    }

    fn in_folder(&self, folder: &Path) -> Result<(Layout, Files), PipelineError> {
        let toml = read_if_there(&folder.join(self.name()))?;
        let layout = Layout::of(toml.as_deref(), self.profile, Some(&self.layout));
        let mut paths = vec![folder.join(layout.page())];
        for stage in mf_data::files::folders(&folder.join(&layout.tables))? {
            paths.extend(mf_data::files::list(&stage)?);
        }
        let mut files = Files::new();
        for file in paths.into_iter().filter(|path| path.exists()) {
            let path = slashes(file.strip_prefix(folder).unwrap_or(&file));
            if let Some(holds) = layout.holds(&path) {
                let bytes = mf_data::files::read(&file)?;
                files.insert(holds, Published { path, bytes });
            }
        }
        Ok((layout, files))
    }

    fn in_revision(&self, revision: &str) -> Result<(Layout, Files), PipelineError> {
        let unknown = |reason: String| PipelineError::NoPlace {
            name: revision.to_owned(),
            reason,
        };
        // A name that begins with a dash would be an option of git.
        if revision.starts_with('-') || revision.is_empty() {
            return Err(unknown("it begins like an option, or is empty".to_owned()));
        }
        // `./` makes the path relative to this folder, as those of ls-tree are.
        let show = |name: &str| self.git(&["show", &format!("{revision}:./{name}")]);
        let toml = show(&self.name()).ok();
        let layout = Layout::of(toml.as_deref(), self.profile, Some(&self.layout));
        let page = layout.page();
        let listing = ["ls-tree", "-r", "--name-only", "-z", revision, "--"];
        let names = self.git(&[&listing[..], &[&layout.tables, &page]].concat());
        let names = names.map_err(unknown)?;
        let names = String::from_utf8_lossy(&names).into_owned();
        let mut files = Files::new();
        for path in names.split('\0') {
            if let Some(holds) = layout.holds(path) {
                let bytes = show(path).map_err(unknown)?;
                let path = path.to_owned();
                files.insert(holds, Published { path, bytes });
            }
        }
        Ok((layout, files))
    }

    /// Our tables that git ignores: no revision has them.
    pub(crate) fn ignored(&self) -> BTreeSet<String> {
        let names = self.git(&[
            "ls-files",
            "--others",
            "--ignored",
            "--exclude-standard",
            "-z",
            "--",
            &self.layout.tables,
        ]);
        let names = String::from_utf8_lossy(&names.unwrap_or_default()).into_owned();
        names
            .split('\0')
            .filter_map(|name| self.layout.holds(name))
            .collect()
    }

    fn name(&self) -> String {
        let name = self.file.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// What git says in the folder of pipeline.toml.
    fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        git(self.file.parent().unwrap_or(Path::new("")), arguments)
    }
}

impl Place {
    /// What a user named: a folder if there is one, else a revision.
    pub(crate) fn of(name: &str) -> Self {
        if Path::new(name).is_dir() {
            Place::Folder(name.into())
        } else {
            Place::Revision(name.to_owned())
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Folder(folder) => write!(f, "{}", folder.display()),
            Place::Revision(revision) => write!(f, "revision {revision}"),
        }
    }
}
