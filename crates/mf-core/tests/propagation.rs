//! Signal propagation: numbers of the paper and of its re-derivation, computed independently to the digits shown.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, best_uniform, close, minimum, network};
use mf_core::{
    Activation, CorrelationError, CorrelationMap, FixedPoint, Propagation, PropagationError,
    Scalable, Stability, StepActivation, Surrogate, VarianceMap, depth_scale, propagate,
    propagate_at, propagate_at_unit_variance,
};
use std::f64::consts::PI;

/// The paper's activation at its best scale: thresholds in units of `sqrt(Q*)`.
fn at_best_spacing(states: usize) -> (f64, Propagation) {
    let (spacing, _) = best_uniform(states as u64);
    let phi = StepActivation::uniform(states).unwrap();
    let factor = spacing * (states - 1) as f64 / 2.0;
    propagate_at_unit_variance(&phi.stretched(factor).unwrap()).unwrap()
}

/// `sqrt(Q*)` and `sigma_w` at the best spacing for thresholds half way between levels in [-1, 1].
fn best_scales(states: usize) -> (f64, f64) {
    let (spacing, _) = best_uniform(states as u64);
    let spread = 2.0 / (states - 1) as f64 / spacing;
    let phi = StepActivation::uniform(states).unwrap();
    (spread, spread / phi.mean_square(spread * spread).sqrt())
}

#[test]
fn slopes_at_the_optimum_are_the_known_values() {
    // states, dV/dQ, chi
    let known = [
        (3, 0.374548, 0.809826),
        (4, 0.544476, 0.881154),
        (8, 0.796391, 0.962560),
        (16, 0.915263, 0.988457),
        (32, 0.967029, 0.996505),
        (64, 0.987889, 0.998960),
    ];
    for (states, variance_slope, slope) in known {
        let (_, found) = at_best_spacing(states);
        assert!(
            (found.variance_slope - variance_slope).abs() < 6e-7,
            "{states}: {found:?}"
        );
        assert!((found.slope - slope).abs() < 6e-7, "{states}: {found:?}");
        assert_eq!((found.variance, found.correlation), (1.0, 0.0));
        assert!(close(
            found.one_minus_slope,
            best_uniform(states as u64).1,
            1e-13,
            0.0
        ));
    }
}

#[test]
fn best_scales_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/best_scales.csv"
    ));
    for row in file.rows() {
        let states = row.u64("states") as usize;
        let (spread, sigma_w) = best_scales(states);
        assert!(
            close(sigma_w, row.f64("sigma_w"), 1e-14, 0.0),
            "{states}: {sigma_w}"
        );
        let variance = spread * spread;
        let even = Surrogate::even(-1.0, 1.0, sigma_w, variance).unwrap();
        assert!(
            close(even.height(), row.f64("straight_through_slope"), 1e-14, 0.0),
            "{states}: {even:?}"
        );
        let gain = even.backward_gain(sigma_w, variance).unwrap();
        assert!(close(gain, 1.0, 1e-15, 0.0), "{states}: {gain}");
        let phi = StepActivation::uniform(states).unwrap();
        let there = propagate(&phi, sigma_w, 0.0).unwrap();
        // Q* moves by the rounding of V over 1 - V', which is small for many states.
        let tolerance = 3e-15 / (1.0 - there.variance_slope);
        assert!(
            close(there.variance, variance, tolerance, 0.0),
            "{states}: {there:?}"
        );
        assert!(close(
            there.one_minus_slope,
            best_uniform(states as u64).1,
            1e-12,
            0.0
        ));
    }
}

#[test]
fn biases_only_shorten_the_depth() {
    // N = 16: the best chi over sigma_w at each sigma_b.
    let known = [
        (0.0, 0.988457),
        (0.01, 0.987848),
        (0.05, 0.978654),
        (0.1, 0.967844),
        (0.2, 0.954563),
        (0.4, 0.941675),
    ];
    let phi = StepActivation::uniform(16).unwrap();
    for (sigma_b, slope) in known {
        let rest = |sigma_w: f64| propagate(&phi, sigma_w, sigma_b).unwrap().one_minus_slope;
        let (_, least) = minimum(rest, 0.6, 1.4);
        assert!(
            (1.0 - least - slope).abs() < 6e-7,
            "sigma_b = {sigma_b}: {}",
            1.0 - least
        );
    }
}

#[test]
fn sign_is_known_in_closed_form() {
    let phi = StepActivation::uniform(2).unwrap();
    let plain = propagate(&phi, 1.7, 0.0).unwrap();
    assert!(close(plain.one_minus_slope, 1.0 - 2.0 / PI, 1e-15, 0.0));
    assert!((plain.depth_scale - 2.2144).abs() < 5e-5);
    assert_eq!(plain.correlation, 0.0);
    // With biases C* solves (2/pi) w asin(C) + b = C with w + b = 1.
    let (sigma_w, sigma_b) = (1.0, 1.0);
    let biased = propagate(&phi, sigma_w, sigma_b).unwrap();
    let c = biased.correlation;
    assert!(close(libm::asin(c) / PI + 0.5, c, 1e-15, 0.0));
    assert!(close(
        biased.slope,
        1.0 / (PI * ((1.0 - c) * (1.0 + c)).sqrt()),
        1e-14,
        0.0
    ));
}

#[test]
fn propagation_agrees_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/fixed_points.csv"
    ));
    // "far" has two stable fixed points: below.
    for row in file.rows().filter(|row| row.text("name") != "far") {
        let case = network(row.text("name"));
        let found = propagate(&case.phi, case.sigma_w, case.sigma_b).unwrap();
        for (name, value) in [
            ("variance", found.variance),
            ("variance_slope", found.variance_slope),
            ("correlation", found.correlation),
            ("slope", found.slope),
        ] {
            assert!(
                close(value, row.f64(name), 1e-13, 1e-25),
                "{}: {name}",
                row.text("name")
            );
        }
        assert!(close(
            found.one_minus_slope,
            1.0 - row.f64("slope"),
            1e-12,
            0.0
        ));
    }
}

#[test]
fn several_stable_variances_are_listed() {
    let case = network("far");
    let refusal = propagate(&case.phi, case.sigma_w, case.sigma_b).unwrap_err();
    assert!(refusal.to_string().contains("Q = 0.4247"), "{refusal}");
    let PropagationError::SeveralStableFixedPoints { points } = refusal else {
        panic!("{refusal}");
    };
    assert_eq!(points.len(), 3);
}

/// Of a central difference with this step: a part in 1e6 of the slope, rounding of the map's last digits included.
const DIFFERENCE: f64 = 1e-6;

#[test]
fn each_of_several_variances_has_its_propagation() {
    let case = network("far");
    let points = VarianceMap::new(&case.phi, case.sigma_w, case.sigma_b)
        .unwrap()
        .fixed_points();
    for point in points.iter().filter(|p| p.stability == Stability::Stable) {
        let found = propagate_at(&case.phi, case.sigma_w, case.sigma_b, point).unwrap();
        assert_eq!(found.variance, point.variance);
        let map =
            CorrelationMap::new(&case.phi, case.sigma_w, case.sigma_b, point.variance).unwrap();
        let c = found.correlation;
        assert!((map.value(c).unwrap() - c).abs() < 1e-12, "{point:?}");
        let (left, right) = (map.value(c - DIFFERENCE), map.value(c + DIFFERENCE));
        let slope = (right.unwrap() - left.unwrap()) / (2.0 * DIFFERENCE);
        assert!(
            (slope - found.slope).abs() < DIFFERENCE,
            "{slope} {found:?}"
        );
    }
}

#[test]
fn a_fixed_point_at_zero_has_no_propagation() {
    let phi = StepActivation::uniform(3).unwrap();
    let (variance, slope) = (0.0, 0.0);
    let stability = Stability::Stable;
    let silent = FixedPoint {
        variance,
        slope,
        stability,
    };
    let refusal = propagate_at(&phi, 1.0, 0.0, &silent).unwrap_err();
    assert!(
        matches!(refusal, PropagationError::Parameter(_)),
        "{refusal}"
    );
}

#[test]
fn a_dying_signal_is_an_error() {
    let phi = StepActivation::uniform(3).unwrap();
    let refusal = propagate(&phi, 0.1, 0.0).unwrap_err();
    assert_eq!(refusal, PropagationError::SignalDies { sigma_w: 0.1 });
    assert!(refusal.to_string().contains("raise sigma_w"));
}

#[test]
fn a_dead_zone_does_not_hide_the_living_fixed_point() {
    // 0 is stable as well; the answer is the other one.
    let phi = StepActivation::uniform(3).unwrap();
    let found = propagate(&phi, 1.1112304905, 0.0).unwrap();
    assert!((found.slope - 0.809826).abs() < 6e-7);
}

#[test]
fn scales_and_silence_are_refused() {
    let phi = StepActivation::uniform(3).unwrap();
    for (sigma_w, sigma_b) in [
        (0.0, 0.1),
        (-1.0, 0.0),
        (f64::NAN, 0.0),
        (1.0, f64::INFINITY),
    ] {
        let refusal = propagate(&phi, sigma_w, sigma_b).unwrap_err();
        assert!(
            matches!(refusal, PropagationError::Parameter(_)),
            "{sigma_w}, {sigma_b}"
        );
    }
    let far = phi.stretched(1e3).unwrap();
    assert_eq!(
        propagate_at_unit_variance(&far),
        Err(PropagationError::Silent)
    );
}

/// Var(phi) / E[phi^2] is about `1e-18`, and `1 - C*` the square of that: nothing an f64 near 1 can hold.
#[test]
fn a_nearly_constant_activation_is_refused() {
    let phi = StepActivation::new(vec![0.05], vec![1.0, 1.0 + 1e-9]).unwrap();
    let refused = propagate_at_unit_variance(&phi);
    assert!(
        matches!(
            refused,
            Err(PropagationError::Correlation(CorrelationError::NextToOne))
        ),
        "{refused:?}"
    );
}

#[test]
fn depth_scale_covers_both_ends() {
    assert_eq!(depth_scale(0.0), f64::INFINITY);
    assert_eq!(depth_scale(1.0), 0.0);
    assert!(depth_scale(f64::NAN).is_nan());
    assert!(close(depth_scale(1e-18), 1e18, 1e-15, 0.0));
    assert!(close(
        depth_scale(0.5),
        1.0 / std::f64::consts::LN_2,
        1e-15,
        0.0
    ));
}
