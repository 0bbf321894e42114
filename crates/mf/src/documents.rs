//! Documents that are made from results, not by stages: made anew only where what they are made of has changed.

use std::path::Path;

use mf_data::files;
use mf_pipeline::{Hash, Pipeline};

/// Where it is noted what a document was made of, below the folder of pipeline.toml.
const NOTES: &str = ".mf/documents";

/// Makes the document at `path` with `make`, unless it lies there as it was made of the same `parts`.
///
/// # Errors
/// Those of `make`, or a file that can't be written.
pub(crate) fn keep<'a>(
    pipeline: &Pipeline,
    path: &str,
    parts: impl IntoIterator<Item = &'a [u8]>,
    make: impl FnOnce() -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<()> {
    let hashes: Vec<String> = parts
        .into_iter()
        .map(|part| Hash::of(part).to_string())
        .collect();
    let parts = Hash::of(hashes.join("\n").as_bytes());
    let root = pipeline.root();
    let file = root.join(path);
    let note = root.join(NOTES).join(path.replace('/', "-"));
    let noted = |bytes: &[u8]| format!("made of {parts}\nholds {}\n", Hash::of(bytes));
    let is_kept = files::read(&file)
        .is_ok_and(|bytes| files::read(&note).is_ok_and(|old| old == noted(&bytes).as_bytes()));
    if is_kept {
        return Ok(());
    }
    let bytes = make()?;
    write(&file, &bytes)?;
    files::create_folder(&root.join(NOTES))?;
    Ok(files::write_atomic(&note, noted(&bytes).as_bytes())?)
}

/// Writes a document, unless it lies there already, byte for byte.
///
/// # Errors
/// A file or folder that can't be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if files::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        files::create_folder(folder)?;
    }
    Ok(files::write_atomic(path, bytes)?)
}
