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
source = { by = "s" }
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
reference = 14
tolerance = 0
source = { by = "s" }
reason = "r"
"#;

fn judged_in(project: &Project) -> ClaimReport {
    project.run();
    project.load().verify().unwrap().claims.remove(0)
}

#[test]
fn a_difference_within_the_tolerance_holds() {
    let claim = judged("of = \"sum.total\"\nreference = 14.5\ntolerance = 0.5");
    assert_eq!(claim.verdict, Verdict::Holds);
    assert_eq!(claim.worst_row().unwrap().difference, Some(-0.5));
}

#[test]
fn a_difference_beyond_it_fails() {
    assert_eq!(
        judged("of = \"sum.total\"\nreference = 14.5\ntolerance = 0.4").verdict,
        Verdict::Fails
    );
    assert_eq!(
        judged("of = \"sum.total\"\nreference = 14.5\nrelative-tolerance = 0.04").verdict,
        Verdict::Holds
    );
    assert_eq!(
        judged("of = \"sum.total\"\nreference = 14.5\nrelative-tolerance = 0.03").verdict,
        Verdict::Fails
    );
}

#[test]
fn an_explained_difference_is_told_apart() {
    let with = |within: f64, tolerance: f64| {
        judged(&format!("of = \"sum.total\"\nreference = 14.5\ntolerance = {tolerance}\ndiffers = {{ within = {within}, reason = \"x\" }}")).verdict
    };
    assert_eq!(with(0.6, 0.1), Verdict::DiffersExplained);
    assert_eq!(with(0.4, 0.1), Verdict::Fails);
    assert_eq!(with(0.6, 0.5), Verdict::Holds);
}

/// A stage whose number is the sum of the squares of 1 and 2.
const EFFECT: &str = r#"
[[stage]]
name = "few"
kind = "squares"
with = { upto = 2 }
[[stage]]
name = "effect"
kind = "total"
inputs = { rows = "few.squares" }
"#;

/// The effect of another stage explains a difference beyond the tolerance.
#[test]
fn an_effect_that_a_stage_computes_explains_a_difference() {
    let with = |reference: f64, left: &str| {
        let differs =
            format!("differs = {{ within = {{ of = \"effect.total\" }}, reason = \"x\"{left} }}");
        let claim =
            format!("of = \"sum.total\"\nreference = {reference}\ntolerance = 1\n{differs}");
        judged(&format!("{claim}\n{EFFECT}"))
    };
    // 14 against 20: the tolerance and the effect are 6.
    let claim = with(20.0, "");
    assert_eq!(claim.verdict, Verdict::DiffersExplained);
    let explained = claim.explanation.unwrap();
    assert_eq!((explained.within, explained.computed), (6.0, true));
    assert_eq!(with(15.0, "").verdict, Verdict::Holds);
    assert_eq!(with(20.5, "").verdict, Verdict::Fails);
    let left = ", unexplained = \"half\"";
    let claim = with(20.5, left);
    assert_eq!(claim.verdict, Verdict::DiffersUnexplained);
    assert!(claim.verdict.passes());
    assert_eq!(with(20.0, left).verdict, Verdict::DiffersExplained);
}

#[test]
fn an_effect_without_a_result_is_missing() {
    let mut project = Project::of(&format!(
        "{BASE}of = \"sum.total\"\nreference = 20\ntolerance = 1\n\
         differs = {{ within = {{ of = \"effect.total\" }}, reason = \"x\", unexplained = \"y\" }}\n{EFFECT}"
    ));
    project.run();
    project.replace("upto = 2", "upto = 1");
    let claim = project.load().verify().unwrap().claims.remove(0);
    assert_eq!(claim.verdict, Verdict::Missing);
}

#[test]
fn nan_never_holds() {
    let spoiled = format!("{BASE}of = \"sum.total\"\nreference = 14\ntolerance = 1e300").replacen(
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
        "{BASE}of = \"sum.total\"\nreference = 14\ntolerance = 0"
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
        "{BASE}of = \"sum.total\"\nreference = 14\ntolerance = 0"
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
            "of = \"some.squares\"\ncolumn = \"square\"\nrow = {row}\nreference = 4\ntolerance = 0"
        ))
    };
    assert_eq!(cell("{ n = 2 }").verdict, Verdict::Holds);
    assert_eq!(cell("{ n = 3 }").verdict, Verdict::Fails);
    let none = cell("{ n = 9 }");
    assert_eq!(
        (none.verdict, none.message.as_deref()),
        (
            Verdict::Missing,
            Some("no row of `some.squares` has `n` = 9")
        )
    );
    let unknown = cell("{ m = 2 }");
    let problem = unknown.problem.unwrap();
    assert_eq!(problem.key, "claim.claim.row");
    assert_eq!(problem.message, "`some.squares` has no column `m`");
    assert_eq!(problem.allowed.as_deref(), Some("n, square"));
    assert_eq!(problem.help.as_deref(), Some("did you mean `n`?"));
}

const TABLE: &str = r#"of = "some.squares"
column = "square"
key = "n"
reference-table = { file = "printed.csv", key = "number", column = "value" }
tolerance = 0.25
"#;

fn against(printed: &str) -> ClaimReport {
    let project = Project::of(&format!("{BASE}{TABLE}{KEEP}"));
    project.write("printed.csv", printed);
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
    let problem = claim.problem.unwrap();
    assert_eq!(problem.key, "claim.claim.reference-table");
    assert_eq!(problem.help.as_deref(), Some("did you mean `values`?"));
}

/// A table with theory and errors of its own: the squares, against 3, 4, 3 with an error of 1, 2, 3.
const MEASURED: &str = r#"
[project]
title = "t"
seed = 1
[[stage]]
name = "measured"
kind = "measured"
[[claim]]
name = "claim"
source = { by = "theory" }
reason = "r"
"#;

fn measured(claim: &str) -> ClaimReport {
    judged_in(&Project::of(&format!("{MEASURED}{claim}")))
}

const ROWS: &str = "of = \"measured.rows\"\ncolumn = \"measured\"\nagainst = \"theory\"\n";

#[test]
fn a_column_is_held_against_theory_in_standard_errors() {
    let in_errors = |count: f64| {
        let tolerance = format!("tolerance = {{ standard-errors = {count}, of = \"error\" }}");
        measured(&format!("{ROWS}key = \"n\"\n{tolerance}"))
    };
    // 1, 4, 9 against 3, 4, 3: two errors of 1, none, two errors of 3. The first and the last are equally far off in units of
    // their tolerances: the first of them is shown.
    let claim = in_errors(2.0);
    assert_eq!(claim.verdict, Verdict::Holds);
    assert_eq!(claim.rows.len(), 3);
    assert_eq!((claim.standard_errors, claim.tolerance), (Some(2.0), 2.0));
    assert_eq!(claim.worst_row().unwrap().digits, None);
    let claim = in_errors(1.9);
    assert_eq!(claim.verdict, Verdict::Fails);
    assert_eq!(claim.rows[1].verdict, Verdict::Holds);
}

#[test]
fn rows_that_do_not_fit_are_left_out() {
    let tolerance = "tolerance = { standard-errors = 0, of = \"error\" }";
    let claim = measured(&format!(
        "{ROWS}key = \"n\"\nrow = {{ n = 2 }}\n{tolerance}"
    ));
    assert_eq!((claim.rows.len(), claim.verdict), (1, Verdict::Holds));
    let claim = measured(&format!("{ROWS}row = {{ n = 1 }}\n{tolerance}"));
    assert_eq!((claim.rows.len(), claim.verdict), (1, Verdict::Fails));
    let claim = measured(&format!(
        "{ROWS}key = \"n\"\nrow = {{ n = 7 }}\n{tolerance}"
    ));
    assert_eq!(
        claim.message.as_deref(),
        Some("no row of `measured.rows` has `n` = 7")
    );
}

#[test]
fn a_number_is_held_against_a_number_of_its_stage() {
    let number = |count: f64| {
        measured(&format!(
            "of = \"measured.mean\"\nagainst = \"expected\"\ntolerance = {{ standard-errors = {count}, of = \"mean-error\" }}"
        ))
    };
    // 5 against 4, with an error of 0.5.
    assert_eq!(number(2.0).verdict, Verdict::Holds);
    assert_eq!(number(1.9).verdict, Verdict::Fails);
}

#[test]
fn without_a_measured_error_nothing_holds() {
    let claim = measured(
        "of = \"measured.mean\"\nagainst = \"expected\"\ntolerance = { standard-errors = 9, of = \"no-error\" }",
    );
    assert_eq!(claim.verdict, Verdict::Fails);
    assert!(
        claim
            .message
            .unwrap()
            .contains("standard error is not a number")
    );
}

#[test]
fn a_reference_keeps_the_digits_of_its_source() {
    let digits = |value: &str| {
        let claim = format!("of = \"sum.total\"\nreference = {value}\ntolerance = 100");
        judged(&claim).worst_row().unwrap().digits.clone().unwrap()
    };
    assert_eq!(digits("14.500"), "14.500");
    assert_eq!(digits("1_4"), "14");
    assert_eq!(
        against("number,value\n2,4.125\n").rows[0].digits.as_deref(),
        Some("4.125")
    );
}
