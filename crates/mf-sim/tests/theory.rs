//! Random networks against the maps of `mf-core`, which hold at infinite width.
//!
//! Means over 32 seeds are held to 4 standard errors, a false alarm rate of 3.7e-4 each (Student's t of 31 degrees of
//! freedom). `states_follow_the_maps` makes 120 comparisons, many of them of neighbouring layers: fresh seeds would fail in
//! less than 5 % of all cases. The seeds are fixed, and results have the same bits everywhere. Widths of 1,000 and more
//! keep the bias, which falls as 1/width, far below the standard error.
#![allow(clippy::unwrap_used)]

use mf_core::{CorrelationMap, Stability, StepActivation, Surrogate, VarianceMap};
use mf_fit::Mean;
use mf_sim::{Inputs, Network, Run, forward, gradient_norms};
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
fn variances_follow_the_map() {
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
fn gradients_grow_by_the_gain_of_the_surrogate() {
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
                assert_eq!(norms[DEPTH], 0.0);
                let norms = norms.into_iter().map(libm::exp);
                means
                    .iter_mut()
                    .zip(norms)
                    .for_each(|(mean, norm)| mean.push(norm));
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

/// Squared gradients grow by M_JJ a layer, also where they explode beyond 1e308 and vanish below 1e-308, and for a
/// window without symmetry: the logarithm of their norm over the layers, averaged over networks, is within 0.05 of ln
/// M_JJ. A layer of 500 units changes the logarithm by about 0.1 by chance, so the standard error is below 0.01. The
/// mean of a logarithm is smaller than the logarithm of the mean by half the variance, 0.005.
#[test]
fn gradients_that_explode_and_vanish_grow_by_the_full_formula() {
    const WIDTH: usize = 500;
    const DEPTH: usize = 80;
    const NETWORKS: u64 = 4;
    let skewed = StepActivation::new(vec![-0.4, 0.5], vec![-0.6, 0.1, 1.2]).unwrap();
    let cases = [
        (StepActivation::uniform(4).unwrap(), 1.0653053303, 0.0),
        (skewed, 1.1, 0.1),
    ];
    for (activation, sigma_w, sigma_b) in cases {
        let variance = fixed_variance(&activation, sigma_w, sigma_b);
        let network = Network::new(activation, sigma_w, sigma_b, WIDTH, DEPTH).unwrap();
        for (height, lower, upper) in [
            (1.0, -1.0, 1.0),
            (1e5, -1.0, 1.0),
            (1e-5, -0.3, 0.9),
            (0.7, -0.6, 1.2),
            (1e200, -0.2, f64::INFINITY),
            (1e-200, f64::NEG_INFINITY, f64::INFINITY),
        ] {
            let surrogate = Surrogate::new(height, lower, upper).unwrap();
            let unit = Surrogate::new(1.0, lower, upper).unwrap();
            let gain = unit.backward_gain(sigma_w, variance).unwrap();
            let expected = libm::log(gain) + 2.0 * libm::log(height);
            let growth: Mean = (0..NETWORKS)
                .map(|seed| {
                    let inputs = Inputs::circle(4, WIDTH, variance, seed).unwrap();
                    let run = Run::new(seed);
                    let norms = gradient_norms(&network, &inputs, &surrogate, &run).unwrap();
                    norms[0] / DEPTH as f64
                })
                .collect();
            assert!(growth.standard_error() < 0.01, "{surrogate:?}: {growth:?}");
            assert!(
                (growth.mean() - expected).abs() < 0.05,
                "{surrogate:?}: {growth:?}, expected {expected}"
            );
        }
    }
}

/// No gradient passes a window that no state reaches, or a surrogate of height 0: minus infinity, not NaN.
#[test]
fn the_logarithm_of_a_zero_gradient_is_minus_infinity() {
    let network = Network::new(StepActivation::uniform(4).unwrap(), 1.0, 0.0, 100, 3).unwrap();
    let inputs = Inputs::circle(2, 100, 0.5, 1).unwrap();
    for surrogate in [
        Surrogate::new(1.0, 50.0, 60.0),
        Surrogate::new(0.0, -1.0, 1.0),
    ] {
        let norms = gradient_norms(&network, &inputs, &surrogate.unwrap(), &Run::new(1)).unwrap();
        assert_eq!(
            norms,
            [f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0]
        );
    }
}
