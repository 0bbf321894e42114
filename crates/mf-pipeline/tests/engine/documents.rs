//! Documents are part of the graph: planned, made of what the cache holds, kept, restored, skipped like stages and figures.

use mf_pipeline::{
    BoxError, Clean, Input, Job, NodeRole, Outcome, Outputs, Pipeline, Reads, RunOptions,
    RunReport, Selection, Silent, TypedStage, Verdict,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::toys::{CODE, Project, plan_of, ran, registry, with_outcome};

/// Everything that there is to read, as lines.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Page {
    title: String,
    profile: String,
}

impl TypedStage for Page {
    const KIND: &'static str = "page";
    const ABOUT: &'static str = "All of it on a page.";

    fn reads(&self) -> Vec<Reads> {
        vec![
            Reads::Verdicts,
            Reads::Tables,
            Reads::Numbers,
            Reads::Settings,
            Reads::Figures(&["svg"]),
            Reads::Origins,
            Reads::Files {
                folder: "texts",
                endings: &["txt"],
            },
        ]
    }
    fn files(&self) -> Vec<String> {
        vec!["txt".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut lines = vec![format!("{} under {}", self.title, self.profile)];
        for claim in &job.verdicts()?.claims {
            lines.push(format!("{}: {}", claim.name, claim.verdict));
        }
        lines.push(job.settings()?.to_string());
        for (role, input) in job.inputs() {
            lines.push(match input {
                Input::Table(table) => format!("{role}: {} rows", table.rows()),
                Input::Numbers(numbers) => format!("{role}: {:?}", numbers[0].value),
                Input::File { bytes, .. } => format!("{role}: {}", String::from_utf8_lossy(bytes)),
                Input::Origin(origin) => {
                    format!(
                        "{role}: {}\n{}\n{}",
                        origin.about,
                        origin.files.join(" "),
                        origin.text
                    )
                }
                _ => role.to_owned(),
            });
        }
        Ok(Outputs::new().file("txt", lines.join("\n").into_bytes()))
    }
}

/// A document that needs a file.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Letter {}

impl TypedStage for Letter {
    const KIND: &'static str = "letter";
    const ABOUT: &'static str = "A letter.";

    fn reads(&self) -> Vec<Reads> {
        vec![Reads::File("letter.in")]
    }
    fn files(&self) -> Vec<String> {
        vec!["out".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let (_, bytes) = job.file("file:letter.in")?;
        Ok(Outputs::new().file("out", bytes.to_vec()))
    }
}

fn load_under(project: &Project, profile: &str) -> Pipeline {
    let mut registry = registry();
    registry.document::<Page>(CODE).document::<Letter>(CODE);
    project
        .try_load(&registry, profile)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn load(project: &Project) -> Pipeline {
    load_under(project, "default")
}

fn run(project: &Project) -> RunReport {
    load(project).run(&RunOptions::default(), &Silent).unwrap()
}

fn run_only(project: &Project, name: &str, force: bool) -> RunReport {
    let selection = Selection {
        only: vec![name.to_owned()],
        force,
        ..Selection::default()
    };
    let options = RunOptions {
        selection,
        ..RunOptions::default()
    };
    load(project).run(&options, &Silent).unwrap()
}

fn plan_for(project: &Project, name: &str) -> String {
    let plan = plan_of(&load(project), &Selection::default());
    let prefix = format!("{name}: ");
    let found = plan.iter().find_map(|line| line.strip_prefix(&prefix));
    found.unwrap_or_else(|| panic!("{plan:?}")).to_owned()
}

#[test]
fn every_project_has_them_behind_everything_else() {
    let project = Project::new();
    let pipeline = load(&project);
    let last = pipeline.names().last().unwrap();
    assert_eq!(last, ("page.txt", NodeRole::Document));
    assert_eq!(plan_for(&project, "page.txt"), "never run");
    assert!(run(&project).is_ok());
    let page = project.read("paper/page.txt");
    for line in [
        "Toys under default",
        "sum: holds",
        "\"upto\":3",
        "some.squares: 3 rows",
        "sum.numbers: 14.0",
        "drawing.svg: <svg>3 rows, 14</svg>",
        "drawing.origin: Squares, drawn.",
        "../figures/drawing.png ../figures/drawing.svg ../data/tables/some/squares.csv ../data/tables/some/squares.parquet",
        "stage `some`: squares",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    // Nothing of the machine.
    let folder = project.path("");
    assert!(!page.contains(folder.to_str().unwrap()), "{page}");
    assert!(
        load(&project)
            .plan(&Selection::default())
            .unwrap()
            .is_fresh()
    );
}

#[test]
fn one_that_needs_a_file_is_there_with_it() {
    let project = Project::new();
    project.write("letter.in", "Dear reader");
    assert_eq!(plan_for(&project, "letter.out"), "never run");
    run(&project);
    assert_eq!(project.read("paper/letter.out"), "Dear reader");
    project.write("letter.in", "Dear readers");
    assert_eq!(
        plan_for(&project, "letter.out"),
        "input `file:letter.in` changed"
    );
}

#[test]
fn a_changed_claim_makes_it_stale_and_a_moved_one_does_not() {
    let mut project = Project::new();
    run(&project);
    project.replace("[[claim]]", "# A comment.\n\n[[claim]]");
    assert_eq!(plan_for(&project, "page.txt"), "fresh");
    project.replace("reference = 14.0", "reference = 13.0");
    assert_eq!(plan_for(&project, "page.txt"), "input `claims` changed");
    assert_eq!(ran(&run(&project)), ["page.txt"]);
    assert!(project.read("paper/page.txt").contains("sum: fails"));
}

#[test]
fn a_changed_reference_file_makes_it_stale() {
    let claim = r#"
[[claim]]
name = "all"
of = "some.squares"
column = "square"
key = "n"
reference-table = { file = "printed.csv", key = "n", column = "value" }
source = { by = "print" }
tolerance = 0.0
reason = "whole numbers"
"#;
    let mut project = Project::new();
    project.write("printed.csv", "n,value\n2,4\n");
    let text = format!("{}{claim}", project.text);
    project.rewrite(&text);
    run(&project);
    assert!(project.read("paper/page.txt").contains("all: holds"));
    project.write("printed.csv", "n,value\n2,5\n");
    assert_eq!(
        plan_for(&project, "page.txt"),
        "input `file:printed.csv` changed"
    );
    run(&project);
    assert!(project.read("paper/page.txt").contains("all: fails"));
}

#[test]
fn a_changed_figure_makes_it_stale() {
    let mut project = Project::new();
    run(&project);
    project.replace("legend = \"sum.total\"\n", "");
    assert_eq!(ran(&run(&project)), ["drawing", "page.txt"]);
    assert!(
        project
            .read("paper/page.txt")
            .contains("<svg>3 rows, 0</svg>")
    );
    // A new caption draws nothing again, but the page shows it.
    project.replace("Squares, drawn.", "Three squares.");
    assert_eq!(plan_for(&project, "drawing"), "fresh");
    assert_eq!(
        plan_for(&project, "page.txt"),
        "input `drawing.origin` changed"
    );
}

#[test]
fn a_figure_edited_by_hand_does_not_get_in() {
    let project = Project::new();
    run(&project);
    let page = project.read("paper/page.txt");
    project.write("figures/drawing.svg", "<svg>by hand</svg>");
    assert_eq!(plan_for(&project, "page.txt"), "fresh");
    let report = run_only(&project, "page.txt", true);
    assert_eq!(ran(&report), ["page.txt"]);
    assert_eq!(project.read("paper/page.txt"), page);
}

#[test]
fn an_edited_one_is_restored_and_clean_removes_it() {
    let project = Project::new();
    run(&project);
    let page = project.read("paper/page.txt");
    project.write("paper/page.txt", "edited");
    assert_eq!(plan_for(&project, "page.txt"), "restore 1");
    let report = run(&project);
    let restored = |outcome: &Outcome| matches!(outcome, Outcome::Restored { .. });
    assert_eq!(with_outcome(&report, restored), ["page.txt"]);
    assert_eq!(project.read("paper/page.txt"), page);
    let removed = load(&project).clean(Clean::Outputs, false).unwrap().removed;
    assert!(removed.contains(&project.path("paper/page.txt")));
}

#[test]
fn it_is_left_as_it_was_where_a_stage_failed() {
    let mut project = Project::new();
    run(&project);
    let page = project.read("paper/page.txt");
    let reason = project.path("reason").display().to_string();
    project.write("reason", "");
    project.replace(
        "upto = 3 }",
        &format!("upto = 5, fails-with = '{reason}' }}"),
    );
    let options = RunOptions {
        judge: true,
        keep_going: true,
        ..RunOptions::default()
    };
    let report = load(&project).run(&options, &Silent).unwrap();
    let because = |outcome: &Outcome| matches!(outcome, Outcome::Skipped { because } if because == "`some` failed");
    assert!(with_outcome(&report, because).contains(&"page.txt"));
    assert_eq!(project.read("paper/page.txt"), page);
    // What could be judged was, in the same run.
    let verification = report.verification.unwrap();
    let verdicts: Vec<Verdict> = verification.claims.iter().map(|c| c.verdict).collect();
    assert_eq!(verdicts, [Verdict::Missing, Verdict::Holds]);
    let message = verification.claims[0].message.clone().unwrap();
    assert_eq!(message, "`sum` did not run: `some` failed");
}

#[test]
fn a_figure_alone_makes_no_documents_and_a_document_makes_what_it_needs() {
    let project = Project::new();
    let report = run_only(&project, "drawing", false);
    assert_eq!(ran(&report), ["some", "sum", "drawing"]);
    assert!(!project.path("paper").exists());
    let report = run_only(&project, "page.txt", false);
    assert_eq!(
        ran(&report),
        ["others", "names", "name-drawing", "page.txt"]
    );
}

#[test]
fn a_run_that_does_not_publish_keeps_results_in_the_cache() {
    let project = Project::new();
    let options = RunOptions {
        publish: false,
        ..RunOptions::default()
    };
    let report = load(&project).run(&options, &Silent).unwrap();
    assert_eq!(ran(&report).len(), 7);
    assert!(!project.path("paper").exists() && !project.path("data").exists());
    assert_eq!(plan_for(&project, "page.txt"), "restore 1");
}

#[test]
fn another_profile_publishes_into_a_folder_of_its_own() {
    let project = Project::new();
    run(&project);
    let quick = load_under(&project, "quick");
    let options = RunOptions {
        judge: true,
        ..RunOptions::default()
    };
    let verification = quick.run(&options, &Silent).unwrap().verification.unwrap();
    assert_eq!(verification.profile, "quick");
    assert_eq!(verification.claims[0].verdict, Verdict::Fails);
    let page = project.read("runs/quick/paper/page.txt");
    assert!(page.contains("Toys under quick") && page.contains("sum: fails"));
    // The same way from the page to the figures.
    assert!(page.contains("\n../figures/drawing.png ../figures/drawing.svg ../data/tables/some/"));
    assert_eq!(
        project.read("runs/quick/figures/drawing.svg"),
        "<svg>2 rows, 5</svg>"
    );
    assert!(quick.plan(&Selection::default()).unwrap().is_fresh());
    assert_eq!(quick.verify().unwrap(), verification);
    let explained = quick.explain("page.txt").unwrap();
    let published = project.path("runs/quick/paper/page.txt");
    assert_eq!(explained.made_by.published[0].0, published);
    // Those of the default profile are as they were.
    assert!(
        load(&project)
            .plan(&Selection::default())
            .unwrap()
            .is_fresh()
    );
    assert!(project.read("paper/page.txt").contains("under default"));
    quick.clean(Clean::Outputs, false).unwrap();
    assert!(!published.exists() && project.path("paper/page.txt").exists());
}

#[test]
fn a_profile_that_is_no_name_of_a_folder_is_refused() {
    let mut project = Project::new();
    project.replace("[profile.quick.some]", "[profile.\"../up\".some]");
    let problems = project.problems();
    assert!(
        problems.contains("`../up` is not a name of a profile") && problems.contains("kebab-case"),
        "{problems}"
    );
}

#[test]
fn the_folder_of_documents_can_be_chosen() {
    let mut project = Project::new();
    project.replace("seed = 7", "seed = 7\ndocuments = \"docs/all\"");
    run(&project);
    let page = project.read("docs/all/page.txt");
    assert!(page.contains("\n../../figures/drawing.png "), "{page}");
}

#[test]
fn it_can_be_explained() {
    let project = Project::new();
    project.write("texts/intro.txt", "Once");
    run(&project);
    let pipeline = load(&project);
    let page = pipeline.explain("page.txt").unwrap();
    assert_eq!((page.what, page.made_by.line), ("document", None));
    assert_eq!(page.upstream.len(), 6);
    let text = page.to_string();
    for part in [
        "document `page.txt`: page",
        "with       title = \"Toys\"",
        "input      claims  ",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(
        pipeline
            .explain("names")
            .unwrap()
            .used_by
            .contains(&"page.txt".to_owned())
    );
    let below = pipeline.dependents("texts/intro.txt").unwrap().unwrap();
    assert_eq!(
        (below.direct[0].what, below.direct[0].line),
        ("document", None)
    );
    let graph = pipeline.graph(mf_pipeline::GraphFormat::Mermaid);
    for arrow in [
        "claim_n_sum --> n_page_txt",
        "n_drawing -->|svg| n_page_txt",
    ] {
        assert!(graph.contains(arrow), "{graph}");
    }
}
