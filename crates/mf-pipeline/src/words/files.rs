//! The few file operations that mf-data does not have; reading and writing go through `mf_data::files`.

#![allow(clippy::disallowed_methods)] // this crate owns the cache and the lock, and removes what it made

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mf_data::DataError;

use crate::words::error::PipelineError;
use crate::words::hash::Hash;

/// Writes a file whole, making its folder first.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    if let Some(folder) = path.parent() {
        mf_data::files::create_folder(folder)?;
    }
    mf_data::files::write_atomic(path, bytes)
}

/// Removes a file; says whether there was one.
pub(crate) fn remove(path: &Path) -> Result<bool, PipelineError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(source) => Err(PipelineError::File {
            action: "remove",
            path: path.to_owned(),
            source,
        }),
    }
}

/// Removes a folder if it is empty.
pub(crate) fn remove_if_empty(path: &Path) {
    // A folder that is not empty stays: that is the point, not an error.
    let _ = fs::remove_dir(path);
}

/// Every file below a folder, sorted.
pub(crate) fn walk(folder: &Path) -> Result<Vec<PathBuf>, PipelineError> {
    let mut files = Vec::new();
    for path in mf_data::files::entries(folder)? {
        if mf_data::files::file_type(&path)?.is_some_and(|found| found.is_dir()) {
            files.extend(walk(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// The files of a folder that are named like cells, sorted: `KIND/KEY.json`, as below `.mf/cells`.
pub(crate) fn cells(folder: &Path) -> Result<Vec<PathBuf>, PipelineError> {
    let is_cell = |path: &PathBuf| {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        let [kind, name] = parts.as_slice() else {
            return false;
        };
        let key = name.strip_suffix(".json");
        key.is_some_and(Hash::is_written) && !Hash::is_written(kind)
    };
    let mut paths = walk(folder)?;
    paths.retain(is_cell);
    Ok(paths)
}

/// Opens a file for reading and writing, made empty if it is not there.
pub(crate) fn open(path: &Path) -> Result<File, PipelineError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|source| PipelineError::File {
            action: "open",
            path: path.to_owned(),
            source,
        })
}
