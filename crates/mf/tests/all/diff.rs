//! `mf diff`, and `mf explain` for what depends on a parameter, a quantizer or a file.

use std::process::Command;

use crate::common::{Project, SMALL};

/// A project after `mf reproduce`.
fn reproduced(pipeline: &str) -> Project {
    let project = Project::new(pipeline);
    project.mf(&["reproduce"]);
    project
}

fn git(project: &Project, arguments: &[&str]) {
    let ended = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(arguments)
        .current_dir(project.path("."))
        .output()
        .unwrap();
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

#[test]
fn equal_results_have_no_difference() {
    let (one, two) = (reproduced(SMALL), reproduced(SMALL));
    let other = one.path(".").display().to_string();
    two.mf(&["diff", &other])
        .with_code(0)
        .saying(&["0 of", "0 verdicts changed"]);
}

#[test]
fn a_change_is_reported_with_its_place() {
    // Other values of N: one row differs, and the exponent by a few hundredths.
    let before = reproduced(SMALL);
    let after = reproduced(&SMALL.replace("[4, 8, 16, 32]", "[4, 8, 16, 64]"));
    let other = before.path(".").display().to_string();
    after.mf(&["diff", &other]).with_code(1).saying(&[
        "data/tables/fit/numbers.json",
        "exponent: ",
        "states, row 4",
        "32 -> 64",
    ]);
    let json = after.mf(&["diff", &other, "--json"]).with_code(1);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["added"], serde_json::json!([]));
    // The tolerance is for fractions, not for whole numbers.
    let printed = after
        .mf(&["diff", &other, "--tolerance", "1"])
        .with_code(1)
        .out;
    assert!(
        printed.contains("32 -> 64") && !printed.contains("exponent: "),
        "{printed}"
    );
}

#[test]
fn a_verdict_that_changed_is_reported() {
    let before = reproduced(SMALL);
    let after = reproduced(&SMALL.replace("tolerance = 0.05", "tolerance = 0.000001"));
    let other = before.path(".").display().to_string();
    after
        .mf(&["diff", &other])
        .with_code(1)
        .saying(&["claim exponent: holds -> fails", "1 verdicts changed"]);
}

#[test]
fn revisions_are_read_from_git() {
    let project = reproduced(SMALL);
    git(&project, &["init", "-q"]);
    // A file that git ignores is not in the revision; it does not count as a difference.
    project.write(".gitignore", "data/tables/fit/line.parquet\n");
    git(&project, &["add", "data", "paper"]);
    git(&project, &["commit", "-qm", "one"]);
    project.mf(&["diff", "HEAD"]).with_code(0);
    project.write(
        "pipeline.toml",
        &SMALL.replace("[4, 8, 16, 32]", "[4, 8, 16]"),
    );
    project.mf(&["reproduce"]);
    project
        .mf(&["diff", "HEAD"])
        .with_code(1)
        .saying(&["rows: 4 -> 3", "revision HEAD -> ."]);
    project
        .mf(&["diff", "no-such-revision"])
        .with_code(2)
        .complaining_of(&["`no-such-revision` is neither a folder nor a revision"]);
}

#[test]
fn a_folder_without_results_and_a_negative_tolerance_are_refused() {
    let project = Project::small();
    project
        .mf(&["diff", "."])
        .with_code(2)
        .complaining_of(&["no results", "mf reproduce"]);
    project
        .mf(&["diff", "--tolerance", "-1", "."])
        .with_code(2)
        .complaining_of(&["0 or more"]);
}

#[test]
fn explain_lists_the_dependents_of_a_parameter_a_quantizer_and_a_file() {
    let project = reproduced(SMALL);
    project
        .mf(&["explain", "optimum.states"])
        .with_code(0)
        .saying(&[
            "parameter optimum.states",
            "[4,8,16,32]",
            "stage    optimum",
            "stage    fit",
            "figure   picture",
            "claim    exponent",
        ]);
    project.mf(&["explain", "three"]).with_code(0).saying(&[
        "quantizer three",
        "stage    quantizers",
        "claim    three-states",
    ]);
    project
        .mf(&["explain", "figures/picture.svg"])
        .with_code(0)
        .saying(&["published file", "figure `picture`"]);
    let json = project.mf(&["explain", "three", "--json"]).with_code(0);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let indirect = report["indirect"].as_array().unwrap();
    let names: Vec<_> = indirect.iter().map(|found| &found["name"]).collect();
    assert_eq!(names, ["results.md", "report.html", "three-states"]);
    project
        .mf(&["explain", "optimum.state"])
        .with_code(2)
        .complaining_of(&["optimum.states"]);
}

#[test]
fn explain_lists_the_dependents_of_an_input_file() {
    let pipeline = SMALL.replace(
        "inputs = { data = \"optimum.optima\" }",
        "inputs = { data = \"file:points.csv\" }",
    );
    let project = Project::new(&pipeline);
    project.write(
        "points.csv",
        "states_plus_one,one_minus_chi\n5,0.1\n9,0.04\n17,0.012\n33,0.0035\n",
    );
    project
        .mf(&["explain", "./points.csv"])
        .with_code(0)
        .saying(&[
            "file ./points.csv",
            "content",
            "stage    fit",
            "claim    exponent",
        ]);
}

#[test]
fn explain_lists_the_claims_of_a_file_of_reference_values() {
    let claim = r#"
[[claim]]
name = "errors"
of = "optimum.optima"
column = "one_minus_chi"
key = "states"
reference-table = { file = "values.csv", key = "states", column = "error" }
source = { by = "a test" }
tolerance = 1.0
reason = "a test"
"#;
    let project = Project::new(&format!("{SMALL}{claim}"));
    project.write("values.csv", "states,error\n4,0.1188\n");
    project
        .mf(&["explain", "values.csv"])
        .with_code(0)
        .saying(&["file values.csv", "content", "claim    errors"]);
}
