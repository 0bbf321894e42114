//! Convolutional networks on a circle of positions: which of their correlations follow the maps of fully connected ones.
//!
//! With `u_i(x)` the state of channel `i` at position `x`, of eight, and an activation `phi` of three levels,
//!
//! ```text
//! u'_i(x) = sum_kj W_ij(k) phi(u_j(x + k)),   W_ij(k) of variance sigma_w^2 / (taps channels),   sigma_w^2 E[phi^2] = 1.
//! ```
//!
//! The weights of different taps are independent, so at infinite width the correlation `c(x)` of two inputs at a position
//! becomes `c'(x)`, the mean of `Mhat(c(x + k))` over the taps `k`.
//!
//! All values of a joint chi-square are from independent networks. Its probability is to be above [`RARE`]: with fresh seeds
//! each such test would fail once in a thousand times. The seeds are fixed, and results have the same bits everywhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mf_core::{Activation, CorrelationMap, Scalable, StepActivation};
use mf_fit::{Agreement, Mean, agreement, best_scale};
use mf_kernel::{LANES, Purpose, Random};
use mf_sim::Inputs;

const RARE: f64 = 1e-3;
const CHANNELS: usize = 128;
const POSITIONS: usize = 8;
const LAYERS: [usize; 3] = [1, 2, 4];
/// Two inputs at all positions.
type Channel = [[f32; POSITIONS]; 2];
type Correlations = [f64; POSITIONS];

/// What the weights are.
#[derive(Clone, Copy)]
enum Kernel {
    /// Three taps, all weights independent.
    Independent,
    /// An orthogonal matrix at the middle tap.
    DeltaOrthogonal,
}

impl Kernel {
    /// By how many positions each tap moves its input.
    fn taps(self) -> &'static [usize] {
        match self {
            Self::Independent => &[POSITIONS - 1, 0, 1],
            Self::DeltaOrthogonal => &[0],
        }
    }

    /// The weights of each output channel, tap by tap, of mean square `square / (taps channels)`.
    fn weights(self, square: f64, seed: u64, layer: usize) -> Vec<Vec<f32>> {
        let inputs = self.taps().len() * CHANNELS;
        let variance = square / inputs as f64;
        match self {
            Self::Independent => (0..CHANNELS)
                .map(|channel| {
                    let mut rows = vec![[0.0; LANES]; inputs.div_ceil(LANES)];
                    Random::new(seed, Purpose::Weight, [layer, channel, 0])
                        .normal(variance.sqrt() as f32, &mut rows);
                    rows.into_iter().flatten().take(inputs).collect()
                })
                .collect(),
            Self::DeltaOrthogonal => {
                let seed = 1_000_000 * (1 + layer as u64) + seed;
                let others = vec![0.0; CHANNELS - 1];
                let all = Inputs::with_correlations(&others, CHANNELS, variance, seed).unwrap();
                let row = |channel| (0..CHANNELS).map(move |j| (channel, j));
                (0..CHANNELS)
                    .map(|i| row(i).map(|(i, j)| all.states().value(i, j)).collect())
                    .collect()
            }
        }
    }
}

fn ternary() -> StepActivation {
    let phi = StepActivation::uniform(3).unwrap();
    let scale = best_scale(&phi).unwrap().scale;
    phi.scaled(scale).unwrap()
}

/// The correlations at infinite width.
fn theory(kernel: Kernel, start: Correlations, layers: usize) -> Correlations {
    let phi = ternary();
    let map = CorrelationMap::new(&phi, 1.0 / phi.mean_square(1.0).sqrt(), 0.0, 1.0).unwrap();
    let mut found = start;
    for _ in 0..layers {
        let mapped = found.map(|c| map.value(c).unwrap());
        found = std::array::from_fn(|x| {
            let taps = kernel.taps().iter();
            taps.map(|k| mapped[(x + k) % POSITIONS])
                .collect::<Mean>()
                .mean()
        });
    }
    found
}

/// The correlations of one network: at the start they are exact, and each position has directions of its own.
fn network(kernel: Kernel, start: Correlations, layers: usize, seed: u64) -> Correlations {
    let phi = ternary();
    let square = 1.0 / phi.mean_square(1.0);
    let mut states: Vec<Channel> = vec![Channel::default(); CHANNELS];
    for (x, c) in start.into_iter().enumerate() {
        let seed = 100 * seed + x as u64;
        let pair = Inputs::with_correlations(&[c], CHANNELS, 1.0, seed).unwrap();
        for (channel, state) in states.iter_mut().enumerate() {
            [state[0][x], state[1][x]] = [0, 1].map(|input| pair.states().value(input, channel));
        }
    }
    for layer in 0..layers {
        let levels = |state: &Channel| state.map(|u| u.map(|u| phi.value(u.into()) as f32));
        let levels: Vec<Channel> = states.iter().map(levels).collect();
        let moved = |k: &usize| {
            let at =
                |level: &Channel| level.map(|v| std::array::from_fn(|x| v[(x + k) % POSITIONS]));
            levels.iter().map(at).collect::<Vec<Channel>>()
        };
        let moved: Vec<Channel> = kernel.taps().iter().flat_map(moved).collect();
        let weights = kernel.weights(square, seed, layer);
        for (state, weights) in states.iter_mut().zip(&weights) {
            *state = Channel::default();
            let sum = state.as_flattened_mut();
            for (weight, level) in weights.iter().zip(&moved) {
                for (sum, level) in sum.iter_mut().zip(level.as_flattened()) {
                    *sum += weight * level;
                }
            }
        }
    }
    std::array::from_fn(|x| {
        let product = |a: usize, b: usize| -> f64 {
            let terms = states
                .iter()
                .map(|u| f64::from(u[a][x]) * f64::from(u[b][x]));
            terms.sum()
        };
        product(0, 1) / (product(0, 0) * product(1, 1)).sqrt()
    })
}

/// The mean over some positions.
fn over(positions: &[usize], c: &Correlations) -> f64 {
    positions.iter().map(|x| c[*x]).collect::<Mean>().mean()
}

/// The mean over some positions after each number of [`LAYERS`], by `networks` of its own.
fn measured(
    kernel: Kernel,
    start: Correlations,
    positions: &[usize],
    networks: u64,
    seed: u64,
) -> [Mean; LAYERS.len()] {
    LAYERS.map(|layers| {
        let seeds = (0..networks).map(|index| 1000 * (10 * seed + layers as u64) + index);
        seeds
            .map(|seed| over(positions, &network(kernel, start, layers, seed)))
            .collect()
    })
}

fn joint(means: &[Mean], theory: &[f64]) -> Agreement {
    let values: Vec<f64> = means.iter().map(Mean::mean).collect();
    let errors: Vec<f64> = means.iter().map(Mean::standard_error).collect();
    agreement(&values, &errors, theory).unwrap()
}

const ALL: [usize; POSITIONS] = [0, 1, 2, 3, 4, 5, 6, 7];
/// Half of the positions are nearly the same in both inputs, the others independent.
const HALVES: Correlations = [0.98, 0.98, 0.98, 0.98, 0.0, 0.0, 0.0, 0.0];
/// By scipy, quadrature of `Mhat` with the best threshold: the mean over positions, from [`HALVES`].
const MEANS: [f64; 3] = [0.45111820, 0.38161451, 0.25854764];
/// The same, of `Mhat` of the mean.
const OF_MEAN: [f64; 3] = [0.40318278, 0.33002627, 0.21902876];

/// By scipy, at each position.
#[test]
fn the_map_is_applied_at_each_position_and_averaged_over_the_taps() {
    let after_four = [
        0.31465301, 0.39647406, 0.39647406, 0.31465301, 0.20087740, 0.12218608, 0.12218608,
        0.20087740,
    ];
    let found = theory(Kernel::Independent, HALVES, 4);
    for (found, expected) in found.into_iter().zip(after_four) {
        assert!((found - expected).abs() < 1e-8, "{found} {expected}");
    }
}

/// `chi = 0.80982596` is that of the best three levels (1 - 0.1901740392).
#[test]
fn small_correlations_decay_as_a_chain_on_average_over_positions() {
    const CHI: f64 = 0.8098259608;
    let start = [0.2, 0.05, 0.0, 0.1, 0.2, 0.15, 0.0, 0.2];
    let found = measured(Kernel::Independent, start, &ALL, 100, 1);
    let mut first_order = over(&ALL, &start);
    let expected = [1, 2, 4].map(|layers| {
        first_order = over(&ALL, &start);
        (0..layers).for_each(|_| first_order *= CHI);
        first_order
    });
    for ((layers, found), expected) in LAYERS.into_iter().zip(&found).zip(expected) {
        let beyond = over(&ALL, &theory(Kernel::Independent, start, layers)) - expected;
        assert!(beyond.abs() < 0.1 * found.standard_error(), "{beyond}");
        assert!(found.deviation(0.0) > 5.0, "{found:?}");
    }
    let found = joint(&found, &expected);
    assert!(found.probability > RARE, "{found:?}");
}

/// From 0.3 the values of a chain; from 0.9 by scipy.
#[test]
fn the_same_correlation_at_all_positions_follows_the_map() {
    let mut means = Vec::new();
    for (start, seed) in [(0.3, 2), (0.9, 3)] {
        means.extend(measured(Kernel::Independent, [start; 8], &ALL, 24, seed));
    }
    let expected = [
        0.24438648, 0.19868587, 0.13086074, 0.77983831, 0.65911325, 0.45418860,
    ];
    let found = joint(&means, &expected);
    assert!(found.probability > RARE, "{found:?}");
}

/// Not the map of the average: that is off from the first layer on.
#[test]
fn different_correlations_follow_the_map_position_by_position() {
    let (mut means, mut expected) = (Vec::new(), Vec::new());
    for (positions, seed) in [([0, 3], 4), ([1, 2], 5), ([4, 7], 6), ([5, 6], 7)] {
        means.extend(measured(Kernel::Independent, HALVES, &positions, 24, seed));
        let at = |layers| over(&positions, &theory(Kernel::Independent, HALVES, layers));
        expected.extend(LAYERS.map(at));
    }
    let found = joint(&means, &expected);
    assert!(found.probability > RARE, "{found:?}");

    for (index, (mean, of_mean)) in MEANS.into_iter().zip(OF_MEAN).enumerate() {
        let after = || means.iter().skip(index).step_by(LAYERS.len());
        let average = after().map(Mean::mean).collect::<Mean>().mean();
        let error = after().map(Mean::standard_error).fold(0.0, libm::hypot) / 4.0;
        assert!((average - mean).abs() < 4.0 * error, "{average} {mean}");
        assert!(
            (average - of_mean).abs() > 5.0 * error,
            "{average} {of_mean}"
        );
    }
}

/// By scipy, from 0.98, and the values of a chain, from 0.3.
#[test]
fn a_delta_orthogonal_kernel_keeps_the_map_of_each_position() {
    let start = [0.98, 0.98, 0.98, 0.98, 0.3, 0.3, 0.3, 0.3];
    let mut means = Vec::new();
    for (positions, seed) in [([0, 1, 2, 3], 9), ([4, 5, 6, 7], 10)] {
        means.extend(measured(
            Kernel::DeltaOrthogonal,
            start,
            &positions,
            16,
            seed,
        ));
    }
    let expected = [
        0.90223640, 0.78240144, 0.55179100, 0.24438648, 0.19868587, 0.13086074,
    ];
    let found = joint(&means, &expected);
    assert!(found.probability > RARE, "{found:?}");
}
