//! Finished cells on disk: one file each, made whole by renaming, so that machines may share a folder without a lock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mf_data::DataError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::cache::{Cache, Entry, seal, unseal};
use crate::store::provenance::Made;
use crate::words::error::{Damage, PipelineError};
use crate::words::files;
use crate::words::hash::{Hash, canonical};

/// A finished cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptCell {
    pub(crate) kind: String,
    /// The hash of how such cells behave.
    pub(crate) behaviour: Hash,
    pub(crate) recipe: Value,
    pub(crate) value: Value,
    /// What it is, for people.
    pub(crate) label: String,
    /// The code, the time and the machine; not part of the key.
    pub(crate) made: Made,
}

/// What was there when a cell was to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is new.
    New,
    /// The same result was there.
    Same,
    /// Another result is there, at this path; it was left as it is.
    Other(PathBuf),
}

impl KeptCell {
    /// The hash of everything that a cell's result depends on.
    pub(crate) fn key_of(kind: &str, behaviour: &Hash, recipe: &Value) -> Hash {
        Hash::of_json(
            &serde_json::json!({ "kind": kind, "behaviour": behaviour, "recipe": recipe }),
        )
    }

    pub(crate) fn key(&self) -> Hash {
        Self::key_of(&self.kind, &self.behaviour, &self.recipe)
    }
}

impl Cache {
    /// The path of a cell, whether it is kept or not.
    pub(crate) fn cell_path(&self, kind: &str, key: &Hash) -> PathBuf {
        self.cells().join(kind).join(format!("{key}.json"))
    }

    /// A kept cell.
    pub(crate) fn cell(&self, kind: &str, key: &Hash) -> Result<Entry<KeptCell>, DataError> {
        unseal_cell(&self.cell_path(kind, key), key.as_str())
    }

    /// Keeps a cell, unless there is one of its key.
    pub(crate) fn keep_cell(&self, cell: &KeptCell) -> Result<Kept, PipelineError> {
        let key = cell.key();
        let path = self.cell_path(&cell.kind, &key);
        match self.cell(&cell.kind, &key)? {
            Ok(Some(there)) if canonical(&there.value) == canonical(&cell.value) => Ok(Kept::Same),
            Ok(Some(_)) => Ok(Kept::Other(path)),
            Ok(None) => {
                files::write(&path, &seal(cell)?)?;
                Ok(Kept::New)
            }
            Err(damage) => Err(PipelineError::Damaged(vec![damage])),
        }
    }
}

/// A cell; one with another key than its file's name is damaged, too.
pub(crate) fn unseal_cell(path: &Path, key: &str) -> Result<Entry<KeptCell>, DataError> {
    Ok(unseal::<KeptCell>(path)?.and_then(|cell| match cell {
        Some(cell) if cell.key().as_str() != key => Err(Damage {
            path: path.to_owned(),
            expected: key.to_owned(),
            found: cell.key().to_string(),
        }),
        found => Ok(found),
    }))
}

/// Cells of a folder outside of the cache: copied from another machine, or committed with the project.
#[derive(Debug, Default)]
pub(crate) struct CellFolder {
    /// With their files, in the order of these.
    pub(crate) cells: Vec<(PathBuf, KeptCell)>,
    /// Files that are damaged cells.
    pub(crate) damaged: Vec<Damage>,
    /// Files of another format than this version reads.
    pub(crate) other_formats: Vec<PathBuf>,
    /// Places in `cells` by kind and the hash of the recipe.
    places: BTreeMap<(String, Hash), usize>,
}

impl CellFolder {
    /// The cells of a folder.
    ///
    /// # Errors
    /// A folder or file that cannot be read.
    pub(crate) fn read(folder: &Path) -> Result<Self, PipelineError> {
        let mut found = Self::default();
        for path in files::cells(folder)? {
            let key = path.file_stem().unwrap_or_default().to_string_lossy();
            match unseal_cell(&path, &key)? {
                Ok(Some(cell)) => {
                    let place = (cell.kind.clone(), Hash::of_json(&cell.recipe));
                    found.places.insert(place, found.cells.len());
                    found.cells.push((path, cell));
                }
                Ok(None) => found.other_formats.push(path),
                Err(damage) => found.damaged.push(damage),
            }
        }
        Ok(found)
    }

    /// The cell of a kind with this recipe, whatever code made it.
    pub(crate) fn find(&self, kind: &str, recipe: &Value) -> Option<&(PathBuf, KeptCell)> {
        let place = (kind.to_owned(), Hash::of_json(recipe));
        self.cells.get(*self.places.get(&place)?)
    }
}

/// The hash of a folder of cells: of the names and contents of its files.
pub(crate) fn folder_hash(folder: &Path) -> Result<Hash, PipelineError> {
    let mut lines = Vec::new();
    for path in files::cells(folder)? {
        let name = path.strip_prefix(folder).unwrap_or(&path);
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let content = Hash::of(&mf_data::files::read(&path)?);
        lines.push(format!("{} {content}", parts.join("/")));
    }
    Ok(Hash::of(lines.join("\n").as_bytes()))
}
