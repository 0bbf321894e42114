//! Ctrl-C and SIGTERM: a run stops and prints how to resume it; the same command resumes it.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Ended, Project, files};

/// Cells of about a second: a run can be stopped between two of them on any machine.
const GRID: &str = r#"
[project]
title = "grid"
seed = 7

[[stage]]
name = "grid"
kind = "training-grid"
[stage.with]
data = "data/mnist"
mean = 0.1307
deviation = 0.3081
states = [3]
layers = [40]
seeds = 8
width = 64
batch = 32
learning-rates = [{ from-layers = 2, rate = 0.01 }]
momentum = 0.5
steps = [500]
test-images = 500

[[claim]]
name = "networks"
of = "grid.networks"
reference = 8
source = { by = "a test" }
tolerance = 0
reason = "a whole number"
"#;

/// The longest wait for a stopped process; after it the process is killed and the test fails.
const LONGEST: Duration = Duration::from_secs(60);

/// A running `mf`, with its standard error so far.
struct Running {
    child: Child,
    err: BufReader<ChildStderr>,
    printed: String,
}

impl Running {
    fn start(project: &Project, arguments: &[&str]) -> Self {
        let mut command = project.command();
        command.args(arguments).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            err,
            printed: String::new(),
        }
    }

    /// Reads standard error until it has this text.
    fn until(mut self, text: &str) -> Self {
        while !self.printed.contains(text) {
            let read = self.err.read_line(&mut self.printed).unwrap();
            assert!(read > 0, "it ended without `{text}`:\n{}", self.printed);
        }
        self
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Sends a signal and waits for the end.
    fn stopped_by(mut self, signal: &str) -> Ended {
        self.signal(signal);
        let since = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            if since.elapsed() > LONGEST {
                self.child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.err.read_to_string(&mut self.printed).unwrap();
        Ended {
            code: self.child.wait().unwrap().code(),
            out: String::new(),
            err: self.printed,
        }
    }
}

/// Number of finished cells.
fn kept(project: &Project) -> usize {
    files(&project.path(".mf/cells")).len()
}

/// Whether no file is half written.
fn whole(project: &Project) -> bool {
    let half = |path: &PathBuf| path.to_string_lossy().contains(".writing-");
    !files(&project.path("")).iter().any(half)
}

const COMMAND: [&str; 3] = ["run", "--threads", "1"];

#[test]
fn a_stopped_run_keeps_its_cells_and_resumes_to_the_same_bytes() {
    let undisturbed = Project::new(GRID).with_mnist();
    undisturbed.mf(&["run"]).with_code(0);
    let project = Project::new(GRID).with_mnist();
    for (signal, cells) in [("-INT", 1), ("-TERM", 3)] {
        let working = Running::start(&project, &COMMAND).until("cells to compute");
        while kept(&project) < cells {
            std::thread::sleep(Duration::from_millis(5));
        }
        let ended = working.stopped_by(signal).with_code(130);
        let kept = kept(&project);
        let stopped = format!("stopped: {kept} of 8 cells are kept");
        ended.complaining_of(&[&stopped, "run the same command again"]);
        assert!((cells..8).contains(&kept) && whole(&project));
        assert!(!project.path("data/tables/grid/runs.csv").exists());
    }
    let before = kept(&project);
    let ended = project.mf(&COMMAND).with_code(0);
    ended.complaining_of(&[&format!("({before} kept)")]);
    let table = "data/tables/grid/runs.csv";
    assert_eq!(project.read(table), undisturbed.read(table));
}

#[test]
fn a_long_step_and_a_waiting_run_can_be_stopped() {
    let long = GRID
        .replace("width = 64", "width = 1000")
        .replace("layers = [40]", "layers = [100]")
        .replace("steps = [500]", "steps = [1000000]");
    let project = Project::new(&long).with_mnist();
    let working = Running::start(&project, &["reproduce"]).until("cells to compute");
    let waiting = Running::start(&project, &["run"]).until("waiting for another run");
    let ended = waiting.stopped_by("-INT").with_code(130);
    ended.complaining_of(&["stopped while waiting", "nothing was changed"]);
    let ended = working.stopped_by("-TERM").with_code(130);
    ended.complaining_of(&["run the same command again"]);
    assert!(whole(&project) && kept(&project) == 0);
    assert!(!project.path("paper/results.md").exists());
}
