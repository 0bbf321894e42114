//! Removing the cache leaves the published files, and the other way round.

use crate::toys::{Project, ran, with_outcome};
use mf_pipeline::{Clean, Outcome};

#[test]
fn without_the_cache_everything_runs_again() {
    let project = Project::new();
    project.run();
    assert!(!project.clean(Clean::Cache).unwrap().is_empty());
    assert!(project.path("figures/drawing.svg").exists());
    assert_eq!(ran(&project.run()).len(), 6);
}

#[test]
fn without_the_outputs_they_are_restored() {
    let project = Project::new();
    project.run();
    project.write("figures/mine.svg", "drawn by hand");
    let svg = project.read("figures/drawing.svg");
    project.clean(Clean::Outputs).unwrap();
    assert!(
        !project.path("figures/drawing.svg").exists() && !project.path("data/tables/some").exists()
    );
    assert_eq!(project.read("figures/mine.svg"), "drawn by hand");
    let report = project.run();
    assert_eq!(
        with_outcome(&report, |outcome| matches!(
            outcome,
            Outcome::Restored { .. }
        ))
        .len(),
        6
    );
    assert_eq!(project.read("figures/drawing.svg"), svg);
}

#[test]
fn there_may_be_nothing_to_clean() {
    let project = Project::new();
    assert!(project.clean(Clean::Damaged).unwrap().is_empty());
    assert!(project.clean(Clean::Cache).unwrap().is_empty());
    assert!(!project.path(".mf").exists());
}
