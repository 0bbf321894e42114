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

/// A name that the system does not take stands in for a folder that may not be written: it is refused to root, too.
#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let mut project = Project::new();
    let tables = format!("seed = 7\ntables = \"{}\"", "x".repeat(300));
    project.replace("seed = 7", &tables);
    let message = project.problems();
    assert!(
        message.contains("xxx") && message.contains("project.tables"),
        "{message}"
    );
    project.replace(&tables, "seed = 7\ntables = \"tables\"");
    assert!(project.run().is_ok());
}

/// Where the child below finds its project.
const FOLDER: &str = "MF_TEST_FOLDER";

#[test]
fn what_is_tried_is_published_beside_the_results() {
    let project = Project::new();
    project.run();
    let (table, figure) = ("data/tables/some/squares.csv", "figures/drawing.svg");
    let before = (project.read(table), project.read(figure));
    let tried = project.set(&["some.upto=2"]).unwrap();
    assert!(
        tried
            .run(&Default::default(), &mf_pipeline::Silent)
            .unwrap()
            .is_ok()
    );
    assert_eq!(before, (project.read(table), project.read(figure)));
    let beside = project.read(&format!("runs/trial/{table}"));
    assert!(before.0.starts_with(&beside) && before.0 != beside);
    assert!(project.path(&format!("runs/trial/{figure}")).exists());
    assert!(crate::toys::ran(&project.run()).is_empty());
}

/// Not a test of its own: the part of the next one that runs in a process that may write small files only.
#[cfg(target_os = "linux")]
#[test]
fn child_with_small_files() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let path = std::path::Path::new(&folder).join("pipeline.toml");
    let pipeline =
        mf_pipeline::Pipeline::load(&path, &crate::toys::registry(), &Default::default()).unwrap();
    let report = pipeline
        .run(&mf_pipeline::RunOptions::default(), &mf_pipeline::Silent)
        .unwrap();
    let message = error(&report);
    assert!(
        message.contains("cannot write") && message.contains("ulimit -f"),
        "{message}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_too_large_is_named_and_earlier_outputs_stay() {
    let mut project = Project::new();
    project.run();
    let before = project.read("data/tables/some/squares.csv");
    project.replace("upto = 3", "upto = 1000");
    // One block is 512 bytes or more; the signal is ignored so that the write itself fails.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" --exact publish::child_with_small_files";
    let output = std::process::Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, project.folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(project.read("data/tables/some/squares.csv"), before);
    assert!(project.run().is_ok());
    assert_ne!(project.read("data/tables/some/squares.csv"), before);
}

#[test]
fn results_go_neither_into_the_cache_nor_over_each_other() {
    for (folders, says) in [
        ("tables = \".mf\"", "`.mf` must not be published over"),
        (
            "figures = \"runs/quick\"",
            "`runs/quick` has the results of other profiles",
        ),
        (
            "documents = \".\"",
            "`.` is the folder of the project itself",
        ),
        (
            "tables = \"all\"\nfigures = \"all/\"",
            "`all` is named twice",
        ),
    ] {
        let mut project = Project::new();
        project.replace("seed = 7", &format!("seed = 7\n{folders}"));
        let problems = project.problems();
        assert!(problems.contains(says), "{problems}");
    }
}
