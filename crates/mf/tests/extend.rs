//! The examples of CONTRIBUTING.md run as they are printed there.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Project, text};

/// The first fenced block of `language` in CONTRIBUTING.md.
fn example(language: &str) -> String {
    let page = text("CONTRIBUTING.md");
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

#[test]
fn a_quantizer_by_its_levels() {
    let project = Project::new(&(common::SMALL.to_owned() + &example("toml")));
    project.mf(&["run"]).with_code(0);
    let table = project.read("data/tables/quantizers/optima.csv");
    assert!(table.contains("my-format,codebook,5"), "{table}");
    project
        .mf(&["quantizer", "show", "my-format"])
        .with_code(0)
        .saying(&["xi", "sigma_w"]);
}
