//! Laws that hold for every activation.
#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::{
    Activation, CorrelationError, CorrelationMap, Scalable, StepActivation, VarianceMap,
};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError};

/// Activations of 2 to 9 levels, not symmetric, steps and gaps between 0.05 and 1.
fn activations() -> impl Strategy<Value = StepActivation> {
    let gap = 0.05..1.0_f64;
    (2..10_usize).prop_flat_map(move |states| {
        let levels = (
            -3.0..1.0_f64,
            prop::collection::vec(gap.clone(), states - 1),
        );
        let thresholds = (
            -3.0..1.0_f64,
            prop::collection::vec(gap.clone(), states - 2),
        );
        (levels, thresholds).prop_map(|(levels, thresholds)| {
            StepActivation::new(running(thresholds), running(levels)).unwrap()
        })
    })
}

fn running((start, gaps): (f64, Vec<f64>)) -> Vec<f64> {
    let mut values = vec![start];
    for gap in gaps {
        values.push(values.last().unwrap() + gap);
    }
    values
}

fn mirrored(phi: &StepActivation) -> StepActivation {
    let flipped = |values: &[f64]| values.iter().rev().map(|value| -value).collect();
    StepActivation::new(flipped(phi.thresholds()), flipped(phi.levels())).unwrap()
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(1906_00771),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn slope_is_the_derivative_of_the_map(phi in activations(), c in -0.97..0.97_f64, q in 0.2..4.0_f64) {
        let map = CorrelationMap::new(&phi, 1.3, 0.4, q).unwrap();
        let d = 2e-5 * (1.0 - c.abs());
        let value = |c: f64| map.value(c).unwrap();
        let difference = (8.0 * (value(c + d) - value(c - d)) - (value(c + 2.0 * d) - value(c - 2.0 * d))) / (12.0 * d);
        let slope = map.slope(c).unwrap();
        // Rounding of M over d; the fourth order leaves nothing of the truncation.
        let tolerance = 1e-8 * slope + 3e-15 * value(1.0).max(1.0) / d;
        prop_assert!((slope - difference).abs() < tolerance, "{slope} {difference}");
    }

    #[test]
    fn the_variance_fixed_point_has_a_correlation_fixed_point(
        phi in activations(), sigma_w in 0.2..3.0_f64, sigma_b in 0.0..1.0_f64,
    ) {
        let points = VarianceMap::new(&phi, sigma_w, sigma_b).unwrap().fixed_points();
        prop_assert!(!points.is_empty());
        prop_assert!(points.windows(2).all(|pair| pair[0].variance < pair[1].variance));
        for point in points.iter().filter(|point| point.variance > 1e-6) {
            let map = CorrelationMap::new(&phi, sigma_w, sigma_b, point.variance).unwrap();
            prop_assert!((map.value(1.0).unwrap() - 1.0).abs() < 1e-13);
            let c = match map.fixed_point() {
                Ok(c) => c,
                // 1 - C* is about the square of 1 - M(0), the share of the variance that is not the mean's.
                Err(CorrelationError::NextToOne) => {
                    prop_assert!(1.0 - map.value(0.0).unwrap() < 1e-4);
                    continue;
                }
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            };
            prop_assert!((0.0..1.0).contains(&c), "{c}");
            prop_assert!((map.value(c).unwrap() - c).abs() < 1e-14, "{c}");
            prop_assert!(map.slope(c).unwrap() < 1.0);
        }
    }

    #[test]
    fn stable_and_unstable_points_take_turns(phi in activations(), sigma_w in 0.2..3.0_f64) {
        // V - Q goes from positive (or from the stable point 0) to negative.
        let points = VarianceMap::new(&phi, sigma_w, 0.0).unwrap().fixed_points();
        prop_assert!(points.len() % 2 == 1, "{points:?}");
        for (k, point) in points.iter().enumerate() {
            prop_assert!((point.slope < 1.0) == (k % 2 == 0), "{points:?}");
        }
    }

    #[test]
    fn distortion_is_a_share_of_the_variance(phi in activations()) {
        let found = phi.distortion();
        let error = found.mean_squared_error;
        prop_assert!((0.0..=1.0).contains(&error));
        // 1 - E[z phi]^2 / E[phi^2], where it does not cancel.
        let plain = 1.0 - found.gain * found.gain * phi.mean_square(1.0);
        prop_assert!((error - plain).abs() < 1e-13, "{error} {plain}");
    }

    #[test]
    fn at_no_correlation_the_slope_is_one_minus_the_distortion(phi in activations()) {
        let sigma_w = 1.0 / phi.mean_square(1.0).sqrt();
        let slope = CorrelationMap::new(&phi, sigma_w, 0.0, 1.0).unwrap().slope(0.0).unwrap();
        prop_assert!((slope + phi.distortion().mean_squared_error - 1.0).abs() < 1e-13);
    }

    #[test]
    fn the_mirrored_activation_gives_the_same_maps(phi in activations(), c in -1.0..1.0_f64, q in 0.1..5.0_f64) {
        let other = mirrored(&phi);
        let (a, b) = (
            CorrelationMap::new(&phi, 1.1, 0.3, q).unwrap(),
            CorrelationMap::new(&other, 1.1, 0.3, q).unwrap(),
        );
        let close = |x: f64, y: f64| (x - y).abs() <= 1e-12 * x.abs().max(a.value(1.0).unwrap());
        prop_assert!(close(a.value(c).unwrap(), b.value(c).unwrap()));
        prop_assert!(close(a.slope(c).unwrap(), b.slope(c).unwrap()));
        prop_assert!(close(phi.mean(q), -other.mean(q)));
        prop_assert!(close(phi.mean_square(q), other.mean_square(q)));
        let errors = (phi.distortion().mean_squared_error, other.distortion().mean_squared_error);
        prop_assert!((errors.0 - errors.1).abs() < 1e-13);
    }

    #[test]
    fn scaling_inputs_and_outputs_scales_the_variance(phi in activations(), factor in 0.1..10.0_f64, q in 0.1..5.0_f64) {
        let scaled = phi.scaled(factor).unwrap();
        let square = factor * factor;
        let (plain, grown) = (phi.mean_square(q), scaled.mean_square(square * q));
        prop_assert!((grown / square - plain).abs() <= 1e-12 * plain);
    }
}
