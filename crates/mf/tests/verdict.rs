//! The verdict can fail: on a wrong claim, a wrong table, and results that are not there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, root, text};

#[test]
fn the_small_claims_hold() {
    let project = Project::small();
    project
        .mf(&["reproduce"])
        .with_code(0)
        .saying(&["exponent", "holds", "2 claims: 2 hold"]);
    assert!(project.read("paper/results.md").contains("| exponent |"));
}

#[test]
fn a_wrong_claim_fails() {
    let project = Project::small_with("reference = 1.82", "reference = 1.98");
    project
        .mf(&["reproduce"])
        .with_code(1)
        .saying(&["fails", "1 fail"]);
}

#[test]
fn a_difference_can_be_explained_up_to_its_bound() {
    let explained = "tolerance = 0.05\ndiffers = { within = 0.3, reason = \"a test of it\" }";
    let wrong = |paper: &str| {
        let pipeline = common::SMALL
            .replace("tolerance = 0.05", explained)
            .replace("reference = 1.82", paper);
        Project::new(&pipeline)
    };
    wrong("reference = 1.98")
        .mf(&["reproduce"])
        .with_code(0)
        .saying(&["differs, explained", "a test of it"]);
    wrong("reference = 2.92")
        .mf(&["reproduce"])
        .with_code(1)
        .saying(&["fails"]);
}

#[test]
fn without_results_nothing_holds() {
    Project::small()
        .mf(&["verify"])
        .with_code(1)
        .saying(&["missing", "mf run"]);
}

/// The real pipeline beside a table of the authors in which one digit is wrong.
#[test]
fn a_wrong_table_fails() {
    // Without the folders of cells, which are not in this project.
    let pipeline = text("pipeline.toml");
    let pipeline: Vec<&str> = pipeline
        .lines()
        .filter(|line| !line.starts_with("cells = { depth"))
        .collect();
    let project = Project::new(&pipeline.join("\n")).with_mnist();
    for file in std::fs::read_dir(root().join("data/reference")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            project.copy(&format!("data/reference/{name}"));
        }
    }
    project.mf(&["run", "optimum-authors"]).with_code(0);
    let verdict = || {
        let judged = project.mf(&["verify"]).out;
        let line = judged
            .lines()
            .find(|line| line.starts_with("rows-one-minus-chi "));
        line.unwrap_or_else(|| panic!("no verdict: {judged}"))
            .to_owned()
    };
    assert!(verdict().ends_with("holds"), "{}", verdict());
    let table = "data/reference/authors_optimal_spacing_even.csv";
    let wrong = text(table).replace("0.011543", "0.011553");
    assert_ne!(wrong, text(table));
    project.write(table, &wrong);
    assert!(
        verdict().contains("34 rows, worst 16") && verdict().ends_with("fails"),
        "{}",
        verdict()
    );
}
