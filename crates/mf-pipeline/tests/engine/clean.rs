//! What is removed, and what is left: the cache, published files, what nothing reaches, what ended writes left.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::toys::{Project, files, plan_of, ran, registry, with_outcome};
use mf_pipeline::{Clean, Outcome, Pipeline, RunOptions, Selection, Silent};

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

/// The paths below the project, as text.
fn relative(project: &Project, paths: &[PathBuf]) -> Vec<String> {
    let short = |path: &PathBuf| {
        let path = path.strip_prefix(project.folder.path()).unwrap();
        path.to_string_lossy().into_owned()
    };
    paths.iter().map(short).collect()
}

fn quick(project: &Project) -> Pipeline {
    project.try_load(&registry(), "quick").unwrap()
}

fn unused(project: &Project, dry_run: bool) -> Vec<String> {
    let cleaned = project.load().clean_unused(&[quick(project)], dry_run);
    relative(project, &cleaned.unwrap().removed)
}

#[test]
fn what_no_profile_reaches_is_unused() {
    let mut project = Project::new();
    project.run();
    let report = quick(&project).run(&RunOptions::default(), &Silent);
    assert!(report.unwrap().is_ok());
    let all = files(&project, ".mf");
    assert!(unused(&project, false).is_empty());
    // A stage that no profile has any more: its last result, its result and the three files of its table.
    project.replace("[[stage]]\nname = \"others\"", "[[stage]]\nname = \"odd\"");
    project.replace("of = \"others.squares\"", "of = \"odd.squares\"");
    project.replace("upto = 4", "upto = 5");
    project.write(".mf/cells/kind/cell.json", "{}");
    let found = unused(&project, true);
    assert!(found.contains(&".mf/stages/others.json".to_owned()));
    assert_eq!(files(&project, ".mf").len(), all.len() + 1, "a dry run");
    assert_eq!(unused(&project, false), found);
    assert!(unused(&project, false).is_empty());
    let left = relative(&project, &files(&project, ".mf"));
    assert!(left.contains(&".mf/cells/kind/cell.json".to_owned()));
    let gone = |folder: &str| found.iter().filter(|path| path.starts_with(folder)).count();
    // The description of the columns is the same as that of `some`, and is still used by it.
    assert_eq!(
        (gone(".mf/results"), gone(".mf/objects")),
        (1, 3),
        "{found:?}"
    );
    let others = |line: &String| !line.starts_with("odd: ");
    for pipeline in [project.load(), quick(&project)] {
        let plan = plan_of(&pipeline, &Selection::default());
        for line in plan.iter().filter(|line| others(line)) {
            assert!(
                line.contains(": fresh") || line.contains(": restore"),
                "{line}"
            );
        }
    }
}

#[test]
fn results_that_wait_for_their_inputs_are_kept() {
    let mut project = Project::new();
    project.run();
    project.replace("upto = 3 }", "upto = 3, step = 1.5 }");
    let found = unused(&project, false);
    let results = found.iter().filter(|path| path.starts_with(".mf/results"));
    assert_eq!(results.count(), 1, "only that of the squares: {found:?}");
    project.replace(", step = 1.5", "");
    assert_eq!(ran(&project.run()), ["some"]);
}

#[test]
fn entries_of_another_format_are_unused_and_not_damaged() {
    let project = Project::new();
    project.run();
    let entries = ["results", "stages"].map(|folder| files(&project, &format!(".mf/{folder}")));
    let entries = entries.concat();
    for path in &entries {
        std::fs::write(path, "{ \"format\": 1, \"formed\": \"otherwise\" }").unwrap();
    }
    assert!(project.clean(Clean::Damaged).unwrap().is_empty());
    assert_eq!(project.plan_for("some"), "never run");
    assert!(unused(&project, false).len() > entries.len());
    assert_eq!(files(&project, ".mf"), [project.path(".mf/lock")]);
    assert_eq!(ran(&project.run()).len(), 6);
}

#[test]
fn orphans_are_of_published_forms_and_nothing_makes_them() {
    let mut project = Project::new();
    project.write("data/tables/given/rows.csv", "square\n1\n");
    project.replace(
        "rows = \"some.squares\"",
        "rows = \"file:data/tables/given/rows.csv\"",
    );
    project.run();
    assert!(project.load().orphans().unwrap().is_empty());
    let mine = [
        "data/tables/README.md",
        "data/tables/rows.csv",
        "data/tables/others/README.md",
        "data/tables/others/sheet.xlsx",
        "data/tables/My notes/x.csv",
        "figures/photo.jpg",
        "figures/Photo 1.png",
        "figures/mine/photo.png",
        "figures/v1.2.svg",
    ];
    mine.iter().for_each(|path| project.write(path, "mine"));
    project.replace("[[stage]]\nname = \"others\"", "[[stage]]\nname = \"odd\"");
    project.replace("of = \"others.squares\"", "of = \"odd.squares\"");
    project.replace("name = \"name-drawing\"", "name = \"name-picture\"");
    let orphans = [
        "data/tables/others/numbers.json",
        "data/tables/others/squares.csv",
        "data/tables/others/squares.json",
        "data/tables/others/squares.parquet",
        "figures/name-drawing.png",
        "figures/name-drawing.svg",
    ];
    assert_eq!(
        relative(&project, &project.load().orphans().unwrap()),
        orphans
    );
    let cleaned = project.clean(Clean::Orphans).unwrap();
    assert_eq!(relative(&project, &cleaned), orphans);
    for path in mine {
        assert_eq!(project.read(path), "mine");
    }
    assert!(project.path("data/tables/given/rows.csv").exists());
    assert!(project.load().orphans().unwrap().is_empty());
}

#[test]
fn a_dry_run_removes_nothing_and_says_what_would_go() {
    let mut project = Project::new();
    project.run();
    project.replace("name = \"name-drawing\"", "name = \"name-picture\"");
    std::fs::write(files(&project, ".mf/objects").remove(0), "rotten").unwrap();
    project.write(".mf/cells/kind/cell.json", "{}");
    let all = || {
        [".mf", "data", "figures"]
            .map(|folder| files(&project, folder))
            .concat()
    };
    let before = all();
    let pipeline = project.load();
    use Clean::{Cache, Cells, Damaged, Orphans, Outputs};
    let whats = [Damaged, Orphans, Cells, Outputs, Cache];
    for what in whats {
        let would = pipeline.clean(what, true).unwrap();
        assert!(!would.removed.is_empty(), "{what:?}");
        assert_eq!(all(), before, "{what:?}");
        // A running run prevents removing, not looking.
        let lock = std::fs::File::options()
            .write(true)
            .open(project.path(".mf/lock"));
        let lock = lock.unwrap();
        lock.lock().unwrap();
        assert_eq!(pipeline.clean(what, true).unwrap(), would);
        assert!(pipeline.clean(what, false).is_err());
        assert_eq!(all(), before);
    }
    for what in whats {
        let would = pipeline.clean(what, true).unwrap();
        assert_eq!(pipeline.clean(what, false).unwrap(), would, "{what:?}");
    }
    assert_eq!(all(), [project.path(".mf/lock")]);
}

#[test]
fn what_ended_writes_left_is_swept_once_nobody_can_be_writing_it() {
    let project = Project::new();
    project.run();
    let old = [
        ".mf/cells/kind/.writing-a",
        ".mf/objects/ab/.writing-b",
        ".mf/stages/.writing-c",
        "data/tables/some/.writing-d",
        "figures/.writing-e",
    ];
    let leave = || {
        for path in old {
            project.write(path, "half of it");
            let file = std::fs::File::options()
                .write(true)
                .open(project.path(path));
            let before = SystemTime::now() - Duration::from_secs(2 * 3600);
            file.unwrap().set_modified(before).unwrap();
        }
    };
    let new = [
        ".mf/objects/ab/.writing-f",
        ".mf/cells/kind/.writing-g",
        "figures/.writing-h",
    ];
    new.iter()
        .for_each(|path| project.write(path, "half of it"));
    leave();
    assert!(project.run().is_ok());
    assert!(old.iter().all(|path| !project.path(path).exists()));
    leave();
    let mut swept = relative(&project, &project.clean(Clean::Damaged).unwrap());
    swept.sort();
    assert_eq!(swept, old);
    project.clean(Clean::Cache).unwrap();
    project.clean(Clean::Cells).unwrap();
    for path in new {
        assert_eq!(
            project.read(path),
            "half of it",
            "another process may be writing it"
        );
    }
}
