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
fn what_it_needs_is_made_first() {
    let project = Project::small();
    project
        .mf(&["report"])
        .with_code(0)
        .saying(&["paper/report.html is up to date"])
        .complaining_of(&["report.html needs what is not up to date", "picture"]);
    let page = project.read("paper/report.html");
    // What is drawn is what was computed, not what lies in the folder.
    project.write("figures/picture.svg", "<svg/>");
    project.mf(&["run", "report.html", "--force"]).with_code(0);
    assert_eq!(project.read("paper/report.html"), page);
}

#[test]
fn another_profile_has_its_own_with_links_to_its_own_results() {
    let less = "[profile.less.optimum]\nstates = [4, 8, 16]\n";
    let project = Project::new(&format!("{}\n{less}", common::SMALL));
    project.mf(&["reproduce", "--profile", "less"]);
    let page = project.read("runs/less/paper/report.html");
    assert!(page.contains("\"../figures/picture.svg\"") && page.contains("profile `less`"));
    assert!(project.path("runs/less/figures/picture.svg").exists());
    assert!(!project.path("figures").exists() && !project.path("paper").exists());
    let verdicts = project.mf(&["verify", "--profile", "less"]).out;
    assert!(
        verdicts.contains("2 claims") && !verdicts.contains("missing"),
        "{verdicts}"
    );
    for command in [
        &["status", "--exit-code"][..],
        &["diff", "."],
        &["explain", "picture"],
    ] {
        project
            .mf(&[command, &["--profile", "less"]].concat())
            .with_code(0);
    }
    project
        .mf(&["clean", "--outputs", "--profile", "less"])
        .with_code(0)
        .saying(&["runs/less/paper/report.html"]);
}
