//! `1 - chi` against the number of levels, and the fewest levels for a depth, against published tables.

#![allow(clippy::unwrap_used)]

use mf_core::depth_scale;
use mf_core::quantizer::{Members, QuantizerError, family};
use mf_fit::{FitError, best_scale, fewest_states, least_error, least_stochastic_error};

fn members(name: &str) -> Members {
    family(name).unwrap().members.unwrap()
}

/// Half a unit of the eighth digit after the point.
const EIGHT_DIGITS: f64 = 5.1e-9;

#[test]
fn lloyd_max_has_the_errors_of_theory_section_8() {
    for (states, error) in [
        (4, 0.11748185),
        (8, 0.03454776),
        (16, 0.00950101),
        (32, 0.00250467),
    ] {
        let found = least_error(&members("lloyd-max"), states).unwrap();
        assert!((found - error).abs() < EIGHT_DIGITS, "{states}: {found}");
    }
}

#[test]
fn equal_steps_have_the_errors_of_theory_section_8() {
    // Ten digits of the narrow integers: 3, 15 and 255 levels.
    for (states, error) in [(3, 0.1901740392), (15, 0.0128893859), (255, 0.0000883080)] {
        let found = least_error(&members("uniform"), states).unwrap();
        assert!((found - error).abs() < 5.1e-11, "{states}: {found}");
    }
}

#[test]
fn stochastic_rounding_has_the_errors_of_theory_section_8() {
    for (states, error) in [(4, 0.17422769), (16, 0.01994295), (64, 0.00188928)] {
        let found = least_stochastic_error(&members("uniform"), states).unwrap();
        assert!((found - error).abs() < EIGHT_DIGITS, "{states}: {found}");
    }
}

#[test]
fn both_methods_find_the_least_error() {
    // The search does not use centroids or spacings; both results are exact to about 1e-13.
    for name in ["uniform", "lloyd-max", "power-of-two"] {
        for states in [2, 3, 7, 16, 33] {
            let members = members(name);
            let phi = (members.build)(states).unwrap().activation;
            let searched = best_scale(&phi).unwrap().propagation.one_minus_slope;
            let found = least_error(&members, states).unwrap();
            assert!(
                (found / searched - 1.0).abs() < 1e-12,
                "{name} {states}: {found}"
            );
        }
    }
}

#[test]
fn leading_terms_agree_with_panter_dite_hui_and_neuhoff() {
    // The next order is 1/N for Lloyd-Max; equal steps follow theirs slowly, from below.
    let ratio = |name: &str, states: u64| {
        let members = members(name);
        least_error(&members, states).unwrap() / (members.asymptote.unwrap())(states as f64)
    };
    assert!((ratio("lloyd-max", 4096) - 1.0).abs() < 1e-2);
    let (near, far) = (ratio("uniform", 1_000), ratio("uniform", 1_000_000_000));
    assert!(0.7 < near && near < far && far < 1.0, "{near} {far}");
    assert!(members("power-of-two").asymptote.is_none());
}

#[test]
fn the_fewest_levels_are_those_whose_depth_is_tabulated() {
    // xi of 3, 15 and 255 levels as theory section 8 prints it: a slightly smaller depth needs the same number of
    // levels, a slightly larger one needs one level more.
    let uniform = members("uniform");
    for (states, xi, half) in [(3, 4.741, 5e-4), (15, 77.08, 5e-3), (255, 11323.0, 0.5)] {
        let fewest = |needed: f64| fewest_states(&uniform, needed).unwrap().unwrap();
        assert_eq!(fewest(xi - half).0, states);
        assert_eq!(fewest(xi + half).0, states + 1);
        assert!((fewest(xi - half).1 - xi).abs() <= half);
    }
    let lloyd_max = members("lloyd-max");
    // Max's eight levels: the error of theory section 8 is xi = 28.44.
    let xi = depth_scale(0.03454776);
    assert_eq!(fewest_states(&lloyd_max, xi - 1e-4).unwrap().unwrap().0, 8);
    assert_eq!(fewest_states(&lloyd_max, xi + 1e-4).unwrap().unwrap().0, 9);
    // The depth scale of the sign is -1/ln(2/pi) = 2.21 layers.
    assert_eq!(fewest_states(&uniform, 1.0).unwrap().unwrap().0, 2);
    // 2.72 / 65536^2 (Panter and Dite) is xi = 1.6e9.
    assert_eq!(fewest_states(&lloyd_max, 1e12), Ok(None));
}

#[test]
fn numbers_of_levels_out_of_range_are_refused() {
    for name in ["uniform", "lloyd-max", "power-of-two"] {
        let members = members(name);
        assert!(least_error(&members, 1).is_err());
        assert!(least_error(&members, members.most + 1).is_err());
    }
    let error = least_stochastic_error(&members("uniform"), 1 << 40);
    assert!(matches!(
        error,
        Err(FitError::Quantizer(QuantizerError::Activation { .. }))
    ));
}
