//! The commands besides running and judging: what they print, and that programs can read it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Project, SMALL};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn plan_says_what_run_does() {
    let project = Project::small();
    project
        .mf(&["plan"])
        .with_code(0)
        .saying(&["optimum", "never run"]);
    project.mf(&["run"]).with_code(0).saying(&["4 ran"]);
    project.mf(&["plan"]).with_code(0).saying(&["4 fresh"]);
    project.write(
        "pipeline.toml",
        &SMALL.replace("[4, 8, 16, 32]", "[4, 8, 16]"),
    );
    project
        .mf(&["plan"])
        .with_code(0)
        .saying(&["parameter `states"]);
}

#[test]
fn comments_and_white_space_rerun_nothing() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    project.write(
        "pipeline.toml",
        &format!(
            "# a comment\n{} # the end\n",
            SMALL.replace("[4, 8, 16, 32]", "[ 4,8,16,32 ]")
        ),
    );
    project
        .mf(&["status", "--exit-code"])
        .with_code(0)
        .saying(&["4 fresh"]);
}

#[test]
fn status_tells_a_program() {
    let project = Project::small();
    project.mf(&["status"]).with_code(0);
    project.mf(&["status", "--exit-code"]).with_code(1);
    let status = json(&project.mf(&["status", "--json"]).out);
    assert_eq!(status["fresh"], false);
}

#[test]
fn everything_for_programs_is_json() {
    let project = Project::small();
    json(&project.mf(&["plan", "--json"]).out);
    json(&project.mf(&["run", "--json"]).with_code(0).out);
    assert_eq!(
        json(&project.mf(&["verify", "--json"]).out)["claims"][0]["verdict"],
        "holds"
    );
    assert_eq!(
        json(&project.mf(&["quantizer", "list", "--json"]).out)[0]["name"],
        "three"
    );
    let show = json(
        &project
            .mf(&["quantizer", "show", "three", "--sigma-w", "1", "--json"])
            .out,
    );
    assert_eq!(show["thresholds"], serde_json::json!([-0.5, 0.5]));
    json(
        &project
            .mf(&["explain", "picture", "--json"])
            .with_code(0)
            .out,
    );
    json(&project.mf(&["schema"]).out);
}

#[test]
fn explain_leads_back_to_the_file() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    project.mf(&["explain", "picture"]).with_code(0).saying(&[
        "optimum",
        "pipeline.toml",
        "optimal-spacing",
    ]);
    project
        .mf(&["explain", "fit.exponent"])
        .with_code(0)
        .saying(&["fit", "optimum"]);
    project
        .mf(&["explain", "pictur"])
        .with_code(2)
        .complaining_of(&["`picture`"]);
}

#[test]
fn the_graph_names_stages_and_figures() {
    let project = Project::small();
    project
        .mf(&["graph"])
        .with_code(0)
        .saying(&["flowchart", "optimum", "picture", "-->"]);
    project
        .mf(&["graph", "--format", "dot"])
        .with_code(0)
        .saying(&["digraph", "optimum", "->"]);
}

#[test]
fn a_signal_that_dies_is_said_to_die() {
    let project = Project::small();
    let show = ["quantizer", "show", "three", "--sigma-w", "0.5"];
    project
        .mf(&show)
        .with_code(0)
        .saying(&["the signal dies", "sigma_w = 0.5"]);
}

#[test]
fn clean_says_what_it_removed() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    project
        .mf(&["clean", "--outputs"])
        .with_code(0)
        .saying(&["picture.svg"]);
    assert!(!project.path("figures/picture.svg").exists());
    project.mf(&["run"]).with_code(0).saying(&["4 restored"]);
    project.mf(&["clean", "--cache"]).with_code(0);
    project.mf(&["plan"]).with_code(0).saying(&["never run"]);
}

#[test]
fn results_that_nothing_makes_are_told_and_removed() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    let renamed = project
        .read("pipeline.toml")
        .replace("\"quantizers\"\nkind", "\"mine\"\nkind");
    project.write(
        "pipeline.toml",
        &renamed.replace("quantizers.optima", "mine.optima"),
    );
    project.mf(&["run"]).with_code(0);
    let status = project.mf(&["status", "--exit-code"]).with_code(0);
    status.saying(&[
        "orphans  data/tables/quantizers  3 files",
        "mf clean --orphans",
    ]);
    let json = project.mf(&["status", "--json"]).with_code(0);
    json.saying(&["\"fresh\": true", "quantizers/optima.csv"]);
    let csv = "data/tables/quantizers/optima.csv";
    let looked = project
        .mf(&["clean", "--orphans", "--dry-run"])
        .with_code(0);
    looked.saying(&[
        "would remove data/tables/quantizers/optima.csv",
        "3 files would be removed",
    ]);
    assert!(project.path(csv).exists());
    project
        .mf(&["clean", "--orphans"])
        .with_code(0)
        .saying(&["3 files removed"]);
    assert!(!project.path(csv).exists());
    assert!(!project.mf(&["status"]).out.contains("orphans"));
    let unused = project.mf(&["clean", "--unused"]).with_code(0);
    unused.saying(&["removed .mf/stages/quantizers.json"]);
    project.mf(&["status", "--exit-code"]).with_code(0);
    project.mf(&["clean", "--unused", "--orphans"]).with_code(2);
    project.mf(&["clean", "--dry-run"]).with_code(2);
}

#[test]
fn completions_are_of_the_shell() {
    Project::small()
        .mf(&["completions", "bash"])
        .with_code(0)
        .saying(&["complete", "reproduce"]);
}
