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

/// The rows of the tables of claims of a page, without code marks, each behind the source that heads its references.
fn claims(page: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut source = None;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        source = match cells.as_slice() {
            ["", "claim", source, ..] => Some((*source).to_owned()),
            [""] | [_] => None,
            _ => source,
        };
        if let Some(source) = source.as_ref().filter(|_| !line.starts_with("| ---"))
            && !line.starts_with("| claim")
        {
            rows.push(format!("{source}: {}", line.replace('`', "")));
        }
    }
    rows
}

#[test]
fn the_tables_of_the_readme_are_current() {
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
