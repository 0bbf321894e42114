//! `M(C)`, `chi(C)` and `C*` against quadratures to 34 digits, closed forms, and each formula against its neighbour.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, close, network};
use mf_core::activation::StepResponse;
use mf_core::{
    Activation, CorrelationError, CorrelationMap, Scalable, StepActivation, VarianceMap,
};
use std::f64::consts::PI;

/// Rounding of a few hundred terms.
const TIGHT: f64 = 1e-13;

/// `M` may pass through 0 (relative to `M(1)`, which is about 1).
const FLOOR: f64 = 1e-15;

fn uniform_map(states: usize) -> CorrelationMap<StepResponse> {
    let phi = StepActivation::uniform(states).unwrap();
    CorrelationMap::new(&phi, 1.1, 0.2, 0.7).unwrap()
}

#[test]
fn maps_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/correlation.csv"
    ));
    for row in file.rows() {
        let (name, correlation) = (row.text("name"), row.f64("correlation"));
        let case = network(name);
        let variance = row.f64("variance");
        let map = CorrelationMap::new(&case.phi, case.sigma_w, case.sigma_b, variance).unwrap();
        let (image, slope) = (
            map.value(correlation).unwrap(),
            map.slope(correlation).unwrap(),
        );
        let place = format!("{name} at C = {correlation}");
        assert!(
            close(image, row.f64("image"), TIGHT, FLOOR),
            "M of {place}: {image}"
        );
        assert!(
            close(slope, row.f64("slope"), TIGHT, 0.0),
            "chi of {place}: {slope}"
        );
    }
}

#[test]
fn fixed_points_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/fixed_points.csv"
    ));
    for row in file.rows() {
        let name = row.text("name");
        let case = network(name);
        let variance = row.f64("variance");
        let map = CorrelationMap::new(&case.phi, case.sigma_w, case.sigma_b, variance).unwrap();
        let correlation = map.fixed_point().unwrap();
        assert!(
            close(correlation, row.f64("correlation"), TIGHT, 0.0),
            "C* of {name}"
        );
        let slope = map.slope(correlation).unwrap();
        assert!(close(slope, row.f64("slope"), TIGHT, 0.0), "chi of {name}");
    }
}

#[test]
fn the_two_formulas_agree_where_they_meet() {
    for states in [2, 3, 16, 101, 1024] {
        let map = uniform_map(states);
        for (inside, beyond) in [(0.9, 0.9_f64.next_up()), (-0.9, (-0.9_f64).next_down())] {
            let (a, b) = (map.value(inside).unwrap(), map.value(beyond).unwrap());
            assert!(
                close(a, b, TIGHT, 0.0),
                "M of {states} at {inside}: {a} {b}"
            );
            let (a, b) = (map.slope(inside).unwrap(), map.slope(beyond).unwrap());
            assert!(
                close(a, b, TIGHT, 0.0),
                "chi of {states} at {inside}: {a} {b}"
            );
        }
        // chi changes its formula at 0 as well.
        let (a, b) = (map.slope(0.0).unwrap(), map.slope(-1e-18).unwrap());
        assert!(close(a, b, TIGHT, 0.0), "chi of {states} at 0: {a} {b}");
    }
}

#[test]
fn sign_is_the_arcsine() {
    let phi = StepActivation::uniform(2).unwrap();
    let (sigma_w, sigma_b): (f64, f64) = (1.2, 0.5);
    let variance = sigma_w * sigma_w + sigma_b * sigma_b;
    let map = CorrelationMap::new(&phi, sigma_w, sigma_b, variance).unwrap();
    for c in [
        -1.0,
        -0.9999999,
        -0.95,
        -0.4,
        0.0,
        1e-9,
        0.5,
        0.9,
        0.97,
        0.99999,
        1.0 - 1e-12,
        1.0,
    ] {
        let image = (2.0 / PI * sigma_w * sigma_w * libm::asin(c) + sigma_b * sigma_b) / variance;
        assert!(close(map.value(c).unwrap(), image, 1e-14, FLOOR), "M({c})");
        let slope = 2.0 / PI * sigma_w * sigma_w / ((1.0 - c) * (1.0 + c)).sqrt() / variance;
        assert!(close(map.slope(c).unwrap(), slope, 1e-14, 0.0), "chi({c})");
    }
}

#[test]
fn image_at_zero_is_the_product_of_means() {
    let case = network("skewed");
    let map = CorrelationMap::new(&case.phi, case.sigma_w, case.sigma_b, 0.8).unwrap();
    let mean = case.sigma_w * case.phi.mean(0.8);
    let expected = (mean * mean + case.sigma_b * case.sigma_b) / 0.8;
    assert!(close(map.value(0.0).unwrap(), expected, 1e-15, 0.0));
}

#[test]
fn an_odd_map_is_odd_and_small_values_keep_their_digits() {
    let phi = StepActivation::uniform(7).unwrap();
    let map = CorrelationMap::new(&phi, 1.0, 0.0, 0.5).unwrap();
    for c in [1e-200, 1e-12, 0.3, 0.93] {
        let (up, down) = (map.value(c).unwrap(), map.value(-c).unwrap());
        assert!(close(up, -down, TIGHT, 0.0), "{c}");
    }
    let slope = map.slope(0.0).unwrap();
    assert!(close(map.value(1e-12).unwrap(), slope * 1e-12, 1e-14, 0.0));
    assert_eq!(map.value(0.0).unwrap(), 0.0);
}

#[test]
fn slope_at_the_ends_depends_on_opposite_thresholds() {
    let odd = uniform_map(5);
    assert_eq!(odd.slope(1.0).unwrap(), f64::INFINITY);
    assert_eq!(odd.slope(-1.0).unwrap(), f64::INFINITY);
    let phi = StepActivation::new(vec![0.5], vec![0.0, 1.0]).unwrap();
    let lone = CorrelationMap::new(&phi, 1.0, 0.0, 1.0).unwrap();
    assert_eq!(lone.slope(1.0).unwrap(), f64::INFINITY);
    assert_eq!(lone.slope(-1.0).unwrap(), 0.0);
    assert!(lone.slope(-0.9999).unwrap() < 1e-100);
}

#[test]
fn many_states_tend_to_the_clipped_identity() {
    // Fine bins over +-6 spreads leave the identity, M(C) = C, up to the granular error D^2/12.
    // What lies beyond 6 spreads takes 2 P(z > 6) = 2e-9 off E[zq]; the granular errors of two inputs do not correlate.
    const CLIPPED: f64 = 1e-8;
    let states = 2001;
    let phi = StepActivation::uniform(states)
        .unwrap()
        .scaled(6.0)
        .unwrap();
    let map = CorrelationMap::new(&phi, 1.0, 0.0, 1.0).unwrap();
    for c in [-0.99, -0.5, 0.0, 1e-3, 0.5, 0.95] {
        assert!((map.value(c).unwrap() - c).abs() < CLIPPED, "M({c})");
        assert!((map.slope(c).unwrap() - 1.0).abs() < 5e-8, "chi({c})");
    }
    assert!((map.value(1.0).unwrap() - 1.0 - 0.006 * 0.006 / 12.0).abs() < CLIPPED);
}

#[test]
fn errors_name_the_value() {
    let map = uniform_map(4);
    for correlation in [1.5, -1.0000001, f64::INFINITY] {
        let refusal = Err(CorrelationError::Correlation { correlation });
        assert_eq!(map.value(correlation), refusal);
        assert_eq!(map.slope(correlation), refusal);
    }
    assert!(map.value(f64::NAN).is_err());
    let phi = StepActivation::uniform(4).unwrap();
    assert!(CorrelationMap::new(&phi, -1.0, 0.0, 1.0).is_err());
    assert!(CorrelationMap::new(&phi, 1.0, f64::NAN, 1.0).is_err());
    let refusal = CorrelationMap::new(&phi, 1.0, 0.0, 0.0).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "variance is 0: give a finite number above zero"
    );
}

#[test]
fn a_variance_that_is_not_a_fixed_point_is_refused() {
    let refusal = uniform_map(4).fixed_point().unwrap_err();
    assert!(matches!(
        refusal,
        CorrelationError::NotAtFixedPoint { variance: 0.7, .. }
    ));
    assert!(refusal.to_string().contains("VarianceMap::fixed_points"));
}

/// 1 is an unstable fixed point: a correlation that rounds to less than 1 would reach `C*` after some twenty layers.
#[test]
fn identical_and_opposite_inputs_stay_so() {
    let layers = 1000;
    for states in [2, 3, 8, 16, 32] {
        let phi = StepActivation::uniform(states).unwrap();
        for gain in [0.9, 1.0, 1.1, 1.3] {
            for sigma_b in [0.0, 0.001, 0.3] {
                let points = VarianceMap::new(&phi, gain, sigma_b)
                    .unwrap()
                    .fixed_points();
                let variance = points.last().unwrap().variance;
                let map = CorrelationMap::new(&phi, gain, sigma_b, variance).unwrap();
                let end =
                    |start: f64| (0..layers).fold(start, |c, _| map.next(c, variance).unwrap());
                let case = format!("{states} states at {gain} with biases of {sigma_b}");
                assert_eq!(end(1.0), 1.0, "{case}");
                if sigma_b == 0.0 {
                    assert_eq!(end(-1.0), -1.0, "{case}");
                } else {
                    assert!(end(-1.0) > -1.0, "{case}");
                }
                assert!(end(0.999) < 0.999, "{case}");
            }
        }
    }
}

/// Away from the fixed point of the variance `C' = M(C) Q / Q'`: checked where the sign makes it a closed form.
#[test]
fn the_next_correlation_is_in_units_of_the_next_variance() {
    let phi = StepActivation::uniform(2).unwrap();
    let map = CorrelationMap::new(&phi, 1.0, 0.5, 3.0).unwrap();
    let next_variance = 1.25;
    let closed = (2.0 / PI * libm::asin(0.5) + 0.25) / next_variance;
    assert!(close(
        map.next(0.5, next_variance).unwrap(),
        closed,
        TIGHT,
        0.0
    ));
    assert!(map.next(1.5, next_variance).is_err());
}
