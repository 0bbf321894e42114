//! The variance map and all of its fixed points.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, close, network};
use mf_core::gaussian::{pdf, upper_tail};
use mf_core::{Stability, StepActivation, VarianceMap};

#[test]
fn fixed_points_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/fixed_points.csv"
    ));
    for row in file.rows() {
        let name = row.text("name");
        let case = network(name);
        let points = VarianceMap::new(&case.phi, case.sigma_w, case.sigma_b)
            .unwrap()
            .fixed_points();
        let expected = row.f64("variance");
        let point = points
            .iter()
            .find(|point| close(point.variance, expected, 1e-14, 0.0));
        let point = point.unwrap_or_else(|| panic!("{name}: {points:?}"));
        assert_eq!(point.stability, Stability::Stable, "{name}");
        assert!(
            close(point.slope, row.f64("variance_slope"), 1e-13, 1e-25),
            "{name}"
        );
    }
}

#[test]
fn sign_has_one_fixed_point_in_closed_form() {
    let phi = StepActivation::uniform(2).unwrap();
    let points = VarianceMap::new(&phi, 1.5, 0.25).unwrap().fixed_points();
    assert_eq!(points.len(), 1);
    assert_eq!(points[0].variance, 1.5 * 1.5 + 0.25 * 0.25);
    assert_eq!(
        (points[0].slope, points[0].stability),
        (0.0, Stability::Stable)
    );
}

#[test]
fn slope_is_the_derivative() {
    for name in ["uniform-16", "ternary", "skewed", "positive", "far"] {
        let case = network(name);
        let map = VarianceMap::new(&case.phi, case.sigma_w, case.sigma_b).unwrap();
        for q in [0.05, 0.4, 1.0, 3.0] {
            let d = 1e-4 * q;
            let difference = (map.value(q + d) - map.value(q - d)) / (2.0 * d);
            // Truncation, of order (d/q)^2 of the curvature.
            assert!(close(map.slope(q), difference, 1e-6, 1e-9), "{name} at {q}");
        }
        assert_eq!(map.slope(0.0), 0.0);
    }
}

/// The weakest weights at which a ternary signal of threshold 1 survives: a fixed point `Q` needs
/// `sigma_w^2 = 1 / (2 a^2 P(z > a))`, `a = Q^(-1/2)`, least where `2 P(z > a) = a n(a)`.
fn critical_ternary() -> (f64, f64) {
    let (mut low, mut high) = (0.5, 3.0);
    for _ in 0..100 {
        let a = 0.5 * (low + high);
        if 2.0 * upper_tail(a) > a * pdf(a) {
            low = a
        } else {
            high = a
        }
    }
    (
        1.0 / (2.0 * low * low * upper_tail(low)).sqrt(),
        1.0 / (low * low),
    )
}

fn ternary() -> StepActivation {
    StepActivation::new(vec![-1.0, 1.0], vec![-1.0, 0.0, 1.0]).unwrap()
}

#[test]
fn a_dead_zone_kills_weak_signals_and_keeps_strong_ones() {
    let (sigma_w, _) = critical_ternary();
    let phi = ternary();
    let below = VarianceMap::new(&phi, sigma_w * (1.0 - 1e-9), 0.0)
        .unwrap()
        .fixed_points();
    assert_eq!(below.len(), 1);
    assert_eq!(
        (below[0].variance, below[0].stability),
        (0.0, Stability::Stable)
    );
    let above = VarianceMap::new(&phi, sigma_w * 1.2, 0.0)
        .unwrap()
        .fixed_points();
    let kinds: Vec<_> = above.iter().map(|point| point.stability).collect();
    assert_eq!(
        kinds,
        [Stability::Stable, Stability::Unstable, Stability::Stable]
    );
    assert!(
        above
            .windows(2)
            .all(|pair| pair[0].variance < pair[1].variance)
    );
}

#[test]
fn a_close_pair_of_fixed_points_is_not_missed() {
    let (sigma_w, variance) = critical_ternary();
    for excess in [1e-3, 1e-6, 1e-9] {
        let phi = ternary();
        let points = VarianceMap::new(&phi, sigma_w * (1.0 + excess), 0.0)
            .unwrap()
            .fixed_points();
        assert_eq!(points.len(), 3, "{excess}: {points:?}");
        // The pair opens like the square root of the excess.
        let width = 4.0 * excess.sqrt() * variance;
        assert!(
            points[1..]
                .iter()
                .all(|point| (point.variance - variance).abs() < width)
        );
    }
}

#[test]
fn a_tangency_is_marginal() {
    let (sigma_w, variance) = critical_ternary();
    let phi = ternary();
    let points = VarianceMap::new(&phi, sigma_w, 0.0).unwrap().fixed_points();
    assert_eq!(points.len(), 2, "{points:?}");
    assert_eq!(points[1].stability, Stability::Marginal);
    assert!(close(points[1].variance, variance, 1e-6, 0.0));
}

#[test]
fn without_signal_there_is_zero_or_the_bias() {
    let phi = ternary();
    let silent = VarianceMap::new(&phi, 0.0, 0.0).unwrap().fixed_points();
    assert_eq!(silent.len(), 1);
    assert_eq!(silent[0].variance, 0.0);
    let biased = VarianceMap::new(&phi, 0.0, 0.5).unwrap().fixed_points();
    assert_eq!(biased.len(), 1);
    assert!(close(biased[0].variance, 0.25, 1e-15, 0.0));
}

#[test]
fn scales_out_of_range_are_refused() {
    let phi = ternary();
    for scale in [-0.1, f64::NAN, f64::INFINITY, 1e200] {
        let refusal = VarianceMap::new(&phi, scale, 0.0).unwrap_err();
        assert_eq!(refusal.name, "sigma_w", "{scale}");
    }
    assert_eq!(
        VarianceMap::new(&phi, 1.0, -1.0).unwrap_err().name,
        "sigma_b"
    );
    let refusal = VarianceMap::new(&phi, -0.1, 0.0).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "sigma_w is -0.1: give a finite number that is zero or more"
    );
}
