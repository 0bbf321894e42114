//! The report: what is in it, and when it is made.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::Project;

#[test]
fn reproduce_writes_claims_figures_and_formats() {
    let project = Project::small();
    project.mf(&["reproduce"]).with_code(0);
    let page = project.read("paper/report.html");
    for text in [
        "2 claims: 2 hold",
        "id=\"claim-three-states\"",
        "ten printed digits",
        "<article id=\"picture\"",
        "../figures/picture.svg",
        "../data/tables/optimum/optima.csv",
        "../data/tables/optimum/optima.parquet",
        // Where it comes from: the stage, its parameters.
        "stage `optimum`: optimal-spacing",
        "recipe = &quot;exact&quot;",
        "\"name\":\"fp8-e4m3fn\"",
    ] {
        assert!(page.contains(text), "the report lacks {text}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"));
}

#[test]
fn it_is_made_anew_only_where_something_changed() {
    let project = Project::small();
    project.mf(&["reproduce"]).with_code(0);
    let path = project.path("paper/report.html");
    let made = || std::fs::metadata(&path).unwrap().modified().unwrap();
    let (first, page) = (made(), project.read("paper/report.html"));
    project.mf(&["reproduce"]).with_code(0);
    assert_eq!(made(), first);
    // A file that was edited is made again.
    project.write("paper/report.html", "edited");
    project.mf(&["reproduce"]).with_code(0);
    assert_eq!(project.read("paper/report.html"), page);
}

#[test]
fn figures_that_were_not_drawn_are_named() {
    Project::small()
        .mf(&["report"])
        .with_code(2)
        .complaining_of(&["figure `picture` has not been drawn", "mf run"]);
}
