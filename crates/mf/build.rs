//! Fingerprints the code of every stage kind and document, so that a result is made anew when what made it has changed
//! (`src/code.rs`).
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)] // a build script speaks to Cargo by printing

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mf_code::Code;

/// What brings inputs to a stage and keeps its results: it computes none of them. But it judges claims, for documents.
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

/// A constant for each kind of a folder of `src`.
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
        // Other files of the folder are what kinds share, folders what is below a kind.
        if path.is_file() && std::fs::read_to_string(&path)?.contains("impl TypedStage for") {
            let mut parts = code.of("mf", &format!("{folder}::{module}"))?;
            if folder == "documents" {
                // Documents may name the version that made them.
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
