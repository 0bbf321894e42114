//! The report: what is in it, and when it is made.

use crate::common;

use crate::common::Project;

#[test]
fn reproduce_writes_claims_figures_and_formats() {
    let project = Project::small();
    project.mf(&["reproduce"]).with_code(0);
    let page = project.read("paper/report.html");
    for text in [
        // Without an opening of its own, the page opens with the summary.
        "</h1>\n<p>2 claims: 2 hold",
        "id=\"claim-three-states\"",
        "ten printed digits",
        "<article id=\"figure-picture\"",
        "../figures/picture.svg",
        "../data/tables/optimum/optima.csv",
        "../data/tables/optimum/optima.parquet",
        // Where it comes from: the stage, its parameters.
        "stage `optimum`: optimal-spacing",
        "recipe = &quot;exact&quot;",
        "\"name\":\"fp8-e4m3fn\"",
        "\"blocks\":[]",
    ] {
        assert!(page.contains(text), "the report lacks {text}");
    }
    // The name of SVG is not an address.
    let page = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!page.contains("http://") && !page.contains("https://"));
}

const OPENING: &str = r#"
[document.report.opening]
question = "Is it so?"
claims = ["three-states"]
figure = "picture"
"#;

#[test]
fn it_opens_with_the_answer_that_the_project_declares() {
    let project = Project::new(&format!("{}{OPENING}", common::SMALL));
    project.mf(&["report"]).with_code(0);
    let page = project.read("paper/report.html");
    let opening = page
        .find("<h2 id=\"page-question\">Is it so?</h2>")
        .unwrap();
    let verdict = page.find("<p class=\"verdict holds\">").unwrap();
    assert!(opening < verdict && verdict < page.find("id=\"page-formats\"").unwrap());
}

#[test]
fn an_opening_names_claims_figures_and_tables_that_there_are() {
    for (right, wrong, said) in [
        (
            "[\"three-states\"]",
            "[\"three-state\"]",
            &[
                "there is no claim `three-state`",
                "did you mean `three-states`",
                "document.report.opening.claims",
            ][..],
        ),
        (
            "\"picture\"",
            "\"pictures\"",
            &[
                "there is no figure `pictures`",
                "picture",
                "document.report.opening.figure",
            ],
        ),
        ("question", "questions", &["`questions`", "question"]),
        (
            "[\"three-states\"]",
            "[]",
            &["document.report.opening.claims"],
        ),
        (
            OPENING,
            "[document.report]\nblock-formats = \"optimum.blocks\"\n",
            &[
                "`optimum` makes no table or number `blocks`",
                "document.report.block-formats",
            ],
        ),
        (OPENING, "[document.reprot]\n", &["`reprot`", "report"]),
    ] {
        let text = OPENING.replace(right, wrong);
        let project = Project::new(&format!("{}{text}", common::SMALL));
        project.mf(&["plan"]).with_code(2).complaining_of(said);
    }
}

#[test]
fn it_is_made_again_only_where_something_changed() {
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
        .complaining_of(&[
            "report.html needs results that are not up to date",
            "picture",
        ]);
    let page = project.read("paper/report.html");
    // What is drawn is what was computed, not what is in the folder.
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
