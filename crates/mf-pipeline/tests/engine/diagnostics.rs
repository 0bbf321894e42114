//! What is wrong in pipeline.toml: everything at once, each with line, key, value, what is allowed and what to do.

use mf_pipeline::{LoadOptions, Pipeline};

use crate::toys::{PIPELINE, Project, plan_of, registry};

/// The problems after replacing one part of the valid pipeline.
fn after(from: &str, to: &str) -> String {
    let mut project = Project::new();
    project.replace(from, to);
    project.problems()
}

#[track_caller]
fn says(problems: &str, parts: &[&str]) {
    for part in parts {
        assert!(problems.contains(part), "`{part}` is not in\n{problems}");
    }
}

#[test]
fn an_unknown_key_is_shown_on_its_line() {
    let problems = after("upto = 3 }", "upto = 3, stp = 2 }");
    let expected = "\
error: unknown key `stp` in `stage.some.with`
  --> PATH:18:20
   |
18 | with = { upto = 3, stp = 2 }
   |                    ^^^
   |
   = key: stage.some.with.stp
   = allowed: upto, step, which, fails-with
   = help: did you mean `step`?

1 problem in PATH; nothing was run";
    let path = problems
        .lines()
        .nth(1)
        .and_then(|line| line.trim_start_matches("  --> ").split(":18").next())
        .unwrap();
    assert_eq!(problems, expected.replace("PATH", path));
}

#[test]
fn a_wrong_type_is_shown_with_its_value() {
    says(
        &after("upto = 3 }", "upto = \"3\" }"),
        &["`upto` is string \"3\", but must be an integer", ":18:17"],
    );
    says(
        &after("upto = 3 }", "upto = 3.0 }"),
        &["`upto` is float `3.0`, but must be an integer (without a point)"],
    );
    says(
        &after("reference = 32", "reference = true"),
        &["`reference` is boolean `true`, but must be a number"],
    );
    says(
        &after("title = \"Toys\"", "title = 1979-05-27"),
        &["`title` is date `1979-05-27`"],
    );
}

#[test]
fn a_value_out_of_range_is_shown_with_the_range() {
    says(
        &after("upto = 3 }", "upto = 0 }"),
        &[
            "`upto` is integer `0`, out of range",
            "an integer (without a point), at least 1",
        ],
    );
    says(
        &after("seed = 7", "seed = -1"),
        &["`seed` is integer `-1`, out of range"],
    );
    says(
        &after("seed = 7", "seed = 18446744073709551616"),
        &["out of range"],
    );
}

#[test]
fn a_missing_key_is_named() {
    says(
        &after("seed = 7", ""),
        &["key `seed` is missing in `project`", "add `seed = ...`"],
    );
    says(
        &after("with = { upto = 3 }", ""),
        &["key `with` is missing in `stage.some`"],
    );
}

#[test]
fn a_bad_choice_is_met_with_the_nearest() {
    says(
        &after("kind = \"total\"", "kind = \"totl\""),
        &[
            "unknown kind `totl`",
            "allowed: measured, names, squares, total",
            "did you mean `total`?",
        ],
    );
    says(
        &after("family = \"levels\"", "family = \"level\""),
        &["unknown family `level`", "did you mean `levels`?"],
    );
    says(
        &after(
            "family = \"levels\"\nlevels = [-1.0, 0, 2.5]",
            "format = \"binery\"",
        ),
        &[
            "unknown format `binery`",
            "allowed: binary",
            "did you mean `binary`?",
            ":11:10",
        ],
    );
    says(
        &after("upto = 3 }", "upto = 3, which = \"evn\" }"),
        &["unknown which `evn`", "did you mean `even`?"],
    );
    says(
        &after("upto = 3 }", "upto = 3, which = { range = { from = 1 } } }"),
        &["key `to` is missing in `stage.some.with.which.range`"],
    );
    says(
        &after("quantizers = \"all\"", "quantizers = \"al\""),
        &["unknown quantizers `al`", "did you mean `all`?"],
    );
}

#[test]
fn parts_of_a_figure_are_checked_like_the_rest() {
    says(
        &after("chart = \"points\"", "chart = \"pionts\""),
        &[
            "unknown chart `pionts`",
            "allowed: points, map",
            "did you mean `points`?",
        ],
    );
    says(
        &after("chart = \"points\"", "chart = \"map\""),
        &["key `colours` is missing"],
    );
    says(
        &after("[1, 2], name", "[1, true], name"),
        &[
            "is boolean `true`",
            "allowed: a number; or a string in quotes",
        ],
    );
    says(
        &after("[1, 2], name", "true, name"),
        &["`n` is boolean `true`"],
    );
    says(
        &after("table = \"some.squares\"", "tables = \"some.squares\""),
        &[
            "unknown key `tables` in `figure.drawing`",
            "did you mean `table`?",
        ],
    );
}

#[test]
fn what_a_kind_refuses_is_shown_where_it_stands() {
    says(
        &after("step = 2.0", "step = 0.0"),
        &[
            "kind `squares`: the step is zero",
            ":23:27",
            "allowed: any other number",
        ],
    );
    let mut project = Project::new();
    project.replace("upto = 2", "step = 0.0");
    let error = project
        .try_load(&registry(), "quick")
        .unwrap_err()
        .to_string();
    says(&error, &["the step is zero", ":7:8"]);
}

#[test]
fn names_are_unique_and_plain() {
    says(
        &after("name = \"others\"", "name = \"some\""),
        &["name `some` is used twice (first on line 15)"],
    );
    says(
        &after("name = \"drawing\"", "name = \"some\""),
        &["name `some` is used twice"],
    );
    says(
        &after("name = \"others\"", "name = \"../Others\""),
        &["`../Others` is not a name", "kebab-case"],
    );
}

#[test]
fn a_quantizer_is_a_format_or_a_member_of_a_family() {
    says(
        &after("family = \"levels\"\n", "format = \"binary\"\n"),
        &[
            "unknown key `levels` in `quantizer.three`",
            "allowed: name, format",
        ],
    );
    // Where both are given, the format counts.
    says(
        &after(
            "family = \"levels\"",
            "family = \"levels\"\nformat = \"binary\"",
        ),
        &[
            "unknown key `family` in `quantizer.three`",
            "unknown key `levels` in `quantizer.three`",
            "2 problems",
        ],
    );
    says(
        &after("family = \"levels\"", ""),
        &["key `family` is missing in `quantizer.three`"],
    );
}

#[test]
fn levels_are_refused_by_their_family_in_place() {
    says(
        &after("[-1.0, 0, 2.5]", "[-1.0, 3, 2.5]"),
        &["quantizer `three`: levels must increase", ":12:20"],
    );
    says(
        &after("[-1.0, 0, 2.5]", "[-1.0, nan, 2.5]"),
        &["is `NaN`, not a finite number", ":12:17"],
    );
    says(
        &after("[-1.0, 0, 2.5]", "[1]"),
        &["`levels` has 1 items", "at least 2 items"],
    );
}

#[test]
fn references_to_nothing_are_met_with_the_nearest() {
    says(
        &after("rows = \"some.squares\"", "rows = \"som.squares\""),
        &["there is no stage `som`", "did you mean `some`?"],
    );
    says(
        &after("rows = \"some.squares\"", "rows = \"some.square\""),
        &[
            "stage `some` makes no table or number `square`",
            "some.squares, some.count",
        ],
    );
    says(
        &after("rows = \"some.squares\"", "rows = \"some\""),
        &["`some` is not a reference"],
    );
    says(
        &after("rows = \"some.squares\"", "rows = \"file:nothing.csv\""),
        &["input file `nothing.csv` does not exist"],
    );
    says(
        &after("rows = \"some.squares\"", "row = \"some.squares\""),
        &[
            "kind `total` has no input `row`",
            "input `rows` of kind `total` is missing",
        ],
    );
    says(
        &after("legend = \"sum.total\"", "legend = \"sum.totals\""),
        &[
            "stage `sum` makes no table or number `totals`",
            "figure.drawing",
        ],
    );
    says(
        &after("of = \"sum.total\"", "of = \"sums.total\""),
        &["there is no stage `sums`"],
    );
    says(
        &after("quantizers = \"all\"", "quantizers = [\"thre\"]"),
        &["there is no quantizer `thre`", "did you mean `three`?"],
    );
}

#[test]
fn a_cycle_is_named_in_full() {
    let circle = PIPELINE.replace(
        "kind = \"total\"\ninputs = { rows = \"some.squares\" }",
        "kind = \"total\"\ninputs = { rows = \"some.squares\", more = \"more.total\" }\n[[stage]]\nname = \"more\"\nkind = \"total\"\ninputs = { rows = \"sum.total\" }",
    );
    says(
        &Project::of(&circle).problems(),
        &[
            "the stages form a cycle: sum -> more -> sum",
            "remove one of these inputs",
        ],
    );
    says(
        &after("rows = \"some.squares\"", "rows = \"sum.total\""),
        &["cycle: sum -> sum"],
    );
}

#[test]
fn a_stage_that_nobody_uses_is_a_warning_and_a_mistake_where_checks_are_strict() {
    let mut project = Project::new();
    project.replace(
        "of = \"others.squares\"\ncolumn = \"square\"\nrow = { n = 4 }",
        "of = \"sum.total\"",
    );
    let pipeline = project.load();
    let warnings = pipeline.warnings().to_string();
    let told = [
        "stage `others` is not used by any stage, figure, claim or document",
        "pipeline.toml:21:8",
        "others.squares, others.count",
    ];
    says(&warnings, &told);
    says(&warnings, &["warning: "]);
    assert!(!warnings.contains("nothing was run"), "{warnings}");
    let options = LoadOptions {
        strict: true,
        ..LoadOptions::default()
    };
    let path = project.path("pipeline.toml");
    let problems = Pipeline::load(&path, &registry(), &options).unwrap_err();
    says(&problems.to_string(), &told);
    says(&problems.to_string(), &["error: ", "nothing was run"]);
    assert!(Project::new().load().warnings().is_empty());
}

/// The problems of values that are tried.
#[track_caller]
fn of_settings(settings: &[&str]) -> String {
    Project::new().set(settings).unwrap_err().to_string()
}

#[test]
fn a_value_that_is_tried_is_checked_like_the_file() {
    let expected = "\
error: unknown key `stp` in `some`
--> --set:1:6
 |
 | some.stp=2
 |      ^^^
 |
 = key: some.stp
 = allowed: upto, step, which, fails-with
 = help: did you mean `step`?

1 problem in --set; nothing was run";
    assert_eq!(of_settings(&["some.stp=2"]), expected);
    let wrong = "`upto` is string \"many\", but must be an integer";
    says(&of_settings(&["some.upto=many"]), &[wrong, "some.upto"]);
    says(&of_settings(&["some.upto=\"many\""]), &[wrong]);
    says(
        &of_settings(&["sone.upto=2"]),
        &[
            "`sone` is not the name of a stage or a figure",
            "did you mean `some`?",
        ],
    );
    says(
        &of_settings(&["drawing.tabel=a.b"]),
        &["tabel", "did you mean `table`?"],
    );
    for formless in ["some", "some.upto", "some=3", "upto=3"] {
        let told = of_settings(&[formless]);
        says(&told, &[formless, "--set"]);
    }
    says(
        &of_settings(&["some.upto=[1"]),
        &["`[` is not closed", "some.upto=[1"],
    );
    says(
        &of_settings(&["drawing.panels.1.chart=bars"]),
        &["`panels` is an array of 1, and has no `1`", "allowed: 0\n"],
    );
    // Problems of the file and of options stand together, each with its place.
    let mut project = Project::new();
    project.replace("upto = 4", "upto = true");
    let both = project.set(&["some.upto=false"]).unwrap_err().to_string();
    says(&both, &["--> --set", "pipeline.toml:23:", "2 problems in "]);
}

#[test]
fn a_value_that_is_tried_counts_above_the_profile_and_the_file() {
    let project = Project::new();
    project.run();
    let plan = |settings: &[&str]| {
        let pipeline = project.set(settings).unwrap();
        plan_of(&pipeline, &mf_pipeline::Selection::default()).join("\n")
    };
    says(&plan(&["some.upto=5"]), &["some: parameter `upto`: 3 -> 5"]);
    let both = plan(&["some.upto=5", "some.step=3.0", "others.upto=2"]);
    says(
        &both,
        &[
            "`upto`: 3 -> 5",
            "`step`: 1.0 -> 3.0",
            "others: parameter `upto`: 4 -> 2",
        ],
    );
    let deep = plan(&["drawing.panels.0.where.name=y"]);
    says(
        &deep,
        &[
            "drawing: parameter `panels`",
            "\"name\":\"y\"",
            "-> [{\"chart\":\"points\"",
        ],
    );
}

#[test]
fn quantizers_go_where_they_are_wanted() {
    says(
        &after("quantizers = \"all\"", ""),
        &["key `quantizers` is missing: kind `names` works on quantizers"],
    );
    says(
        &after("about = \"A few squares.\"", "quantizers = \"all\""),
        &["kind `squares` does not work on quantizers"],
    );
}

#[test]
fn claims_are_complete_and_say_one_thing() {
    says(
        &after("tolerance = 0.0", ""),
        &["the claim has no tolerance"],
    );
    says(
        &after(
            "tolerance = 0.0",
            "tolerance = 0.1\nrelative-tolerance = 0.1",
        ),
        &["two tolerances"],
    );
    says(
        &after("tolerance = 0.0", "tolerance = -0.5"),
        &["out of range"],
    );
    says(
        &after(
            "tolerance = 0.0",
            "tolerance = 0.5\ndiffers = { within = 0.1, reason = \"x\" }",
        ),
        &["not above the tolerance"],
    );
    says(
        &after(
            "tolerance = 0.0",
            "tolerance = 0.5\ndiffers = { reason = \"x\" }",
        ),
        &["neither `within` nor `unexplained`"],
    );
    let effect = |of: &str| {
        let differs = format!("differs = {{ within = {{ of = \"{of}\" }}, reason = \"x\" }}");
        after("tolerance = 0.0", &format!("tolerance = 0.5\n{differs}"))
    };
    says(
        &effect("nowhere.total"),
        &["there is no stage `nowhere`", "differs"],
    );
    let relative =
        "relative-tolerance = 0.5\ndiffers = { within = { of = \"sum.total\" }, reason = \"x\" }";
    says(
        &after("tolerance = 0.0", relative),
        &["an effect is added to an absolute tolerance", "`tolerance`"],
    );
    says(
        &effect("others.squares"),
        &["`others.squares` is not a number of a stage"],
    );
    says(
        &effect("sum.nothing"),
        &["stage `sum` makes no table or number `nothing`"],
    );
    says(
        &after("column = \"square\"", ""),
        &["key `column` is missing: `others.squares` is a table"],
    );
    says(
        &after("reference = 14.0", "reference = 14.0\ncolumn = \"x\""),
        &["`column` is for tables"],
    );
    says(
        &after("reference = 14.0", ""),
        &["the claim has no reference"],
    );
    says(
        &after(
            "row = { n = 4 }\nreference = 32",
            "key = \"n\"\nreference-table = { file = \"no.csv\", key = \"a\", column = \"b\" }",
        ),
        &["`no.csv` does not exist"],
    );
    says(
        &after("reference = 14.0", "reference = 14.0\nagainst = \"total\""),
        &["the claim has several references", "one of `reference`"],
    );
    says(
        &after("reference = 14.0", "against = \"totl\""),
        &["makes no table or number `totl`", "did you mean `total`?"],
    );
    says(
        &after(
            "tolerance = 0.0",
            "tolerance = { standard-errors = 2, of = \"eror\" }",
        ),
        &["makes no table or number `eror`"],
    );
    says(
        &after(
            "tolerance = 0.0",
            "tolerance = { standard-errors = -2, of = \"total\" }",
        ),
        &["standard-errors", "-2"],
    );
    says(
        &after("tolerance = 0.0", "tolerance = \"much\""),
        &["tolerance", "much"],
    );
}

#[test]
fn profiles_are_checked_whichever_is_chosen() {
    says(
        &after("[profile.quick.some]", "[profile.quick.sme]"),
        &["`sme` is not the name of a stage", "did you mean `some`?"],
    );
    says(
        &after("upto = 2", "upt = 2"),
        &["unknown key `upt` in `profile.quick.some`"],
    );
    let error = Project::new()
        .try_load(&registry(), "quik")
        .unwrap_err()
        .to_string();
    says(
        &error,
        &[
            "there is no profile `quik`",
            "allowed: default, quick",
            "did you mean `quick`?",
        ],
    );
}

#[test]
fn syntax_has_the_same_look() {
    says(
        &after("seed = 7", "seed = = 7"),
        &["error: not TOML:", ":4:8", "4 | seed = = 7", "^"],
    );
    says(
        &after("seed = 7", "seed = 7\nseed = 8"),
        &["key `seed` is given twice", ":5:1"],
    );
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_lines() {
    let mut project = Project::new();
    for (from, to) in [
        ("seed = 7", "sed = 7"),
        ("2.5]", "-3]"),
        ("upto = 3", "upto = \"x\""),
        ("sum.total\"\nreference", "sum.toal\"\nreference"),
    ] {
        project.replace(from, to);
    }
    let problems = project.try_load(&registry(), "default").unwrap_err();
    let lines: Vec<_> = problems
        .problems
        .iter()
        .map(|problem| problem.line.unwrap())
        .collect();
    assert_eq!(problems.problems.len(), 4, "{problems}");
    assert!(lines.is_sorted());
    let json = serde_json::to_value(&problems).unwrap();
    assert_eq!(json["problems"][0]["line"], 4);
}

#[test]
fn a_missing_file_is_an_error_too() {
    let project = Project::new();
    std::fs::remove_file(project.path("pipeline.toml")).unwrap();
    says(
        &project.problems(),
        &["cannot read", "pipeline.toml", "nothing was run"],
    );
}

#[test]
fn colour_is_asked_for() {
    let mut project = Project::new();
    project.replace("seed = 7", "sed = 7");
    let problems = project.try_load(&registry(), "default").unwrap_err();
    assert!(problems.render(true).starts_with('\u{1b}'));
    assert!(!problems.render(false).contains('\u{1b}'));
}

#[test]
fn paths_stay_in_the_project() {
    let out = [
        "climbs out of",
        "allowed: a path from the folder",
        "help: move or copy",
    ];
    let reference = |file: &str| {
        let table = format!("{{ file = \"{file}\", key = \"n\", column = \"square\" }}");
        let to = format!("key = \"n\"\nreference-table = {table}");
        after("row = { n = 4 }\nreference = 32", &to)
    };
    let input = |path: &str| after("\"some.squares\" }", &format!("\"file:{path}\" }}"));
    let folder =
        |key: &str, path: &str| after("seed = 7", &format!("seed = 7\n{key} = \"{path}\""));
    says(&folder("tables", "../tables"), &out);
    says(
        &folder("tables", "../tables"),
        &["key: project.tables", ":5:10"],
    );
    says(&folder("figures", "a/../../b"), &out);
    says(
        &folder("figures", "/tmp/figures"),
        &["does not start in", "project.figures"],
    );
    says(&input("../rows.csv"), &out);
    says(
        &input("../rows.csv"),
        &["key: stage.sum.inputs.rows", "file:../rows.csv"],
    );
    says(
        &input("/etc/hostname"),
        &["the path does not start in", "allowed", "help"],
    );
    says(&reference("x/../../rows.csv"), &out);
    says(
        &reference("../rows.csv"),
        &["key: claim.last.reference-table", "file = \"../rows.csv\""],
    );
    let mut project = Project::new();
    project.write("rows.csv", "square\n1\n");
    project.replace("\"some.squares\" }", "\"file:data/../rows.csv\" }");
    assert!(project.run().is_ok());
}

#[cfg(unix)]
#[test]
fn links_stay_in_the_project_too() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("rows.csv"), "square\n1\n").unwrap();
    let mut project = Project::new();
    let links = [
        ("folder", outside.path().to_owned()),
        ("file.csv", outside.path().join("rows.csv")),
        ("dangling.csv", outside.path().join("none.csv")),
        ("inner.csv", "rows.csv".into()),
        ("circle.csv", "circle.csv".into()),
    ];
    for (name, target) in links {
        symlink(target, project.path(name)).unwrap();
    }
    project.write("rows.csv", "square\n1\n");
    let input = |path: &str| format!("\"file:{path}\" }}");
    project.replace("\"some.squares\" }", &input("folder/rows.csv"));
    let said = [
        "leads out of the project's folder by a link",
        "help: put the files themselves",
    ];
    says(&project.problems(), &said);
    project.replace("folder/rows.csv", "file.csv");
    says(&project.problems(), &said);
    project.replace("file:file.csv", "file:dangling.csv");
    says(&project.problems(), &["a symbolic link to nothing"]);
    project.replace("dangling.csv", "circle.csv");
    says(
        &project.problems(),
        &["cannot read", "circle.csv", "stage.sum.inputs.rows"],
    );
    project.replace("circle.csv", "inner.csv");
    project.replace("seed = 7", "seed = 7\ntables = \"folder/tables\"");
    says(&project.problems(), &["leads out", "project.tables"]);
    project.replace("tables = \"folder/tables\"", "");
    assert!(project.run().is_ok());
    // A link that was laid after the file was read as valid.
    let pipeline = project.load();
    std::fs::remove_file(project.path("rows.csv")).unwrap();
    symlink(outside.path().join("rows.csv"), project.path("rows.csv")).unwrap();
    let error = pipeline
        .plan(&mf_pipeline::Selection::default())
        .unwrap_err();
    says(
        &error.to_string(),
        &[
            "inner.csv leads out of the project's folder",
            "put the files",
        ],
    );
}
