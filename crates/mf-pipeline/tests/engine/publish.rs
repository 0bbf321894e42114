//! Published files: where they are, what happens to edited ones, and folders that cannot be written.

use crate::toys::{Project, with_outcome};
use mf_pipeline::{Outcome, RunReport};

fn error(report: &RunReport) -> String {
    match &report.first_error().unwrap().outcome {
        Outcome::Failed { error, .. } => error.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tables_numbers_and_figures_have_their_places() {
    let project = Project::new();
    project.run();
    let csv = project.read("data/tables/some/squares.csv");
    assert_eq!(
        csv.lines()
            .map(|line| line.split(',').count())
            .collect::<Vec<_>>(),
        [2; 4],
        "{csv}"
    );
    assert!(project.path("data/tables/some/squares.parquet").exists());
    assert!(
        project
            .read("data/tables/some/squares.json")
            .contains("its square")
    );
    assert!(
        project
            .read("data/tables/sum/numbers.json")
            .contains("\"value\": 14.0")
    );
    assert_eq!(project.read("figures/drawing.svg"), "<svg>3 rows, 14</svg>");
    assert!(project.path("figures/drawing.png").exists());
}

#[test]
fn an_edited_file_is_restored_without_running() {
    let project = Project::new();
    project.run();
    project.write("figures/drawing.svg", "edited");
    std::fs::remove_file(project.path("figures/drawing.png")).unwrap();
    assert_eq!(project.plan_for("drawing"), "restore 2");
    let report = project.run();
    assert_eq!(
        with_outcome(&report, |outcome| matches!(
            outcome,
            Outcome::Restored { .. }
        )),
        ["drawing"]
    );
    assert_eq!(project.read("figures/drawing.svg"), "<svg>3 rows, 14</svg>");
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_the_result_is_kept() {
    let mut project = Project::new();
    project.run();
    let before = project.read("data/tables/some/squares.csv");
    project.write("blocked", "a file where a folder should be");
    project.replace("seed = 7", "seed = 7\nfigures = \"blocked\"");
    let report = project.run();
    let message = error(&report);
    assert!(
        message.contains("blocked") && message.contains("cannot write"),
        "{message}"
    );
    assert_eq!(project.read("data/tables/some/squares.csv"), before);
    project.replace("figures = \"blocked\"", "figures = \"elsewhere\"");
    let report = project.run();
    assert!(report.is_ok());
    assert_eq!(
        project.read("elsewhere/drawing.svg"),
        "<svg>3 rows, 14</svg>"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_named() {
    // Even root cannot make files in /proc.
    let mut project = Project::new();
    project.replace("seed = 7", "seed = 7\ntables = \"/proc/mf\"");
    let message = error(&project.run());
    assert!(message.contains("/proc/mf"), "{message}");
    project.replace("tables = \"/proc/mf\"", "tables = \"tables\"");
    assert!(project.run().is_ok());
}
