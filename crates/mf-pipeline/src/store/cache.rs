//! `.mf/` beside `pipeline.toml`: objects by content, one record per result, and the last result of each stage.
//!
//! ```text
//! .mf/objects/ab/cdef...       bytes, named by their blake3 hash
//! .mf/results/OWN/KEY.json     a record: recipe, outputs by hash, provenance; OWN leaves the inputs' contents out
//! .mf/stages/NAME.json         the recipe of the stage's last result, to say what changed since
//! .mf/behaviours/KIND/CODE.json  how the cells of a kind behave under this code
//! .mf/cells/KIND/KEY.json      a finished cell of a stage of this kind: recipe, result, and how it was made (`cells`)
//! .mf/lock                     held during a run
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mf_data::DataError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::provenance::Provenance;
use crate::store::recipe::Recipe;
use crate::words::error::{Damage, PipelineError};
use crate::words::files;
use crate::words::hash::Hash;
use crate::words::outputs::Number;
use crate::words::text::list;

/// A result: its recipe, its outputs, and how it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) key: Hash,
    pub(crate) recipe: Recipe,
    pub(crate) tables: BTreeMap<String, TableObjects>,
    /// The numbers as JSON, if there are any.
    pub(crate) numbers: Option<Hash>,
    /// The content of each number, by name.
    pub(crate) number_hashes: BTreeMap<String, Hash>,
    /// Files by ending.
    pub(crate) files: BTreeMap<String, Hash>,
    pub(crate) provenance: Provenance,
}

/// A table in its three forms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TableObjects {
    pub(crate) csv: Hash,
    pub(crate) parquet: Hash,
    pub(crate) json: Hash,
}

impl Record {
    /// Every object of the result.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &Hash> {
        let tables = self
            .tables
            .values()
            .flat_map(|table| [&table.csv, &table.parquet, &table.json]);
        tables.chain(&self.numbers).chain(self.files.values())
    }
}

/// The last result of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Last {
    pub(crate) key: Hash,
    pub(crate) recipe: Recipe,
}

/// An object as it is found.
pub(crate) enum Object<T> {
    Good(T),
    Missing,
    Damaged(Damage),
}

/// An entry that is read as JSON.
pub(crate) type Entry<T> = Result<Option<T>, Damage>;

/// The format of entries. Entries of another format are ignored; raise it when a format changes.
const FORMAT: u32 = 3;

/// A JSON entry with its format and the hash of its content, so that damage is found.
#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(default)]
    format: u32,
    hash: Hash,
    content: Value,
}

/// The cache of one pipeline.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache in a folder; nothing is made before something is stored.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn object_path(&self, hash: &Hash) -> PathBuf {
        let (folder, name) = hash
            .as_str()
            .split_at_checked(2)
            .unwrap_or(("", hash.as_str()));
        self.root.join("objects").join(folder).join(name)
    }

    pub(super) fn records_path(&self, own: &Hash) -> PathBuf {
        self.root.join("results").join(own.as_str())
    }

    pub(super) fn record_path(&self, own: &Hash, key: &Hash) -> PathBuf {
        self.records_path(own).join(format!("{key}.json"))
    }

    pub(super) fn last_path(&self, stage: &str) -> PathBuf {
        self.root.join("stages").join(format!("{stage}.json"))
    }

    /// Stores bytes; says their hash. A good object of this hash is left alone.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<Hash, DataError> {
        let hash = Hash::of(bytes);
        if !matches!(self.check(&hash)?, Object::Good(())) {
            files::write(&self.object_path(&hash), bytes)?;
        }
        Ok(hash)
    }

    /// An object, checked against its hash.
    pub(crate) fn object(&self, hash: &Hash) -> Result<Object<Vec<u8>>, DataError> {
        let path = self.object_path(hash);
        let bytes = mf_data::files::read_if_there(&path)?;
        let found = bytes.map(|bytes| (Hash::of(&bytes), bytes));
        Ok(checked(path, hash, found))
    }

    /// Whether an object is good, without its bytes.
    pub(crate) fn check(&self, hash: &Hash) -> Result<Object<()>, DataError> {
        let path = self.object_path(hash);
        let found = Hash::of_file(&path)?.map(|found| (found, ()));
        Ok(checked(path, hash, found))
    }

    /// The bytes of an object that a record promises.
    pub(crate) fn bytes(&self, hash: &Hash) -> Result<Vec<u8>, PipelineError> {
        match self.object(hash)? {
            Object::Good(bytes) => Ok(bytes),
            Object::Damaged(damage) => Err(PipelineError::Damaged(vec![damage])),
            Object::Missing => Err(PipelineError::Damaged(vec![Damage {
                path: self.object_path(hash),
                expected: hash.to_string(),
                found: "no file".to_owned(),
            }])),
        }
    }

    /// The numbers of a result.
    pub(crate) fn numbers(&self, record: &Record) -> Result<Vec<Number>, PipelineError> {
        let Some(hash) = &record.numbers else {
            return Ok(Vec::new());
        };
        let known = list(record.number_hashes.keys());
        serde_json::from_slice(&self.bytes(hash)?).map_err(|error| {
            PipelineError::Internal(format!("the numbers {known} cannot be read back: {error}"))
        })
    }

    /// Whether there is a result with this recipe, whatever its inputs held.
    pub(crate) fn knows(&self, own: &Hash) -> Result<bool, PipelineError> {
        let records = mf_data::files::entries(&self.records_path(own))?;
        // An interrupted write may have left a temporary file, which is not a record.
        Ok(records
            .iter()
            .any(|path| path.extension().is_some_and(|ending| ending == "json")))
    }

    pub(crate) fn record(&self, own: &Hash, key: &Hash) -> Result<Entry<Record>, DataError> {
        unseal(&self.record_path(own, key))
    }

    pub(crate) fn store(&self, record: &Record) -> Result<(), PipelineError> {
        let path = self.record_path(&record.recipe.own(), &record.key);
        Ok(files::write(&path, &seal(record)?)?)
    }

    pub(crate) fn last(&self, stage: &str) -> Result<Entry<Last>, DataError> {
        unseal(&self.last_path(stage))
    }

    /// Remembers the last result of a stage; writes only if it is another one.
    pub(crate) fn set_last(&self, stage: &str, record: &Record) -> Result<(), PipelineError> {
        let last = Last {
            key: record.key.clone(),
            recipe: record.recipe.clone(),
        };
        if self.last(stage)?.ok().flatten().as_ref() == Some(&last) {
            return Ok(());
        }
        Ok(files::write(&self.last_path(stage), &seal(&last)?)?)
    }

    pub(super) fn behaviour_path(&self, kind: &str, code: &Hash) -> PathBuf {
        self.root
            .join("behaviours")
            .join(kind)
            .join(format!("{code}.json"))
    }

    /// How the cells of a kind behave under this code, if it was computed.
    pub(crate) fn behaviour(&self, kind: &str, code: &Hash) -> Result<Entry<Hash>, DataError> {
        unseal(&self.behaviour_path(kind, code))
    }

    pub(crate) fn keep_behaviour(
        &self,
        kind: &str,
        code: &Hash,
        behaviour: &Hash,
    ) -> Result<(), PipelineError> {
        match self.behaviour(kind, code)? {
            Ok(Some(kept)) if kept == *behaviour => Ok(()),
            _ => Ok(files::write(
                &self.behaviour_path(kind, code),
                &seal(behaviour)?,
            )?),
        }
    }

    /// The folder of finished cells.
    pub(crate) fn cells(&self) -> PathBuf {
        self.root.join("cells")
    }
}

/// An object, from the hash that it was found to have.
fn checked<T>(path: PathBuf, expected: &Hash, found: Option<(Hash, T)>) -> Object<T> {
    match found {
        None => Object::Missing,
        Some((found, good)) if found == *expected => Object::Good(good),
        Some((found, _)) => Object::Damaged(Damage {
            path,
            expected: expected.to_string(),
            found: found.to_string(),
        }),
    }
}

pub(crate) fn seal<T: Serialize>(content: &T) -> Result<Vec<u8>, PipelineError> {
    let internal = |error: serde_json::Error| PipelineError::Internal(error.to_string());
    let content = serde_json::to_value(content).map_err(internal)?;
    let sealed = Sealed {
        format: FORMAT,
        hash: Hash::of_json(&content),
        content,
    };
    let mut bytes = serde_json::to_vec_pretty(&sealed).map_err(internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(crate) fn unseal<T: DeserializeOwned>(path: &Path) -> Result<Entry<T>, DataError> {
    let Some(bytes) = mf_data::files::read_if_there(path)? else {
        return Ok(Ok(None));
    };
    let damage = |expected: String, found: String| Damage {
        path: path.to_owned(),
        expected,
        found,
    };
    let unreadable = |error: serde_json::Error| {
        let expected = "a sealed JSON entry".to_owned();
        Ok(Err(damage(expected, format!("unreadable: {error}"))))
    };
    let entry: Value = match serde_json::from_slice(&bytes) {
        Ok(entry) => entry,
        Err(error) => return unreadable(error),
    };
    // The rest of an entry of another format may be anything.
    if entry.get("format").and_then(Value::as_u64) != Some(u64::from(FORMAT)) {
        return Ok(Ok(None));
    }
    let sealed: Sealed = match serde_json::from_value(entry) {
        Ok(sealed) => sealed,
        Err(error) => return unreadable(error),
    };
    let found = Hash::of_json(&sealed.content);
    if found != sealed.hash {
        return Ok(Err(damage(sealed.hash.to_string(), found.to_string())));
    }
    Ok(serde_json::from_value(sealed.content)
        .map(Some)
        .map_err(|error| {
            damage(
                "an entry of this version of mf".to_owned(),
                format!("unreadable: {error}"),
            )
        }))
}
