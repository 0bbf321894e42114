//! The files that people see: tables, numbers, figures and documents, copied out of the cache only where their bytes differ.
//!
//! The profile `default` publishes beside `pipeline.toml`, every other one to the same places below `runs/NAME`.

use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize;

use crate::project::Project;
use crate::project::node::{Node, NodeRole};
use crate::store::cache::{Cache, Record};
use crate::words::error::PipelineError;
use crate::words::files;
use crate::words::hash::Hash;

/// A published file that is not what the result says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restore {
    /// The file.
    pub path: PathBuf,
    /// Whether it is there with other bytes (edited, or of an earlier result), or not there.
    pub edited: bool,
}

/// The published files of a result, with their contents.
pub(crate) fn published(project: &Project, node: &Node, record: &Record) -> Vec<(PathBuf, Hash)> {
    let mut published = Vec::new();
    for (table, objects) in &record.tables {
        for (ending, hash) in [
            ("csv", &objects.csv),
            ("parquet", &objects.parquet),
            ("json", &objects.json),
        ] {
            published.push((table_path(project, node, table, ending), hash.clone()));
        }
    }
    if let Some(hash) = &record.numbers {
        published.push((table_path(project, node, "numbers", "json"), hash.clone()));
    }
    for (ending, hash) in &record.files {
        published.push((file_path(project, node, ending), hash.clone()));
    }
    published
}

/// The endings of a table's files.
pub(crate) const TABLE_ENDINGS: [&str; 3] = ["csv", "parquet", "json"];

/// The endings of a figure's files.
pub(crate) const FIGURE_ENDINGS: [&str; 3] = ["svg", "png", "json"];

/// Every folder that files are published to, of this pipeline or of how it was before.
pub(crate) fn folders(project: &Project) -> Result<Vec<PathBuf>, PipelineError> {
    let mut folders = mf_data::files::folders(&project.tables)?;
    folders.extend([project.figures.clone(), project.documents.clone()]);
    Ok(folders)
}

/// Every path that a node may publish to.
pub(crate) fn paths(project: &Project, node: &Node) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for table in node.stage.tables() {
        paths.extend(TABLE_ENDINGS.map(|ending| table_path(project, node, &table, ending)));
    }
    if !node.stage.numbers().is_empty() {
        paths.push(table_path(project, node, "numbers", "json"));
    }
    paths.extend(
        node.stage
            .files()
            .iter()
            .map(|ending| file_path(project, node, ending)),
    );
    paths
}

fn table_path(project: &Project, node: &Node, table: &str, ending: &str) -> PathBuf {
    project
        .tables
        .join(&node.name)
        .join(format!("{table}.{ending}"))
}

fn file_path(project: &Project, node: &Node, ending: &str) -> PathBuf {
    match node.role {
        NodeRole::Document => project.documents.join(format!("{}.{ending}", node.kind)),
        NodeRole::Stage | NodeRole::Figure => {
            project.figures.join(format!("{}.{ending}", node.name))
        }
    }
}

/// The published files that differ from the result.
pub(crate) fn differing(
    project: &Project,
    node: &Node,
    record: &Record,
) -> Result<Vec<(Restore, Hash)>, PipelineError> {
    let published = published(project, node, record).into_par_iter();
    let differs = |(path, hash): (PathBuf, Hash)| match Hash::of_file(&path) {
        Ok(Some(found)) if found == hash => None,
        Ok(found) => {
            let edited = found.is_some();
            Some(Ok((Restore { path, edited }, hash)))
        }
        Err(error) => Some(Err(error.into())),
    };
    published.filter_map(differs).collect()
}

/// Copies out what differs; says which files.
pub(crate) fn publish(
    project: &Project,
    cache: &Cache,
    node: &Node,
    record: &Record,
) -> Result<Vec<PathBuf>, PipelineError> {
    let mut written = Vec::new();
    for (restore, hash) in differing(project, node, record)? {
        files::write(&restore.path, &cache.bytes(&hash)?)?;
        written.push(restore.path);
    }
    Ok(written)
}
