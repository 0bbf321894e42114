//! Failures: the first real error is kept, what is done stays done, and the next run goes on from there.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::toys::{Project, ran, with_outcome};
use mf_pipeline::{
    Advance, BoxError, Cancel, Job, NodeReport, Observer, Outcome, Outputs, RunOptions, RunReport,
    Silent, TypedStage,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

fn failing(marker: &str) -> Project {
    let mut project = Project::new();
    let path = project.path(marker).display().to_string();
    project.replace(
        "with = { upto = 3 }",
        &format!("with = {{ upto = 3, fails-with = {path:?} }}"),
    );
    project.write(marker, "");
    project
}

fn failed(report: &RunReport) -> Vec<&str> {
    with_outcome(report, |outcome| matches!(outcome, Outcome::Failed { .. }))
}

fn skipped(report: &RunReport) -> Vec<&str> {
    with_outcome(report, |outcome| matches!(outcome, Outcome::Skipped { .. }))
}

#[test]
fn a_failure_stops_the_run() {
    let project = failing("marker");
    let report = project.run();
    assert!(!report.is_ok());
    assert_eq!(failed(&report), ["some"]);
    assert_eq!(skipped(&report).len(), 5);
    let Outcome::Failed { error, .. } = &report.first_error().unwrap().outcome else {
        panic!("{report:?}")
    };
    assert!(error.ends_with("marker is there"), "{error}");
}

#[test]
fn keep_going_runs_what_does_not_depend_on_the_failure() {
    let report = failing("marker").run_with(RunOptions {
        keep_going: true,
        ..RunOptions::default()
    });
    assert_eq!(failed(&report), ["some"]);
    assert_eq!(skipped(&report), ["sum", "drawing"]);
    assert_eq!(ran(&report), ["others", "names", "name-drawing"]);
    assert_eq!(report.first_failure.as_deref(), Some("some"));
}

#[test]
fn the_next_run_resumes_from_what_is_done() {
    let project = failing("marker");
    project.run_with(RunOptions {
        keep_going: true,
        ..RunOptions::default()
    });
    std::fs::remove_file(project.path("marker")).unwrap();
    assert_eq!(ran(&project.run()), ["some", "sum", "drawing"]);
}

#[test]
fn a_failure_leaves_earlier_outputs_alone() {
    let project = failing("marker");
    std::fs::remove_file(project.path("marker")).unwrap();
    project.run();
    let before = project.read("data/tables/some/squares.csv");
    project.write("marker", "");
    let mut changed = project;
    changed.replace("upto = 3", "upto = 9");
    assert_eq!(failed(&changed.run()), ["some"]);
    assert_eq!(changed.read("data/tables/some/squares.csv"), before);
}

#[test]
fn a_panic_is_a_failure_of_its_stage() {
    let report = failing("panic").run_with(RunOptions {
        keep_going: true,
        jobs: 2,
        ..RunOptions::default()
    });
    let Outcome::Failed { error, .. } = &report.first_error().unwrap().outcome else {
        panic!("{report:?}")
    };
    assert!(error.contains("the toy fell over"), "{error}");
    assert_eq!(ran(&report), ["others", "names", "name-drawing"]);
}

#[test]
fn the_results_do_not_depend_on_the_number_of_workers() {
    let outputs = |jobs| {
        let project = Project::new();
        let report = project.run_with(RunOptions {
            jobs,
            ..RunOptions::default()
        });
        assert_eq!(ran(&report).len(), 6);
        let files = [
            "data/tables/some/squares.csv",
            "data/tables/names/names.csv",
            "figures/drawing.svg",
        ];
        files.map(|file| project.read(file))
    };
    assert_eq!(outputs(1), outputs(4));
}

#[test]
fn a_cancelled_run_skips_what_has_not_begun() {
    let cancel = Cancel::default();
    cancel.cancel();
    let report = Project::new().run_with(RunOptions {
        cancel,
        ..RunOptions::default()
    });
    assert_eq!(skipped(&report).len(), 6);
    assert!(report.cancelled && !report.is_ok());
}

#[derive(Default)]
struct Recorder(Mutex<Vec<String>>);

impl Recorder {
    fn record(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }
}

impl Observer for Recorder {
    fn planned(&self, plan: &mf_pipeline::Plan) {
        self.record(format!("planned {}", plan.nodes.len()));
    }
    fn started(&self, name: &str) {
        self.record(format!("started {name}"));
    }
    fn progress(&self, name: &str, advance: &Advance) {
        self.record(format!("{name} {}/{}", advance.done, advance.total));
    }
    fn finished(&self, report: &NodeReport) {
        self.record(format!("finished {}", report.name));
    }
}

#[test]
fn an_observer_is_told_everything_in_order() {
    let project = Project::new();
    let recorder = Recorder::default();
    project
        .load()
        .run(&RunOptions::default(), &recorder)
        .unwrap();
    let notes = recorder.0.into_inner().unwrap();
    assert_eq!(
        notes[..4],
        ["planned 6", "started some", "some 1/2", "finished some"]
    );
    assert_eq!(notes.last().unwrap(), "finished name-drawing");
    project.load().run(&RunOptions::default(), &Silent).unwrap();
}

/// Ends only when two of its kind run at the same time.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "meeting")]
struct Meeting {
    me: u64,
}

static PRESENT: (Mutex<u32>, Condvar) = (Mutex::new(0), Condvar::new());

impl TypedStage for Meeting {
    const KIND: &'static str = "meeting";
    const ABOUT: &'static str = "Waits for the other.";

    fn numbers(&self) -> Vec<String> {
        vec!["me".to_owned()]
    }
    fn run(&self, _job: &Job<'_>) -> Result<Outputs, BoxError> {
        const PATIENCE: Duration = Duration::from_secs(60);
        let (present, change) = &PRESENT;
        *present.lock().unwrap() += 1;
        change.notify_all();
        let alone = |present: &mut u32| *present < 2;
        let (_present, waited) = change
            .wait_timeout_while(present.lock().unwrap(), PATIENCE, alone)
            .unwrap();
        if waited.timed_out() {
            return Err("the other never came".into());
        }
        Ok(Outputs::new().number("me", self.me as f64, "1", "who I am"))
    }
}

#[test]
fn independent_stages_run_side_by_side() {
    let part = |n: u64| {
        format!(
            "[[stage]]\nname = \"m{n}\"\nkind = \"meeting\"\nwith = {{ me = {n} }}\n[[claim]]\nname = \"c{n}\"\n\
             of = \"m{n}.me\"\nreference = {n}\nsource = {{ by = \"s\" }}\ntolerance = 0\nreason = \"r\"\n"
        )
    };
    let text = format!("[project]\ntitle = \"t\"\nseed = 1\n{}{}", part(1), part(2));
    let project = Project::of(&text);
    let mut registry = mf_pipeline::Registry::new();
    registry.stage::<Meeting>(crate::toys::CODE);
    let pipeline = project.try_load(&registry, "default").unwrap();
    let options = RunOptions {
        jobs: 2,
        ..RunOptions::default()
    };
    assert!(pipeline.run(&options, &Silent).unwrap().is_ok());
    assert!(pipeline.verify().unwrap().passes());
}
