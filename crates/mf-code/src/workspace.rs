//! The crates of a workspace, and their dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::CodeError;

/// A crate of the workspace.
#[derive(Debug)]
struct Member {
    folder: PathBuf,
    /// The names in `[dependencies]`.
    dependencies: BTreeSet<String>,
}

/// The crates of a workspace by their names.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    members: BTreeMap<String, Member>,
    /// `[workspace.dependencies]`: versions and features, by name.
    declared: BTreeMap<String, String>,
}

impl Workspace {
    pub(crate) fn read(root: &Path) -> Result<Self, CodeError> {
        let manifest = table(&root.join("Cargo.toml"))?;
        let declared = manifest
            .get("workspace")
            .and_then(|workspace| workspace.get("dependencies"))
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), format!("{value:?}")))
            .collect();
        let mut members = BTreeMap::new();
        for folder in entries(&root.join("crates"))? {
            let path = folder.join("Cargo.toml");
            if !path.is_file() {
                continue;
            }
            let manifest = table(&path)?;
            let name = manifest
                .get("package")
                .and_then(|package| package.get("name"))
                .and_then(Value::as_str);
            let Some(name) = name else {
                return Err(CodeError::Manifest {
                    path,
                    message: "it names no package".to_owned(),
                });
            };
            let dependencies = manifest.get("dependencies").and_then(Value::as_table);
            let dependencies = dependencies.into_iter().flat_map(Table::keys).cloned();
            members.insert(
                name.to_owned(),
                Member {
                    folder,
                    dependencies: dependencies.collect(),
                },
            );
        }
        Ok(Self {
            root: root.to_owned(),
            members,
            declared,
        })
    }

    pub(crate) fn declared(&self) -> &BTreeMap<String, String> {
        &self.declared
    }

    /// The crates with the folders of their sources.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, PathBuf)> {
        let members = self.members.iter();
        members.map(|(name, member)| (name.as_str(), member.folder.join("src")))
    }

    /// The crates of the workspace among these names, and those that they depend on.
    pub(crate) fn reached<'a>(&self, names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<String> = names.map(str::to_owned).collect();
        while let Some(name) = next.pop() {
            if let Some(member) = self.members.get(&name)
                && reached.insert(name)
            {
                next.extend(member.dependencies.iter().cloned());
            }
        }
        reached
    }

    /// What a crate depends on.
    pub(crate) fn packages(&self, name: &str) -> BTreeSet<String> {
        let member = self.members.get(name);
        member.map_or_else(BTreeSet::new, |member| member.dependencies.clone())
    }

    pub(crate) fn watched(&self) -> Vec<PathBuf> {
        let files = ["Cargo.toml", "Cargo.lock"].map(|name| self.root.join(name));
        let members = self.members.values().map(|member| member.folder.clone());
        files.into_iter().chain(members).collect()
    }
}

fn table(path: &Path) -> Result<Table, CodeError> {
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    text.parse()
        .map_err(|error: toml::de::Error| CodeError::Manifest {
            path: path.to_owned(),
            message: error.message().to_owned(),
        })
}

/// The bytes of a file.
#[expect(
    clippy::disallowed_methods,
    reason = "the library of a build script: it writes nothing"
)]
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CodeError> {
    std::fs::read(path).map_err(|source| CodeError::Read {
        path: path.to_owned(),
        source,
    })
}

/// The entries of a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, CodeError> {
    let failed = |source| CodeError::Read {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}
