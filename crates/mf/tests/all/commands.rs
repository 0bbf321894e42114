//! The commands besides running and judging: what they print, and that programs can read it.

use crate::common::{Ended, Project, SMALL, text};

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
    project.mf(&["run"]).with_code(0).saying(&["6 ran"]);
    project.mf(&["plan"]).with_code(0).saying(&["6 fresh"]);
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
        .saying(&["6 fresh"]);
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
    let graph = json(&project.mf(&["graph", "--json"]).with_code(0).out);
    assert!(graph["vertices"].to_string().contains("optimum"), "{graph}");
    let report = json(&project.mf(&["report", "--json"]).with_code(0).out);
    assert_eq!(report["document"], "paper/report.html");
    assert_eq!(
        json(&project.mf(&["cells", "list", "--json"]).out),
        serde_json::json!([])
    );
    let cleaned = json(
        &project
            .mf(&["clean", "--outputs", "--json"])
            .with_code(0)
            .out,
    );
    assert!(
        cleaned["removed"]
            .as_array()
            .unwrap()
            .contains(&"figures/picture.svg".into())
    );
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
    project.mf(&["run"]).with_code(0).saying(&["6 restored"]);
    project.mf(&["clean", "--cache"]).with_code(0);
    project.mf(&["plan"]).with_code(0).saying(&["never run"]);
}

#[test]
fn results_that_nothing_makes_are_listed_and_removed() {
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

/// What the shell offers after these words.
fn completed(project: &Project, words: &[&str]) -> String {
    let mut command = project.command();
    command
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    command
        .env("_CLAP_IFS", "\n")
        .args(["--", "mf"])
        .args(words);
    Ended::new(&command.output().unwrap()).with_code(0).out
}

#[test]
fn names_are_completed() {
    let project = Project::small();
    let script = project.mf(&["completions", "bash"]).with_code(0);
    script.saying(&["complete", "COMPLETE=\"bash\""]);
    for (words, offered) in [
        (&["rep"][..], &["reproduce", "report"][..]),
        (&["run", ""], &["optimum", "fit", "picture"]),
        (&["explain", "fit."], &["fit.exponent"]),
        (&["depth", ""], &["three", "int4", "nvfp4"]),
        (&["format", "show", "fp4"], &["fp4-e2m1"]),
        (&["quantizer", "show", ""], &["three"]),
        (&["plan", "--profile", ""], &["default"]),
    ] {
        let all = completed(&project, words);
        for name in offered {
            assert!(
                all.lines().any(|line| line == *name),
                "{words:?} lacks {name}: {all}"
            );
        }
    }
    // Without a project there are still formats.
    let alone = completed(&Project::none(), &["depth", ""]);
    assert!(alone.contains("int4") && !alone.contains("three"));
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let project = Project::small();
    project
        .mf(&["man"])
        .with_code(0)
        .saying(&[".TH mf", "mf\\-depth"]);
    project.mf(&["man", "--folder", "man1"]).with_code(0);
    for page in ["mf.1", "mf-depth.1", "mf-format-show.1"] {
        assert!(
            project.read(&format!("man1/{page}")).contains(".SH NAME"),
            "{page}"
        );
    }
}

#[test]
fn a_new_project_runs() {
    let parent = Project::none();
    let made = parent.mf(&["new", "mine"]).with_code(0);
    made.saying(&["cd mine", "mf reproduce"]);
    let run = |arguments: &[&str]| parent.mf_in("mine", arguments);
    run(&["reproduce", "--strict"])
        .with_code(0)
        .saying(&["three-levels", "1 hold"]);
    assert!(
        parent
            .read("mine/figures/error-against-states.svg")
            .contains("<desc>")
    );
    run(&["depth", "mine"])
        .with_code(0)
        .saying(&["mine, 3 values"]);
    parent
        .mf(&["new", "mine"])
        .with_code(2)
        .complaining_of(&["mine/pipeline.toml exists already"]);
}

#[test]
fn the_project_is_found_from_a_folder_inside() {
    let project = Project::small();
    project.write("notes/today/a.txt", "");
    let run = |arguments: &[&str]| project.mf_in("notes/today", arguments);
    run(&["run"]).with_code(0).saying(&["6 ran"]);
    assert!(project.path("figures/picture.svg").exists());
    run(&["status", "--exit-code"]).with_code(0);
    run(&["depth", "three"])
        .with_code(0)
        .saying(&["three, 3 values: xi = 4.74"]);
    run(&["plan", "--file", "pipeline.toml"])
        .with_code(2)
        .complaining_of(&["there is no pipeline.toml", "--file"]);
}

#[test]
fn an_error_is_json_where_json_is_asked_for() {
    let (good, bad) = (
        Project::small(),
        Project::small_with("reference = 1.82", "referenc = 1.82"),
    );
    for (project, arguments, key, text) in [
        (&good, &["depth", "imt4", "--json"][..], "message", "imt4"),
        (&good, &["depth", "imt4", "--json"], "because", "int4"),
        (&good, &["init", "int4", "--json"], "message", "--fan-in"),
        (&good, &["init", "int4", "--json"], "usage", "mf init"),
        (&bad, &["plan", "--json"], "problems", "referenc"),
        (&bad, &["plan", "--json"], "file", "pipeline.toml"),
    ] {
        let ended = project.mf(arguments).with_code(2);
        assert_eq!(ended.err, "", "{arguments:?}");
        let printed = json(&ended.out);
        assert_eq!(printed["status"], 2);
        assert!(
            printed["error"][key].to_string().contains(text),
            "{arguments:?}: {printed}"
        );
    }
}

#[test]
fn colours_are_for_terminals() {
    let project = Project::small_with("reference = 1.82", "referenc = 1.82");
    let with = |name: &str| {
        let mut command = project.command();
        Ended::new(&command.env(name, "1").arg("plan").output().unwrap())
            .with_code(2)
            .err
    };
    assert!(with("CLICOLOR_FORCE").contains("\u{1b}["));
    assert!(!with("NO_COLOR").contains('\u{1b}') && !with("NOTHING").contains('\u{1b}'));
}

#[test]
fn options_that_a_command_ignores_are_not_offered() {
    let project = Project::small();
    for arguments in [
        &["levels", "100", "--file", "pipeline.toml"][..],
        &["format", "list", "--profile", "default"],
        &["schema", "--strict"],
        &["depth", "int4", "--profile", "default"],
        &["report", "--shard", "1/2"],
        &["paper", "--audit", "1"],
    ] {
        project
            .mf(arguments)
            .with_code(2)
            .complaining_of(&["unexpected argument"]);
    }
}

#[test]
fn the_page_of_commands_is_current() {
    let page = Project::small().mf(&["man", "--markdown"]).with_code(0).out;
    assert!(
        page == text("docs/commands.md"),
        "docs/commands.md is stale: run `make docs` and commit it"
    );
}
