//! One slip is one problem, at its place, with what is allowed and what to do: consequences are left out.

use mf_pipeline::{LoadOptions, Pipeline, Selection};

use crate::toys::{PIPELINE, Project, plan_of, registry};

/// The only problem after a change says all of this.
#[track_caller]
fn only(project: &Project, says: &[&str]) {
    let problems = project.problems();
    for part in says.iter().chain([&"1 problem in"]) {
        assert!(problems.contains(part), "`{part}` is not in\n{problems}");
    }
}

/// A part of the toys, what takes its place, and what the only problem says.
type Case = (&'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    // Brackets of headers.
    (
        "[[quantizer]]",
        "[quantizer]",
        &[
            "`[quantizer]` needs double brackets",
            ":9:1",
            "write `[[quantizer]]`",
        ],
    ),
    (
        "[[stage]]\nname = \"sum\"",
        "[stage]\nname = \"sum\"",
        &[
            "`[stage]` needs double brackets",
            ":25:1",
            "write `[[stage]]`",
        ],
    ),
    (
        "[profile.quick.some]\nupto = 2",
        "[[profile]]\nquick = { some = { upto = 2 } }",
        &[
            "`[[profile]]` needs single brackets",
            ":6:1",
            "write `[profile]`",
        ],
    ),
    (
        "[[figure.panels]]",
        "[figure.panels]",
        &[
            "`panels` is a table",
            ":40:1",
            "its header in [[double brackets]]",
        ],
    ),
    // Quotes and brackets that are not closed.
    (
        "title = \"Toys\"",
        "title = \"\"\"Toys",
        &["`\"\"\"` is not closed", ":3:9", "add the `\"\"\"`"],
    ),
    (
        "upto = 3 }",
        "upto = 3",
        &["`{` is not closed", ":18:8", "add the `}`"],
    ),
    (
        "2.5]",
        "2.5",
        &["`[` is not closed", ":12:10", "add the `]`"],
    ),
    // Keys.
    (
        "family = \"levels\"",
        "famliy = \"levels\"",
        &[
            "unknown key `famliy`",
            ":11:1",
            "allowed: name, format, family",
            "did you mean `family`?",
        ],
    ),
    (
        "family = \"levels\"\nlevels = [-1.0, 0, 2.5]",
        "fromat = \"binary\"",
        &["unknown key `fromat`", ":11:1", "did you mean `format`?"],
    ),
    (
        "name = \"sum\"\nkind",
        "nmae = \"sum\"\nkind",
        &["unknown key `nmae`", "did you mean `name`?"],
    ),
    (
        "with = { upto = 3 }",
        "wiht = { upto = 3 }",
        &["unknown key `wiht`", "did you mean `with`?"],
    ),
    // Names that a wrong item would have made.
    (
        "name = \"some\"",
        "name = \"some\"\nmatrix = 3",
        &["`matrix` is integer `3`"],
    ),
    (
        "name = \"three\"",
        "name = \"three\"\nmatrix = 3",
        &["`matrix` is integer `3`"],
    ),
    // Values.
    (
        "reason = \"whole numbers\"",
        "reason = \" \"",
        &[
            "`reason` is empty",
            "claim.sum.reason",
            "1 or more characters",
        ],
    ),
    (
        "about = \"Squares, drawn.\"",
        "about = \"\"",
        &["`about` is empty", ":37:9"],
    ),
    (
        "by = \"arithmetic\"",
        "by = \"arithmetic with whole numbers\"",
        &["`by` has 29 characters", "allowed: 1 to 24 characters"],
    ),
    (
        "tolerance = 0.0",
        "tolerance = \"much\"",
        &[
            "unknown tolerance `much`",
            "allowed: printed; or a number, at least 0; or a table with standard-errors, of",
        ],
    ),
    (
        "quantizers = \"all\"",
        "quantizers = \"al\"",
        &[
            "allowed: all; or an array in [brackets]",
            "did you mean `all`?",
        ],
    ),
    (
        "[-1.0, 0, 2.5]",
        "[-1.0, \"0\", 2.5]",
        &[
            "`levels[1]` is string \"0\"",
            "key: quantizer.three.levels.1",
        ],
    ),
    // A number in a text of a figure.
    (
        "legend = \"sum.total\"",
        "legend = \"sum.totl\"",
        &[
            "makes no table or number `totl`",
            ":39:10",
            "key: figure.drawing.legend",
        ],
    ),
];

#[test]
fn a_slip_is_one_problem() {
    for (from, to, says) in CASES {
        let mut project = Project::new();
        project.replace(from, to);
        only(&project, says);
    }
}

/// A stage that only a wrong claim uses is no second problem where checks are strict.
#[test]
fn what_is_not_used_waits_for_other_problems() {
    let mut project = Project::new();
    project.replace("of = \"others.squares\"", "fo = \"others.squares\"");
    let strict = LoadOptions {
        strict: true,
        ..LoadOptions::default()
    };
    let loaded = Pipeline::load(&project.path("pipeline.toml"), &registry(), &strict);
    let problems = loaded.unwrap_err().to_string();
    assert!(problems.contains("did you mean `of`?"), "{problems}");
    assert!(problems.contains("1 problem in"), "{problems}");
}

#[test]
fn what_cannot_be_set_is_named() {
    let shared = PIPELINE.replace("seed = 7", "seed = 7\n[shared]\nfew = 2");
    let shared = Project::of(&shared.replacen("upto = 3", "upto = \"@few\"", 1));
    for (setting, says) in [
        (
            "last.tolerance=1",
            "`last` is a claim, not the name of a stage or a figure",
        ),
        ("three.levels=[1]", "`three` is a quantizer, not"),
        ("few=3", "`few` is a shared value, not"),
        ("shared.few=3", "`shared` is a key of the file, not"),
        ("stage.some.upto=3", "`stage` is a key of the file, not"),
        ("othr.upto=3", "did you mean `others`?"),
        ("oth.upto=3", "did you mean `others`?"),
        ("some.upto=@fwe", "there is no shared value `fwe`"),
    ] {
        let problems = shared.set(&[setting]).unwrap_err().to_string();
        assert!(problems.contains(says), "{setting}: {problems}");
        assert!(problems.contains("1 problem in --set"), "{problems}");
    }
    let pipeline = shared.set(&["others.upto=@few"]).unwrap();
    let explained = pipeline.explain("others").unwrap().to_string();
    assert!(
        explained.contains("upto = 2  (@few, pipeline.toml line 6)"),
        "{explained}"
    );
}

#[test]
fn an_explanation_says_where_a_value_is_written() {
    let text = PIPELINE
        .replace("seed = 7", "seed = 7\n[shared]\nfew = 4")
        .replace(
            "with = { upto = 4, step = 2.0 }",
            "with = { upto = \"@few\" }",
        )
        .replace(
            "[[quantizer]]",
            "[defaults.squares]\nstep = 2.0\n[[quantizer]]",
        );
    let project = Project::of(&text);
    let explained = |profile: &str, name: &str| {
        let pipeline = project.try_load(&registry(), profile).unwrap();
        pipeline.explain(name).unwrap().to_string()
    };
    for (profile, name, says) in [
        (
            "default",
            "others",
            "upto = 4  (@few, pipeline.toml line 6)",
        ),
        (
            "default",
            "others",
            "step = 2.0  ([defaults.squares], pipeline.toml line 12)",
        ),
        ("default", "some", "upto = 3\n"),
        (
            "quick",
            "some",
            "upto = 2  ([profile.quick.some], pipeline.toml line 9)",
        ),
    ] {
        let text = explained(profile, name);
        assert!(text.contains(says), "{says}: {text}");
    }
    // Lines of the file are not a part of any key.
    project.run();
    let moved = Project::of(&text.replace("seed = 7", "# moved\nseed = 7"));
    let keys = |project: &Project| {
        let plan = project.load().plan(&Selection::default()).unwrap();
        plan.nodes
            .into_iter()
            .map(|node| node.key)
            .collect::<Vec<_>>()
    };
    moved.run();
    assert_eq!(keys(&moved), keys(&project));
}

#[test]
fn a_column_that_is_not_there_is_shown_at_its_key() {
    let mut project = Project::new();
    project.replace(
        "inputs = { rows = \"some.squares\" }",
        "inputs = { rows = \"some.squares\" }\nwith = { column = \"sqare\" }",
    );
    let report = project.run();
    let failed = report.first_error().unwrap();
    let outcome = serde_json::to_value(failed).unwrap();
    let error = outcome["error"].as_str().unwrap();
    for part in [
        "pipeline.toml:29:19: ",
        "no column `sqare`",
        "key: stage.sum.with.column",
    ] {
        assert!(error.contains(part), "`{part}` is not in {error}");
    }
}

#[test]
fn markup_braces_are_not_placeholders() {
    let about = |text: &str| {
        PIPELINE
            .replace(
                "name = \"others\"",
                &format!("matrix = {{ max = [4] }}\nname = \"others\"\nabout = \"{text}\""),
            )
            .replace("with = { upto = 4", "with = { upto = \"{max}\"")
    };
    let written = |text: &str| {
        let project = Project::of(&about(text));
        let _ = plan_of(&project.load(), &Selection::default());
        project.load().explain("others").unwrap().made_by.about
    };
    assert_eq!(written("x_{opt} = {max}, {{max}}"), "x_{opt} = 4, {max}");
    assert_eq!(written("x_{{max}} x_{{{max}}}"), "x_{max} x_{4}");
    only(
        &Project::of(&about("x_{max}")),
        &[
            "`{max}` can be markup or the value of `max`",
            "`{{max}}` for markup",
            "`{{{max}}}` for the value",
        ],
    );
}
