//! The logarithmic correction: exact laws are recovered, and the local exponent of uniform states tends to 2.

#![allow(clippy::unwrap_used)]

mod seeded;

use mf_fit::{
    FitError, local_exponent, log_corrected_power_law, log_correction, power_law, uniform_optimum,
};
use proptest::prelude::*;
use seeded::seeded;

/// Even numbers of states, four an octave, from `2^least` to `2^29`, and `1 - chi_max` at them.
fn window(least: u32) -> (Vec<f64>, Vec<f64>) {
    (4 * least..=4 * 29)
        .map(|k| 2 * libm::round(libm::exp2(f64::from(k) / 4.0 - 1.0)) as u64)
        .map(|n| (n as f64, uniform_optimum(n).unwrap().one_minus_slope))
        .unzip()
}

#[test]
fn with_its_logarithm_the_exponent_is_two() {
    // N from 64 to 5.4e8. Hui & Neuhoff (2001): exponent 2, log power 1 with corrections of order ln ln N / ln N.
    let (x, y) = window(6);
    let fit = log_corrected_power_law(&x, &y).unwrap();
    assert!((fit.exponent - 2.0).abs() < 1e-3, "{fit:?}");
    assert!((fit.log_power - 1.0).abs() < 0.15, "{fit:?}");
    assert!(1.0 - fit.r_squared < 1e-6, "{fit:?}");
    // A plain power law over the same points is a thousand times further off.
    let plain = power_law(&x, &y).unwrap();
    assert!(1.0 - plain.r_squared > 1e-4, "{plain:?}");
    assert!(plain.slope > -1.91, "{plain:?}");
}

#[test]
fn the_fitted_local_exponent_follows_the_measured_one() {
    let (x, y) = window(6);
    let fit = log_corrected_power_law(&x, &y).unwrap();
    for states in [256_u64, 1024, 65_536, 1 << 24] {
        // Between N and 2 N: at sqrt(2) N.
        let fitted = fit.local_exponent(states as f64 * std::f64::consts::SQRT_2);
        let measured = local_exponent(states).unwrap();
        assert!(
            (fitted - measured).abs() < 0.01,
            "N = {states}: {fitted} against {measured}"
        );
    }
}

#[test]
fn with_the_exponent_held_at_two_the_log_power_nears_one() {
    let (x, y) = window(6);
    let fit = log_correction(&x, &y, 2.0).unwrap();
    assert!((fit.exponent - 2.0).abs() < 1e-15 && fit.exponent_error == 0.0);
    assert!((fit.log_power - 1.0).abs() < 0.15, "{fit:?}");
    let (x, y) = window(22);
    let later = log_correction(&x, &y, 2.0).unwrap();
    assert!(
        (later.log_power - 1.0).abs() < (fit.log_power - 1.0).abs(),
        "{later:?}"
    );
}

#[test]
fn bad_points_are_refused() {
    let x = [2.0, 3.0, 4.0, 5.0];
    assert!(matches!(
        log_corrected_power_law(&x[..3], &x[..3]),
        Err(FitError::Points {
            points: 3,
            parameters: 3
        })
    ));
    assert!(matches!(
        log_corrected_power_law(&[2.0, 2.0, 3.0, 3.0], &x),
        Err(FitError::Distinct {
            distinct: 2,
            parameters: 3
        })
    ));
    let error = log_corrected_power_law(&[2.0, 1.0, 3.0, 4.0], &x).unwrap_err();
    assert!(matches!(
        error,
        FitError::Value {
            name: "x",
            index: 1,
            ..
        }
    ));
    assert_eq!(
        error.to_string(),
        "x[1] is 1: give finite numbers above 1, whose logarithm is above 0"
    );
    assert!(matches!(
        log_correction(&x, &x, f64::NAN),
        Err(FitError::Parameter { .. })
    ));
}

proptest! {
    #![proptest_config(seeded())]

    #[test]
    fn exact_laws_are_recovered(a in -3.0..3.0_f64, b in -3.0..3.0_f64, c in -3.0..3.0_f64) {
        let x: Vec<f64> = (1..=24).map(|k| libm::exp2(f64::from(k))).collect();
        let y: Vec<f64> = x
            .iter()
            .map(|x| {
                let l = libm::log(*x);
                libm::exp(c - a * l + b * libm::log(l))
            })
            .collect();
        let fit = log_corrected_power_law(&x, &y).unwrap();
        prop_assert!((fit.exponent - a).abs() < 1e-12);
        prop_assert!((fit.log_power - b).abs() < 1e-11);
        prop_assert!((fit.intercept - c).abs() < 1e-11);
        prop_assert!((fit.at(100.0) / libm::exp(c - a * libm::log(100.0) + b * libm::log(libm::log(100.0))) - 1.0).abs() < 1e-11);
        let held = log_correction(&x, &y, a).unwrap();
        prop_assert!((held.log_power - b).abs() < 1e-12);
        prop_assert!((held.intercept - c).abs() < 1e-12);
    }
}
