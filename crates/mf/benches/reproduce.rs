//! `make bench`: times of the project's pipeline: its theory from an empty cache, its quick profile from an empty cache, and the
//! quick profile with everything up to date.
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

/// Number of runs; their median is printed.
const RUNS: usize = 11;

/// Folders that a reproduction reads, beside pipeline.toml.
const FOLDERS: [&str; 4] = [
    "data/reference",
    "data/mnist",
    "data/fashion-mnist",
    "data/cells",
];

/// Figures that need theory only.
const THEORY: [&str; 4] = [
    "figure-2",
    "chi-against-spacing",
    "exponent-against-states",
    "error-against-states",
];

/// A temporary folder with a copy of everything that a reproduction reads.
fn project() -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        root.join("pipeline.toml"),
        folder.path().join("pipeline.toml"),
    )
    .unwrap();
    for inside in FOLDERS {
        copy(&root.join(inside), &folder.path().join(inside));
    }
    folder
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

/// Runs `mf` with these arguments; its time in seconds.
fn seconds(folder: &Path, arguments: &[&str]) -> f64 {
    let start = Instant::now();
    let ended = Command::new(env!("CARGO_BIN_EXE_mf"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert!(
        ended.status.success(),
        "mf {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&ended.stderr)
    );
    seconds
}

fn median(runs: usize, mut seconds: impl FnMut() -> f64) -> f64 {
    let mut all: Vec<f64> = (0..runs).map(|_| seconds()).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn row(what: &str, seconds: f64) {
    println!("  {what:<34} {seconds:>10.3} s");
}

fn main() {
    // `-- --short` runs the theory once, as a test of this file: its times mean nothing.
    let short = std::env::args().any(|argument| argument == "--short");
    let runs = if short { 1 } else { RUNS };
    let theory: Vec<&str> = ["run"].into_iter().chain(THEORY).collect();
    println!("mf");
    let empty = || seconds(project().path(), &theory);
    row("theory, empty cache", median(runs, empty));
    if short {
        let folder = project();
        seconds(folder.path(), &theory);
        row("theory, fresh", seconds(folder.path(), &theory));
        return;
    }
    let folder = project();
    let quick = ["reproduce", "--profile", "quick"];
    row(
        "reproduce, quick, empty cache",
        seconds(folder.path(), &quick),
    );
    let fresh = || seconds(folder.path(), &quick);
    row("reproduce, quick, everything fresh", median(runs, fresh));
}
