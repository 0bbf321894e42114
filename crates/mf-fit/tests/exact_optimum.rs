//! The exact optimum of the uniform quantizer against outside values.

#![allow(clippy::unwrap_used)]

mod seeded;

use mf_fit::{FitError, MOST_STATES, UniformOptimum, local_exponent, uniform_optimum};
use proptest::prelude::*;
use seeded::seeded;

/// Relative: rounding errors (the reference has 20 digits).
const TIGHT: f64 = 1e-14;

fn optimum(states: u64) -> UniformOptimum {
    uniform_optimum(states).unwrap()
}

fn assert_near(ours: f64, outside: f64, tolerance: f64, what: &str) {
    assert!(
        (ours - outside).abs() <= tolerance,
        "{what}: {ours} against {outside}"
    );
}

#[test]
fn agrees_with_high_precision_values_from_2_to_a_billion_states() {
    let mut rows = 0;
    for line in include_str!("data/uniform_optima.csv").lines().skip(2) {
        let cells: Vec<&str> = line.split(',').collect();
        let ours = optimum(cells[0].parse().unwrap());
        let spacing: f64 = cells[1].parse().unwrap();
        let one_minus_slope: f64 = cells[2].parse().unwrap();
        assert_near(ours.spacing / spacing, 1.0, TIGHT, line);
        assert_near(ours.one_minus_slope / one_minus_slope, 1.0, TIGHT, line);
        rows += 1;
    }
    assert_eq!(rows, 21);
}

#[test]
fn slopes_of_theory_section_1() {
    let printed = [
        (3, 0.809826),
        (4, 0.881154),
        (8, 0.962560),
        (16, 0.988457),
        (32, 0.996505),
        (64, 0.998960),
    ];
    for (states, slope) in printed {
        assert_near(optimum(states).slope, slope, 5e-7, "chi");
    }
}

#[test]
fn weight_scales_of_theory_section_4() {
    let printed = [
        (3, 1.1112304905),
        (4, 1.0653053303),
        (8, 1.0192624286),
        (10, 1.0130963854),
        (16, 1.0058218905),
        (32, 1.0017522018),
    ];
    // The printed values come from a minimum, which determines the spacing and sigma_w only to about 1e-8.
    for (states, sigma_w) in printed {
        assert_near(optimum(states).sigma_w, sigma_w, 1e-8, "sigma_w");
    }
}

#[test]
fn weight_scales_to_all_digits() {
    // chi_max^(-1/2) with mpmath, from the 20 digits of data/uniform_optima.csv.
    let precise = [
        (3, 1.111_230_498_833_268_5),
        (4, 1.065_305_339_760_105),
        (8, 1.019_262_433_809_508),
        (16, 1.005_821_892_048_980_7),
    ];
    for (states, sigma_w) in precise {
        assert_near(optimum(states).sigma_w, sigma_w, 1e-15, "sigma_w");
    }
}

#[test]
fn max_1960_table_2() {
    // Four printed digits, the last of which may be off by one.
    for line in include_str!("../../../data/reference/max_1960_uniform.csv").lines() {
        if line.starts_with('#') || line.starts_with("states") {
            continue;
        }
        let cells: Vec<&str> = line.split(',').collect();
        let ours = optimum(cells[0].parse().unwrap());
        let (step, error): (f64, f64) = (cells[1].parse().unwrap(), cells[2].parse().unwrap());
        assert_near(ours.spacing, step, 1e-4, line);
        assert_near(ours.one_minus_slope / error, 1.0, 5e-4, line);
    }
}

#[test]
fn two_states_are_the_sign_at_the_spacing_of_least_error() {
    let sign = optimum(2);
    let pi = std::f64::consts::PI;
    assert_near(sign.slope, 2.0 / pi, 1e-15, "chi");
    assert_near(sign.spacing, 2.0 * (2.0 / pi).sqrt(), 1e-15, "spacing");
    assert_near(sign.depth_scale, 2.2144, 5e-5, "xi");
}

#[test]
fn the_quantizer_at_its_best_has_unit_gain() {
    // E[q^2] = E[z q] = chi, so that sigma_w = chi^(-1/2) for levels in [-1, 1].
    for states in [2, 3, 4, 17, 100, 10_000_000] {
        let ours = optimum(states);
        assert_near(ours.sigma_w, 1.0 / ours.slope.sqrt(), 4e-16, "sigma_w");
    }
}

#[test]
fn local_exponents_of_theory_section_8() {
    let printed = [
        (4, 1.66645),
        (16, 1.72355),
        (64, 1.77292),
        (256, 1.81510),
        (1024, 1.84740),
        (4096, 1.87137),
        (65536, 1.90309),
        (1 << 19, 1.91849),
    ];
    for (states, exponent) in printed {
        assert_near(local_exponent(states).unwrap(), exponent, 6e-6, "exponent");
    }
}

#[test]
fn uniform_quantization_stays_above_the_bound_of_panter_and_dite_and_nears_its_asymptote() {
    for states in [64_u64, 1 << 12, 1 << 20, MOST_STATES] {
        let n = states as f64;
        let error = optimum(states).one_minus_slope * n * n;
        assert!(error > 2.7207, "N = {states}: {error}");
        assert!(error < 4.0 / 3.0 * libm::log(n), "N = {states}: {error}");
    }
}

#[test]
fn every_small_number_of_states_has_an_optimum_and_more_states_go_deeper() {
    let mut before = optimum(2);
    for states in 3..=3000 {
        let ours = optimum(states);
        assert!(
            ours.one_minus_slope < before.one_minus_slope,
            "N = {states}"
        );
        assert!(ours.spacing < before.spacing, "N = {states}");
        before = ours;
    }
}

#[test]
fn too_few_and_too_many_states_are_refused() {
    for states in [0, 1, MOST_STATES + 1, u64::MAX] {
        let error = uniform_optimum(states).unwrap_err();
        assert_eq!(
            error,
            FitError::States {
                states,
                least: 2,
                most: MOST_STATES
            }
        );
        assert_eq!(
            error.to_string(),
            format!("{states} states: give 2 to {MOST_STATES}")
        );
    }
    assert!(local_exponent(MOST_STATES / 2).is_ok());
    assert!(matches!(
        local_exponent(MOST_STATES / 2 + 1),
        Err(FitError::States { .. })
    ));
    assert!(matches!(local_exponent(1), Err(FitError::States { .. })));
}

proptest! {
    #![proptest_config(seeded())]

    #[test]
    fn any_number_of_states_has_a_finite_optimum(log2 in 1.0..29.89) {
        let states = libm::exp2(log2) as u64;
        let ours = optimum(states);
        prop_assert!(ours.one_minus_slope > 0.0 && ours.one_minus_slope < 0.37);
        prop_assert!(ours.depth_scale.is_finite() && ours.spacing > 0.0 && ours.sigma_w >= 1.0);
        let more = optimum(states + 1);
        prop_assert!(more.one_minus_slope < ours.one_minus_slope);
    }
}
