//! Removes results: damaged or unused entries of the cache, the cache, the cells, or
//! published files.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use crate::ask::orphans::orphans;
use crate::plan::contents::recipe;
use crate::plan::publish;
use crate::plan::selection::Selection;
use crate::plan::survey::Survey;
use crate::plan::sweep::abandoned;
use crate::project::Project;
use crate::store::cache::Cache;
use crate::store::lock::{Hold, Lock};
use crate::words::error::PipelineError;
use crate::words::files;

/// What to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clean {
    /// Damaged entries of the cache; the next run makes them again.
    Damaged,
    /// The results of all stages. Published files and cells stay.
    Cache,
    /// The finished cells of stages ([`crate::CellStage`]); results computed from them stay.
    Cells,
    /// The published tables, numbers and figures of this pipeline; the next run restores them from the cache.
    Outputs,
    /// Files of the form of published ones that no stage or figure of this pipeline makes ([`crate::Pipeline::orphans`]).
    Orphans,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// The files, in the order in which they were removed; in a dry run those that would be.
    pub removed: Vec<PathBuf>,
}

/// Removes what is asked for.
pub(crate) fn clean(
    project: &Project,
    cache: &Cache,
    what: Clean,
    dry_run: bool,
) -> Result<Cleaned, PipelineError> {
    remove(project, cache, dry_run, || match what {
        Clean::Damaged => cache.damaged(),
        Clean::Cache => cache.results(),
        Clean::Cells => cache.files("cells"),
        Clean::Outputs => outputs(project),
        Clean::Orphans => orphans(project),
    })
}

/// Removes what no profile of the file uses in the cache; `others` are its other profiles.
pub(crate) fn clean_unused(
    project: &Project,
    others: &[&Project],
    cache: &Cache,
    dry_run: bool,
) -> Result<Cleaned, PipelineError> {
    remove(project, cache, dry_run, || {
        let mut places = BTreeSet::new();
        for project in others.iter().chain([&project]) {
            let survey = Survey::new(project, cache, &Selection::default())?;
            for node in &project.nodes {
                let recipe = recipe(project, node, &survey.records, &survey.files);
                places.extend(cache.places(&node.name, &recipe));
            }
        }
        cache.unused(&places)
    })
}

/// Removes what is found and what interrupted writes have left, under the lock; fails at once if a run is running. A dry run
/// changes nothing, so it needs no lock.
fn remove(
    project: &Project,
    cache: &Cache,
    dry_run: bool,
    find: impl FnOnce() -> Result<Vec<PathBuf>, PipelineError>,
) -> Result<Cleaned, PipelineError> {
    let has_run = mf_data::files::file_type(cache.root())?.is_some();
    let lock = cache.root().join("lock");
    let _lock = if has_run && !dry_run {
        Some(Lock::take(&lock, Hold::Alone, false, |_| {}, || false)?)
    } else {
        None
    };
    let removed = [find()?, abandoned(project, cache)?].concat();
    for path in removed.iter().filter(|_| !dry_run) {
        files::remove(path)?;
        let folders = path.ancestors().skip(1).take(2);
        folders.for_each(files::remove_if_empty);
    }
    Ok(Cleaned { removed })
}

/// The published files that are there.
fn outputs(project: &Project) -> Result<Vec<PathBuf>, PipelineError> {
    let nodes = project.nodes.iter();
    let mut found = Vec::new();
    for path in nodes.flat_map(|node| publish::paths(project, node)) {
        if mf_data::files::file_type(&path)?.is_some() {
            found.push(path);
        }
    }
    Ok(found)
}
