//! Verdicts, and that each of them can come out.

use crate::toys::Project;
use mf_pipeline::{ClaimReport, Verdict};

const BASE: &str = r#"
[project]
title = "t"
seed = 1
[[stage]]
name = "some"
kind = "squares"
with = { upto = 3 }
[[stage]]
name = "sum"
kind = "total"
inputs = { rows = "some.squares" }
[[claim]]
name = "claim"
source = "s"
reason = "r"
"#;

fn judged(claim: &str) -> ClaimReport {
    judged_in(&Project::of(&format!("{BASE}{claim}\n{KEEP}")))
}

/// Uses the sum whatever the claim is about.
const KEEP: &str = r#"
[[claim]]
name = "keep"
of = "sum.total"
paper = 14
tolerance = 0
source = "s"
reason = "r"
"#;

fn judged_in(project: &Project) -> ClaimReport {
    project.run();
    project.load().verify().unwrap().claims.remove(0)
}

#[test]
fn a_difference_within_the_tolerance_holds() {
    let claim = judged("of = \"sum.total\"\npaper = 14.5\ntolerance = 0.5");
    assert_eq!(claim.verdict, Verdict::Holds);
    assert_eq!(claim.worst_row().unwrap().difference, Some(-0.5));
}

#[test]
fn a_difference_beyond_it_fails() {
    assert_eq!(
        judged("of = \"sum.total\"\npaper = 14.5\ntolerance = 0.4").verdict,
        Verdict::Fails
    );
    assert_eq!(
        judged("of = \"sum.total\"\npaper = 14.5\nrelative-tolerance = 0.04").verdict,
        Verdict::Holds
    );
    assert_eq!(
        judged("of = \"sum.total\"\npaper = 14.5\nrelative-tolerance = 0.03").verdict,
        Verdict::Fails
    );
}

#[test]
fn an_explained_difference_is_told_apart() {
    let with = |within: f64, tolerance: f64| {
        judged(&format!("of = \"sum.total\"\npaper = 14.5\ntolerance = {tolerance}\ndiffers = {{ within = {within}, reason = \"x\" }}")).verdict
    };
    assert_eq!(with(0.6, 0.1), Verdict::DiffersExplained);
    assert_eq!(with(0.4, 0.1), Verdict::Fails);
    assert_eq!(with(0.6, 0.5), Verdict::Holds);
}

#[test]
fn nan_never_holds() {
    let spoiled = format!("{BASE}of = \"sum.total\"\npaper = 14\ntolerance = 1e300").replacen(
        "inputs = { rows = \"some.squares\" }",
        "inputs = { rows = \"some.squares\" }\nwith = { spoil = true }",
        1,
    );
    let claim = judged_in(&Project::of(&spoiled));
    assert_eq!(claim.verdict, Verdict::Fails);
    assert_eq!(claim.message.as_deref(), Some("our value is not a number"));
}

#[test]
fn what_has_not_run_is_missing() {
    let project = Project::of(&format!(
        "{BASE}of = \"sum.total\"\npaper = 14\ntolerance = 0"
    ));
    let verification = project.load().verify().unwrap();
    assert_eq!(verification.count(Verdict::Missing), 1);
    assert!(!verification.passes());
    assert!(
        verification.claims[0]
            .message
            .as_ref()
            .unwrap()
            .contains("never run")
    );
    project.run();
    assert!(project.load().verify().unwrap().passes());
}

#[test]
fn an_outdated_result_is_missing() {
    let mut project = Project::of(&format!(
        "{BASE}of = \"sum.total\"\npaper = 14\ntolerance = 0"
    ));
    project.run();
    project.replace("upto = 3", "upto = 4");
    assert_eq!(
        project.load().verify().unwrap().claims[0].verdict,
        Verdict::Missing
    );
}

#[test]
fn one_cell_of_a_table() {
    let cell = |row: &str| {
        judged(&format!(
            "of = \"some.squares\"\ncolumn = \"square\"\nrow = {row}\npaper = 4\ntolerance = 0"
        ))
    };
    assert_eq!(cell("{ n = 2 }").verdict, Verdict::Holds);
    assert_eq!(cell("{ n = 3 }").verdict, Verdict::Fails);
    let none = cell("{ n = 9 }");
    assert_eq!(
        (none.verdict, none.message.as_deref()),
        (
            Verdict::Missing,
            Some("`row` names 0 rows of `some.squares`, not one")
        )
    );
    let unknown = cell("{ m = 2 }");
    assert!(
        unknown
            .message
            .unwrap()
            .contains("has no column `m`; it has n, square; did you mean `n`?")
    );
}

const TABLE: &str = r#"of = "some.squares"
column = "square"
key = "n"
paper-table = { file = "paper.csv", key = "number", column = "value" }
tolerance = 0.25
"#;

fn against(printed: &str) -> ClaimReport {
    let project = Project::of(&format!("{BASE}{TABLE}{KEEP}"));
    project.write("paper.csv", printed);
    judged_in(&project)
}

#[test]
fn a_table_is_judged_row_by_row() {
    let claim = against("number,value\n2,4.125\n3,9\n");
    assert_eq!(claim.verdict, Verdict::Holds);
    assert_eq!(claim.rows.len(), 2);
    assert_eq!(claim.worst_row().unwrap().key, "2");
}

#[test]
fn a_wrong_table_fails_at_its_wrong_row() {
    let claim = against("number,value\n1,1\n2,4\n3,9.5\n");
    assert_eq!(claim.verdict, Verdict::Fails);
    assert_eq!(claim.worst_row().unwrap().key, "3");
    assert_eq!(claim.rows[0].verdict, Verdict::Holds);
}

#[test]
fn a_printed_row_that_we_do_not_have_is_missing() {
    let claim = against("number,value\n1,1\n7,49\n");
    assert_eq!(claim.verdict, Verdict::Missing);
    assert_eq!(
        claim.message.as_deref(),
        Some("we have no row with `n` = 7")
    );
}

#[test]
fn a_wrong_column_is_missing_with_the_nearest() {
    let claim = against("number,values\n1,1\n");
    assert_eq!(claim.verdict, Verdict::Missing);
    assert!(claim.message.unwrap().contains("did you mean `values`?"));
}
