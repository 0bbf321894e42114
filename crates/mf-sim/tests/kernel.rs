//! Kernels at infinite width against random networks, whose gradients are computed weight by weight.
#![allow(clippy::unwrap_used)]

use mf_core::kernel::{KernelNetwork, Row, Tangent};
use mf_core::{Activation, Erf, StepActivation, Surrogate};
use mf_fit::Mean;
use std::f64::consts::PI;

const INPUTS: usize = 20;
const WIDTH: usize = 400;
const LAYERS: usize = 3;
const NETWORKS: u64 = 80;
const SIGMA_W: f64 = 1.2;

/// Normal numbers by splitmix64 and the transform of Box and Muller.
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn next(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        radius * libm::cos(2.0 * PI * self.uniform())
    }

    fn matrix(&mut self, rows: usize, columns: usize) -> Vec<Vec<f64>> {
        let scale = SIGMA_W / (columns as f64).sqrt();
        let row = |normal: &mut Self| (0..columns).map(|_| scale * normal.next()).collect();
        (0..rows).map(|_| row(self)).collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Values that enter each matrix, and the gradient of the output with respect to what leaves it, with `slope` for the derivative.
fn pass(
    weights: &[Vec<Vec<f64>>],
    input: &[f64],
    phi: &dyn Fn(f64) -> f64,
    slope: &dyn Fn(f64) -> f64,
) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let (mut values, mut states) = (vec![input.to_vec()], Vec::new());
    for (index, matrix) in weights.iter().enumerate() {
        let state: Vec<f64> = matrix.iter().map(|row| dot(row, &values[index])).collect();
        values.push(state.iter().map(|u| phi(*u)).collect());
        states.push(state);
    }
    let mut gradients = vec![vec![1.0]];
    for (index, matrix) in weights.iter().enumerate().skip(1).rev() {
        let after = gradients.last().unwrap();
        let before = (0..states[index - 1].len()).map(|unit| {
            let seen: f64 = matrix.iter().zip(after).map(|(row, g)| row[unit] * g).sum();
            seen * slope(states[index - 1][unit])
        });
        let before = before.collect();
        gradients.push(before);
    }
    gradients.reverse();
    (values, gradients)
}

/// The mean over networks of the covariance of the output over weights of the last layer, and of the tangent kernel, for pairs (0, 0), (0, 1).
fn measured(
    phi: &dyn Fn(f64) -> f64,
    slope: &dyn Fn(f64) -> f64,
    inputs: &[Vec<f64>; 2],
) -> [[Mean; 2]; 2] {
    let mut means = [[Mean::default(); 2]; 2];
    for seed in 0..NETWORKS {
        let mut normal = Normal(seed.wrapping_mul(0x1234_5678_9ABC_DEF1));
        let mut weights = vec![normal.matrix(WIDTH, INPUTS)];
        weights.extend((1..LAYERS).map(|_| normal.matrix(WIDTH, WIDTH)));
        weights.push(normal.matrix(1, WIDTH));
        let passes = inputs
            .each_ref()
            .map(|input| pass(&weights, input, phi, slope));
        for (pair, other) in passes.iter().enumerate() {
            let (first, second) = (&passes[0], other);
            let scale = |values: &[f64]| SIGMA_W * SIGMA_W / values.len() as f64;
            let layers = first
                .0
                .iter()
                .zip(&second.0)
                .zip(first.1.iter().zip(&second.1));
            let parts = layers.map(|((a, b), (g, h))| scale(a) * dot(a, b) * dot(g, h));
            means[1][pair].push(parts.sum());
            let (a, b) = (&first.0[LAYERS], &second.0[LAYERS]);
            means[0][pair].push(scale(a) * dot(a, b));
        }
    }
    means
}

fn check<A: Activation>(
    name: &str,
    phi: &A,
    tangent: Tangent,
    value: &dyn Fn(f64) -> f64,
    slope: &dyn Fn(f64) -> f64,
) {
    // Of 8 means, none should be farther by chance in 2,000 such tests.
    const FARTHEST: f64 = 4.0;
    let first: Vec<f64> = (0..INPUTS)
        .map(|k| libm::sin(1.0 + 0.7 * k as f64))
        .collect();
    let second: Vec<f64> = first
        .iter()
        .enumerate()
        .map(|(k, x)| 0.9 * x + 0.7 * libm::cos(2.0 * k as f64))
        .collect();
    let inputs = [first, second];
    let gram = |i: usize, j: usize| dot(&inputs[i], &inputs[j]) / INPUTS as f64;
    let network = KernelNetwork::chain(phi, SIGMA_W, 0.0)
        .unwrap()
        .with_tangents(&[tangent]);
    let mut layer = network.start(&[gram(0, 0), gram(1, 1)]).unwrap();
    let mut row: Row = network.row(0, &[gram(0, 0), gram(0, 1)]).unwrap();
    for _ in 0..LAYERS {
        layer.advance(&mut row);
        layer = layer.next().unwrap();
    }
    let [covariances, tangents] = measured(value, slope, &inputs);
    for (pair, (covariance, tangent)) in covariances.into_iter().zip(tangents).enumerate() {
        for (what, mean, theory) in [
            ("covariance", covariance, row.covariances[pair]),
            ("tangent", tangent, row.tangents[0][pair]),
        ] {
            let off = mean.deviation(theory);
            assert!(
                off.abs() < FARTHEST,
                "{name} {what} (0, {pair}): {} ± {}, theory {theory}",
                mean.mean(),
                mean.standard_error()
            );
            // The test can tell a wrong kernel: errors are a few percent.
            assert!(mean.standard_error() < 0.05 * row.tangents[0][0]);
        }
    }
}

#[test]
fn random_networks_have_the_kernels_of_infinite_width() {
    let derivative = |x: f64| 2.0 / PI.sqrt() * libm::exp(-x * x);
    check("erf", &Erf, Tangent::Exact, &libm::erf, &derivative);
    let phi = StepActivation::uniform(4).unwrap();
    let rho = Surrogate::new(0.9, -1.0, 1.0).unwrap();
    let window = |x: f64| if x.abs() < 1.0 { 0.9 } else { 0.0 };
    check(
        "four levels",
        &phi,
        Tangent::Surrogate(rho),
        &|x| phi.value(x),
        &window,
    );
}
