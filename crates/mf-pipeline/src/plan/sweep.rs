//! Temporary files that ended writes have left behind.

use std::path::PathBuf;
use std::time::Duration;

use crate::plan::publish;
use crate::project::Project;
use crate::store::cache::Cache;
use crate::words::error::PipelineError;
use crate::words::files;

/// A write takes seconds: a temporary file this old is left over from an interrupted write. The lock does not say so, as cells are
/// written beside a run, nor do the processes of this machine, as others may write into the same folder.
const ABANDONED: Duration = Duration::from_secs(3600);

/// What ended writes have left in the cache and in the published folders.
pub(crate) fn abandoned(project: &Project, cache: &Cache) -> Result<Vec<PathBuf>, PipelineError> {
    let mut found = files::walk(cache.root())?;
    for folder in publish::folders(project)? {
        found.extend(mf_data::files::entries(&folder)?);
    }
    found.retain(|path| mf_data::files::is_temporary(path));
    let mut abandoned = Vec::new();
    for path in found {
        if mf_data::files::age(&path)?.is_some_and(|age| age >= ABANDONED) {
            abandoned.push(path);
        }
    }
    Ok(abandoned)
}

/// Removes it.
pub(crate) fn sweep(project: &Project, cache: &Cache) -> Result<(), PipelineError> {
    for path in abandoned(project, cache)? {
        files::remove(&path)?;
    }
    Ok(())
}
