//! `make bench`: `mf reproduce` on the project's own pipeline, first with an empty cache, then with everything fresh.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs that are counted; the median is told.
const RUNS: usize = 11;

/// A copy of what a reproduction reads, in a folder of its own.
fn project() -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        root.join("pipeline.toml"),
        folder.path().join("pipeline.toml"),
    )
    .unwrap();
    let reference = folder.path().join("data/reference");
    fs::create_dir_all(&reference).unwrap();
    for entry in fs::read_dir(root.join("data/reference")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, reference.join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

/// Seconds of one `mf` with these arguments.
fn seconds(folder: &Path, arguments: &[&str]) -> f64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mf"));
    command
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    assert!(command.status().unwrap().success());
    start.elapsed().as_secs_f64()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn main() {
    let folder = project();
    let first = seconds(folder.path(), &["reproduce"]);
    let fresh = median(
        (0..RUNS)
            .map(|_| seconds(folder.path(), &["reproduce"]))
            .collect(),
    );
    println!("mf reproduce, profile default");
    println!("  empty cache                        {first:>10.2} s");
    println!("  everything fresh                   {fresh:>10.3} s");
}
