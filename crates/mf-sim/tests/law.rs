//! Layers that are drawn by their law, against layers of weights.
#![allow(clippy::unwrap_used)]

use mf_core::StepActivation;
use mf_fit::Mean;
use mf_sim::{Hidden, Inputs, Network, Run, SimError, forward, law, memory_needed};
use std::ops::ControlFlow;

const VARIANCE: f64 = 0.6;
const DEPTH: usize = 6;
const CORRELATIONS: [f64; 3] = [0.95, 0.4, -0.5];

/// Activations with sigma_w, sigma_b and a width: symmetric or not, few units and more than a block, biases or none.
fn cases() -> Vec<(&'static str, Network)> {
    let uniform = |states| StepActivation::uniform(states).unwrap();
    let skewed = StepActivation::new(vec![-0.4, 0.5], vec![-0.6, 0.1, 1.2]).unwrap();
    let network =
        |phi, sigma_w, sigma_b, width| Network::new(phi, sigma_w, sigma_b, width, DEPTH).unwrap();
    vec![
        ("sign", network(uniform(2), 1.0, 0.0, 16)),
        ("four levels, biases", network(uniform(4), 1.07, 0.3, 33)),
        ("sixteen levels", network(uniform(16), 1.01, 0.0, 70)),
        ("asymmetric", network(skewed, 1.1, 0.1, 24)),
    ]
}

/// Variances and covariances with the first point, layer after layer.
type Seen = Vec<f64>;

fn seen(hidden: &Hidden) -> impl Iterator<Item = f64> {
    let covariances = (0..hidden.points()).map(|point| hidden.covariance(0, point));
    let correlations = (1..hidden.points()).map(|point| hidden.correlation(0, point));
    let all: Vec<f64> = covariances.chain(correlations).collect();
    all.into_iter()
}

fn by_weights(network: &Network, inputs: &Inputs, seed: u64) -> Seen {
    let mut all = Vec::new();
    forward(network, inputs, &Run::new(seed), &mut |_, hidden| {
        all.extend(seen(hidden));
        ControlFlow::Continue(())
    })
    .unwrap();
    all
}

fn by_law(network: &Network, inputs: &Inputs, seed: u64) -> Seen {
    let mut all = Vec::new();
    law::forward(network, inputs, &Run::new(seed), &mut |_, hidden| {
        all.extend(seen(hidden));
        ControlFlow::Continue(())
    })
    .unwrap();
    all
}

/// The mean of each value over the networks, and that of its squared distance from its mean.
fn moments(networks: &[Seen]) -> Vec<[Mean; 2]> {
    (0..networks[0].len())
        .map(|index| {
            let values = networks.iter().map(|seen| seen[index]);
            let mean: Mean = values.clone().collect();
            let squares = values.map(|x| (x - mean.mean()) * (x - mean.mean()));
            [mean, squares.collect()]
        })
        .collect()
}

/// Means and variances over networks are the same, to 4 standard errors of the difference of two samples of 1,500; of
/// 336 comparisons, which are correlated along a network, one in 50 sets of seeds would have one beyond. At these
/// widths variances over networks are two to ten per cent, and correlations are far from those of infinite width.
#[test]
fn means_and_variances_over_networks_agree_with_weights() {
    const NETWORKS: u64 = 1500;
    const STANDARD_ERRORS: f64 = 4.0;
    for (name, network) in cases() {
        let inputs = |seed| {
            Inputs::with_correlations(&CORRELATIONS, network.width(), VARIANCE, seed).unwrap()
        };
        let weights: Vec<Seen> = (0..NETWORKS)
            .map(|seed| by_weights(&network, &inputs(seed), seed))
            .collect();
        let law: Vec<Seen> = (NETWORKS..2 * NETWORKS)
            .map(|seed| by_law(&network, &inputs(seed), seed))
            .collect();
        let per_layer = weights[0].len() / (DEPTH + 1);
        let both = moments(&weights).into_iter().zip(moments(&law));
        for (index, (weights, law)) in both.enumerate().skip(per_layer) {
            for (what, a, b) in [
                ("mean", weights[0], law[0]),
                ("variance", weights[1], law[1]),
            ] {
                let error = libm::hypot(a.standard_error(), b.standard_error());
                let distance = (a.mean() - b.mean()).abs() / error;
                let layer = index / per_layer;
                assert!(
                    distance < STANDARD_ERRORS,
                    "{name}, layer {layer}, value {}: {what} {} by weights, {} by law, {distance:.1} standard errors",
                    index % per_layer,
                    a.mean(),
                    b.mean()
                );
            }
        }
    }
}

/// The first layer is known exactly: the covariance of a pair has the mean `K_ab` and, as a mean over `width` products of
/// normal numbers, the variance `(K_aa K_bb + K_ab^2) / width` (Isserlis 1918).
#[test]
fn the_first_layer_has_its_exact_mean_and_variance() {
    let (width, sigma_w, sigma_b) = (20, 1.1, 0.4);
    let phi = StepActivation::uniform(3).unwrap();
    let network = Network::new(phi.clone(), sigma_w, sigma_b, width, 1).unwrap();
    let inputs = Inputs::with_correlations(&CORRELATIONS, width, VARIANCE, 3).unwrap();
    let activations = |point: usize| -> Vec<f64> {
        let row = inputs.states().row(point);
        row.iter().map(|x| phi.value(f64::from(*x))).collect()
    };
    let covariance = |a, b| {
        let pairs = activations(a).into_iter().zip(activations(b));
        let sum: f64 = pairs.map(|(x, y)| x * y).sum();
        sigma_w * sigma_w * sum / width as f64 + sigma_b * sigma_b
    };
    let networks: Vec<Seen> = (0..20_000)
        .map(|seed| by_law(&network, &inputs, seed)[7..11].to_vec())
        .collect();
    for (point, [mean, squares]) in moments(&networks).into_iter().enumerate() {
        let expected = covariance(0, point);
        let variance =
            (covariance(0, 0) * covariance(point, point) + expected * expected) / width as f64;
        for (what, found, expected) in [("mean", mean, expected), ("variance", squares, variance)] {
            let distance = (found.mean() - expected).abs() / found.standard_error();
            assert!(
                distance < 4.0,
                "{what} of point {point}: {found:?}, {expected}"
            );
        }
    }
}

#[test]
fn identical_and_opposite_points_stay_so() {
    for (states, width) in [(4, 129), (7, 50), (2, 3)] {
        let phi = StepActivation::uniform(states).unwrap();
        let network = Network::new(phi, 1.05, 0.0, width, 20).unwrap();
        let base = Inputs::with_correlations(&[0.3], width, VARIANCE, 5).unwrap();
        let (one, two) = (base.states().row(0), base.states().row(1));
        let mirrored = |row: &[f32]| row.iter().map(|x| -x).collect::<Vec<_>>();
        let rows = [
            one.clone(),
            two.clone(),
            two.clone(),
            mirrored(&one),
            one,
            mirrored(&two),
        ];
        let inputs = Inputs::from_rows(&rows).unwrap();
        law::forward(&network, &inputs, &Run::new(8), &mut |layer, hidden| {
            let row = |point| hidden.row(point);
            assert_eq!(row(0), row(4), "layer {layer}");
            assert_eq!(row(1), row(2), "layer {layer}");
            assert_eq!(mirrored(&row(0)), row(3), "layer {layer}");
            assert_eq!(mirrored(&row(1)), row(5), "layer {layer}");
            assert_ne!(row(0), row(1), "layer {layer}");
            ControlFlow::Continue(())
        })
        .unwrap();
    }
}

/// More points than units: the rank of the covariance is below the number of points, and the rest is rounding.
#[test]
fn more_points_than_units_span_as_many_directions_as_units() {
    let network = Network::new(StepActivation::uniform(9).unwrap(), 1.0, 0.0, 4, 3).unwrap();
    let inputs = Inputs::circle(30, 4, VARIANCE, 5).unwrap();
    law::forward(&network, &inputs, &Run::new(8), &mut |_, hidden| {
        let shares = hidden.principal_components(30).unwrap().shares;
        assert!(shares[4..].iter().all(|share| *share < 1e-6), "{shares:?}");
        ControlFlow::Continue(())
    })
    .unwrap();
}

#[test]
fn dead_layers_stay_at_zero() {
    let ternary = StepActivation::halfway(vec![-1.0, 0.0, 1.0]).unwrap();
    let network = Network::new(ternary, 0.0, 0.0, 70, 2).unwrap();
    let inputs = Inputs::circle(3, 70, VARIANCE, 5).unwrap();
    law::forward(&network, &inputs, &Run::new(8), &mut |layer, hidden| {
        assert_eq!(hidden.variance() == 0.0, layer > 0, "layer {layer}");
        ControlFlow::Continue(())
    })
    .unwrap();
}

#[test]
fn every_layer_is_passed_on_and_memory_is_checked() {
    let network = Network::new(StepActivation::uniform(3).unwrap(), 1.1, 0.1, 100, 4).unwrap();
    let inputs = Inputs::circle(10, 100, VARIANCE, 5).unwrap();
    let mut layers = Vec::new();
    law::forward(&network, &inputs, &Run::new(8), &mut |layer, hidden| {
        layers.push(layer);
        assert_eq!(layer == 0, hidden == inputs.states());
        if layer == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .unwrap();
    assert_eq!(layers, [0, 1, 2, 3]);
    let run = Run {
        memory: memory_needed(10, 100) - 1,
        ..Run::new(0)
    };
    let refused = law::forward(&network, &inputs, &run, &mut |_, _| {
        ControlFlow::Continue(())
    });
    assert!(matches!(refused, Err(SimError::Memory { .. })));
    let narrow = Inputs::circle(10, 99, VARIANCE, 5).unwrap();
    let refused = law::forward(&network, &narrow, &Run::new(0), &mut |_, _| {
        ControlFlow::Continue(())
    });
    assert!(matches!(refused, Err(SimError::Width { .. })));
}
