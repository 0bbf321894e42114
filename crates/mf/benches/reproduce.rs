//! `make bench`: the theory of the project's own pipeline from an empty cache, all of its quick profile, and everything fresh.
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

/// Runs that are counted; the median is printed.
const RUNS: usize = 11;

/// What a reproduction reads beside pipeline.toml.
const FOLDERS: [&str; 2] = ["data/reference", "data/mnist"];

/// The figures of the theory alone.
const THEORY: [&str; 4] = [
    "figure-2",
    "chi-against-spacing",
    "exponent-against-states",
    "error-against-states",
];

/// A copy of what a reproduction reads, in a folder of its own.
fn project() -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let copy = |file: &str| fs::copy(root.join(file), folder.path().join(file)).unwrap();
    copy("pipeline.toml");
    for inside in FOLDERS {
        fs::create_dir_all(folder.path().join(inside)).unwrap();
        for entry in fs::read_dir(root.join(inside)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                copy(&format!("{inside}/{}", path.file_name().unwrap().display()));
            }
        }
    }
    folder
}

/// Seconds of one `mf` with these arguments.
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
    // Everything once and small (`-- --short`), to see that it runs: its times say nothing.
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
