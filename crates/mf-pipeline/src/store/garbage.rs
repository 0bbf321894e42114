//! Lists what can be removed from the cache; removes nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mf_data::DataError;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::store::cache::{Cache, Last, Record, unseal};
use crate::store::cells::unseal_cell;
use crate::store::recipe::Recipe;
use crate::words::error::PipelineError;
use crate::words::files;
use crate::words::hash::Hash;

/// The folders of results and of records of stages.
const RESULTS: [&str; 4] = ["stages", "results", "objects", "behaviours"];

impl Cache {
    /// Every damaged object and entry, and every record with a missing object. An entry of another format is not
    /// read, so it is not damaged.
    pub(crate) fn damaged(&self) -> Result<Vec<PathBuf>, PipelineError> {
        let mut damaged = BTreeSet::new();
        for path in self.files("objects")? {
            let parts = [path.parent().and_then(Path::file_name), path.file_name()];
            let name: String = parts
                .iter()
                .flatten()
                .map(|part| part.to_string_lossy())
                .collect();
            if Hash::of(&mf_data::files::read(&path)?).as_str() != name {
                damaged.insert(path);
            }
        }
        for path in self.files("results")? {
            let is_damaged = match unseal::<Record>(&path)? {
                Ok(Some(record)) => self.has_lost_one(&record, &damaged)?,
                Ok(None) => false,
                Err(_) => true,
            };
            if is_damaged {
                damaged.insert(path);
            }
        }
        damaged.extend(self.unreadable::<Last>("stages")?);
        damaged.extend(self.unreadable::<Hash>("behaviours")?);
        for path in self.files("cells")? {
            let key = path.file_stem().unwrap_or_default().to_string_lossy();
            if unseal_cell(&path, &key)?.is_err() {
                damaged.insert(path);
            }
        }
        Ok(damaged.into_iter().collect())
    }

    fn has_lost_one(
        &self,
        record: &Record,
        damaged: &BTreeSet<PathBuf>,
    ) -> Result<bool, DataError> {
        for hash in record.objects() {
            let path = self.object_path(hash);
            if damaged.contains(&path) || mf_data::files::file_type(&path)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn unreadable<T: DeserializeOwned>(&self, folder: &str) -> Result<Vec<PathBuf>, PipelineError> {
        let mut unreadable = Vec::new();
        for path in self.files(folder)? {
            if unseal::<T>(&path)?.is_err() {
                unreadable.push(path);
            }
        }
        Ok(unreadable)
    }

    /// Where a stage with this recipe looks in the cache: its last result, how its cells behave, and its result. That is
    /// the folder of its results while the content of an input is not known: any of them may be the one.
    pub(crate) fn places(&self, stage: &str, recipe: &Recipe) -> [PathBuf; 3] {
        let own = recipe.own();
        [
            self.last_path(stage),
            self.behaviour_path(&recipe.kind, &recipe.code()),
            match recipe.key() {
                Some(key) => self.record_path(&own, &key),
                None => self.records_path(&own),
            },
        ]
    }

    /// All results, objects and records of stages except those in these places, and all of another format. Cells are not
    /// looked at: which ones a stage has is known only when it runs.
    pub(crate) fn unused(&self, places: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, PipelineError> {
        let is_asked_for = |path: &Path| path.ancestors().take(2).any(|at| places.contains(at));
        let mut unused = Vec::new();
        let mut objects = BTreeSet::new();
        for folder in ["stages", "behaviours", "results"] {
            for path in self.files(folder)? {
                let is_of_this_format = !matches!(unseal::<Value>(&path)?, Ok(None));
                if !(is_asked_for(&path) && is_of_this_format) {
                    unused.push(path);
                } else if folder == "results"
                    && let Ok(Some(record)) = unseal::<Record>(&path)?
                {
                    objects.extend(record.objects().map(|hash| self.object_path(hash)));
                }
            }
        }
        let mut others = self.files("objects")?;
        others.retain(|path| !objects.contains(path));
        Ok([unused, others].concat())
    }

    /// All objects and records; neither the lock nor the cells.
    pub(crate) fn results(&self) -> Result<Vec<PathBuf>, PipelineError> {
        let folders = RESULTS.iter().map(|folder| self.files(folder));
        Ok(folders.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// The files below a folder; what is being written is not there yet.
    pub(crate) fn files(&self, folder: &str) -> Result<Vec<PathBuf>, PipelineError> {
        let mut found = files::walk(&self.root().join(folder))?;
        found.retain(|path| !mf_data::files::is_temporary(path));
        Ok(found)
    }
}
