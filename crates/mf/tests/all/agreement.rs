//! `panel-agreement`: one panel from a file against a grid over seeds, by a closed form; bad references name the place and the remedy.

use crate::common::Project;

const PIPELINE: &str = r#"
[project]
title = "two grids"
seed = 1

[[stage]]
name = "agreement"
kind = "panel-agreement"
about = "One panel against three."
inputs = { runs = "file:runs.csv", reference = "file:theirs.csv" }
with = { value = "percent" }
"#;

/// Relative to their extremes the middle cells are 0.4, 0.5 and 0.6. Rows of another step are not compared.
const RUNS: &str = "seed,step,layers,states,accuracy
0,100,10,4,0.9\n0,100,20,4,0.42\n0,100,40,4,0.1\n0,200,10,4,0.9
1,100,10,4,0.8\n1,100,20,4,0.5\n1,100,40,4,0.2\n1,200,10,4,0.9
2,100,10,4,0.6\n2,100,20,4,0.4\n2,100,40,4,0.1\n2,200,10,4,0.9
";

/// The middle cell is 0.9, and the rows are in another order.
const THEIRS: &str =
    "# percent\nlayers,states,step,percent\n40,4,100,10\n10,4,100,90\n20,4,100,82\n";

fn project(runs: &str, theirs: &str) -> Project {
    let project = Project::new(PIPELINE);
    project.write("runs.csv", runs);
    project.write("theirs.csv", theirs);
    project
}

#[test]
fn one_cell_that_scatters_is_judged_by_student() {
    let project = project(RUNS, THEIRS);
    project.mf(&["run"]).with_code(0);
    let numbers = project.read("data/tables/agreement/numbers.json");
    let numbers: serde_json::Value = serde_json::from_str(&numbers).unwrap_or_default();
    let numbers = numbers.as_array().cloned().unwrap_or_default();
    let number = |name: &str| {
        let found = numbers.iter().find(|number| number["name"] == name);
        found.and_then(|number| number["value"].as_f64())
    };
    // Three values of mean 0.5 and standard deviation 0.1, and a further one: t = 0.4 / (0.1 sqrt(4/3)) with two degrees of freedom,
    // of which P(|t| > x) = 1 - x / sqrt(2 + x^2).
    let t = 12.0_f64.sqrt();
    let expected = [
        ("compared", 3.0),
        ("seeds", 3.0),
        ("distance", 0.4 / 3.0_f64.sqrt()),
        ("scatter", 0.1 / 3.0_f64.sqrt()),
        ("p-value", 1.0 - t / (2.0 + t * t).sqrt()),
        // Each of the outer panels is 0.15 from the mean of the others, the middle one at it.
        ("own-least", 0.0),
        ("own-most", 0.15 / 3.0_f64.sqrt()),
        ("largest-difference", 0.4),
    ];
    for (name, expected) in expected {
        let found = number(name).unwrap_or(f64::NAN);
        assert!((found - expected).abs() < 1e-12, "{name}: {found}");
    }
    let cells = project.read("data/tables/agreement/cells.csv");
    let rows: Vec<&str> = cells.lines().collect();
    assert!(rows[0].starts_with("step,layers,states,reference,mean,scatter,difference"));
    assert!(rows[2].starts_with("100,20,4,0.9,"), "{cells}");
}

#[track_caller]
fn refused(runs: &str, theirs: &str, says: &[&str]) {
    project(runs, theirs)
        .mf(&["run"])
        .with_code(1)
        .complaining_of(says);
}

#[test]
fn bad_references_are_refused() {
    refused(
        RUNS,
        &format!("{THEIRS}40,7,100,20\n"),
        &[
            "`reference` has a row for step 100, 40 layers, 7 states",
            "states {4}",
            "remove the row",
        ],
    );
    refused(
        RUNS,
        &format!("{THEIRS}20,4,100,20\n"),
        &[
            "`reference`, row 4 (step 100, 20 layers, 4 states)",
            "remove one of them",
        ],
    );
    refused(
        RUNS,
        &THEIRS.replace("82", "NaN"),
        &[
            "`reference`, row 3 (step 100, 20 layers, 4 states)",
            "`percent` is NaN",
        ],
    );
    refused(
        RUNS,
        &THEIRS.replace("step", "steps"),
        &["`reference`: ", "`step`", "did you mean `steps`"],
    );
    let flat = THEIRS.replace(",90", ",10").replace(",82", ",10");
    refused(
        RUNS,
        &flat,
        &["`reference`, step 100: the range of the values is 0"],
    );
}

#[test]
fn bad_runs_are_refused() {
    let two: String = RUNS
        .lines()
        .filter(|row| !row.starts_with('2'))
        .map(|row| format!("{row}\n"))
        .collect();
    refused(
        &two,
        THEIRS,
        &[
            "the seeds of `runs`",
            "the number of panels is 2: give 3 or more",
        ],
    );
    refused(
        &format!("{RUNS}2,100,20,4,0.5\n"),
        THEIRS,
        &[
            "two networks of seed 2 at step 100, 20 layers, 4 states",
            "one gain",
        ],
    );
}
