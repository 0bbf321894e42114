//! `mf depth` and `mf init` for networks with skip paths and quantized weights: the trajectories of the theory, what is said
//! of them, and what is refused.

use crate::common::{Ended, Project};
use serde_json::Value;

/// Runs mf in a folder without a project.
fn mf(line: &str) -> Ended {
    let words: Vec<&str> = line.split_whitespace().collect();
    Project::none().mf(&words)
}

fn json(line: &str) -> Value {
    let ended = mf(&format!("{line} --json")).with_code(0);
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.out))
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

/// The correlation after 1, 2, 4, 8, 16, 32 and 64 blocks from 0.3, for the best uniform quantizer of 3 and of 16 levels. By the
/// series of Mhat and by quadrature in Python, in double precision, to a unit of the last digit.
const CORRELATIONS: [(&str, u32, f64, &[f64]); 7] = [
    (
        "chain",
        3,
        1e-10,
        &[
            0.2443864824,
            0.1986858696,
            0.1308607423,
            0.0564322626,
            0.0104451384,
            0.0003574294,
            0.0000004185,
        ],
    ),
    (
        "pre-norm",
        3,
        1e-10,
        &[
            0.2721932412,
            0.2552961573,
            0.2342758362,
            0.2112084335,
            0.1881386525,
            0.1663859905,
            0.1465568720,
        ],
    ),
    (
        "post-norm",
        3,
        1e-10,
        &[
            0.2721932412,
            0.2468476153,
            0.2027943889,
            0.1364819702,
            0.0615138082,
            0.0124433050,
            0.0005085864,
        ],
    ),
    (
        "quantized-stream",
        3,
        1e-8,
        &[0.22150199, 0.18320303, 0.12531646, 0.05842921, 0.01265927],
    ),
    (
        "chain",
        16,
        1e-10,
        &[
            0.2965707675,
            0.2931799404,
            0.2865118993,
            0.2736192247,
            0.2495218274,
            0.2074366223,
            0.1432376361,
        ],
    ),
    (
        "pre-norm",
        16,
        1e-10,
        &[
            0.2982853838,
            0.2971487060,
            0.2956218232,
            0.2937816636,
            0.2917364698,
            0.2895775351,
            0.2873646999,
        ],
    ),
    (
        "post-norm",
        16,
        1e-10,
        &[
            0.2982853838,
            0.2965803670,
            0.2931989318,
            0.2865490635,
            0.2736903720,
            0.2496521231,
            0.2076546893,
        ],
    ),
];

#[test]
fn trajectories_have_the_printed_digits() {
    for (network, states, tolerance, expected) in CORRELATIONS {
        let shown = json(&format!(
            "depth --states {states} --network {network} --start 0.3"
        ));
        let trajectory = shown["trajectory"].as_array().unwrap();
        assert_eq!(trajectory.len(), 65);
        for (l, traced) in trajectory.iter().enumerate() {
            assert_eq!(traced["block"], l as u64);
            let variance = if network == "pre-norm" {
                1.0 + l as f64
            } else {
                1.0
            };
            close(number(&traced["stream_variance"]), variance, 1e-12);
        }
        close(number(&trajectory[0]["correlation"]), 0.3, 0.0);
        for (power, expected) in expected.iter().enumerate() {
            close(
                number(&trajectory[1 << power]["correlation"]),
                *expected,
                tolerance,
            );
        }
    }
}

/// Half of a small signal is left after 54 blocks of ternary pre-norm and 3e23 of int4; 1 - chi of mpmath is the exponent. A
/// quantized stream of 3 levels has xi = 5.229, by one program.
#[test]
fn laws_are_those_of_the_theory() {
    let ternary = json("depth ternary --network pre-norm");
    close(
        number(&ternary["law"]["power"]["exponent"]),
        0.1901740392,
        5e-11,
    );
    assert_eq!(ternary["half"], 54.0);
    let int4 = json("depth int4 --network pre-norm");
    close(number(&int4["half"]) / 3e23, 1.0, 0.2);
    let stream = json("depth --states 3 --network quantized-stream");
    close(
        number(&stream["law"]["exponential"]["depth_scale"]),
        5.229,
        5e-4,
    );
    // (1 + a chi) / (1 + a) at a = 1: xi of post-norm.
    let post_norm = json("depth ternary --network post-norm");
    let xi = -1.0 / (1.0 - 0.5 * 0.1901740392_f64).ln();
    close(
        number(&post_norm["law"]["exponential"]["depth_scale"]),
        xi,
        1e-8,
    );
    // 2^-(1 - chi), at every depth.
    let scaled = json("depth ternary --network pre-norm --over-depth");
    close(
        number(&scaled["law"]["constant"]["left"]),
        0.5_f64.powf(0.1901740392),
        1e-10,
    );
}

/// With a scale for each token, the largest of its 4096 numbers, int4 chains have xi = 40.97 +- 0.03 (Monte Carlo) instead of 77.1:
/// 1 - chi is 0.02412 and the share exp(-64 / xi). The exponent of pre-norm is the same 1 - chi.
#[test]
fn a_scale_for_each_token_has_its_own_law() {
    let chain = json("depth int4 --activation-scale row");
    close(number(&chain["token"]["depth_scale"]), 40.97, 0.06);
    let xi = number(&chain["law"]["exponential"]["depth_scale"]);
    close(xi, number(&chain["token"]["depth_scale"]), 1e-9);
    close(number(&chain["left"]), (-64.0 / xi).exp(), 1e-12);
    close(number(&chain["half"]), (0.5_f64.ln() * -xi).ceil(), 0.0);
    assert!(chain.get("trajectory").is_none() && chain.get("gradient_growth").is_none());
    let pre_norm = json("depth int4 --activation-scale row --network pre-norm");
    let exponent = number(&pre_norm["law"]["power"]["exponent"]);
    close(exponent, 1.0 - (-1.0 / xi).exp(), 1e-12);
    // A sign has no scale: 2/pi of a signal is left in each layer, but for far less than 1/4096.
    let sign = json("depth sign --activation-scale row --blocks 1");
    close(number(&sign["left"]), std::f64::consts::FRAC_2_PI, 1e-5);
    mf("depth int4 --activation-scale row")
        .with_code(0)
        .saying(&[
            "scaled by the largest of the 4096 units of each token: a chain\nhas xi = 41.0 layers",
            "(77.1 layers at one constant scale, the best one)",
            "exp(-blocks / 41.0)",
            "21 % of a small signal",
        ]);
}

/// The law of trained depths is that of plain layers.
#[test]
fn a_trained_depth_is_said_of_plain_layers_only() {
    let setting = "--width 256 --steps 400 --rate 0.0005";
    for (options, measured) in [
        ("", true),
        ("--network chain --start 0.3", true),
        ("--network pre-norm", false),
        ("--products gated", false),
        ("--weights ternary", false),
        ("--activation-scale row", false),
    ] {
        let trained = &json(&format!("depth int4 {setting} {options}"))["trained"];
        assert_eq!(trained.get("measured").is_some(), measured, "{options}");
    }
    mf(&format!("depth int4 {setting} --network pre-norm"))
        .with_code(0)
        .saying(&["was not measured: the law is that of plain\nlayers"]);
}

/// Weights of one size have one grid, 1/sqrt(4096), on which any start will do: that of a network that does not round. The outputs
/// correlate with those before by sqrt(2/pi).
#[test]
fn fixed_grids_are_useful_ones() {
    let shown = json("depth int4 --network pre-norm --weights binary --weight-scale 0.015625");
    close(number(&shown["weights"]["gain"]), 1.0, 1e-12);
    close(
        number(&shown["weights"]["likeness"]),
        std::f64::consts::FRAC_2_PI.sqrt(),
        1e-12,
    );
    // A grid that is too small for its best use is said to be, but not one that leaves few weights.
    mf("depth int4 --weights int4 --weight-scale 0.0025")
        .with_code(0)
        .saying(&["most weights round to the largest values"]);
    let sparse = mf("depth int4 --weights int2 --weight-scale 0.19").with_code(0);
    assert!(!sparse.out.contains("largest values"));
    // The grid that a refusal names is the best one: the gain of int4 weights at it is 1/sqrt(1 - 0.0128893859).
    let best = json("depth int4 --weights int4 --weight-scale 0.005558");
    close(number(&best["weights"]["gain"]), 1.006_508, 1e-5);
    // As a user rounds 1/sqrt(512).
    json("init int4 --fan-in 512 --weights binary --weight-scale 0.04419");
}

/// Formats without a 0 round nothing to it.
#[test]
fn no_zeros_are_said_where_there_is_none() {
    for format in ["tanh4", "tanh8", "lloyd-max-4-bit"] {
        let line = format!("depth int4 --weights {format} --weight-scale mean");
        assert_eq!(json(&line)["weights"]["zero_share"], 0.0, "{format}");
        mf(&line).with_code(0).saying(&["none of the"]);
    }
}

/// Two products in a block are compared with a chain that has two in each of its blocks.
#[test]
fn products_are_named_and_compared_with_as_many() {
    let mlp = json("depth int4 --network pre-norm --products mlp");
    let chain = json("depth int4 --products mlp");
    assert_eq!(mlp["left_in_chain"], chain["left"]);
    let single = json("depth int4 --blocks 128");
    close(number(&chain["left"]), number(&single["left"]), 1e-12);
    mf("depth int4 --network pre-norm --products mlp --blocks 1")
        .with_code(0)
        .saying(&[
            "pre-norm, 1 block of two products (mlp) that adds",
            "chain of as many such blocks",
        ]);
}

#[test]
fn what_does_not_agree_is_said() {
    let ternary = "ternary --weights ternary --weight-scale mean --fan-in 512";
    for command in ["depth", "init"] {
        mf(&format!("{command} {ternary}"))
            .with_code(0)
            .saying(&["multiples of one number"]);
    }
    mf("depth int4 --network pre-norm --fan-in 64")
        .with_code(0)
        .saying(&["No law and no gain depends on the fan-in"]);
    let used = mf("depth int4 --weights int4 --weight-scale row --fan-in 64").with_code(0);
    assert!(
        !used.out.contains("depends on the fan-in")
            && !used.out.contains("multiples of one number")
    );
    mf("depth nvfp4")
        .with_code(0)
        .saying(&["elements of nvfp4 (fp4-e2m1)", "docs/formats.md"]);
    mf("depth fp8-e4m3fn --network pre-norm")
        .with_code(0)
        .saying(&["99.7 %", "more than 1e300 blocks"]);
}

/// Any layer has its own fan-in, a NaN stays, and the command can be copied.
#[test]
fn the_code_takes_any_layer_and_keeps_nan() {
    let plain = mf("init int4 --fan-in 784 --emit torch").with_code(0).out;
    let line = "--network pre-norm --blocks 3 --products mlp --weights ternary --weight-scale mean --centre-weights";
    let network = mf(&format!("init int4 --fan-in 64 {line} --emit torch"))
        .with_code(0)
        .out;
    for code in [&plain, &network] {
        assert!(
            code.contains("return torch.where(x.isnan(), x, near)"),
            "{code}"
        );
    }
    assert!(
        plain.contains("std=sigma_w * fan_in**-0.5") && plain.contains("layer.weight[0].numel()")
    );
    let command = "\n# mf init int4 --fan-in 64 --network pre-norm --blocks 3 --products mlp --weights ternary \
                   --weight-scale mean --centre-weights --emit torch\n";
    assert!(network.contains(command), "{network}");
    assert!(plain.contains("\n# mf init int4 --fan-in 784 --emit torch\n"));
}

#[test]
fn branches_add_their_variance() {
    let shown = json("depth --states 5 --network pre-norm --blocks 64 --branch 0.5 --start 0.6");
    let last = &shown["trajectory"][64];
    close(number(&last["stream_variance"]), 33.0, 1e-12);
    close(number(&shown["gradient_growth"]), 33.0, 1e-10);
    let start = json("init int4 --fan-in 64 --network pre-norm --branch 2 --over-depth --blocks 8");
    close(number(&start["branch_factor"]), 0.5, 1e-15);
}

#[test]
fn the_answer_is_in_sentences() {
    mf("depth int4 --network pre-norm --blocks 48 --weights int4 --weight-scale row")
        .with_code(0)
        .saying(&[
            "a chain has xi = 77.1 layers",
            "signal falls as (K / K_0)^-0.012889",
            "After 48 blocks 96 % of a small signal is left; a chain of as many layers",
            "Squared gradients grow by a factor of 49 over 48 blocks",
            "xi is unchanged",
        ]);
    // Rows of three levels have gains that differ by 18 %.
    mf("depth int4 --weights int2 --weight-scale row")
        .with_code(0)
        .saying(&["18 %", "some percent of xi"]);
    // On a grid of 1 a unit keeps one input, as the weights are 0, 1 or -1: 1/e of the units have none.
    mf("depth int4 --weights int2 --weight-scale 1 --fan-in 16")
        .with_code(0)
        .saying(&["1.0 inputs", "of the units have none", "nearly dead"]);
}

/// An option of another command is refused without the tip to pass it as a value.
#[test]
fn no_tip_leads_away() {
    let ended = mf("init int4 --fan-in 8 --states 16").with_code(2);
    assert!(
        ended.err.contains("--states") && !ended.err.contains("tip"),
        "{}",
        ended.err
    );
}

/// Lines of a terminal.
#[test]
fn text_fits_eighty_columns() {
    for line in [
        "depth int4 --width 256 --steps 400 --rate 0.0005",
        "depth nvfp4 --network pre-norm --products gated --width 256 --steps 400 --rate 0.0005",
        "depth int4 --activation-scale row --network post-norm --products mlp --branch 0.123456",
        "depth ternary --weights ternary --weight-scale 0.02 --fan-in 4096",
        "depth int4 --network pre-norm --blocks 48 --weights int4 --weight-scale row",
        "depth ternary --network quantized-stream --weights int2 --weight-scale 0.5 --fan-in 64",
        "depth int8 --network quantized-stream",
        "depth relu4 --network post-norm --products gated",
        "init int4 --fan-in 4096 --network pre-norm --blocks 48 --weights int4 --weight-scale row",
        "init int8 --fan-in 4096 --products gated --weights nf4 --centre-weights",
        "init ternary --fan-in 64 --network quantized-stream --weights int2 --weight-scale 0.5",
    ] {
        let ended = mf(line).with_code(0);
        for text in ended.out.lines() {
            assert!(text.chars().count() <= 80, "{line}: {text}");
        }
    }
}

/// `mf init` starts int4 networks of int4 weights: the gain is 1/sqrt(E[q^2]), which for a scale by the largest of 4096 is
/// 0.987821; values have the root mean square 1.
#[test]
fn a_start_has_its_numbers() {
    let line =
        "init int4 --fan-in 4096 --network pre-norm --blocks 48 --weights int4 --weight-scale row";
    let start = json(line);
    close(number(&start["weight_std"]) * 64.0, 0.987821, 5e-7);
    close(number(&start["weights"]["gain"]), 0.987821, 5e-7);
    close(number(&start["branch_factor"]), 1.0, 0.0);
    // The best values of int4 at unit variance have the variance chi; divided by its root, they are largest at
    // 7 steps of 2.4739 / 7.
    let largest = 2.4739 / (1.0_f64 - 0.0128893859).sqrt();
    let values = start["values"].as_array().unwrap();
    close(number(values.last().unwrap()), largest, 6e-5);
    close(number(&start["window"][1]), 2.4739, 5e-5);
    // 1 / sqrt(P(|z| < 2.4739)).
    close(number(&start["slope"]), 1.006_750, 5e-6);
    mf(line).with_code(0).saying(&[
        "pre-norm, 48 blocks of h' = h + B(norm(h))",
        "0.987821",
        "biases      0",
    ]);
    // Without options of a network the start is that of plain layers.
    let plain = json("init int4 --fan-in 4096");
    assert!(plain.get("network").is_none() && plain.get("sigma_w").is_some());
    // Weights alone are those of a chain.
    assert_eq!(
        json("init int4 --fan-in 64 --weights int4")["network"],
        "chain"
    );
}

/// On a fixed grid of 1/8 three levels keep 64 weights of a unit: 64 / 8^2 = 1. 64 of 1024 normal numbers are beyond 1.862731867
/// standard deviations (scipy), which is half a step.
#[test]
fn a_fixed_grid_has_its_own_start() {
    let start = json("init int4 --fan-in 1024 --weights int2 --weight-scale 0.125");
    close(number(&start["weights"]["inputs"]), 64.0, 1e-9);
    close(number(&start["weight_std"]), 0.0625 / 1.862_731_867, 1e-10);
    close(number(&start["weight_unit"]), 0.125, 0.0);
}

#[test]
fn the_module_has_the_numbers() {
    let line = "init int4 --fan-in 64 --network post-norm --blocks 7 --branch 0.25 --weights nf4 --centre-weights";
    let start = json(line);
    mf(&format!("{line} --emit torch")).with_code(0).saying(&[
        &format!("SLOPE = {:?} ", number(&start["slope"])),
        &format!("WEIGHT_STD = {:?} ", number(&start["weight_std"])),
        &format!("WEIGHT_UNIT = {:?}\n", number(&start["weight_unit"])),
        "FAN_IN = 64 ",
        "BLOCKS = 7\n",
        "BRANCH = 0.5 ",
        "return normalize(h + BRANCH * self.branch(h))",
        "near = near - near.mean()",
    ]);
}

/// A large quantized stream has its law, and says why it has no trajectory.
#[test]
fn a_quantized_stream_of_many_levels_has_its_law() {
    for line in [
        "depth --states 64 --network quantized-stream",
        "depth --states 32 --network quantized-stream --blocks 100000",
    ] {
        let shown = json(line);
        assert!(
            shown.get("trajectory").is_none() && number(&shown["left"]) < 1.0,
            "{line}"
        );
        let why = shown["no_trajectory"].as_str().unwrap();
        assert!(why.contains("only the law"), "{why}");
        mf(line)
            .with_code(0)
            .saying(&["No correlations block by block", "exp(-blocks / "]);
    }
}

#[test]
fn bad_input_is_refused_with_a_remedy() {
    for (line, says) in [
        (
            "depth int4 --blocks 0",
            &["--blocks", "'0'", "from 1 to 10000000"][..],
        ),
        (
            "init int4 --fan-in 8 --network pre-norm --blocks 0",
            &["--blocks", "'0'", "from 1 to 10000000"],
        ),
        (
            "depth int4 --network pre-norm --blocks 10000001",
            &["'10000001'", "from 1 to 10000000"],
        ),
        (
            "depth int4 --weights int4 --fan-in 1",
            &["--fan-in is 1", "2 or more"],
        ),
        (
            "init int4 --network pre-norm --fan-in 1",
            &["--fan-in is 1", "2 or more"],
        ),
        (
            "depth int4 --weights int2 --weight-scale 1",
            &[
                "the start is dead",
                "grid of 1",
                "0.015625",
                "is not dead is 0.193459",
                "--weight-scale row",
            ],
        ),
        (
            "init int4 --fan-in 4096 --weights ternary --weight-scale 1",
            &["the start is dead", "0.015625", "--weight-scale row"],
        ),
        (
            "init int4 --fan-in 4096 --weights int2 --weight-scale 0.001",
            &[
                "a grid of 0.001",
                "too small",
                "the best grid",
                "well above 0.01562",
            ],
        ),
        (
            "depth int4 --weights binary --weight-scale 0.02",
            &["one grid only", "--weight-scale 0.015625"],
        ),
        (
            "depth int4 --weights int4 --weight-scale 0.002233",
            &["690 times", "the best grid", "well above 0.002232"],
        ),
        (
            "depth int4 --weights log4 --weight-scale 10",
            &["too large", "well above 0.01562 and below 2"],
        ),
        (
            "depth int4 --network pre-norm --branch 1e308",
            &["--branch", "'1e308'", "from 1e-9 to 1e9"],
        ),
        (
            "depth int4 --blocks 99999999999999999999999",
            &["--blocks", "from 1 to 10000000"],
        ),
        (
            "init int4 --fan-in 99999999999999999999",
            &["--fan-in", "from 1 to 1000000000"],
        ),
        (
            "depth int4 --activation-scale row --network quantized-stream",
            &["--activation-scale", "--network pre-norm"],
        ),
        (
            "depth int4 --file nowhere.toml",
            &["there is no nowhere.toml", "--file"],
        ),
        (
            "init int4 --fan-in 64 --file nowhere.toml",
            &["there is no nowhere.toml", "--file"],
        ),
        (
            "depth int4 --sigma-w 1.2 --start 0.3",
            &["--sigma-w", "--start", "leave out one"],
        ),
        ("depth bf16", &["`bf16`", "up to 8 bits"]),
        (
            "depth int4 --weights nf4",
            &["nf4", "7.80e-4", "--centre-weights"],
        ),
        (
            "init int4 --fan-in 64 --weights int4-full",
            &["int4-full", "--centre-weights"],
        ),
        (
            "depth int4 --network chain --branch 2",
            &["a chain has no skip path", "--branch", "--network pre-norm"],
        ),
        (
            "init int4 --fan-in 64 --over-depth",
            &["a chain has no skip path", "--over-depth"],
        ),
        (
            "depth int4 --weights mxfp4",
            &["mxfp4", "--weights fp4-e2m1 --weight-scale row"],
        ),
        (
            "init mxfp4 --fan-in 64 --network pre-norm",
            &["mf init fp4-e2m1 --fan-in 64 --network pre-norm"],
        ),
        (
            "depth relu4 --network quantized-stream",
            &["both sides of 0", "--network pre-norm"],
        ),
        (
            "depth int4 --network quantized-stream --products mlp",
            &["--products", "--network pre-norm"],
        ),
        (
            "depth int4 --network quantized-stream --over-depth",
            &["--over-depth", "--branch 0.015625"],
        ),
        (
            "depth int4 --network quantized-stream --branch 0.00001",
            &["stands still", "raise the branch's variance"],
        ),
        (
            "depth --states 257 --network quantized-stream",
            &["257 values", "up to 256", "--network pre-norm"],
        ),
        (
            "depth --states 100000 --network pre-norm",
            &["65536 levels", "--states"],
        ),
        (
            "depth int4 --network pre-norm --start 2",
            &["--start", "'2'", "from -1 to 1"],
        ),
        (
            "depth int4 --network quantized-stream --start 0.99999999",
            &["0.99999999", "1 - 1e-6"],
        ),
        (
            "depth int4 --network resnet",
            &["'resnet'", "chain, pre-norm, post-norm, quantized-stream"],
        ),
        (
            "depth int4 --weights int4 --weight-scale banana",
            &["'banana'", "tensor, tensor-absmax, row, mean"],
        ),
        (
            "depth int4 --weights int4 --weight-scale -1",
            &["'-1'", "a number above 0"],
        ),
        ("depth int4 --weight-scale row", &["--weights"]),
        (
            "depth int4 --weights int44",
            &["`int44`", "did you mean int4?"],
        ),
        (
            "depth int4 --network pre-norm --sigma-w 1",
            &["--sigma-w", "--network", "leave out one"],
        ),
        (
            "depth int4 --network pre-norm --branch 0",
            &["--branch", "'0'", "above 0"],
        ),
        (
            "depth relu4 --activation-scale row",
            &["both sides of 0", "--activation-scale"],
        ),
        ("depth --network pre-norm", &["mf depth int4", "--states"]),
        (
            "init int4 --fan-in 100 --products gated --emit torch",
            &["--fan-in is 100", "power of 2", "128"],
        ),
    ] {
        mf(line).with_code(2).complaining_of(says);
        // A program gets the same as JSON.
        let ended = mf(&format!("{line} --json"));
        if !line.contains("--emit") {
            let error: Value = serde_json::from_str(&ended.out).unwrap();
            assert_eq!(error["status"], 2, "{line}");
        }
    }
}
