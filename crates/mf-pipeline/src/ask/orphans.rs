//! Published files that nothing makes any more, such as those of a stage that was renamed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::ask::names::files;
use crate::plan::publish;
use crate::project::Project;
use crate::project::claim::Claim;
use crate::spec::validate::is_kebab;
use crate::words::error::PipelineError;
use crate::words::paths::inside;

/// The files in the folders of tables and figures that are of the form of published ones, and that no stage or figure makes
/// and nothing reads.
pub(crate) fn orphans(project: &Project) -> Result<Vec<PathBuf>, PipelineError> {
    let mut found = Vec::new();
    for folder in mf_data::files::folders(&project.tables)? {
        if is_kebab(&name(folder.file_name())) {
            found.extend(mf_data::files::list(&folder)?);
        }
    }
    found.retain(|path| has(path, &publish::TABLE_ENDINGS));
    let mut figures = mf_data::files::list(&project.figures)?;
    figures.retain(|path| has(path, &publish::FIGURE_ENDINGS) && is_kebab(&name(path.file_stem())));
    found.extend(figures);
    let nodes = project.nodes.iter();
    let made: BTreeSet<PathBuf> = nodes
        .clone()
        .flat_map(|node| publish::paths(project, node))
        .collect();
    found.retain(|path| !made.contains(path));
    let references = project.claims.iter().filter_map(Claim::reference_file);
    let read: BTreeSet<PathBuf> = nodes
        .flat_map(files)
        .chain(references)
        .map(|file| inside(&project.root, file))
        .collect::<Result<_, _>>()?;
    let mut orphans = Vec::new();
    for path in found {
        let relative = path.strip_prefix(&project.root).unwrap_or(&path);
        if !read.contains(&inside(&project.root, &relative.to_string_lossy())?) {
            orphans.push(path);
        }
    }
    Ok(orphans)
}

fn name(part: Option<&std::ffi::OsStr>) -> String {
    part.unwrap_or_default().to_string_lossy().into_owned()
}

fn has(path: &Path, endings: &[&str]) -> bool {
    let is_plain = !name(path.file_stem()).contains('.');
    is_plain && endings.contains(&name(path.extension()).as_str())
}
