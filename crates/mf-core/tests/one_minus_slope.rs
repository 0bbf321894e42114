//! `1 - chi` where no symmetry makes `C*` zero, against high precision (data/make_one_minus_slope.py).
#![allow(clippy::unwrap_used)]

mod common;

use common::Reference;
use mf_core::quantizer::{Range, mid_tread};
use mf_core::{
    Activation, Propagation, Scalable, StepActivation, propagate, propagate_at_unit_variance,
};

/// Of `1 - chi`: `Q*` and `C*` are found to some 1e-13 of themselves.
const TIGHT: f64 = 1e-10;

/// Of `Q*`, `C*` and moments.
const FIXED_POINT: f64 = 1e-12;

fn mid_tread_16() -> StepActivation {
    let quantizer = mid_tread(16, Range::Full).unwrap();
    quantizer.activation
}

fn check(what: &str, found: f64, expected: f64, tolerance: f64) {
    let off = (found / expected - 1.0).abs();
    assert!(
        off < tolerance,
        "{what}: {found:e} for {expected:e}, off by {off:.1e}"
    );
}

fn check_correlation(what: &str, found: &Propagation, expected: f64) {
    // Near 1 a difference below one unit in the last place means nothing: 1 - chi moves by less than C*.
    const FLOOR: f64 = 1e-16;
    let off = (found.correlation - expected).abs();
    assert!(
        off < FIXED_POINT * expected + FLOOR,
        "{what}: C* off by {off:.1e}"
    );
}

#[test]
fn many_levels_that_are_nearly_odd_keep_the_digits_of_one_minus_slope() {
    let file = Reference::parse(include_str!("data/mid_tread_16.csv"));
    for row in file.rows() {
        let scale = row.f64("scale");
        let phi = mid_tread_16().stretched(scale).unwrap();
        check(
            "E[phi^2]",
            phi.mean_square(1.0),
            row.f64("mean_square"),
            FIXED_POINT,
        );
        let (_, found) = propagate_at_unit_variance(&phi).unwrap();
        check_correlation(&format!("at {scale}"), &found, row.f64("correlation"));
        let expected = row.f64("one_minus_slope");
        check(
            &format!("1 - chi at {scale}"),
            found.one_minus_slope,
            expected,
            TIGHT,
        );
    }
}

/// The mean is a sum over 65,535 thresholds that nearly cancel: `E[phi]` is `-1e-9` with levels of up to 32768, and
/// comes from the lowest one alone, which has no opposite.
#[test]
fn a_small_mean_of_many_levels_keeps_some_digits() {
    let file = Reference::parse(include_str!("data/mid_tread_16.csv"));
    for row in file.rows() {
        let phi = mid_tread_16().stretched(row.f64("scale")).unwrap();
        let off = (phi.mean(1.0) - row.f64("mean")).abs();
        // In units of sqrt(E[phi^2]).
        assert!(
            off < 1e-16 * row.f64("mean_square").sqrt(),
            "{}: off by {off:.1e}",
            row.f64("scale")
        );
    }
}

#[test]
fn networks_with_biases_agree_with_high_precision() {
    let file = Reference::parse(include_str!("data/biased_networks.csv"));
    for row in file.rows() {
        let list = |name: &str| {
            row.text(name)
                .split(';')
                .map(|x| x.parse().unwrap())
                .collect()
        };
        let phi = StepActivation::new(list("thresholds"), list("levels")).unwrap();
        let found = propagate(&phi, row.f64("sigma_w"), row.f64("sigma_b")).unwrap();
        let name = row.text("name");
        check(
            &format!("Q* of {name}"),
            found.variance,
            row.f64("variance"),
            FIXED_POINT,
        );
        check_correlation(name, &found, row.f64("correlation"));
        let expected = row.f64("one_minus_slope");
        check(
            &format!("1 - chi of {name}"),
            found.one_minus_slope,
            expected,
            TIGHT,
        );
        assert_eq!(found.slope, 1.0 - found.one_minus_slope, "{name}");
    }
}
