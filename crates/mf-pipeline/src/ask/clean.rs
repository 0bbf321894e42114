//! Removing what runs made: damaged entries, the cache, the cells, or the published files.

use std::path::PathBuf;

use serde::Serialize;

use crate::plan::publish;
use crate::project::Project;
use crate::store::cache::Cache;
use crate::store::lock::Lock;
use crate::words::error::PipelineError;
use crate::words::files;

/// What to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clean {
    /// Entries of the cache that are not what they were; the next run makes them anew.
    Damaged,
    /// The results of all stages; the published files stay, and so do the cells, which are what takes long.
    Cache,
    /// The finished cells of stages ([`crate::Job::cells`]); results made of them stay.
    Cells,
    /// The published tables, numbers and figures of this pipeline; the next run restores them from the cache.
    Outputs,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// The files, in the order in which they were removed.
    pub removed: Vec<PathBuf>,
}

/// Removes what is asked for; fails at once if a run is at work.
pub(crate) fn clean(
    project: &Project,
    cache: &Cache,
    what: Clean,
) -> Result<Cleaned, PipelineError> {
    if what != Clean::Outputs && !cache.root().exists() {
        return Ok(Cleaned {
            removed: Vec::new(),
        });
    }
    let _lock = Lock::take(&cache.root().join("lock"), false, |_| {}, || false)?;
    let removed = match what {
        Clean::Damaged => cache.remove_damaged()?,
        Clean::Cache => cache.remove_results()?,
        Clean::Cells => cache.remove_cells()?,
        Clean::Outputs => outputs(project)?,
    };
    Ok(Cleaned { removed })
}

fn outputs(project: &Project) -> Result<Vec<PathBuf>, PipelineError> {
    let mut removed = Vec::new();
    for path in project
        .nodes
        .iter()
        .flat_map(|node| publish::paths(project, node))
    {
        if files::remove(&path)? {
            path.parent().map(files::remove_if_empty);
            removed.push(path);
        }
    }
    Ok(removed)
}
