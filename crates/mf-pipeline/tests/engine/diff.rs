//! Two places of results: wherever their pipeline.toml puts them.

use mf_pipeline::{Pipeline, PipelineError, RunOptions, Silent, diff};

use crate::toys::{Project, registry};

fn differs(
    here: &Project,
    there: &Project,
    profile: &str,
) -> Result<mf_pipeline::Difference, PipelineError> {
    let folder = |project: &Project| project.folder.path().display().to_string();
    let (old, new) = (folder(there), folder(here));
    diff(&here.path("pipeline.toml"), profile, (&old, &new), 0.0)
}

#[test]
fn folders_may_have_other_places_for_tables() {
    let (one, mut two) = (Project::new(), Project::new());
    let named = "seed = 7\ntables = \"@folder\"\n[shared]\nfolder = \"./numbers/\"";
    two.replace("seed = 7", named);
    one.run();
    two.run();
    let same = differs(&two, &one, "default").unwrap();
    assert!(same.is_empty(), "{same:?}");
    // Two tables of squares, one of names, three sets of numbers.
    assert_eq!(same.tables, 6);
    two.replace("upto = 3", "upto = 4");
    two.run();
    let changed = differs(&two, &one, "default").unwrap();
    let names: Vec<&str> = changed.changed.iter().map(|table| &*table.name).collect();
    assert_eq!(
        names,
        [
            "numbers/some/numbers.json",
            "numbers/some/squares.parquet",
            "numbers/sum/numbers.json"
        ]
    );
    assert_eq!(changed.changed[1].rows, (3, 4));
}

#[test]
fn without_a_pipeline_a_folder_is_like_ours() {
    let (mut one, two) = (Project::new(), Project::new());
    one.replace("seed = 7", "seed = 7\ntables = \"numbers\"");
    one.run();
    let table = mf_data::files::read(&one.path("numbers/some/squares.parquet")).unwrap();
    std::fs::remove_file(two.path("pipeline.toml")).unwrap();
    std::fs::create_dir_all(two.path("numbers/some")).unwrap();
    std::fs::write(two.path("numbers/some/squares.parquet"), table).unwrap();
    let found = differs(&one, &two, "default").unwrap();
    assert_eq!((found.tables, found.changed.len()), (1, 0));
    assert!(found.added.contains(&"numbers/sum/numbers.json".to_owned()));
}

#[test]
fn a_profile_is_compared_with_its_own() {
    let (one, two) = (Project::new(), Project::new());
    one.run();
    let error = differs(&one, &two, "quick").unwrap_err().to_string();
    assert!(
        error.contains("no results") && error.contains("runs/quick/data/tables"),
        "{error}"
    );
    for project in [&one, &two] {
        let quick: Pipeline = project.try_load(&registry(), "quick").unwrap();
        quick.run(&RunOptions::default(), &Silent).unwrap();
    }
    let same = differs(&one, &two, "quick").unwrap();
    assert!(same.is_empty() && same.tables == 6, "{same:?}");
}
