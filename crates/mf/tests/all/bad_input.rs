//! Bad input: the file, the line, the key, the value and the remedy; a status of 2; earlier results stay.

use crate::common::{Project, SMALL};

/// The small pipeline with one text replaced is refused, and the message says all of this.
#[track_caller]
fn refused(from: &str, to: &str, says: &[&str]) {
    let project = Project::small_with(from, to);
    project
        .mf(&["plan"])
        .with_code(2)
        .complaining_of(&["pipeline.toml"])
        .complaining_of(says);
}

#[test]
fn unknown_key() {
    refused(
        "tolerance = 0.05",
        "tolerence = 0.05",
        &["tolerence", "did you mean `tolerance`?", ":43:"],
    );
}

#[test]
fn unknown_parameter() {
    refused(
        "recipe = \"exact\",",
        "recipe = \"exact\", stats = [3],",
        &["stats", "states"],
    );
}

#[test]
fn wrong_type() {
    refused(
        "states = [4, 8, 16, 32]",
        "states = [4, \"eight\"]",
        &["eight", ":14:"],
    );
}

#[test]
fn unknown_kind() {
    refused(
        "kind = \"power-law\"",
        "kind = \"power-lore\"",
        &["power-lore", "power-law"],
    );
}

#[test]
fn missing_input() {
    refused(
        "inputs = { data = \"optimum.optima\" }\n",
        "",
        &["data", "fit"],
    );
}

#[test]
fn unknown_table() {
    refused(
        "{ data = \"optimum.optima\" }",
        "{ data = \"optimum.optimal\" }",
        &["optimum.optimal", "optima"],
    );
}

#[test]
fn missing_input_file() {
    refused(
        "{ data = \"optimum.optima\" }",
        "{ data = \"file:data/none.csv\" }",
        &["data/none.csv"],
    );
}

#[test]
fn cycle() {
    let cycle = SMALL.to_owned()
        + "[[stage]]\nname = \"a\"\nkind = \"power-law\"\ninputs = { data = \"b.line\" }\nwith = { x = \"x\", y = \"y\" }\n\
           [[stage]]\nname = \"b\"\nkind = \"power-law\"\ninputs = { data = \"a.line\" }\nwith = { x = \"x\", y = \"y\" }\n";
    Project::new(&cycle)
        .mf(&["plan"])
        .with_code(2)
        .complaining_of(&["cycle", "a -> b -> a", ":58:"]);
}

#[test]
fn duplicate_name() {
    refused(
        "name = \"fit\"",
        "name = \"optimum\"",
        &["`optimum` is used twice (first on line 12)", ":17:"],
    );
}

#[test]
fn unsorted_levels() {
    refused(
        "[-1.0, 0.0, 1.0]",
        "[0.0, -1.0, 1.0]",
        &["levels", "three", "-1"],
    );
}

#[test]
fn repeated_level() {
    refused("[-1.0, 0.0, 1.0]", "[-1.0, 1.0, 1.0]", &["levels", "three"]);
}

#[test]
fn level_not_a_number() {
    refused(
        "[-1.0, 0.0, 1.0]",
        "[-1.0, nan, 1.0]",
        &["levels", "three", "NaN"],
    );
}

#[test]
fn one_level() {
    refused("[-1.0, 0.0, 1.0]", "[1.0]", &["levels", "three"]);
}

#[test]
fn thresholds_that_do_not_fit() {
    refused(
        "[-1.0, 0.0, 1.0]",
        "[-1.0, 0.0, 1.0]\nthresholds = [0.5]",
        &["threshold", "three"],
    );
}

#[test]
fn one_state() {
    refused("states = [4, 8, 16, 32]", "states = [4, 1]", &["1", "2"]);
}

#[test]
fn range_backwards() {
    refused(
        "states = [4, 8, 16, 32]",
        "states = [{ from = 9, to = 4 }]",
        &["begins at 9", "ends at 4", "at least `from`"],
    );
}

#[test]
fn wrong_placeholder() {
    refused(
        "[[figure.panels]]",
        "description = \"${fit.exponent}\"\n[[figure.panels]]",
        &["${fit.exponent}", ":.3"],
    );
}

/// What needs no table is found before anything runs, at its place.
#[test]
fn a_figure_that_makes_no_sense() {
    for (panel, parts) in [
        (
            "title = \"*a\"",
            ["no other * ends", "key: figure.picture.panels.0.title"],
        ),
        (
            "x = { range = [3, 1] }",
            ["lower end first", "key: figure.picture.panels.0"],
        ),
    ] {
        refused(
            "chart = \"xy\"",
            &format!("chart = \"xy\"\n{panel}"),
            &parts,
        );
    }
}

#[test]
fn unknown_profile() {
    Project::small()
        .mf(&["plan", "--profile", "fast"])
        .with_code(2)
        .complaining_of(&["fast", "default"]);
}

#[test]
fn broken_toml() {
    refused("seed = 1", "seed = ", &[":4:"]);
}

#[test]
fn an_unclosed_brace_does_not_flood() {
    refused(
        "states = [4, 8, 16, 32] }",
        "states = [4, 8, 16, 32]",
        &["`{` is not closed", ":14:8", "1 problem in"],
    );
}

/// One slip is one problem, with its place and its remedy.
#[test]
fn slips_of_a_figure_and_a_quantizer() {
    for (from, to, says) in [
        (
            "[[figure.panels]]\nchart",
            "[figure.panels]\nchart",
            ["`panels` is a table", ":29:1", "[[double brackets]]"],
        ),
        (
            "[[figure.panels]]",
            "layout = \"row\"\n[[figure.panels]]",
            [
                "unknown layout `row`",
                "stacked, side-by-side",
                "or a table with columns",
            ],
        ),
        (
            "chart = \"xy\"",
            "chart = \"xy\"\ntitle = \"a ${fit.exponnt:.3}\"",
            [
                ":31:9",
                "key: figure.picture.panels.0.title",
                "did you mean `exponent`?",
            ],
        ),
        (
            "family = \"codebook\"\nlevels = [-1.0, 0.0, 1.0]",
            "fromat = \"nf4\"",
            ["unknown key `fromat`", ":8:1", "did you mean `format`?"],
        ),
    ] {
        refused(from, to, &says);
        refused(from, to, &["1 problem in"]);
    }
}

/// What only the results show is said at its key.
#[test]
fn columns_that_are_not_there() {
    let project = Project::small_with("x = \"states\"", "x = \"state\"");
    project.mf(&["run"]).with_code(1).complaining_of(&[
        "pipeline.toml:35:5: ",
        "no column \"state\"",
        "key: figure.picture.panels.0.series.0.x",
    ]);
    let project = Project::small_with("column = \"one_minus_chi\"", "column = \"one_minus_ch\"");
    project.mf(&["run"]).with_code(0);
    project.mf(&["verify"]).with_code(1).saying(&[
        "pipeline.toml:49:10: `quantizers.optima` has no column `one_minus_ch`",
        "key: claim.three-states.column",
        "did you mean `one_minus_chi`?",
        "1 do not fit the results",
    ]);
}

#[test]
fn no_pipeline() {
    let project = Project::small();
    project
        .mf(&["plan", "--file", "other.toml"])
        .with_code(2)
        .complaining_of(&["other.toml", "--file"]);
}

#[test]
fn all_problems_at_once() {
    let bad = SMALL
        .replace("tolerance = 0.05", "tolerence = 0.05")
        .replace("kind = \"power-law\"", "kind = \"power-lore\"")
        .replace("[-1.0, 0.0, 1.0]", "[0.0, -1.0, 1.0]")
        .replace("states = [4, 8, 16, 32]", "states = [1]");
    let ended = Project::new(&bad).mf(&["run"]).with_code(2);
    ended.complaining_of(&["tolerence", "power-lore", "levels", "states"]);
}

#[test]
fn weights_biases_and_starts_that_are_negative() {
    let project = Project::small();
    for (option, allowed) in [
        (&["--sigma-w=-1"][..], &["--sigma-w", "'-1'", "above 0"][..]),
        (
            &["--sigma-w", "1", "--sigma-b", "-0.1"],
            &["--sigma-b", "'-0.1'", "0 or more"],
        ),
        (
            &["--sigma-w", "1", "--start", "-1"],
            &["--start", "'-1'", "above 0"],
        ),
    ] {
        let show = [&["quantizer", "show", "three"], option].concat();
        project.mf(&show).with_code(2).complaining_of(allowed);
    }
}

#[test]
fn unknown_quantizer_names_the_nearest() {
    Project::small()
        .mf(&["quantizer", "show", "thre"])
        .with_code(2)
        .complaining_of(&["thre", "`three`"]);
}

#[test]
fn unknown_stage_names_the_nearest() {
    Project::small()
        .mf(&["run", "optimun"])
        .with_code(2)
        .complaining_of(&["optimun", "`optimum`"]);
}

#[test]
fn a_refused_pipeline_leaves_earlier_results() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    let before = project.read("data/tables/optimum/optima.csv");
    project.write(
        "pipeline.toml",
        &SMALL.replace("states = [4, 8, 16, 32]", "states = [1]"),
    );
    project.mf(&["run"]).with_code(2);
    assert_eq!(project.read("data/tables/optimum/optima.csv"), before);
}
