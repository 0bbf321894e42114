//! `cargo bench --profile dev -p mf-core --bench kernels`: kernels of 1,000 inputs through 100 layers of erf, on one thread.
//!
//! The peer is neural-tangents, `benches/peers/kernels/kernels.py`, with the same inputs: run both in the same session, on one core
//! each. Both print the same entries.
#![allow(clippy::disallowed_macros, clippy::unwrap_used, missing_docs)]

use mf_core::kernel::{KernelNetwork, Row, Tangent};
use mf_core::{Activation, Erf, StepActivation, Surrogate};
use std::time::Instant;

const INPUTS: usize = 1000;
const DIMENSION: usize = 784;
const LAYERS: usize = 100;

/// Whether to run everything once, in a small size (`-- --short`), as a test: the times then mean nothing.
fn short() -> bool {
    std::env::args().any(|argument| argument == "--short")
}

/// `x_i[k] = (0.5 + i / 1000) cos(0.37 i + 0.011 (i + 1) k)`: their products, divided by the dimension, row by row up to the diagonal.
fn gram(inputs: usize) -> Vec<Vec<f64>> {
    let input = |i: usize| -> Vec<f64> {
        let (place, size) = (i as f64, 0.5 + i as f64 / INPUTS as f64);
        let number = |k: usize| size * libm::cos(0.37 * place + 0.011 * (place + 1.0) * k as f64);
        (0..DIMENSION).map(number).collect()
    };
    let inputs: Vec<Vec<f64>> = (0..inputs).map(input).collect();
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let row = |i: usize| {
        let others = inputs.iter().take(i + 1);
        others
            .map(|other| product(&inputs[i], other) / DIMENSION as f64)
            .collect()
    };
    (0..inputs.len()).map(row).collect()
}

/// The rows, up to the diagonal, of the outputs after all layers.
fn kernels<A: Activation>(
    network: &KernelNetwork<'_, A>,
    gram: &[Vec<f64>],
    layers: usize,
) -> Vec<Row> {
    let squares: Vec<f64> = gram.iter().map(|row| row[row.len() - 1]).collect();
    let mut layer = network.start(&squares).unwrap();
    let rows = gram.iter().enumerate();
    let mut rows: Vec<Row> = rows.map(|(i, row)| network.row(i, row).unwrap()).collect();
    for _ in 0..layers {
        rows.iter_mut().for_each(|row| layer.advance(row));
        layer = layer.next().unwrap();
    }
    rows
}

fn measure<A: Activation>(
    name: &str,
    network: &KernelNetwork<'_, A>,
    gram: &[Vec<f64>],
    layers: usize,
) {
    let mut times = Vec::new();
    let mut rows = Vec::new();
    for _ in 0..if short() { 1 } else { 5 } {
        let start = Instant::now();
        rows = kernels(network, gram, layers);
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{name:34} best {:.2} s   median {:.2} s",
        times[0],
        times[times.len() / 2]
    );
    let last = rows.len() - 1;
    for (i, j) in [(0, 0), (1, 0), (last / 2, 3), (last, 7), (last, last)] {
        let tangents: Vec<f64> = rows[i].tangents.iter().map(|tangent| tangent[j]).collect();
        println!(
            "    {i} {j}: nngp {} tangent {tangents:?}",
            rows[i].covariances[j]
        );
    }
}

fn main() {
    let (inputs, layers) = if short() { (20, 5) } else { (INPUTS, LAYERS) };
    let gram = gram(inputs);
    println!("{inputs} inputs, {layers} layers, one thread");
    let erf = KernelNetwork::chain(&Erf, 1.3, 0.2).unwrap();
    measure("erf, covariance", &erf, &gram, layers);
    let erf = erf.with_tangents(&[Tangent::Exact]);
    measure("erf, covariance and tangent", &erf, &gram, layers);
    let steps = StepActivation::uniform(4).unwrap();
    let rho = Surrogate::new(1.0, -1.0, 1.0).unwrap();
    let quantized = KernelNetwork::chain(&steps, 1.065, 0.0).unwrap();
    let quantized = quantized.with_tangents(&[Tangent::Surrogate(rho), Tangent::Mixed(rho)]);
    let (inputs, layers) = (inputs.min(200), layers.min(20));
    println!("{inputs} inputs, {layers} layers, one thread");
    measure(
        "four levels, surrogate and mixed",
        &quantized,
        &gram[..inputs],
        layers,
    );
}
