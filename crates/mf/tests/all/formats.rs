//! The commands for people who train with number formats: their numbers against high-precision values, what they
//! refuse, and the code they print.

use crate::common::{Ended, Project};

/// Runs mf in a folder without a project: none of these commands needs one.
fn mf(arguments: &[&str]) -> Ended {
    Project::none().mf(arguments)
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let ended = mf(arguments).with_code(0);
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.out))
}

fn close(found: &serde_json::Value, expected: f64, tolerance: f64) {
    let found = found.as_f64().unwrap();
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

/// 1 - chi at the best scale, ten digits after the point, computed with mpmath; one scale for all units.
const MPMATH: [(&str, f64); 7] = [
    ("ternary", 0.190_174_039_2),
    ("int4", 0.012_889_385_9),
    ("fp4-e2m1", 0.012_684_904_1),
    ("nf4", 0.009_899_316_5),
    ("fp8-e5m2", 0.002_765_568_8),
    ("fp8-e4m3fn", 0.000_698_749_5),
    ("int8", 0.000_088_308_0),
];

/// Half a unit of their last digit.
const PRINTED: f64 = 5e-11;

#[test]
fn the_list_has_the_values_of_mpmath() {
    let list = json(&["format", "list", "--json"]);
    let rows = list["formats"].as_array().unwrap();
    for (name, expected) in MPMATH {
        let row = rows.iter().find(|row| row["format"] == name).unwrap();
        close(&row["one_minus_chi"], expected, PRINTED);
    }
    let bits: Vec<u64> = rows
        .iter()
        .map(|row| row["bits"].as_u64().unwrap())
        .collect();
    assert!(bits.is_sorted(), "{bits:?}");
    let blocks = list["block_formats"].as_array().unwrap();
    assert!(
        blocks
            .iter()
            .any(|block| block["format"] == "nvfp4" && block["block"] == 16)
    );
}

#[test]
fn text_fits_eighty_columns() {
    for arguments in [
        &["format", "list"][..],
        &["format", "show", "fp8-e4m3fn", "--stochastic"],
        &["format", "show", "mxfp4"],
        &["depth", "int4"],
        &["levels", "100"],
        &["init", "fp4-e2m1", "--fan-in", "4096"],
    ] {
        let ended = mf(arguments).with_code(0);
        for line in ended.out.lines() {
            assert!(line.chars().count() <= 80, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn a_format_is_shown_with_what_is_lost() {
    let shown = json(&["format", "show", "E2M1", "--stochastic", "--json"]);
    assert_eq!(shown["format"], "fp4-e2m1");
    assert_eq!(shown["values"].as_array().unwrap().len(), 15);
    let xi = shown["depth_scale"].as_f64().unwrap();
    close(&shown["depth_scale"], 78.33, 0.005);
    close(&shown["depths"]["6 xi"], 6.0 * xi, 1e-9);
    for off in shown["off"].as_array().unwrap() {
        assert!(off["depth_scale"].as_f64().unwrap() < xi, "{off}");
    }
    // Fresh noise adds to the error: the depth is about half.
    let stochastic = shown["stochastic"]["depth_scale"].as_f64().unwrap();
    assert!((0.5..0.75).contains(&(stochastic / xi)), "{stochastic}");
    assert!(shown.get("biased").is_none());
}

#[test]
fn a_rectifier_gains_by_biases() {
    let shown = json(&["format", "show", "relu8", "--json"]);
    let with = shown["biased"]["depth_scale"].as_f64().unwrap();
    assert!(with > shown["depth_scale"].as_f64().unwrap());
    let start = json(&["init", "relu8", "--fan-in", "100", "--json"]);
    assert!(start["sigma_b"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_block_format_is_shown_by_its_elements() {
    mf(&["format", "show", "nvfp4"]).with_code(0).saying(&[
        "fp4-e2m1 in blocks of 16",
        "FP8 E4M3",
        "78.33",
    ]);
    mf(&["init", "nvfp4", "--fan-in", "64"])
        .with_code(2)
        .complaining_of(&["mf init fp4-e2m1 --fan-in 64"]);
}

#[test]
fn depth_is_a_multiple_of_xi() {
    let shown = json(&["depth", "int4", "--json"]);
    close(&shown["depth_scale"], 77.08, 0.005);
    let depths = shown["depths"].as_array().unwrap();
    let four = depths
        .iter()
        .find(|depth| depth["multiple"] == 4.0)
        .unwrap();
    close(&four["layers"], 4.0 * 77.08, 0.02);
    // exp(-4): what 4 xi leave of a correlation.
    close(&four["left"], 0.018_315_638_9, 5e-11);
    // Of 16 equal steps chi is 0.988457, to six digits.
    let uniform = json(&["depth", "--states", "16", "--json"]);
    close(&uniform["one_minus_chi"], 1.0 - 0.988_457, 5e-7);
    let off = json(&["depth", "int4", "--sigma-w", "1.2", "--json"]);
    assert!(off["depth_scale"].as_f64().unwrap() < 77.0);
    mf(&["depth", "int4", "--sigma-w", "0.1"])
        .with_code(2)
        .complaining_of(&["every signal dies", "best gain of int4 is 1.0065"]);
}

#[test]
fn levels_are_the_fewest() {
    let shown = json(&["levels", "100", "--json"]);
    let uniform = shown["equal_steps"]["states"].as_u64().unwrap();
    let xi = |states: u64| {
        let shown = json(&["depth", "--states", &states.to_string(), "--json"]);
        shown["depth_scale"].as_f64().unwrap()
    };
    assert!(xi(uniform) >= 25.0 && xi(uniform - 1) < 25.0, "{uniform}");
    // Max 1960, table I: errors 0.03454 at N = 8 and, with one level less, above 1/25.
    assert_eq!(shown["lloyd_max"]["states"], 8);
    let names: Vec<&str> = shown["formats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["format"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"int4") && !names.contains(&"ternary"),
        "{names:?}"
    );
    mf(&["levels", "100000000000000"])
        .with_code(0)
        .saying(&["No number format", "more than 65536"]);
}

#[test]
fn names_that_are_wrong_lead_to_the_right_ones() {
    for (arguments, hints) in [
        (&["depth", "imt4"][..], &["int4", "mf format list"][..]),
        (
            &["format", "show", "fp4"],
            &["fp4-e2m1, fp4-bnb", "give one of them"],
        ),
        (&["format", "show", "mxfp6"], &["mxfp6-e2m3, mxfp6-e3m2"]),
        (&["init", "int9", "--fan-in", "8"], &["int8"]),
        (
            &["init", "int4", "--fan-in", "-5"],
            &["'-5'", "--fan-in", "from 1 to 1000000000"],
        ),
        (&["init", "int4", "--fan-in", "0"], &["'0'", "from 1 to"]),
        (&["levels", "0"], &["LAYERS", "from 1 to"]),
        (
            &["levels", "9", "--multiple", "-1"],
            &["--multiple", "above 0"],
        ),
        (
            &["depth", "int4", "--sigma-w", "nan"],
            &["--sigma-w", "above 0"],
        ),
        (&["depth", "--states", "1"], &["from 2 to 2000000000"]),
        (&["depth"], &["mf depth int4", "--states"]),
        (
            &["depth", "mine", "--file", "x.toml"],
            &["there is no x.toml", "--file"],
        ),
        (&["depth", "16"], &["`16` is a number", "--states 16"]),
    ] {
        mf(arguments).with_code(2).complaining_of(hints);
    }
}

/// The numbers in the printed code are those of the table, to their last bit; `.ci/torch` runs the code with PyTorch.
#[test]
fn the_code_for_torch_has_the_numbers() {
    for format in ["fp4-e2m1", "relu4"] {
        let start = json(&["init", format, "--fan-in", "4096", "--json"]);
        let number = |key: &str| start[key].as_f64().unwrap();
        close(&start["weight_std"], number("sigma_w") / 64.0, 1e-17);
        close(
            &start["first_weight_std"],
            number("first_sigma_w") / 64.0,
            1e-17,
        );
        let bias = match number("sigma_b") {
            0.0 => "zeros_(layer.bias)".to_owned(),
            sigma_b => format!("normal_(layer.bias, std={sigma_b:?})"),
        };
        mf(&["init", format, "--fan-in", "4096", "--emit", "torch"])
            .with_code(0)
            .saying(&[
                &format!("SLOPE = {:?} ", number("slope")),
                &format!("\nSIGMA_W = {:?}\n", number("sigma_w")),
                &format!("FIRST_SIGMA_W = {:?} ", number("first_sigma_w")),
                &bias,
            ]);
    }
}

/// The law of trained depths answers within its range and says what is outside.
#[test]
fn a_trained_depth_is_said_in_its_range_only() {
    let setting = [
        "--width", "256", "--steps", "400", "--rate", "0.004", "--json",
    ];
    let trained = |name: &str| json(&[&["depth", name][..], &setting].concat())["trained"].clone();
    let measured = &trained("ternary")["measured"];
    let [layers, time] = ["layers", "learning_time"].map(|key| measured[key].as_f64().unwrap());
    // T = rate * width * layers * steps.
    assert!((time / (0.004 * 256.0 * 400.0 * layers) - 1.0).abs() < 1e-9);
    // The networks of three states that were trained at 0.004: half at 2.1 xi, at another window of the gradient.
    assert!((8.0..20.0).contains(&layers), "{layers}");
    let because = trained("int8")["not_measured"]["because"].clone();
    assert!(because.as_str().unwrap().contains("xi"), "{because}");
}
