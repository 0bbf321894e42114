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

/// The rows of the table of claims of a page, without code marks.
fn claims(page: &str) -> Vec<String> {
    let rows = page.lines().skip_while(|line| !line.starts_with("| claim"));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.replace('`', "")).collect()
}

#[test]
fn the_table_of_the_readme_is_current() {
    let (told, all) = (
        claims(&text("README.md")),
        claims(&text("paper/results.md")),
    );
    assert!(
        told.len() >= 5,
        "README.md tells only {} of the verdicts",
        told.len()
    );
    for row in told {
        assert!(
            all.contains(&row),
            "README.md and paper/results.md disagree: {row}"
        );
    }
}
