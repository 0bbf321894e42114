//! The maps and solvers on smooth activations, whose answers are known in closed form.
#![allow(clippy::unwrap_used)]

mod common;

use common::close;
use mf_core::{
    Activation, CorrelationMap, Erf, FixedPoint, Identity, PropagationError, Relu, Response,
    Stability, VarianceMap, propagate, propagate_at, propagate_at_unit_variance, propagate_from,
    trajectory,
};
use std::f64::consts::PI;

/// A few operations.
const TIGHT: f64 = 1e-14;

#[test]
fn the_rectifier_keeps_its_variance_with_the_weights_of_he() {
    // He et al. 2015: sigma_w^2 = 2. Any variance is a fixed point, and C* = 1 is on the edge: chi = 1.
    let point = FixedPoint {
        variance: 3.0,
        slope: 1.0,
        stability: Stability::Marginal,
    };
    let found = propagate_at(&Relu, 2.0_f64.sqrt(), 0.0, &point).unwrap();
    assert_eq!(found.correlation, 1.0);
    assert!(found.one_minus_slope.abs() < TIGHT && found.depth_scale > 1e13);
}

#[test]
fn the_rectifier_with_biases_has_the_fixed_point_of_a_line() {
    // V(Q) = sigma_w^2 Q / 2 + sigma_b^2, and M'(1) = sigma_w^2 / 2 < 1: inputs become the same.
    let (sigma_w, sigma_b) = (1.2, 0.3);
    let found = propagate(&Relu, sigma_w, sigma_b).unwrap();
    assert!(close(found.variance, 0.09 / (1.0 - 0.72), TIGHT, 0.0));
    assert!(close(found.variance_slope, 0.72, TIGHT, 0.0));
    assert_eq!(found.correlation, 1.0);
    assert!(close(found.slope, 0.72, TIGHT, 0.0));
}

#[test]
fn a_variance_that_grows_without_limit_is_an_error() {
    let refused = propagate_from(&Relu, 1.5, 0.1, 1.0).unwrap_err();
    assert!(matches!(
        refused,
        PropagationError::Diverges { start: 1.0, .. }
    ));
    let dies = propagate_from(&Relu, 1.2, 0.0, 1.0).unwrap_err();
    assert!(matches!(dies, PropagationError::SignalDies { .. }));
}

/// `tanh`-like networks: Q* from a scalar equation, C* = 0 without biases, `chi` from the slope of the arcsine.
#[test]
fn the_error_function_agrees_with_its_arcsine() {
    let sigma_w = 2.0;
    let found = propagate(&Erf, sigma_w, 0.0).unwrap();
    let q = found.variance;
    let share = 2.0 * q / (1.0 + 2.0 * q);
    assert!(close(q, 8.0 / PI * libm::asin(share), TIGHT, 0.0));
    let slope = 8.0 / PI * share / q;
    assert!(close(found.slope, slope, 1e-13, 0.0) && found.correlation == 0.0);
    assert!(close(found.one_minus_slope, 1.0 - slope, 1e-13, 0.0));
}

#[test]
fn the_fixed_point_with_biases_solves_its_equation() {
    let (sigma_w, sigma_b) = (2.5, 0.4);
    let found = propagate(&Erf, sigma_w, sigma_b).unwrap();
    let (q, c) = (found.variance, found.correlation);
    assert!(0.1 < c && c < 0.9, "{c}");
    let share = 2.0 * q / (1.0 + 2.0 * q);
    let image = (6.25 * 2.0 / PI * libm::asin(share * c) + 0.16) / q;
    assert!(close(image, c, TIGHT, 0.0));
    let slope = 6.25 * 2.0 / PI * share / q / (1.0 - share * share * c * c).sqrt();
    assert!(close(found.one_minus_slope, 1.0 - slope, 1e-12, 0.0));
}

#[test]
fn weak_and_strong_signals_end_differently() {
    // A dead zone: weak signals die, others live.
    let phi = mf_core::StepActivation::uniform(3).unwrap();
    let best = propagate(&phi, 1.2, 0.0).unwrap();
    let live = propagate_from(&phi, 1.2, 0.0, 1.0).unwrap();
    assert_eq!(live, best);
    let dies = propagate_from(&phi, 1.2, 0.0, 0.01).unwrap_err();
    assert!(matches!(dies, PropagationError::SignalDies { .. }));
    // Between the two is the unstable fixed point: the layers move away from it on both sides.
    let points = VarianceMap::new(&phi, 1.2, 0.0).unwrap().fixed_points();
    let unstable = points
        .iter()
        .find(|p| p.stability == Stability::Unstable)
        .unwrap();
    for (factor, lives) in [(0.99, false), (1.01, true)] {
        let start = factor * unstable.variance;
        assert_eq!(propagate_from(&phi, 1.2, 0.0, start).is_ok(), lives);
        let layers = trajectory(&phi, 1.2, 0.0, start, &[0.5]).unwrap();
        let last = layers.take(200).last().unwrap();
        assert_eq!(last.variance > 0.1, lives, "{last:?}");
    }
}

#[test]
fn a_linear_network_loses_nothing() {
    let (_, found) = propagate_at_unit_variance(&Identity).unwrap();
    assert_eq!(
        (found.one_minus_slope, found.depth_scale),
        (0.0, f64::INFINITY)
    );
    let layers = trajectory(&Identity, 1.0, 0.0, 0.7, &[-1.0, -0.2, 0.9, 1.0]).unwrap();
    for layer in layers.take(50) {
        for (c, start) in layer.correlations.iter().zip([-1.0, -0.2, 0.9, 1.0]) {
            assert!((c - start).abs() < 1e-14);
        }
    }
}

/// By definition `(1 - M'(C*)) (1 - C*)` is the gap of the tangent; the closed forms keep the digits that this form
/// loses.
#[test]
fn tangent_gaps_follow_their_definition() {
    fn check<A: Activation>(phi: &A, variance: f64) {
        let response = phi.response(variance);
        for c in [0.0, 0.1, 0.5, 0.9] {
            let (product, slope) = (
                response.product(&response, c),
                response.product_slope(&response, c),
            );
            let direct =
                (response.mean_square() - product - (1.0 - c) * slope) / response.mean_square();
            assert!(
                (response.tangent_gap(c) - direct).abs() < 4e-15,
                "{c} {direct}"
            );
        }
    }
    check(&Erf, 0.02);
    check(&Erf, 1.5);
    check(&Relu, 0.8);
    check(&Identity, 2.0);
    // On small inputs the error function is nearly a line: its gap is that of the cubic term, c_3^2 (1 - C)^2 (1 + 2 C)
    // of c_1^2, with c_3^2 / c_1^2 = r^2 / 6 for r = 2 Q (the arcsine's series), up to terms of order r^3.
    let q = 1e-5;
    let gap = Erf.response(q).tangent_gap(0.4);
    let cubic = 4.0 * q * q / 6.0 * 0.36 * 1.8;
    assert!(close(gap, cubic, 1e-4, 0.0), "{gap} {cubic}");
}

#[test]
fn inputs_of_different_variance_obey_the_arc_sine_and_the_arc_cosine() {
    let (q1, q2): (f64, f64) = (0.3, 2.0);
    let product = |c: f64| Erf.response(q1).product(&Erf.response(q2), c);
    let sine = 2.0 * 0.8 * (q1 * q2).sqrt() / ((1.0 + 2.0 * q1) * (1.0 + 2.0 * q2)).sqrt();
    assert!(close(product(0.8), 2.0 / PI * libm::asin(sine), TIGHT, 0.0));
    let relu = |c: f64| Relu.response(q1).product(&Relu.response(q2), c);
    assert!(close(relu(1.0), 0.5 * (q1 * q2).sqrt(), TIGHT, 0.0));
    assert!(close(relu(0.0), (q1 * q2).sqrt() / (2.0 * PI), TIGHT, 0.0));
    assert!(relu(-1.0).abs() < 1e-16);
    let map = CorrelationMap::new(&Relu, 2.0_f64.sqrt(), 0.0, q1).unwrap();
    assert!(map.value(f64::NAN).is_err() && map.slope(1.5).is_err());
}
