//! The iterator of variances and correlations along the layers.
#![allow(clippy::unwrap_used)]

use mf_core::{
    CorrelationMap, StepActivation, StochasticActivation, VarianceMap, propagate, trajectory,
};

#[test]
fn layers_are_the_maps_one_after_the_other() {
    let phi = StepActivation::new(vec![-0.9, 0.1, 0.7], vec![-0.3, 0.2, 0.25, 2.0]).unwrap();
    let (sigma_w, sigma_b) = (1.3, 0.2);
    let starts = [-0.7, 0.0, 0.4, 0.95];
    let layers: Vec<_> = trajectory(&phi, sigma_w, sigma_b, 2.5, &starts)
        .unwrap()
        .take(6)
        .collect();
    assert_eq!(
        (layers[0].variance, layers[0].correlations.as_slice()),
        (2.5, &starts[..])
    );
    let variances = VarianceMap::new(&phi, sigma_w, sigma_b).unwrap();
    for pair in layers.windows(2) {
        let (here, next) = (&pair[0], &pair[1]);
        assert_eq!(next.variance, variances.value(here.variance));
        let map = CorrelationMap::new(&phi, sigma_w, sigma_b, here.variance).unwrap();
        for (c, after) in here.correlations.iter().zip(&next.correlations) {
            let covariance = map.value(*c).unwrap() * here.variance;
            assert!((after * next.variance - covariance).abs() < 1e-15);
        }
    }
}

/// Figure 1 at the gain 0.1 below the best one: the slope of the map at `C = 1` is infinite, so that a correlation which rounds
/// to less than 1 falls to `C*` within a few layers.
#[test]
fn identical_inputs_stay_identical_and_opposite_ones_opposite() {
    let phi = StepActivation::uniform(16).unwrap();
    let sigma_w = 1.005_821_892_0 - 0.1;
    let start = propagate(&phi, sigma_w, 0.0).unwrap().variance;
    let last = trajectory(&phi, sigma_w, 0.0, start, &[1.0, -1.0, 0.999])
        .unwrap()
        .nth(200)
        .unwrap();
    assert_eq!(last.correlations[..2], [1.0, -1.0]);
    assert!(last.correlations[2].abs() < 0.01, "{last:?}");
    assert_eq!(last.variance, start);
    // With biases opposite inputs do not stay opposite; identical ones stay identical.
    let biased = trajectory(&phi, sigma_w, 0.1, start, &[1.0, -1.0])
        .unwrap()
        .nth(200)
        .unwrap();
    assert!(biased.correlations[0] == 1.0 && biased.correlations[1] > 0.5);
    // With independent noise, identical inputs become different.
    let noisy = StochasticActivation::new(&phi);
    let parted = trajectory(&noisy, 1.0, 0.0, 0.5, &[1.0])
        .unwrap()
        .nth(1)
        .unwrap();
    assert!(parted.correlations[0] < 0.995, "{parted:?}");
}

#[test]
fn a_dead_signal_has_no_correlation() {
    let phi = StepActivation::uniform(3).unwrap();
    let layers = trajectory(&phi, 0.3, 0.0, 1.0, &[1.0, 0.5]).unwrap();
    let last = layers.take(50).last().unwrap();
    assert_eq!(last.variance, 0.0);
    assert!(last.correlations.iter().all(|c| c.is_nan()));
}

#[test]
fn an_invalid_start_is_refused() {
    let phi = StepActivation::uniform(4).unwrap();
    assert!(trajectory(&phi, 1.0, 0.0, 0.0, &[]).is_err());
    assert!(trajectory(&phi, 0.0, 0.0, 1.0, &[]).is_err());
    assert!(trajectory(&phi, 1.0, -0.1, 1.0, &[]).is_err());
    assert!(trajectory(&phi, 1.0, 0.0, 1.0, &[0.2, 1.1]).is_err());
    assert!(trajectory(&phi, 1.0, 0.0, 1.0, &[f64::NAN]).is_err());
}
