//! A damaged entry of the cache is an error that says which and what to do; nothing else is touched.

use crate::toys::{Project, files, ran};
use mf_pipeline::{Clean, PipelineError, Selection};

fn damage(project: &Project) -> PipelineError {
    project.load().plan(&Selection::default()).unwrap_err()
}

#[test]
fn a_changed_object_is_named_with_both_hashes() {
    let project = Project::new();
    project.run();
    let object = files(&project, ".mf/objects").remove(0);
    std::fs::write(&object, "rotten").unwrap();
    let before = files(&project, ".mf");
    let PipelineError::Damaged(damages) = damage(&project) else {
        panic!("not damaged")
    };
    assert_eq!(damages[0].path, object);
    assert_eq!(
        damages[0].found,
        mf_pipeline::Hash::of(b"rotten").to_string()
    );
    assert!(
        object
            .to_string_lossy()
            .ends_with(&damages[0].expected[2..])
    );
    let message = damage(&project).to_string();
    assert!(
        message.contains("mf clean --damaged") && message.contains(&damages[0].expected),
        "{message}"
    );
    assert_eq!(files(&project, ".mf"), before);
}

#[test]
fn cleaning_removes_what_is_damaged_and_the_next_run_makes_it_again() {
    let project = Project::new();
    project.run();
    let svg = project.read("figures/drawing.svg");
    let object = files(&project, ".mf/objects")
        .into_iter()
        .find(|path| std::fs::read(path).unwrap() == svg.as_bytes())
        .unwrap();
    std::fs::write(&object, "rotten").unwrap();
    assert!(
        project
            .load()
            .run(&mf_pipeline::RunOptions::default(), &mf_pipeline::Silent)
            .is_err()
    );
    let removed = project.clean(Clean::Damaged).unwrap();
    assert_eq!(
        removed.len(),
        2,
        "the object and the record that needs it: {removed:?}"
    );
    assert_eq!(ran(&project.run()), ["drawing"]);
    assert_eq!(project.read("figures/drawing.svg"), svg);
}

#[test]
fn an_unreadable_record_is_damage() {
    let project = Project::new();
    project.run();
    let record = files(&project, ".mf/results").remove(0);
    std::fs::write(&record, "{").unwrap();
    let message = damage(&project).to_string();
    assert!(
        message.contains("unreadable") && message.contains(&record.display().to_string()),
        "{message}"
    );
    assert_eq!(project.clean(Clean::Damaged).unwrap(), [record]);
    assert_eq!(ran(&project.run()).len(), 1);
}

#[test]
fn an_edited_record_is_damage() {
    let project = Project::new();
    project.run();
    let record = files(&project, ".mf/results").remove(0);
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(
        &record,
        text.replace("\"profile\": \"default\"", "\"profile\": \"other\""),
    )
    .unwrap();
    let PipelineError::Damaged(damages) = damage(&project) else {
        panic!("not damaged")
    };
    assert_eq!(damages[0].path, record);
    assert_eq!(damages[0].expected.len(), 64);
}

#[test]
fn a_lost_object_only_makes_its_stage_run() {
    let project = Project::new();
    project.run();
    let svg = project.read("figures/drawing.svg");
    let object = files(&project, ".mf/objects")
        .into_iter()
        .find(|path| std::fs::read(path).unwrap() == svg.as_bytes())
        .unwrap();
    std::fs::remove_file(object).unwrap();
    assert_eq!(
        project.plan_for("drawing"),
        "its result is no longer in the cache"
    );
    assert_eq!(ran(&project.run()), ["drawing"]);
}

/// A program of another time wrote the cache: what it holds is as good as not there, and nothing is called damaged.
#[test]
fn entries_of_another_format_are_not_there() {
    for other in ["\"format\": 1", "\"formed\": 3"] {
        let project = Project::new();
        project.run();
        for path in files(&project, ".mf") {
            let text = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text).into_owned();
            if path.extension().is_some_and(|ending| ending == "json") {
                assert!(text.contains("\"format\": 3"), "{text}");
                std::fs::write(path, text.replace("\"format\": 3", other)).unwrap();
            }
        }
        assert_eq!(project.plan_for("some"), "never run");
        let report = project.run();
        assert!(report.is_ok());
        assert_eq!(ran(&report).len(), 6);
    }
}

/// Links in a circle stand for whatever can't be looked at: they are refused to everyone, root included.
#[cfg(unix)]
#[test]
fn what_cannot_be_looked_at_is_not_called_absent() {
    use std::os::unix::fs::symlink;
    let project = Project::new();
    project.run();
    let published = project.path("figures/drawing.svg");
    std::fs::remove_file(&published).unwrap();
    symlink("drawing.svg", &published).unwrap();
    let cannot = |path: &std::path::Path| format!("cannot read {}", path.display());
    assert!(damage(&project).to_string().contains(&cannot(&published)));
    std::fs::remove_file(&published).unwrap();
    let cache = project.path(".mf");
    std::fs::rename(&cache, project.path("moved")).unwrap();
    symlink(".mf", &cache).unwrap();
    assert!(damage(&project).to_string().contains(&cannot(&cache)));
    let refused = project.clean(Clean::Cache).unwrap_err().to_string();
    assert!(refused.contains(&cannot(&cache)), "{refused}");
}
