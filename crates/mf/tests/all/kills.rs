//! A run that is killed at any point of its writes resumes, and its results have the bytes of an undisturbed run.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Mutex;

use crate::common::{Project, files};

/// A theory stage, a fit with a claim, a figure, and eight tiny networks.
const PIPELINE: &str = r#"
[project]
title = "ended"
seed = 3

[[stage]]
name = "optimum"
kind = "optimal-spacing"
with = { recipe = "exact", states = [4, 8, 16, 32] }

[[stage]]
name = "fit"
kind = "power-law"
inputs = { data = "optimum.optima" }
with = { x = "states_plus_one", y = "one_minus_chi" }

[[stage]]
name = "grid"
kind = "training-grid"
[stage.with]
data = "data/mnist"
mean = 0.1307
deviation = 0.3081
states = [3, 5]
layers = [2, 3]
seeds = 2
width = 4
batch = 2
learning-rates = [{ from-layers = 2, rate = 0.01 }]
momentum = 0.5
steps = [2]
test-images = 10

[[figure]]
name = "picture"
[[figure.panels]]
chart = "xy"
x = { scale = "log" }
y = { scale = "log" }
[[figure.panels.series]]
table = "optimum.optima"
x = "states"
y = "one_minus_chi"

[[claim]]
name = "exponent"
of = "fit.exponent"
reference = 1.82
source = { by = "a test" }
tolerance = 0.05
reason = "a test"

[[claim]]
name = "networks"
of = "grid.networks"
reference = 8
source = { by = "a test" }
tolerance = 0
reason = "a whole number"
"#;

/// The seed of the points at which commands end.
const SEED: u64 = 20_190_603;
/// Number of runs that end early.
const RUNS: usize = 17;
/// Number of reproductions that end early.
const REPRODUCTIONS: usize = 3;
/// Number of pairs of shards of which one ends early.
const PAIRS: usize = 5;
/// Points that a shard of two certainly reaches: three for each of its four cells.
const POINTS_OF_A_SHARD: u64 = 12;

/// The generator SplitMix64 (G. Steele and others, 2014).
struct Draws(u64);

impl Draws {
    /// A whole number from 1 to `most`.
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most + 1
    }
}

fn project() -> Project {
    Project::new(PIPELINE).with_mnist()
}

/// Files by their paths.
type Results = BTreeMap<String, Vec<u8>>;

/// The bytes of all published files, except the report, which has times; and the values of the cells, whose files also have
/// times.
fn results(project: &Project) -> Results {
    let root = project.path("");
    let name = |path: &Path| {
        let path = path.strip_prefix(&root).unwrap();
        path.to_string_lossy().into_owned()
    };
    // Temporary files of the ended process stay for an hour; they are not results.
    let whole = |path: &PathBuf| !mf_data::files::is_temporary(path);
    let mut results = BTreeMap::new();
    for folder in ["data/tables", "figures", "paper"] {
        for path in files(&root.join(folder)).into_iter().filter(whole) {
            if !path.ends_with("report.html") {
                results.insert(name(&path), fs::read(&path).unwrap());
            }
        }
    }
    let cells = files(&root.join(".mf/cells"));
    for path in cells.into_iter().filter(whole) {
        let cell: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let value = cell["content"]["value"].to_string();
        results.insert(name(&path), value.into_bytes());
    }
    results
}

/// Starts a command, which ends at the point `end_at` of its writes if one is given.
fn start(project: &Project, arguments: &[&str], end_at: Option<u64>) -> Child {
    let mut command = project.command();
    command.args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(point) = end_at {
        command.env("MF_END_AT", point.to_string());
    }
    command.spawn().unwrap()
}

/// Waits for the process; whether it succeeded.
fn succeeded(mut run: Child) -> bool {
    run.wait().unwrap().success()
}

/// The results of a command that runs to its end, and the number of points of its writes.
struct Undisturbed {
    command: &'static str,
    results: Results,
    points: u64,
}

impl Undisturbed {
    fn new(command: &'static str) -> Self {
        let whole = project();
        let given = files(&whole.path("")).len();
        assert!(succeeded(start(&whole, &[command], None)), "{command}");
        let results = results(&whole);
        let is_cell = |name: &&String| name.contains(".mf/cells");
        assert_eq!(results.keys().filter(is_cell).count(), 8);
        // It writes each of its files once, except the lock, and a write has three points.
        let written = files(&whole.path("")).len() - given - 1;
        let points = 3 * written as u64;
        let again = project();
        let beyond = start(&again, &[command], Some(points + 1));
        assert!(succeeded(beyond), "{command} has more than {points} points");
        Self {
            command,
            results,
            points,
        }
    }
}

/// One command that ends early.
struct Case<'a> {
    name: String,
    undisturbed: &'a Undisturbed,
    in_a_pair: bool,
    point: u64,
}

impl Case<'_> {
    fn check(&self) {
        let (name, command, point) = (&self.name, self.undisturbed.command, Some(self.point));
        let project = project();
        if self.in_a_pair {
            let ended = start(&project, &[command, "--shard", "1/2"], point);
            let other = start(&project, &[command, "--shard", "2/2"], None);
            assert!(!succeeded(ended), "{name}: not ended");
            assert!(succeeded(other), "{name}: the other shard failed");
        } else {
            let ended = start(&project, &[command], point);
            assert!(!succeeded(ended), "{name}: not ended");
        }
        assert!(
            succeeded(start(&project, &[command], None)),
            "{name}: not resumed"
        );
        let found = results(&project);
        let names = |results: &Results| results.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&self.undisturbed.results), "{name}");
        for (file, bytes) in &self.undisturbed.results {
            assert!(found[file] == *bytes, "{name}: {file} has other bytes");
        }
    }
}

#[test]
fn a_killed_run_resumes_to_the_same_bytes() {
    let (run, reproduce) = (Undisturbed::new("run"), Undisturbed::new("reproduce"));
    let mut draws = Draws(SEED);
    let mut cases = Vec::new();
    for (undisturbed, in_a_pair, count) in [
        (&run, false, RUNS),
        (&reproduce, false, REPRODUCTIONS),
        (&run, true, PAIRS),
    ] {
        let Undisturbed {
            command, points, ..
        } = undisturbed;
        let most = if in_a_pair {
            POINTS_OF_A_SHARD
        } else {
            *points
        };
        for number in 0..count {
            // The last point is one of them: if the command did not reach it, the case would fail.
            let point = if number == 0 { most } else { draws.up_to(most) };
            let what = if in_a_pair { "a shard of two" } else { "alone" };
            let name = format!("seed {SEED}: {command}, {what}, ended at point {point} of {most}");
            cases.push(Case {
                name,
                undisturbed,
                in_a_pair,
                point,
            });
        }
    }
    let cases = Mutex::new(cases);
    let next = || cases.lock().unwrap().pop();
    let work = || {
        while let Some(case) = next() {
            case.check();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
}
