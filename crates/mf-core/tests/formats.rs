//! The families and the named formats against other programs, published levels and their definitions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Reference, close};
use mf_core::quantizer::additive_power_of_two::Sign;
use mf_core::quantizer::power_of_two::{Rounding, Zero};
use mf_core::quantizer::ternary::BEST_THRESHOLD;
use mf_core::quantizer::{
    Argument, Arguments, FAMILIES, FORMATS, Family, QuantizerError, Range, Specials, UnknownFormat,
    additive_power_of_two, family, find, hard_tanh, int, mid_rise, mid_tread, minifloat, pact,
    power_of_two, relu, tanh, ternary,
};
use mf_core::{Activation, ActivationError, Quantizer, Scalable, StepActivation};

fn phi(name: &str) -> StepActivation {
    find(name).unwrap().build().unwrap().activation
}

fn built(quantizer: Result<Quantizer, QuantizerError>) -> StepActivation {
    quantizer.unwrap().activation
}

const FLOATS: [(&str, usize); 8] = [
    ("fp4-e2m1", 15),
    ("fp6-e2m3", 63),
    ("fp6-e3m2", 63),
    ("fp8-e4m3fn", 253),
    ("fp8-e4m3-ieee", 239),
    ("fp8-e4m3fnuz", 255),
    ("fp8-e5m2", 247),
    ("fp8-e5m2fnuz", 255),
];

#[test]
fn floats_have_the_values_and_roundings_of_ml_dtypes() {
    let file = Reference::parse(include_str!("../../../data/reference/formats/floats.csv"));
    for (name, states) in FLOATS {
        let phi = phi(name);
        let rows: Vec<_> = file.rows().filter(|r| r.text("format") == name).collect();
        let levels: Vec<f64> = rows.iter().map(|row| row.f64("level")).collect();
        assert_eq!(phi.levels(), levels, "{name}");
        assert_eq!(phi.states(), states, "{name}");
        // The last row has no level above it.
        for (row, threshold) in rows.iter().zip(phi.thresholds()) {
            let borders = row.f64("last_below")..=row.f64("first_above");
            assert!(borders.contains(threshold), "{name}: {threshold}");
        }
    }
}

#[test]
fn integers_have_the_ranges_of_numpy_and_ml_dtypes() {
    let file = Reference::parse(include_str!("../../../data/reference/formats/integers.csv"));
    for row in file.rows() {
        let (least, most) = (row.f64("least"), row.f64("most"));
        let full = built(int(row.u64("bits"), Range::Full));
        let count = (most - least) as usize + 1;
        let levels: Vec<f64> = (0..count).map(|k| least + k as f64).collect();
        assert_eq!(full.levels(), levels);
        let narrow = built(int(row.u64("bits"), Range::Narrow));
        assert_eq!(narrow.levels(), levels.get(1..).unwrap());
        assert!(narrow.is_odd() && !full.is_odd());
    }
}

#[test]
fn codebooks_have_their_published_levels() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/formats/codebooks.csv"
    ));
    for (name, states) in [("nf4", 16), ("af4", 16), ("fp4-bnb", 15)] {
        let rows = file.rows().filter(|row| row.text("format") == name);
        let levels: Vec<f64> = rows.map(|row| row.f64("level")).collect();
        let phi = phi(name);
        assert_eq!(phi.levels(), levels, "{name}");
        assert_eq!(phi.states(), states, "{name}");
    }
}

#[test]
fn evenly_spaced_families_follow_their_definitions() {
    assert_eq!(built(mid_rise(2)).levels(), [-1.5, -0.5, 0.5, 1.5]);
    assert_eq!(built(mid_rise(2)).thresholds(), [-1.0, 0.0, 1.0]);
    assert_eq!(
        built(mid_tread(3, Range::Narrow)).levels(),
        [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
    );
    assert_eq!(
        built(mid_tread(2, Range::Full)).levels(),
        [-2.0, -1.0, 0.0, 1.0]
    );
    assert_eq!(
        built(mid_tread(2, Range::Full)).thresholds(),
        [-1.5, -0.5, 0.5]
    );
    for bits in 1..=8 {
        let uniform = StepActivation::uniform(1 << bits).unwrap();
        assert_eq!(built(hard_tanh(bits)), uniform);
        // The same quantizer in another unit.
        let unit = 2.0 / ((1 << bits) - 1) as f64;
        for (ours, theirs) in built(mid_rise(bits)).levels().iter().zip(uniform.levels()) {
            assert!(close(ours * unit, *theirs, 1e-15, 0.0));
        }
    }
}

#[test]
fn rectifiers_clip_and_round() {
    let third = 2.0 / 3.0;
    assert_eq!(built(relu(2, 2.0)).levels(), [0.0, third, 2.0 * third, 2.0]);
    assert_eq!(built(pact(2, 2.0)), built(relu(2, 2.0)));
    // round((2^b - 1) clip(x, 0, max) / max) max / (2^b - 1), away from the ties.
    let phi = built(relu(4, 3.0));
    for k in -50..350 {
        let x = 0.0131 * f64::from(k);
        let rounded = (x.clamp(0.0, 3.0) * 5.0).round() / 5.0;
        assert!((phi.value(x) - rounded).abs() < 1e-15, "{x}");
    }
}

#[test]
fn the_hyperbolic_tangent_is_rounded_to_the_nearest_level() {
    for bits in [1, 2, 3, 8] {
        let phi = built(tanh(bits));
        let nearest = StepActivation::uniform(1 << bits).unwrap();
        assert!(phi.is_odd());
        for k in -400..400 {
            let x = 0.01234 * f64::from(k) + 0.0001;
            assert_eq!(phi.value(x), nearest.value(libm::tanh(x)), "{bits} {x}");
        }
    }
}

#[test]
fn the_ternary_threshold_is_the_best_one() {
    // 2 t P(z > t) = n(t).
    use mf_core::gaussian::{pdf, upper_tail};
    let t = BEST_THRESHOLD;
    assert!(close(2.0 * t * upper_tail(t), pdf(t), 2e-15, 0.0));
    assert_eq!(built(ternary(0.3)).thresholds(), [-0.3, 0.3]);
    let error = phi("ternary").distortion().mean_squared_error;
    // The least error of three levels, to ten digits.
    assert!(close(error, 0.1901740392, 0.0, 5.1e-11), "{error}");
}

#[test]
fn logarithmic_levels_round_the_logarithm_or_the_value() {
    let log = built(power_of_two(4, Zero::Without, Rounding::Log));
    assert_eq!(
        log.levels(),
        [-1.0, -0.5, -0.25, -0.125, 0.125, 0.25, 0.5, 1.0]
    );
    let with_zero = built(power_of_two(4, Zero::With, Rounding::Log));
    for k in 1..3000 {
        let x = 0.0007 * f64::from(k);
        let exponent = libm::log2(x).round().clamp(-3.0, 0.0);
        assert_eq!(log.value(x), libm::exp2(exponent), "{x}");
        assert_eq!(log.value(-x), -libm::exp2(exponent), "{x}");
        let flushed = if libm::log2(x).round() < -3.0 {
            0.0
        } else {
            libm::exp2(exponent)
        };
        assert_eq!(with_zero.value(x), flushed, "{x}");
    }
    let linear = built(power_of_two(2, Zero::With, Rounding::Linear));
    let levels = linear.levels().to_vec();
    assert_eq!(linear, StepActivation::halfway(levels).unwrap());
    assert_eq!(linear.thresholds(), [-0.75, -0.25, 0.25, 0.75]);
    let widest = built(power_of_two(127, Zero::With, Rounding::Log));
    assert_eq!(widest.levels()[128], f64::from(f32::MIN_POSITIVE));
}

#[test]
fn additive_powers_of_two_are_as_published() {
    // Two terms of two bits: {0, 1, 1/4, 1/16} + {0, 1/2, 1/8, 1/32} (Li, Dong, Wang 2020, section 2.3).
    let mut sums = Vec::new();
    for a in [0.0, 1.0, 0.25, 0.0625] {
        sums.extend([0.0, 0.5, 0.125, 0.03125].map(|b| a + b));
    }
    sums.sort_by(f64::total_cmp);
    let unsigned = built(additive_power_of_two(2, 2, Sign::Unsigned));
    assert_eq!(unsigned.levels(), sums);
    let signed = built(additive_power_of_two(2, 2, Sign::Signed));
    assert!(signed.is_odd());
    assert_eq!(signed.levels().get(15..).unwrap(), sums);
    // One bit a term is uniform, one term is powers of two (ibid.).
    let uniform = built(additive_power_of_two(4, 1, Sign::Unsigned));
    let even: Vec<f64> = (0..16).map(|k| f64::from(k) / 8.0).collect();
    assert_eq!(uniform.levels(), even);
    let powers = built(additive_power_of_two(1, 3, Sign::Signed));
    let expected = built(power_of_two(7, Zero::With, Rounding::Linear));
    assert_eq!(powers, expected);
}

#[test]
fn half_precision_is_a_minifloat_too() {
    let half = built(minifloat(5, 10, 15, Specials::Ieee));
    assert_eq!(half.states(), 2 * 31 * 1024 - 1);
    assert_eq!(half.levels().last(), Some(&65504.0));
    assert_eq!(half.levels()[31 * 1024], libm::exp2(-24.0));
    // The bias is a unit.
    let shifted = built(minifloat(2, 1, 4, Specials::None));
    assert_eq!(shifted, phi("fp4-e2m1").scaled(0.125).unwrap());
}

/// A value for each parameter that is not a list.
fn sample(family: &Family) -> Arguments {
    family.parameters.iter().filter(|p| p.required).fold(
        Arguments::default(),
        |given, parameter| {
            let value = match parameter.name {
                "levels" => Argument::Numbers(vec![0.0, 1.0]),
                "alpha" => Argument::Number(6.0),
                _ => Argument::Integer(2),
            };
            given.with(parameter.name, value)
        },
    )
}

#[test]
fn every_family_builds_and_names_its_source() {
    for family in FAMILIES {
        let member = (family.build)(&sample(family)).unwrap();
        assert!(!member.source.is_empty() && member.name.starts_with(family.name));
    }
}

fn refused(family_name: &str, given: &[(&'static str, Argument)]) -> QuantizerError {
    let family = family(family_name).unwrap();
    let arguments = given
        .iter()
        .fold(sample(family), |arguments, (name, value)| {
            arguments.with(name, value.clone())
        });
    match (family.build)(&arguments) {
        Ok(member) => panic!("{} was built", member.name),
        Err(error) => error,
    }
}

/// A family, its arguments, and the invalid parameter.
type Refusal<'a> = (&'a str, &'a [(&'static str, Argument)], &'a str);

#[test]
fn invalid_arguments_are_refused_by_name() {
    use Argument::{Integer, Number, Numbers, Text};
    let cases: &[Refusal] = &[
        ("int", &[("bits", Integer(1))], "bits"),
        ("int", &[("bits", Integer(9))], "bits"),
        ("int", &[("range", Text("wide".into()))], "range"),
        ("mid-rise", &[("bits", Integer(0))], "bits"),
        ("mid-rise", &[("bits", Integer(u64::MAX))], "bits"),
        ("mid-tread", &[("bits", Integer(17))], "bits"),
        ("hard-tanh", &[("bits", Integer(64))], "bits"),
        ("tanh", &[("bits", Integer(17))], "bits"),
        ("relu", &[("max", Number(0.0))], "max"),
        ("relu", &[("max", Number(f64::NAN))], "max"),
        ("relu", &[("max", Text("6".into()))], "max"),
        ("pact", &[("alpha", Number(f64::INFINITY))], "alpha"),
        ("pact", &[("alpha", Number(-1.0))], "alpha"),
        ("ternary", &[("threshold", Number(0.0))], "threshold"),
        ("lloyd-max", &[("states", Integer(1))], "states"),
        ("lloyd-max", &[("states", Integer(1 << 17))], "states"),
        ("power-of-two", &[("exponents", Integer(0))], "exponents"),
        ("power-of-two", &[("exponents", Integer(128))], "exponents"),
        ("power-of-two", &[("zero", Text("no".into()))], "zero"),
        ("power-of-two", &[("rounding", Integer(1))], "rounding"),
        ("additive-power-of-two", &[("terms", Integer(7))], "terms"),
        (
            "additive-power-of-two",
            &[("base-bits", Integer(5))],
            "base-bits",
        ),
        (
            "minifloat",
            &[("exponent-bits", Integer(0))],
            "exponent-bits",
        ),
        (
            "minifloat",
            &[("exponent-bits", Integer(9))],
            "exponent-bits",
        ),
        (
            "minifloat",
            &[("mantissa-bits", Integer(11))],
            "mantissa-bits",
        ),
        (
            "minifloat",
            &[("exponent-bits", Integer(8)), ("mantissa-bits", Integer(8))],
            "mantissa-bits",
        ),
        ("minifloat", &[("bias", Integer(256))], "bias"),
        (
            "minifloat",
            &[("specials", Text("some".into()))],
            "specials",
        ),
        ("codebook", &[("levels", Numbers(vec![1.0]))], "levels"),
        ("codebook", &[("levels", Numbers(vec![1.0, 1.0]))], "levels"),
        (
            "codebook",
            &[("levels", Numbers(vec![0.0, f64::INFINITY]))],
            "levels",
        ),
        (
            "codebook",
            &[("levels", Numbers(vec![f64::NAN, 0.0]))],
            "levels",
        ),
    ];
    for (family, given, at_fault) in cases {
        let error = refused(family, given);
        assert_eq!(error.parameter(), Some(*at_fault), "{family}: {error}");
    }
    let error = refused("int", &[("bits", Integer(9))]).to_string();
    assert_eq!(error, "`bits` is 9: give a whole number from 2 to 8");
    let error = refused("int", &[("range", Text("wide".into()))]).to_string();
    assert_eq!(error, "`range` is wide: give one of narrow, full");
    // With so small a maximum levels coincide; with so large a one their squares are not finite.
    for max in [5e-324, 1e200] {
        let error = refused("relu", &[("max", Number(max))]);
        assert!(
            matches!(error, QuantizerError::Activation { .. }),
            "{error}"
        );
    }
    // 0 is the only finite value.
    let only_zero = refused(
        "minifloat",
        &[
            ("exponent-bits", Integer(1)),
            ("mantissa-bits", Integer(0)),
            ("specials", Text("ieee".into())),
        ],
    );
    let states = ActivationError::States { states: 1 };
    assert_eq!(only_zero, states.into());
}

#[test]
fn every_format_builds_and_fits_its_bits() {
    let mut names: Vec<&str> = Vec::new();
    for format in FORMATS {
        let quantizer = format.build().unwrap();
        let family = family(format.family).unwrap();
        assert_eq!(quantizer.name, format.name);
        assert!(
            family.name == "codebook" || quantizer.source == family.source,
            "{}",
            format.name
        );
        let states = quantizer.activation.states();
        assert!(states <= 1 << format.bits, "{}", format.name);
        // No bit is wasted: fewer bits have too few codes.
        assert!(2 * states > 1 << format.bits, "{}", format.name);
        names.push(format.name);
        names.extend(format.aliases);
        for alias in format.aliases {
            assert_eq!(find(alias).unwrap().name, format.name, "{alias}");
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "two formats share a name");
    assert_eq!(find("FP8_E4M3FN").unwrap().name, "fp8-e4m3fn");
}

#[test]
fn names_of_several_formats_list_them() {
    let ambiguous = |name: &str| match find(name) {
        Err(UnknownFormat::Ambiguous { candidates, .. }) => candidates,
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(ambiguous("fp4"), ["fp4-e2m1", "fp4-bnb"]);
    assert_eq!(ambiguous("fp6"), ["fp6-e2m3", "fp6-e3m2"]);
    assert_eq!(
        ambiguous("e4m3"),
        ["fp8-e4m3fn", "fp8-e4m3-ieee", "fp8-e4m3fnuz"]
    );
    assert_eq!(ambiguous("fp8").len(), 5);
    assert_eq!(
        find("e4m3").unwrap_err().to_string(),
        "`e4m3` may be any of fp8-e4m3fn, fp8-e4m3-ieee, fp8-e4m3fnuz: give one of them"
    );
}

#[test]
fn unknown_names_get_suggestions() {
    let suggestions = |name: &str| match find(name) {
        Err(UnknownFormat::Unknown { suggestions, .. }) => suggestions,
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(suggestions("fp4-e2m2"), ["fp4-e2m1"]);
    assert_eq!(suggestions("nf"), ["nf4"]);
    assert_eq!(suggestions("ternery"), ["ternary"]);
    assert!(suggestions("").is_empty());
    assert!(suggestions("posit16").is_empty());
    assert_eq!(
        find("nf5").unwrap_err().to_string(),
        "there is no number format `nf5`: did you mean nf4?"
    );
    assert_eq!(
        find("posit16").unwrap_err().to_string(),
        "there is no number format `posit16`"
    );
}
