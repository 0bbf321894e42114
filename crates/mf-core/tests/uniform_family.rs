//! The uniform family in constant time against sums over thresholds to 60 digits, and published numbers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, best_uniform, close};
use mf_core::depth_scale;
use mf_core::uniform::{UniformDomainError, UniformError, slope};
use std::f64::consts::PI;

/// Rounding in some tens of operations.
const TIGHT: f64 = 5e-14;

#[test]
fn errors_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/uniform_error.csv"
    ));
    for row in file.rows() {
        let (states, spacing) = (row.u64("states"), row.f64("spacing"));
        let range = 0.5 * states as f64 * spacing;
        let error = UniformError::new(states, spacing).unwrap();
        let place = format!("{states} states at {spacing}");
        let m = row.f64("mean_squared_error");
        assert!(
            close(error.mean_squared_error, m, TIGHT, 0.0),
            "m of {place}"
        );
        // b is formed as 1 - E[zq] above D = 1, and may pass through 0.
        let b = row.f64("correlation_deficit");
        assert!(
            close(error.correlation_deficit, b, TIGHT, 3e-16),
            "b of {place}"
        );
        // The documented loss at narrow ranges: one digit for each factor of sqrt(10) below 1.
        let loss = 1e-15 / (range * range);
        let rest = row.f64("one_minus_slope");
        assert!(
            close(error.one_minus_slope(), rest, TIGHT + loss, 0.0),
            "1 - chi of {place}"
        );
    }
}

#[test]
fn optima_agree_with_high_precision_up_to_a_billion_states() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/uniform_optimum.csv"
    ));
    for row in file.rows() {
        let states = row.u64("states");
        let (spacing, error) = best_uniform(states);
        assert!(
            close(error, row.f64("one_minus_slope"), 1e-14, 0.0),
            "1 - chi at {states}"
        );
        assert!(
            close(spacing, row.f64("spacing"), 1e-14, 0.0),
            "spacing at {states}"
        );
    }
}

#[test]
fn slope_is_one_minus_the_error() {
    for states in [2, 3, 4, 7, 16, 63, 256, 1024] {
        for spacing in [0.01, 0.1, 0.24, 0.26, 0.9, 1.1, 2.0] {
            let chi = slope(states, spacing).unwrap();
            let error = UniformError::new(states, spacing)
                .unwrap()
                .one_minus_slope();
            // 1e-15 / range^2 again, and the rounding of a sum of up to a thousand terms.
            let range = 0.5 * states as f64 * spacing;
            let tolerance = 5e-15 + 1e-15 / (range * range);
            assert!(
                (1.0 - chi - error).abs() < tolerance,
                "{states} states at {spacing}"
            );
        }
    }
}

#[test]
fn two_states_are_the_sign_at_every_spacing() {
    for spacing in [1e-9, 0.3, 1.0, 2.5, 9.0, 1e6] {
        assert!(
            close(slope(2, spacing).unwrap(), 2.0 / PI, 1e-15, 0.0),
            "{spacing}"
        );
    }
    let error = UniformError::new(2, 1.5).unwrap().one_minus_slope();
    assert!(close(error, 1.0 - 2.0 / PI, 1e-15, 0.0));
}

#[test]
fn a_vanishing_spacing_leaves_the_sign() {
    for states in [3, 8, 101] {
        assert!(
            close(slope(states, 1e-12).unwrap(), 2.0 / PI, 1e-10, 0.0),
            "{states}"
        );
    }
}

#[test]
fn an_odd_quantizer_of_wide_bins_lets_nothing_through() {
    assert!(slope(3, 20.0).unwrap() < 1e-20);
    assert_eq!(slope(3, 1e6).unwrap(), 0.0);
}

/// J. Max, "Quantizing for minimum distortion" (1960), Table II: states, step, error, as printed.
const MAX_UNIFORM: [(u64, f64, f64); 4] = [
    (4, 0.9957, 0.1188),
    (8, 0.5860, 0.03744),
    (16, 0.3352, 0.01154),
    (32, 0.1881, 0.003495),
];

#[test]
fn optima_agree_with_max() {
    for (states, step, error) in MAX_UNIFORM {
        let (spacing, found) = best_uniform(states);
        // One unit of the last printed digit.
        assert!(
            (spacing - step).abs() <= 1e-4,
            "step of {states}: {spacing}"
        );
        assert!(close(found, error, 4e-4, 0.0), "error of {states}: {found}");
    }
}

/// `log2(f(N)/f(2N))`, `f = 1 - chi_max`, computed independently to the digits shown.
const LOCAL_EXPONENTS: [(u64, f64); 8] = [
    (4, 1.66645),
    (16, 1.72355),
    (64, 1.77292),
    (256, 1.81510),
    (1024, 1.84740),
    (4096, 1.87137),
    (65536, 1.90309),
    (1 << 19, 1.91849),
];

#[test]
fn local_exponents_climb_towards_two() {
    for (states, exponent) in LOCAL_EXPONENTS {
        let found = libm::log2(best_uniform(states).1 / best_uniform(2 * states).1);
        assert!((found - exponent).abs() < 6e-6, "{states}: {found}");
    }
}

#[test]
fn a_thousand_states_have_the_known_optimum() {
    let (spacing, error) = best_uniform(1024);
    assert!((spacing - 0.00878546).abs() < 5e-9);
    // 7.00e-6 in the authors' table (six decimals: 0.000007).
    assert!((error - 7e-6).abs() < 5e-9);
    assert!(close(depth_scale(error), 1.0 / error - 0.5, 1e-10, 0.0));
}

#[test]
fn error_per_state_follows_hui_and_neuhoff() {
    // 1 - chi_max N^2 / ln N tends to 4/3 from below, slowly.
    let ratio = |states: u64| {
        let n = states as f64;
        best_uniform(states).1 * n * n / libm::log(n)
    };
    let ratios = [1_000, 1_000_000, 1_000_000_000, 1_000_000_000_000].map(ratio);
    assert!(ratios.iter().zip(ratios.iter().skip(1)).all(|(a, b)| a < b));
    assert!(
        ratios.iter().all(|ratio| (1.0..4.0 / 3.0).contains(ratio)),
        "{ratios:?}"
    );
}

#[test]
fn errors_name_the_value_and_the_remedy() {
    let states = UniformDomainError::TooFewStates { states: 1 };
    assert_eq!(UniformError::new(1, 1.0), Err(states));
    assert_eq!(
        slope(0, 1.0),
        Err(UniformDomainError::TooFewStates { states: 0 })
    );
    for spacing in [0.0, -1.0, f64::INFINITY] {
        assert_eq!(
            slope(4, spacing),
            Err(UniformDomainError::Spacing { spacing })
        );
        assert_eq!(
            UniformError::new(4, spacing),
            Err(UniformDomainError::Spacing { spacing })
        );
    }
    assert!(slope(4, f64::NAN).is_err() && UniformError::new(4, f64::NAN).is_err());
    assert!(matches!(
        UniformError::new(4, 1e-3),
        Err(UniformDomainError::TooNarrow { .. })
    ));
    let wide = UniformError::new(4, 11.0).unwrap_err();
    assert_eq!(wide, UniformDomainError::TooWide { spacing: 11.0 });
    assert!(wide.to_string().contains("`slope` takes every spacing"));
}
