//! Paths of `pipeline.toml`: each leads to a place below its folder, links followed.

#![allow(clippy::disallowed_methods)] // this crate reads what pipeline.toml names

use std::fs;
use std::path::{Component, Path, PathBuf};

use mf_data::DataError;

use crate::words::diagnostic::Diagnostic;
use crate::words::error::PipelineError;

/// The place of `path` below `root`, with links followed. Parts that do not exist yet are appended.
///
/// # Errors
/// [`PipelineError::Outside`] if that is not below `root`; or the system does not say where it leads.
pub(crate) fn inside(root: &Path, path: &str) -> Result<PathBuf, PipelineError> {
    let outside = |how, remedy| PipelineError::Outside {
        path: root.join(path),
        how,
        remedy,
    };
    const MOVE: &str = "move or copy what it names into the project's folder";
    const UNLINK: &str = "put the files themselves in place of the link";
    let top = match root.as_os_str().is_empty() {
        true => followed(Path::new("."))?,
        false => followed(root)?,
    };
    let mut place = top.clone();
    for part in Path::new(path).components() {
        match part {
            Component::Prefix(_) | Component::RootDir => {
                return Err(outside("does not start in the project's folder", MOVE));
            }
            Component::CurDir => {}
            Component::ParentDir if place == top => {
                return Err(outside("climbs out of the project's folder", MOVE));
            }
            Component::ParentDir => drop(place.pop()),
            Component::Normal(name) => place = followed(&place.join(name))?,
        }
        if !place.starts_with(&top) {
            return Err(outside(
                "leads out of the project's folder by a link",
                UNLINK,
            ));
        }
        if fs::symlink_metadata(&place).is_ok_and(|place| place.is_symlink()) {
            return Err(outside("holds a symbolic link to nothing", UNLINK));
        }
    }
    Ok(place)
}

/// The place at the end of all links; the path itself if nothing is there.
fn followed(path: &Path) -> Result<PathBuf, DataError> {
    if mf_data::files::file_type(path)?.is_none() {
        return Ok(path.to_owned());
    }
    fs::canonicalize(path).map_err(|error| DataError::Read {
        path: path.to_owned(),
        reason: error.kind().to_string(),
        remedy: "check the path and try again".to_owned(),
    })
}

/// The error of [`inside`] as a problem of `pipeline.toml`.
pub(crate) fn problem(error: PipelineError) -> Diagnostic {
    match error {
        PipelineError::Outside { how, remedy, .. } => Diagnostic::new(format!("the path {how}"))
            .allowed("a path from the folder of pipeline.toml to a place below it, like `data/values.csv`")
            .help(Some(remedy.to_owned())),
        other => Diagnostic::new(other.to_string()),
    }
}
