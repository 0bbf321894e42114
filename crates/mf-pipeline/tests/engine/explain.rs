//! Every result can be traced down to files and parameters.

use crate::toys::Project;
use mf_pipeline::State;

#[test]
fn a_figure_names_its_chain() {
    let project = Project::new();
    project.run();
    let figure = project.load().explain("drawing").unwrap();
    assert_eq!(
        (figure.what, figure.made_by.kind.as_str()),
        ("figure", "picture")
    );
    let chain: Vec<&str> = figure
        .upstream
        .iter()
        .map(|link| link.name.as_str())
        .collect();
    assert_eq!(chain, ["some", "sum"]);
    assert!(
        project
            .text
            .lines()
            .nth(figure.made_by.line.unwrap() - 1)
            .unwrap()
            .starts_with("[[figure]]")
    );
    let made = figure.made_by.made.unwrap();
    assert_eq!(
        (made.stage.as_str(), made.profile.as_str()),
        ("drawing", "default")
    );
    assert!(made.started.ends_with('Z') && !made.mf_version.is_empty());
    assert!(
        figure
            .made_by
            .inputs
            .iter()
            .all(|input| input.hash.is_some())
    );
    let svg = mf_pipeline::Hash::of(project.read("figures/drawing.svg").as_bytes());
    assert!(
        figure
            .made_by
            .published
            .iter()
            .any(|(path, hash)| path.ends_with("drawing.svg") && *hash == svg)
    );
}

#[test]
fn a_number_has_its_value_and_its_users() {
    let project = Project::new();
    project.run();
    let number = project.load().explain("sum.total").unwrap();
    assert_eq!(number.what, "number");
    assert_eq!(number.number.unwrap().value, 14.0);
    assert_eq!(number.used_by, ["drawing", "claim sum"]);
}

#[test]
fn a_claim_has_its_verdict_and_a_table_its_stage() {
    let project = Project::new();
    project.run();
    let pipeline = project.load();
    assert!(
        pipeline
            .explain("last")
            .unwrap()
            .claim
            .unwrap()
            .verdict
            .passes()
    );
    assert_eq!(
        pipeline.explain("others.squares").unwrap().made_by.params["step"],
        2.0
    );
    assert!(pipeline.explain("names").unwrap().made_by.seed.is_some());
}

#[test]
fn a_stale_result_says_so() {
    let mut project = Project::new();
    project.run();
    project.replace("upto = 3", "upto = 5");
    let stage = project.load().explain("some").unwrap();
    assert!(matches!(stage.made_by.state, State::Stale { .. }));
    assert!(
        stage.made_by.made.is_some(),
        "the last result is still known"
    );
}

#[test]
fn an_unknown_name_is_met_with_the_nearest() {
    let error = Project::new()
        .load()
        .explain("sum.totl")
        .unwrap_err()
        .to_string();
    assert!(error.contains("did you mean `sum.total`?"), "{error}");
}
