//! The best scale of every named format, and the biases of rectifiers.

#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::quantizer::{FORMATS, find, lloyd_max, relu};
use mf_core::{Activation, CorrelationMap, Quantizer, StepActivation, propagate};
use mf_fit::{best_scale, best_scale_and_bias};

fn phi(name: &str) -> StepActivation {
    find(name).unwrap().build().unwrap().activation().clone()
}

fn rectifier(bits: u64) -> StepActivation {
    relu(bits, 1.0).unwrap().activation().clone()
}

/// `format,one_minus_slope,scale` at 25 digits.
const OPTIMA: &str = include_str!("../../../data/reference/formats/optima.csv");

#[test]
fn odd_formats_have_the_optima_of_high_precision() {
    // The search says 1e-13; octaves that tie within 1e-12 may be exchanged.
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
    // The widest rectifiers take their time: mf-core has them.
    for format in FORMATS.iter().filter(|format| format.bits < 8) {
        let best = best_scale(&phi(format.name)).unwrap();
        let p = best.propagation;
        assert!(p.slope > 0.0 && p.slope < 1.0, "{}", format.name);
        // The signs of a bit and more.
        assert!(p.depth_scale > 2.2, "{}: {p:?}", format.name);
        assert!(p.variance_slope < 1.0, "{}: {p:?}", format.name);
        // No quantizer of so many states beats Lloyd-Max.
        let states = phi(format.name).states() as u64;
        let least = lloyd_max(states).unwrap().activation().distortion();
        assert!(
            p.one_minus_slope >= least.mean_squared_error * (1.0 - 1e-12),
            "{}: {p:?}",
            format.name
        );
    }
}

#[test]
fn lloyd_max_is_at_its_best_scale_as_it_is() {
    for states in [2, 5, 16, 64] {
        let quantizer = lloyd_max(states).unwrap();
        let best = best_scale(quantizer.activation()).unwrap();
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
    let best = best_scale(quantizer.activation()).unwrap();
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
        // The general map with biases, which knows nothing of chords and tangents, finds the same network ...
        let general = propagate(&phi, with.sigma_w, with.sigma_b).unwrap();
        let off = general.one_minus_slope / with.propagation.one_minus_slope - 1.0;
        assert!(off.abs() < 1e-10, "{bits}: {general:?}");
        assert!((general.variance / with.propagation.variance - 1.0).abs() < 1e-10);
        assert!((general.variance_slope - with.propagation.variance_slope).abs() < 1e-10);
        // ... and none better beside it.
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
