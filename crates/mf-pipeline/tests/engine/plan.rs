//! A plan says what would run and why, runs nothing, and is what the run does.

use crate::toys::{Project, plan_of, ran, with_outcome};
use mf_pipeline::{Outcome, RunOptions, Selection, State};

fn only(names: &[&str]) -> Selection {
    Selection {
        only: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Selection::default()
    }
}

fn from(names: &[&str]) -> Selection {
    Selection {
        from: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Selection::default()
    }
}

#[test]
fn everything_runs_first_in_an_order_that_works() {
    let project = Project::new();
    let plan: Vec<String> = ["some", "others", "sum", "names", "drawing", "name-drawing"]
        .iter()
        .map(|name| format!("{name}: never run"))
        .collect();
    assert_eq!(project.plan(), plan);
    assert!(!project.path(".mf").exists(), "a plan changes nothing");
}

#[test]
fn the_run_does_what_the_plan_says() {
    let mut project = Project::new();
    for (from, to) in [
        ("seed = 7", "seed = 7"),
        ("upto = 3", "upto = 5"),
        ("step = 2.0", "step = 3.0"),
        ("2.5]", "9]"),
    ] {
        project.replace(from, to);
        let plan = project.load().plan(&Selection::default()).unwrap();
        let report = project.run();
        assert_eq!(report.plan, plan);
        for (planned, node) in plan.nodes.iter().zip(&report.nodes) {
            let as_planned = match &planned.state {
                State::Fresh => matches!(node.outcome, Outcome::Fresh | Outcome::Restored { .. }),
                State::Stale { .. } => node.outcome == Outcome::Ran,
                State::Pending { .. } => matches!(node.outcome, Outcome::Ran | Outcome::Unchanged),
            };
            assert!(as_planned, "{planned:?} but {node:?}");
        }
    }
}

#[test]
fn what_is_pending_does_not_run_if_the_result_before_it_is_the_same() {
    let mut project = Project::new();
    project.replace(
        "inputs = { rows = \"some.squares\" }",
        "inputs = { rows = \"some.squares\" }\nwith = { to-multiple = 100 }",
    );
    project.replace("reference = 14.0", "reference = 0.0");
    project.run();
    project.replace("upto = 3", "upto = 2");
    let report = project.run();
    // The sum is 0 in multiples of 100 both times; the drawing reads the table itself and is drawn again.
    assert_eq!(ran(&report), ["some", "sum", "drawing"]);
    project.replace("to-multiple = 100", "to-multiple = 200");
    assert_eq!(project.plan_for("drawing"), "pending on sum");
    let report = project.run();
    assert_eq!(
        with_outcome(&report, |outcome| *outcome == Outcome::Unchanged),
        ["drawing"]
    );
}

#[test]
fn only_takes_what_it_needs_along() {
    let project = Project::new();
    assert_eq!(
        plan_of(&project.load(), &only(&["sum"])),
        ["some: never run", "sum: never run"]
    );
}

#[test]
fn from_takes_everything_below_along() {
    let project = Project::new();
    assert_eq!(
        plan_of(&project.load(), &from(&["sum"])),
        ["some: never run", "sum: never run", "drawing: never run"]
    );
}

#[test]
fn force_runs_what_is_selected_and_not_what_it_needs() {
    let project = Project::new();
    project.run();
    let selection = Selection {
        force: true,
        ..only(&["sum"])
    };
    assert_eq!(
        plan_of(&project.load(), &selection),
        ["some: fresh", "sum: forced"]
    );
    let report = project.run_with(RunOptions {
        selection,
        ..RunOptions::default()
    });
    assert_eq!(ran(&report), ["sum"]);
    let everything = Selection {
        force: true,
        ..Selection::default()
    };
    assert_eq!(
        ran(&project.run_with(RunOptions {
            selection: everything,
            ..RunOptions::default()
        }))
        .len(),
        6
    );
}

#[test]
fn what_follows_a_forced_stage_waits_for_it() {
    let project = Project::new();
    project.run();
    let selection = Selection {
        force: true,
        ..only(&["some"])
    };
    assert_eq!(plan_of(&project.load(), &selection), ["some: forced"]);
}

#[test]
fn an_unknown_name_is_met_with_the_nearest() {
    let error = Project::new()
        .load()
        .plan(&only(&["smu"]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("`smu` (did you mean `sum`?)"), "{error}");
    assert!(error.contains("there are: some, others, sum"), "{error}");
}

#[test]
fn a_plan_is_json() {
    let plan = Project::new().load().plan(&Selection::default()).unwrap();
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["nodes"][0]["state"], "stale");
    assert_eq!(json["nodes"][0]["reasons"][0]["reason"], "never-run");
}
