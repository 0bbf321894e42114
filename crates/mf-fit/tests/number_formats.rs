//! The best scale of every named format, and the biases of rectifiers.

#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::quantizer::{FORMATS, find, lloyd_max, relu};
use mf_core::{Activation, CorrelationMap, Scalable, StepActivation, propagate};
use mf_fit::{FormatOptimum, best_scale, best_scale_and_bias};

fn phi(name: &str) -> StepActivation {
    find(name).unwrap().build().unwrap().activation
}

fn rectifier(bits: u64) -> StepActivation {
    relu(bits, 1.0).unwrap().activation
}

/// `format,one_minus_slope,scale` at 25 digits.
const OPTIMA: &str = include_str!("../../../data/reference/formats/optima.csv");

#[test]
fn odd_formats_have_the_optima_of_high_precision() {
    // The search is accurate to 1e-13; octaves that tie within 1e-12 may be exchanged.
    const TOLERANCE: f64 = 2e-12;
    let rows = OPTIMA.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.split(',').collect();
        let [name, expected, _] = cells.as_slice() else {
            panic!("{row}");
        };
        let expected: f64 = expected.parse().unwrap();
        let found = best_scale(&phi(name)).unwrap().propagation.one_minus_slope;
        let off = (found / expected - 1.0).abs();
        assert!(off < TOLERANCE, "{name}: {found} against {expected}");
        count += 1;
    }
    assert_eq!(count, 27);
}

#[test]
fn every_named_format_has_a_best_scale() {
    // The widest rectifiers take long: the tests of mf-core have them.
    for format in FORMATS.iter().filter(|format| format.bits < 8) {
        let best = best_scale(&phi(format.name)).unwrap();
        let p = best.propagation;
        assert!(p.slope > 0.0 && p.slope < 1.0, "{}", format.name);
        // The sign, and formats that are equivalent to it.
        assert!(p.depth_scale > 2.2, "{}: {p:?}", format.name);
        assert!(p.variance_slope < 1.0, "{}: {p:?}", format.name);
        // No quantizer of so many states beats Lloyd-Max.
        let states = phi(format.name).states() as u64;
        let least = lloyd_max(states).unwrap().activation.distortion();
        assert!(
            p.one_minus_slope >= least.mean_squared_error * (1.0 - 1e-12),
            "{}: {p:?}",
            format.name
        );
    }
}

#[test]
fn lloyd_max_has_the_best_scale_1() {
    for states in [2, 5, 16, 64] {
        let quantizer = lloyd_max(states).unwrap();
        let best = best_scale(&quantizer.activation).unwrap();
        assert!((best.scale - 1.0).abs() < 1e-8, "{states}: {best:?}");
        assert!(
            (best.distortion.gain - 1.0).abs() < 1e-8,
            "{states}: {best:?}"
        );
    }
}

#[test]
fn of_octaves_that_tie_the_smallest_scale_counts() {
    use mf_core::quantizer::power_of_two::{Rounding, Zero, power_of_two};
    // 64 octaves: the levels repeat, and the largest is far beyond the distribution from the fourth on.
    let quantizer = power_of_two(64, Zero::With, Rounding::Log).unwrap();
    let best = best_scale(&quantizer.activation).unwrap();
    assert!(best.scale > 4.0 && best.scale < 18.0, "{best:?}");
}

#[test]
fn biases_deepen_rectifiers_of_three_bits_or_more() {
    for (bits, helps) in [(1, false), (2, false), (3, true), (4, true), (5, true)] {
        let phi = rectifier(bits);
        let without = best_scale(&phi).unwrap().propagation;
        let with = best_scale_and_bias(&phi).unwrap();
        assert_eq!(with.sigma_b > 0.0, helps, "{bits}: {with:?}");
        let gain = without.one_minus_slope - with.propagation.one_minus_slope;
        assert_eq!(gain > 0.0, helps, "{bits}: {with:?}");
        // The general map with biases, which uses no chord or tangent, gives the same network ...
        let general = propagate(&phi, with.sigma_w, with.sigma_b).unwrap();
        let off = general.one_minus_slope / with.propagation.one_minus_slope - 1.0;
        assert!(off.abs() < 1e-10, "{bits}: {general:?}");
        assert!((general.variance / with.propagation.variance - 1.0).abs() < 1e-10);
        assert!((general.variance_slope - with.propagation.variance_slope).abs() < 1e-10);
        // ... and no better one near it.
        let (q, beta) = (with.propagation.variance, with.sigma_b * with.sigma_b);
        for share in [-0.02, 0.0, 0.02] {
            for growth in [0.95, 1.0, 1.05] {
                let (q, bias) = (q * growth, beta * growth + share * q);
                if bias < 0.0 || (growth == 1.0 && bias == beta) {
                    continue;
                }
                // sigma_w makes q the fixed point.
                let sigma_w = ((q - bias) / phi.mean_square(q)).sqrt();
                let map = CorrelationMap::new(&phi, sigma_w, bias.sqrt(), q).unwrap();
                let slope = map.slope(map.fixed_point().unwrap()).unwrap();
                assert!(
                    slope < with.propagation.slope,
                    "{bits}, {share}, {growth}: {slope}"
                );
            }
        }
    }
}

#[test]
fn biases_do_not_help_formats_that_are_nearly_odd() {
    for name in ["int4", "int2-full", "nf4", "af4"] {
        let with = best_scale_and_bias(&phi(name)).unwrap();
        assert_eq!(with.sigma_b, 0.0, "{name}");
        assert_eq!(
            with.propagation,
            best_scale(&phi(name)).unwrap().propagation
        );
    }
}

fn optimum(name: &str) -> FormatOptimum {
    FormatOptimum::of(find(name).unwrap()).unwrap()
}

#[test]
fn formats_have_the_depths_of_theory_section_8() {
    // xi as printed, and half a unit of its last digit.
    for (name, depth_scale, half) in [
        ("ternary", 4.741, 5e-4),
        ("int4", 77.08, 5e-3),
        ("fp4-e2m1", 78.33, 5e-3),
        ("nf4", 100.5, 0.05),
        ("fp8-e5m2", 361.1, 0.05),
        ("fp8-e4m3fn", 1430.6, 0.05),
        ("int8", 11323.0, 0.5),
    ] {
        let found = optimum(name);
        assert!((found.depth_scale() - depth_scale).abs() <= half, "{name}");
        assert_eq!(found.phi.largest_level(), 1.0);
        // The quantizer keeps the largest value of the format.
        let largest = found.quantizer.activation.largest_level();
        let phi = found.quantizer.activation.scaled(1.0 / largest).unwrap();
        assert_eq!(phi, found.phi);
    }
}

#[test]
fn a_scale_off_the_best_one_costs_depth() {
    // Stein's lemma at C* = 0: chi = E[z phi]^2 / E[phi^2]. With levels -1, 0, 1 and the threshold t, E[z phi] = 2 n(t)
    // and E[phi^2] = 2 P(z > t), so that chi = 2 n(t)^2 / P(z > t).
    use mf_core::gaussian::{pdf, upper_tail};
    let ternary = optimum("ternary");
    let best = 0.612_003_180_962_480_8; // Max 1960, table I, N = 3: 0.6120
    for factor in [0.5, 0.9, 1.0, 1.1, 2.0] {
        let t = best * factor;
        let chi = 2.0 * pdf(t) * pdf(t) / upper_tail(t);
        let found = ternary.depth_scale_at(factor).unwrap();
        let expected = -1.0 / libm::log(chi);
        // The scale is good to 1e-9, the rest to rounding.
        assert!((found / expected - 1.0).abs() < 1e-8, "{factor}: {found}");
    }
    // Everything falls into the bin of 0.
    assert_eq!(ternary.depth_scale_at(1e4).unwrap(), 0.0);
    assert!(ternary.depth_scale_at(0.0).is_err());
}

#[test]
fn all_formats_are_in_order() {
    let all = FormatOptimum::all().unwrap();
    assert_eq!(all.len(), FORMATS.len());
    assert!(all.is_sorted_by(|a, b| {
        a.format.bits < b.format.bits
            || a.format.bits == b.format.bits && a.depth_scale() >= b.depth_scale()
    }));
}

#[test]
fn weights_have_the_best_scales_of_their_formats() {
    // mpmath, 40 digits: the root of the derivative, for NF4 less its mean.
    const NF4: f64 = 0.009_898_707_391_268_732;
    // Odd formats: those of activations.
    for name in ["ternary", "int4", "fp4-e2m1", "binary"] {
        let phi = phi(name);
        let scale = mf_fit::best_scale(&phi).unwrap().scale;
        assert_eq!(mf_fit::best_weight_scale(&phi), Ok(scale), "{name}");
    }
    let nf4 = phi("nf4");
    let found = mf_fit::best_weight_scale(&nf4).unwrap();
    let rounding = mf_core::Scale::Constant(found).rounding(&nf4).unwrap();
    let centred = rounding.centred.mean_squared_error;
    assert!(
        (centred / NF4 - 1.0).abs() < 1e-12,
        "{found:?}: {centred:.16e}"
    );
}
