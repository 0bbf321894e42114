//! What is generated and committed is what this code makes.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Project, text};

#[test]
fn the_schema_is_current() {
    let schema = Project::small().mf(&["schema"]).with_code(0).out;
    assert!(
        schema == text("pipeline.schema.json"),
        "pipeline.schema.json is stale: run `make schema` and commit it"
    );
}

#[test]
fn the_table_of_the_readme_is_current() {
    let (readme, results) = (text("README.md"), text("paper/results.md"));
    let table: Vec<&str> = results
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert!(table.len() > 2);
    for line in readme.lines().filter(|line| line.starts_with("| `")) {
        let line = line.replace('`', "");
        assert!(
            table.contains(&line.as_str()),
            "README.md and paper/results.md disagree: {line}"
        );
    }
    let told = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .count();
    assert!(told >= 5, "README.md tells only {told} of the verdicts");
}
