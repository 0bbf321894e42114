//! Random networks against the maps of `mf-core`, which hold at infinite width.
//!
//! Means over 32 seeds are held to 4 standard errors, a false alarm rate of 3.7e-4 each (Student's t of 31 degrees of
//! freedom). `states_follow_the_maps` makes 120 comparisons, many of them of neighbouring layers: fresh seeds would fail in
//! less than 5 % of all cases. The seeds are fixed, and results have the same bits everywhere. Widths of 1,000 and more
//! keep the bias, which falls as 1/width, far below the standard error.
#![allow(clippy::unwrap_used)]

use mf_core::{CorrelationMap, Stability, StepActivation, Surrogate, VarianceMap};
use mf_sim::{Inputs, Mean, Network, Run, forward, gradient_norms};
use std::ops::ControlFlow;

const SEEDS: u64 = 32;
const STANDARD_ERRORS: f64 = 4.0;

/// The largest stable fixed point of the variance.
fn fixed_variance(activation: &StepActivation, sigma_w: f64, sigma_b: f64) -> f64 {
    let map = VarianceMap::new(activation, sigma_w, sigma_b).unwrap();
    let points = map.fixed_points();
    points
        .iter()
        .rfind(|point| point.stability == Stability::Stable)
        .unwrap()
        .variance
}

fn assert_agrees(what: &str, measured: &Mean, expected: f64) {
    let distance = (measured.mean() - expected).abs() / measured.standard_error();
    assert!(
        distance < STANDARD_ERRORS,
        "{what}: measured {} +- {}, expected {expected}",
        measured.mean(),
        measured.standard_error()
    );
}

/// Activations with sigma_w (the best one of theory.md 4 for the uniform ones), sigma_b and a width.
fn cases() -> Vec<(&'static str, StepActivation, f64, f64, usize)> {
    let uniform = |states| StepActivation::uniform(states).unwrap();
    let asymmetric = StepActivation::new(vec![-0.4, 0.5], vec![-0.6, 0.1, 1.2]).unwrap();
    let uneven = StepActivation::halfway(vec![-1.0, -0.5, -0.2, 0.0, 0.1, 0.4, 1.3]).unwrap();
    vec![
        ("sign", uniform(2), 1.0, 0.0, 1024),
        ("three levels", uniform(3), 1.1112304905, 0.0, 1000),
        ("four levels, biases", uniform(4), 1.0653053303, 0.2, 1000),
        ("sixteen levels", uniform(16), 1.0058218905, 0.001, 1000),
        ("asymmetric", asymmetric, 1.1, 0.1, 1100),
        ("uneven", uneven, 1.3, 0.05, 1024),
    ]
}

#[test]
fn states_follow_the_maps() {
    const CORRELATIONS: [f64; 4] = [0.95, 0.6, 0.0, -0.7];
    const LAYERS: [usize; 4] = [1, 2, 4, 9];
    for (name, activation, sigma_w, sigma_b, width) in cases() {
        let variance = fixed_variance(&activation, sigma_w, sigma_b);
        let network = Network::new(activation.clone(), sigma_w, sigma_b, width, 9).unwrap();
        let mut variances = [Mean::default(); 10];
        let mut correlations = [[Mean::default(); CORRELATIONS.len()]; 10];
        for seed in 0..SEEDS {
            let inputs = Inputs::with_correlations(&CORRELATIONS, width, variance, seed).unwrap();
            forward(&network, &inputs, &Run::new(seed), &mut |layer, hidden| {
                variances[layer].push(hidden.variance());
                for (index, mean) in correlations[layer].iter_mut().enumerate() {
                    mean.push(hidden.correlation(0, index + 1));
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        }
        let map = CorrelationMap::new(&activation, sigma_w, sigma_b, variance).unwrap();
        let mut expected = CORRELATIONS;
        for layer in 1..=9 {
            expected = expected.map(|c| map.value(c).unwrap());
            if LAYERS.contains(&layer) {
                assert_agrees(&format!("{name}: Q({layer})"), &variances[layer], variance);
                for (mean, expected) in correlations[layer].iter().zip(expected) {
                    assert_agrees(&format!("{name}: C({layer})"), mean, expected);
                }
            }
        }
    }
}

/// Away from the fixed point: from four times its variance and from a quarter of it.
#[test]
fn variances_fall_and_rise_as_the_map_says() {
    let (activation, sigma_w, sigma_b) = (StepActivation::uniform(16).unwrap(), 0.9, 0.1);
    let map = VarianceMap::new(&activation, sigma_w, sigma_b).unwrap();
    let fixed = fixed_variance(&activation, sigma_w, sigma_b);
    let network = Network::new(activation.clone(), sigma_w, sigma_b, 1000, 6).unwrap();
    for start in [4.0 * fixed, 0.25 * fixed] {
        let mut means = [Mean::default(); 7];
        for seed in 0..SEEDS {
            let inputs = Inputs::circle(8, 1000, start, seed).unwrap();
            forward(
                &network,
                &inputs,
                &Run::new(seed + 100),
                &mut |layer, hidden| {
                    means[layer].push(hidden.variance());
                    ControlFlow::Continue(())
                },
            )
            .unwrap();
        }
        let mut expected = start;
        for (layer, mean) in means.iter().enumerate().skip(1) {
            expected = map.value(expected);
            assert_agrees(&format!("Q({layer}) from {start}"), mean, expected);
        }
    }
}

#[test]
fn gradients_grow_as_the_surrogate_says() {
    const DEPTH: usize = 12;
    const WINDOW: f64 = 1.0;
    for (states, sigma_w) in [(4, 1.0653053303), (16, 1.0058218905)] {
        let activation = StepActivation::uniform(states).unwrap();
        let variance = fixed_variance(&activation, sigma_w, 0.0);
        let network = Network::new(activation, sigma_w, 0.0, 1000, DEPTH).unwrap();
        let flat = Surrogate::even(-WINDOW, WINDOW, sigma_w, variance)
            .unwrap()
            .height();
        for height in [flat, 0.8 * flat, 1.2 * flat] {
            let surrogate = Surrogate::new(height, -WINDOW, WINDOW).unwrap();
            let gain = surrogate.backward_gain(sigma_w, variance).unwrap();
            let mut means = [Mean::default(); DEPTH + 1];
            for seed in 0..SEEDS {
                let inputs = Inputs::circle(4, 1000, variance, seed).unwrap();
                let norms = gradient_norms(&network, &inputs, &surrogate, &Run::new(seed)).unwrap();
                assert!((norms[DEPTH] - 1.0).abs() < 1e-12);
                means
                    .iter_mut()
                    .zip(&norms)
                    .for_each(|(mean, norm)| mean.push(*norm));
            }
            let mut expected = 1.0;
            for (layer, mean) in means.iter().enumerate().rev().skip(1) {
                expected *= gain;
                if [0, 6, 9, 11].contains(&layer) {
                    let what = format!("{states} levels, height {height}: |g({layer})|^2");
                    assert_agrees(&what, mean, expected);
                }
            }
        }
    }
}

/// Gradients that leave the range of f32 on their way keep their norm: twice as deep, twice the logarithm.
#[test]
fn exploding_and_vanishing_gradients_stay_finite() {
    let activation = StepActivation::uniform(4).unwrap();
    for height in [1e-3, 1e3] {
        let log_norm = |depth| {
            let network = Network::new(activation.clone(), 1.0, 0.0, 200, depth).unwrap();
            let inputs = Inputs::circle(2, 200, 0.5, 1).unwrap();
            let surrogate = Surrogate::new(height, -1.0, 1.0).unwrap();
            let norms = gradient_norms(&network, &inputs, &surrogate, &Run::new(1)).unwrap();
            libm::log(norms[0])
        };
        // A few per cent of the norm are lost or won by chance in each layer, beside a factor of 1e6.
        let per_layer = log_norm(40) / 40.0;
        let expected = 2.0 * libm::log(height);
        assert!(
            (per_layer - expected).abs() < 0.5,
            "{per_layer} against {expected}"
        );
    }
}
