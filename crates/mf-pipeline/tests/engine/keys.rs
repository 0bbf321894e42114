//! A key is content: what changes nothing reruns nothing, and what changes something always reruns.

use crate::toys::{Project, ran, registry_with};
use mf_pipeline::{Pipeline, Selection, State};

#[test]
fn a_second_run_does_nothing() {
    let project = Project::new();
    assert_eq!(ran(&project.run()).len(), 6);
    assert!(ran(&project.run()).is_empty());
    assert!(
        project
            .load()
            .plan(&Selection::default())
            .unwrap()
            .is_fresh()
    );
}

#[test]
fn comments_white_space_order_and_about_rerun_nothing() {
    let mut project = Project::new();
    project.run();
    project.replace(
        "with = { upto = 4, step = 2.0 }",
        "# a comment\nwith = {step = 2,   upto = 4}",
    );
    project.replace("A few squares.", "Some squares.");
    project.replace("Squares, drawn.", "Drawn squares.");
    assert!(
        project.plan().iter().all(|line| line.ends_with(": fresh")),
        "{:?}",
        project.plan()
    );
}

#[test]
fn a_default_written_out_reruns_nothing() {
    let mut project = Project::new();
    project.run();
    project.replace(
        "with = { upto = 3 }",
        "with = { upto = 3, step = 1, which = \"all\" }",
    );
    assert_eq!(project.plan_for("some"), "fresh");
}

#[test]
fn a_changed_parameter_reruns_with_its_values() {
    let mut project = Project::new();
    project.run();
    project.replace("upto = 3", "upto = 5");
    assert_eq!(project.plan_for("some"), "parameter `upto`: 3 -> 5");
    assert_eq!(project.plan_for("sum"), "pending on some");
    assert_eq!(project.plan_for("others"), "fresh");
}

#[test]
fn a_removed_parameter_reruns() {
    let mut project = Project::new();
    project.run();
    project.replace("upto = 4, step = 2.0", "upto = 4");
    assert_eq!(project.plan_for("others"), "parameter `step`: 2.0 -> 1.0");
    project.replace(
        "upto = 4",
        "upto = 4, which = { range = { from = 1, to = 2 } }",
    );
    project.run();
    project.replace(
        "which = { range = { from = 1, to = 2 } }",
        "which = { range = { from = 1, to = 3 } }",
    );
    assert_eq!(
        project.plan_for("others"),
        "parameter `which.range.to`: 2 -> 3"
    );
}

#[test]
fn an_input_that_is_added_reruns() {
    let mut project = Project::new();
    project.run();
    project.replace(
        "rows = \"some.squares\"",
        "rows = \"some.squares\", more = \"others.squares\"",
    );
    assert_eq!(
        project.plan_for("sum"),
        "input `more` added (others.squares)"
    );
}

#[test]
fn a_changed_file_reruns_but_a_touched_one_does_not() {
    let project = Project::of(
        r#"
        [project]
        title = "t"
        seed = 1
        [[stage]]
        name = "sum"
        kind = "total"
        inputs = { rows = "file:rows.csv" }
        [[claim]]
        name = "sum"
        of = "sum.total"
        reference = 3
        source = { by = "s" }
        tolerance = 0
        reason = "r"
        "#,
    );
    project.write("rows.csv", "n,square\n1,1\n2,2\n");
    project.run();
    project.write("rows.csv", "n,square\n1,1\n2,2\n");
    assert_eq!(project.plan_for("sum"), "fresh");
    project.write("rows.csv", "n,square\n1,1\n2,3\n");
    assert_eq!(
        project.plan_for("sum"),
        "input `rows` changed (file:rows.csv)"
    );
}

#[test]
fn other_code_reruns() {
    let project = Project::new();
    project.run();
    let pipeline = project
        .try_load(
            &registry_with(&[("toys", "2"), ("locked versions", "1")]),
            "default",
        )
        .unwrap();
    let plan = pipeline.plan(&Selection::default()).unwrap();
    let State::Stale { reasons } = &plan.nodes[0].state else {
        panic!("{plan:?}")
    };
    assert_eq!(reasons[0].to_string(), "code changed: toys");
    // Other kinds are as they were; what reads the squares waits for them.
    let names: Vec<&str> = (plan.nodes.iter())
        .filter(|node| matches!(node.state, State::Stale { .. }))
        .map(|node| node.name.as_str())
        .collect();
    assert_eq!(names, ["some", "others"]);
}

#[test]
fn a_quantizer_definition_is_part_of_the_key() {
    let mut project = Project::new();
    project.run();
    project.replace("[-1.0, 0, 2.5]", "[-1, 0.0, 2.5]");
    assert_eq!(project.plan_for("names"), "fresh");
    project.replace("2.5]", "2.75]");
    assert_eq!(project.plan_for("names"), "quantizer `three` changed");
    project.replace(
        "family = \"levels\"\nlevels = [-1, 0.0, 2.75]",
        "format = \"binary\"",
    );
    project.run();
    assert_eq!(project.plan_for("names"), "fresh");
}

#[test]
fn the_seed_counts_for_random_stages_only() {
    let mut project = Project::new();
    project.run();
    project.replace("seed = 7", "seed = 8");
    assert!(project.plan_for("names").starts_with("seed "));
    assert_eq!(project.plan_for("some"), "fresh");
}

#[test]
fn going_back_to_earlier_parameters_finds_their_result() {
    let mut project = Project::new();
    project.run();
    project.replace("upto = 3", "upto = 5");
    project.run();
    project.replace("upto = 5", "upto = 3");
    assert!(ran(&project.run()).is_empty());
    assert!(
        project
            .read("data/tables/sum/numbers.json")
            .contains("14.0")
    );
}

#[test]
fn a_profile_overrides_parameters() {
    let project = Project::new();
    let quick: Pipeline = project.try_load(&crate::toys::registry(), "quick").unwrap();
    quick
        .run(&mf_pipeline::RunOptions::default(), &mf_pipeline::Silent)
        .unwrap();
    let numbers = project.read("runs/quick/data/tables/sum/numbers.json");
    assert!(numbers.contains("5.0"), "{numbers}");
    assert_eq!(project.plan_for("some"), "parameter `upto`: 2 -> 3");
    // Made, but published for the other profile.
    assert_eq!(project.plan_for("others"), "restore 4");
}

/// The file may change behind the plan's back: what a stage sees is what was hashed.
#[test]
fn a_table_is_parsed_from_the_bytes_that_were_read() {
    let rows = mf_pipeline::Input::File {
        path: "no/longer/there.csv".into(),
        bytes: b"square\n1\n4\n".to_vec(),
    };
    let job = mf_pipeline::Job::new("sum").with_input("rows", rows);
    assert_eq!(
        job.table("rows").unwrap().f64("square").unwrap(),
        [1.0, 4.0]
    );
}
