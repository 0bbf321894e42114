//! What stands once in pipeline.toml and is meant in several places: what it stands for, and what is refused.

use crate::toys::{PIPELINE, Project, registry};
use mf_pipeline::{LoadOptions, Pipeline};

/// A pipeline written out.
const WRITTEN: &str = r#"
[project]
title = "Toys"
seed = 7

[[quantizer]]
name = "binary"
format = "binary"

[[quantizer]]
name = "levels-1"
family = "levels"
levels = [-1, 1]

[[quantizer]]
name = "levels-2.5"
family = "levels"
levels = [-1, 2.5]

[[stage]]
name = "all-3"
kind = "squares"
with = { upto = 3, step = 2.0, which = { range = { from = 1, to = 3 } } }

[[stage]]
name = "all-4"
kind = "squares"
with = { upto = 4, step = 2.0, which = { range = { from = 1, to = 4 } } }

[[stage]]
name = "even-3"
kind = "squares"
with = { upto = 3, step = 2.0, which = "even" }

[[stage]]
name = "even-4"
kind = "squares"
with = { upto = 4, step = 2.0, which = "even" }

[[stage]]
name = "names"
kind = "names"
quantizers = ["binary", "levels-1", "levels-2.5"]

[[figure]]
name = "drawing-3"
table = "all-3.squares"
panels = [{ chart = "points", where = { n = [1, 2], name = "{x}" } }, { chart = "map", colours = 3 }]

[[figure]]
name = "drawing-4"
table = "all-4.squares"
panels = [{ chart = "points", where = { n = [1, 2], name = "{x}" } }, { chart = "map", colours = 3 }]

[[figure]]
name = "name-drawing"
table = "names.names"
"#;

/// The same, each thing once. A name of a quantizer is kebab-case: that with a point is given.
const ONCE: &str = r#"
[project]
title = "@title"
seed = 7

[shared]
title = "Toys"
low = -1
pair = { n = "@both", name = "{{x}}" }
both = [1, 2]
colours = { chart = "map", colours = 3 }

[defaults.squares]
step = 2.0
which.range = { from = 1, to = 4 }

[defaults.figure]
panels = ["@colours"]

[[quantizer]]
format = "binary"

[[quantizer]]
matrix = [{ of = "levels-1", top = 1 }, { of = "levels-2", top = 2.5 }]
name = "{of}"
family = "levels"
levels = ["@low", "{top}"]

[[stage]]
name = "all-3"
kind = "squares"
with = { upto = 3, which = { range.to = 3 } }

[[stage]]
name = "all-4"
kind = "squares"
with = { upto = 4 }

[[stage]]
matrix = { which = ["even"], upto = [3, 4] }
name = "{which}-{upto}"
kind = "squares"
with = { upto = "{upto}", which = "{which}" }

[[stage]]
name = "names"
kind = "names"
quantizers = "all"

[[figure]]
matrix = { upto = [3, 4] }
name = "drawing-{upto}"
table = "all-{upto}.squares"
panels = [{ chart = "points", where = "@pair" }, "@colours"]

[[figure]]
name = "name-drawing"
table = "names.names"
panels = []
"#;

/// Its stages that nothing uses are only warned of.
#[test]
fn what_stands_once_is_the_same_pipeline() {
    let written = WRITTEN.replace("levels-2.5", "levels-2");
    let mut project = Project::of(&written);
    project.run();
    let before = project.plan();
    assert!(before.iter().all(|line| line.ends_with("fresh")));
    project.rewrite(ONCE);
    assert_eq!(project.plan(), before);
}

/// The problems of the toys with the first text replaced by the second.
fn after(changes: &[(&str, &str)]) -> String {
    let mut project = Project::of(PIPELINE);
    for (from, to) in changes {
        project.replace(from, to);
    }
    project.problems()
}

/// The problems have all of these parts, and are so many.
#[track_caller]
fn says(problems: &str, count: &str, parts: &[&str]) {
    for part in parts.iter().chain([&count]) {
        assert!(problems.contains(part), "`{part}` is not in\n{problems}");
    }
}

const SEED: &str = "seed = 7\n";

#[test]
fn a_shared_name_that_is_not_there() {
    let shared = ("seed = 7\n", "seed = 7\n[shared]\nthree = 3\n");
    let problems = after(&[shared, ("upto = 3", "upto = \"@thre\"")]);
    says(
        &problems,
        "1 problem in",
        &[
            "there is no shared value `thre`",
            "with = { upto = \"@thre\" }",
            ":20:17",
            "key: stage.some.with.upto",
            "allowed: three",
            "did you mean `three`?",
        ],
    );
    let problems = after(&[("upto = 3", "upto = \"@three\"")]);
    says(
        &problems,
        "1 problem in",
        &["add `three = ...` to `[shared]`", "written \"@@three\""],
    );
}

#[test]
fn a_shared_value_is_told_at_its_place_and_once() {
    let shared = format!("{SEED}[shared]\nmany = \"x\"\nparts = {{ upto = 3, stp = 2 }}\n");
    let problems = after(&[
        (SEED, &shared),
        ("upto = 3 }", "upto = \"@many\" }"),
        ("upto = 2\n", "upto = \"@many\"\n"),
        ("{ upto = 4, step = 2.0 }", "\"@parts\""),
    ]);
    says(
        &problems,
        "2 problems in",
        &[
            "`upto` is string \"x\", but must be an integer",
            ":6:8",
            "6 | many = \"x\"",
            "key: stage.some.with.upto",
            "unknown key `stp` in `stage.others.with`",
            ":7:21",
            "did you mean `step`?",
        ],
    );
}

#[test]
fn a_shared_value_that_uses_itself() {
    let circle = format!("{SEED}[shared]\na = [\"@b\"]\nb = \"@a\"\n");
    let problems = after(&[(SEED, &circle), ("upto = 3", "upto = \"@a\"")]);
    says(
        &problems,
        "problems in",
        &[
            "the shared value `a` uses itself: a -> b -> a",
            ":7:5",
            "remove one of these uses",
        ],
    );
}

#[test]
fn shared_values_have_names_and_a_table() {
    let named = format!("{SEED}[shared]\nA_b = 1\n");
    says(
        &after(&[(SEED, &named), ("upto = 3", "upto = \"@A_b\"")]),
        "1 problem in",
        &[
            "`A_b` is not a name of a shared value",
            "kebab-case",
            ":6:1",
        ],
    );
    let first = "shared = 3\n[project]";
    says(
        &after(&[("[project]", first)]),
        "1 problem in",
        &["`shared` is integer `3`, but must be a table", ":2:10"],
    );
}

#[test]
fn what_is_shared_and_not_used_is_a_warning_and_a_mistake_where_checks_are_strict() {
    let mut project = Project::new();
    // What only unused values use is not used either.
    project.replace(SEED, &format!("{SEED}[shared]\na = \"@b\"\nb = 1\n"));
    project.replace(
        "[[quantizer]]",
        "[defaults.total]\nspoil = false\n[defaults.measured]\n\n[[quantizer]]",
    );
    let warnings = project.load().warnings().to_string();
    for part in [
        "the shared value `a` is not used",
        "the shared value `b` is not used",
        "pipeline.toml:6:1",
        "write `\"@b\"` where it is used",
        "there is no stage of kind `measured` for these defaults",
        "key: defaults.measured",
    ] {
        assert!(warnings.contains(part), "`{part}` is not in\n{warnings}");
    }
    assert!(!warnings.contains("`total`"), "{warnings}");
    let options = LoadOptions {
        strict: true,
        ..LoadOptions::default()
    };
    let strict = Pipeline::load(&project.path("pipeline.toml"), &registry(), &options);
    let problems = strict.unwrap_err().to_string();
    says(&problems, "3 problems in", &["is not used"]);
}

/// The problems of the stage `some` with a matrix, a name and parameters.
fn of_matrix(matrix: &str, name: &str, upto: &str) -> String {
    let stage = format!("matrix = {matrix}\nname = \"{name}\"");
    after(&[
        ("name = \"some\"", &stage),
        ("upto = 3", &format!("upto = {upto}")),
    ])
}

#[test]
fn a_matrix_that_makes_no_sense() {
    let form = "allowed: `{ key = [value, value] }`, for all combinations, or `[{ key = value }, { key = value }]`";
    for empty in ["{}", "[]", "{ n = [] }", "[{}]"] {
        let problems = of_matrix(empty, "some", "3");
        let parts = ["the matrix is empty", ":15:10", form, "remove `matrix`"];
        says(&problems, "key: stage.some.matrix", &parts);
    }
    for (wrong, what) in [
        ("3", "`matrix` is integer `3`"),
        ("{ n = 3 }", "`n` of the matrix is integer `3`"),
        ("[3]", "an item of the matrix is integer `3`"),
    ] {
        says(&of_matrix(wrong, "some", "3"), form, &[what, ":15:"]);
    }
    says(
        &of_matrix("{ N_1 = [1] }", "some", "3"),
        "1 problem in",
        &["`N_1` is not a key of a matrix", "kebab-case", ":15:12"],
    );
    says(
        &of_matrix("{ n = [1, 2] }", "some", "\"{n}\""),
        "1 problem in",
        &[
            "the matrix makes two items of the name `some`",
            ":16:8",
            "put a `{key}` with different values into `name`",
        ],
    );
    says(
        &of_matrix("{ n = [3] }", "some", "3"),
        "1 problem in",
        &[
            "`{n}` is not used in the item",
            ":15:12",
            "remove it from the matrix",
        ],
    );
    says(
        &of_matrix("{ n = [3, 4, 3] }", "some-{n}", "\"{n}\""),
        "1 problem in",
        &["`n` of the matrix has a value twice", "remove one of them"],
    );
    let hundred = (0..101)
        .map(|n| n.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    says(
        &of_matrix(
            &format!("{{ n = [{hundred}], m = [{hundred}] }}"),
            "some",
            "3",
        ),
        "1 problem in",
        &[
            "the matrix makes 10201 items",
            "at most 10000",
            "a list of tables",
        ],
    );
}

#[test]
fn a_placeholder_that_names_nothing() {
    let problems = of_matrix("{ upto = [3] }", "some", "\"{uptp}\"");
    says(
        &problems,
        "key: stage.some.with.upto",
        &[
            "`{uptp}` names no key of the matrix",
            ":19:17",
            "allowed: upto",
            "did you mean `upto`?",
        ],
    );
    says(
        &of_matrix("{ upto = [3] }", "s-{uptp}", "\"{upto}\""),
        "problem",
        &["`{uptp}` names no key", "key: stage.s-{uptp}.name", ":16:8"],
    );
    let about = ("about = \"A few squares.\"", "about = \"{set}\"");
    let matrix = "matrix = { n = [3] }\nname = \"some\"";
    let upto = ("upto = 3 }", "upto = \"{n}\" }");
    let problems = after(&[("name = \"some\"", matrix), about, upto]);
    says(
        &problems,
        "1 problem in",
        &["`{set}` names no key", "write `{{set}}` if the braces"],
    );
    let problems = of_matrix("{ upto = [[3]] }", "some", "\"x{upto}\"");
    says(
        &problems,
        "1 problem in",
        &[
            "`upto` is an array of 1, and cannot be a part of a text",
            "a text that is `{upto}` alone",
        ],
    );
}

#[test]
fn a_problem_says_which_item_of_a_matrix_it_is_of() {
    let stage = "matrix = [{ of = \"some\", n = 3 }, { of = \"more\", n = 0 }, { of = \"last\", n = 0.5 }]\nname = \"{of}\"";
    let problems = after(&[
        ("name = \"some\"", stage),
        ("upto = 3 }", "upto = \"{n}\" }"),
    ]);
    says(
        &problems,
        "2 problems in",
        &[
            "`upto` is integer `0`, out of range",
            "key: stage.more.with.upto",
            ":15:54",
            "`upto` is float `0.5`",
            "key: stage.last.with.upto",
        ],
    );
}

/// A claim in a matrix, on a sum of 14.
fn claim(lines: &str) -> Project {
    let stages = PIPELINE
        .split("[[stage]]\nname = \"names\"")
        .next()
        .unwrap();
    let stages = stages.replace("upto = 4, step = 2.0", "upto = 1");
    Project::of(&format!("{stages}\n[[claim]]\n{lines}"))
}

#[test]
fn a_value_of_a_matrix_keeps_its_digits() {
    let project = claim(
        "matrix = [{ n = 1, value = 14.500 }, { n = 2, value = 1_40e-1 }]\nname = \"c-{n}\"\nabout = \"{value}; ${n}, {}, _{max}, {{n}}\"\n\
         of = \"sum.total\"\nreference = \"{value}\"\nsource = { by = \"print\", place = \"table {n}\" }\ntolerance = \"printed\"\n",
    );
    project.run();
    let claims = project.load().verify().unwrap().claims;
    let digits = |index: usize| {
        let claim = &claims[index];
        let row = claim.worst_row().unwrap();
        (row.digits.clone().unwrap(), claim.tolerance)
    };
    assert_eq!(digits(0), ("14.500".to_owned(), 0.0005));
    assert_eq!(digits(1), ("140e-1".to_owned(), 0.05));
    assert_eq!(claims[0].about, "14.500; $1, {}, _{max}, {n}");
    assert_eq!(claims[1].about, "1_40e-1; $2, {}, _{max}, {n}");
    assert_eq!(claims[1].cited(), "print: table 2");
    assert_eq!(claims[0].reason, "half a unit of its last printed digit");
}

/// Half a unit of the last digit, by hand.
#[test]
fn a_printed_tolerance_is_half_a_unit_of_the_last_digit() {
    for (written, half) in [
        ("14", 0.5),
        ("14.", 0.0),
        ("0.7100", 0.00005),
        ("-1.8172", 0.00005),
        ("+1.4e1", 0.5),
        ("1.40E1", 0.05),
        ("1.234e-3", 0.000_000_5),
        ("1_400", 0.5),
    ] {
        let lines = format!(
            "name = \"c\"\nof = \"sum.total\"\nreference = {written}\nsource = {{ by = \"s\" }}\ntolerance = \"printed\"\n"
        );
        let project = claim(&lines);
        if half == 0.0 {
            assert!(project.problems().contains("not TOML"));
            continue;
        }
        project.run();
        let claims = project.load().verify().unwrap().claims;
        assert_eq!(
            claims[0].tolerance.to_bits(),
            f64::to_bits(half),
            "{written}"
        );
    }
}

#[test]
fn a_printed_tolerance_needs_printed_digits_and_others_a_reason() {
    let printed = ("tolerance = 0.0\nreason", "tolerance = \"printed\"\nreason");
    let against = ("reference = 14.0", "against = \"total\"");
    says(
        &after(&[printed, against]),
        "1 problem in",
        &[
            "a tolerance \"printed\" is read from the digits of `reference`",
            "key: claim.sum.tolerance",
            "allowed: a number",
        ],
    );
    says(
        &after(&[printed, ("reference = 14.0", "reference = 0xE")]),
        "1 problem in",
        &["`reference` in decimal digits"],
    );
    says(
        &after(&[("reason = \"whole numbers\"\n", "")]),
        "1 problem in",
        &[
            "key `reason` is missing",
            "none is needed for `tolerance = \"printed\"`",
            "claim.sum",
        ],
    );
    says(
        &after(&[("{ by = \"arithmetic\" }", "\"arithmetic\"")]),
        "1 problem in",
        &[
            "`source` is string \"arithmetic\"",
            "a table with by, place",
        ],
    );
}

#[test]
fn defaults_are_of_kinds_that_there_are() {
    let of = |table: &str| format!("{table}\n[[quantizer]]");
    says(
        &after(&[("[[quantizer]]", &of("[defaults.square]\nstep = 2.0"))]),
        "1 problem in",
        &[
            "`[defaults.square]` does not name a kind",
            ":9:11",
            "allowed: measured, names, squares, total, figure",
            "did you mean `squares`?",
        ],
    );
    // A mistake in them is reported once, at its place.
    says(
        &after(&[("[[quantizer]]", &of("[defaults.squares]\nstp = 2.0"))]),
        "1 problem in",
        &["unknown key `stp` in `stage.some.with`", ":10:1"],
    );
    says(
        &after(&[("[[quantizer]]", &of("[defaults]\nsquares = 3"))]),
        "1 problem in",
        &[
            "`defaults.squares` is integer `3`, but must be a table",
            ":10:11",
        ],
    );
}

#[test]
fn a_profile_changes_parts_of_values() {
    let mut project = Project::new();
    let which = "upto = 3, which = { range = { from = 1, to = 3 } } }";
    project.replace("upto = 3 }", which);
    let plain = project.text.clone();
    for changes in [
        ("upto = 2\n", "which.range.to = 2\n"),
        (
            "[[quantizer]]",
            "[profile.quick.drawing]\npanels.0.where.n = [3]\n[[quantizer]]",
        ),
    ] {
        project.replace(changes.0, changes.1);
    }
    let changed = plain
        .replace("to = 3 } }", "to = 2 } }")
        .replace("n = [1, 2]", "n = [3]");
    let report = project.try_load(&registry(), "quick").unwrap();
    report
        .run(&mf_pipeline::RunOptions::default(), &mf_pipeline::Silent)
        .unwrap();
    // The changed pipeline has the same results under the same profile.
    project.rewrite(&changed.replace("upto = 2\n", ""));
    let again = project.try_load(&registry(), "quick").unwrap();
    let plan = crate::toys::plan_of(&again, &mf_pipeline::Selection::default());
    assert!(plan.iter().all(|line| line.ends_with("fresh")), "{plan:?}");
}

#[test]
fn what_is_laid_over_a_value_must_fit_it() {
    let range = "upto = 3, which = { range = { from = 1, to = 3 } } }";
    let unknown = ["unknown key `until` in `profile.quick.some.which.range`"];
    let problems = after(&[
        ("upto = 3 }", range),
        ("upto = 2\n", "which.range.until = 2\n"),
    ]);
    says(&problems, "1 problem in", &unknown);
    let other = ("upto = 2\n", "which.multiples = 2\n");
    says(
        &after(&[("upto = 3 }", range), other]),
        "1 problem in",
        &[
            "unknown key `multiples` in `profile.quick.some.which`: the table that it is laid over is of another kind",
            ":7:7",
            "tables are laid key by key",
            "`[profile.default]`",
        ],
    );
    let beyond = "[profile.quick.drawing]\npanels.1.chart = \"map\"\n[[quantizer]]";
    says(
        &after(&[("[[quantizer]]", beyond)]),
        "1 problem in",
        &[
            "`panels` is an array of 1, and has no `1`",
            "allowed: 0\n",
            "key: profile.quick.drawing.panels.1",
            ":10:8",
        ],
    );
    let renamed = "[profile.quick.drawing]\nname = \"other\"\n[[quantizer]]";
    says(
        &after(&[("[[quantizer]]", renamed)]),
        "1 problem in",
        &["the name of figure `drawing` cannot be changed", ":10:1"],
    );
}

#[test]
fn a_quantizer_of_a_family_has_a_name() {
    says(
        &after(&[("name = \"three\"\n", "")]),
        "1 problem in",
        &["key `name` is missing in `quantizer.0`"],
    );
}
