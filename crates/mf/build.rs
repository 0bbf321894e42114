//! Fingerprints the code of every stage kind and document (`src/code.rs`): a result is computed again when the code that
//! computes it changes.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)] // a build script prints for Cargo, and its paths are those of the sources

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mf_code::Code;

/// Left out of the fingerprints of stages: the engine passes inputs and keeps results, and computes none. Documents have it in
/// theirs, as it judges claims.
const ENGINE: [&str; 1] = ["mf-pipeline"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut text = String::new();
    for (folder, without) in [("stages", &ENGINE[..]), ("documents", &[])] {
        let code = Code::read(&root, without)?;
        for path in code.watched() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        constants(&code, folder, &mut text)?;
    }
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(folder.join("code.rs"), text)?;
    Ok(())
}

/// Writes a constant for each kind in a folder of `src`.
fn constants(code: &Code, folder: &str, text: &mut String) -> Result<(), Box<dyn Error>> {
    let entries = std::fs::read_dir(Path::new("src").join(folder))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let Some(module) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        // Files without a kind hold what kinds share; a folder belongs to the kind of its name.
        if path.is_file() && std::fs::read_to_string(&path)?.contains("impl TypedStage for") {
            let mut parts = code.of("mf", &format!("{folder}::{module}"))?;
            if folder == "documents" {
                // A document may print the version of mf.
                parts.insert("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
            }
            let parts: Vec<(String, String)> = parts.into_iter().collect();
            writeln!(
                text,
                "pub(crate) const {}: Code = &{parts:?};",
                module.to_uppercase()
            )?;
        }
    }
    Ok(())
}
