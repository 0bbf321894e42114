//! Fingerprints the code of every stage kind, so that a result is made anew when what made it has changed (`src/code.rs`).
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)] // a build script speaks to Cargo by printing

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mf_code::Code;

/// What brings inputs to a stage and keeps its results: it computes none of them.
const ENGINE: [&str; 1] = ["mf-pipeline"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let code = Code::read(&root, &ENGINE)?;
    for path in code.watched() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let mut text = String::new();
    let entries = std::fs::read_dir("src/stages")?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let Some(module) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        // Other files of the folder are what stages share.
        if std::fs::read_to_string(&path)?.contains("impl TypedStage for") {
            let parts = code.of("mf", &format!("stages::{module}"))?;
            let parts: Vec<(String, String)> = parts.into_iter().collect();
            writeln!(
                text,
                "pub(crate) const {}: Code = &{parts:?};",
                module.to_uppercase()
            )?;
        }
    }
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(folder.join("code.rs"), text)?;
    Ok(())
}
