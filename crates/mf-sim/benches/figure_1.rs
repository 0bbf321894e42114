//! `cargo bench --profile dev -p mf-sim --bench figure_1`: the five panels of figure 1.
//!
//! The peer is the same simulation in PyTorch, `benches/peers/figure_1/figure_1.py`: run both in the same session.
//! The products are compared with the arithmetic peak of the machine: fused multiply-adds on registers alone.
#![allow(clippy::disallowed_macros, clippy::unwrap_used, missing_docs)]

use mf_core::{StepActivation, VarianceMap};
use mf_sim::{Inputs, Network, Run, forward};
use pulp::{Arch, Simd, WithSimd};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Instant;

const WIDTH: usize = 1000;
const DEPTH: usize = 100;
/// Layers of a short run.
const SHORT_DEPTH: usize = 5;
const POINTS: usize = 300;
const SIGMA_B: f64 = 0.001;
/// The best weight scale of 16 levels, and the panels' distances from it.
const SIGMA_W: f64 = 1.0058218905;
const PANELS: [f64; 5] = [-0.2, -0.1, 0.0, 0.1, 0.2];

/// Whether to run everything once, in a small size (`-- --short`), as a test: the times then mean nothing.
fn short() -> bool {
    std::env::args().any(|argument| argument == "--short")
}

/// Least seconds of `work` over `runs` runs: other load on the machine only adds.
fn best<T>(runs: usize, mut work: impl FnMut() -> T) -> f64 {
    let runs = if short() { 1 } else { runs };
    let time = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    (0..runs).map(time).fold(f64::INFINITY, f64::min)
}

/// As many independent chains of multiply-adds as fit into the registers together with their operands.
struct Chains;

const CHAINS: usize = 12;
const STEPS: usize = 20_000_000;

impl WithSimd for Chains {
    /// Floating point operations.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (factor, term) = (black_box(0.999), black_box(0.001));
        let (factor, term) = (simd.splat_f32s(factor), simd.splat_f32s(term));
        let mut sums = [term; CHAINS];
        for _ in 0..STEPS {
            for sum in &mut sums {
                *sum = simd.mul_add_f32s(*sum, factor, term);
            }
        }
        black_box(sums);
        (2 * CHAINS * STEPS * S::F32_LANES) as f64
    }
}

/// GFLOP/s of `threads` threads that do nothing but multiply and add: the best of nine.
fn peak(threads: usize) -> f64 {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    let rate = || {
        let start = Instant::now();
        let operations: f64 = pool
            .broadcast(|_| Arch::new().dispatch(Chains))
            .iter()
            .sum();
        1e-9 * operations / start.elapsed().as_secs_f64()
    };
    let runs = if short() { 1 } else { 9 };
    (0..runs).map(|_| rate()).fold(0.0, f64::max)
}

fn depth() -> usize {
    if short() { SHORT_DEPTH } else { DEPTH }
}

/// A network at a distance from the best weight scale, with its fixed variance.
fn panel(offset: f64) -> (Network, f64) {
    let phi = StepActivation::uniform(16).unwrap();
    let sigma_w = SIGMA_W + offset;
    let points = VarianceMap::new(&phi, sigma_w, SIGMA_B)
        .unwrap()
        .fixed_points();
    let variance = points.last().unwrap().variance;
    (
        Network::new(phi, sigma_w, SIGMA_B, WIDTH, depth()).unwrap(),
        variance,
    )
}

/// All layers for `points` points; with their covariances by angle if `measured`.
fn simulated(network: &Network, inputs: &Inputs, threads: usize, measured: bool) -> f64 {
    let run = Run {
        threads,
        ..Run::new(1)
    };
    let mut sum = 0.0;
    forward(network, inputs, &run, &mut |_, hidden| {
        if measured {
            sum += hidden.angle_covariance().iter().sum::<f64>();
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    sum
}

fn main() {
    println!(
        "figure 1: {POINTS} points, width {WIDTH}, {} layers, 16 levels",
        depth()
    );
    for threads in [1, 2] {
        println!("{threads} thread(s)");
        let panels: Vec<f64> = PANELS
            .iter()
            .map(|&offset| {
                let (network, variance) = panel(offset);
                best(5, || {
                    let inputs = Inputs::circle(POINTS, WIDTH, variance, 1).unwrap();
                    simulated(&network, &inputs, threads, true)
                })
            })
            .collect();
        let mean = panels.iter().sum::<f64>() / panels.len() as f64;
        println!("  a panel, with covariances          {mean:>8.3} s   ({panels:.3?})");

        let (network, variance) = panel(0.0);
        let layers = |points| {
            let inputs = Inputs::circle(points, WIDTH, variance, 1).unwrap();
            best(9, || simulated(&network, &inputs, threads, false))
        };
        // With one point almost all of the time is for drawing the weights.
        let (all, drawing) = (layers(POINTS), layers(1));
        let operations = 2.0 * (POINTS * WIDTH * WIDTH * depth()) as f64;
        let rate = 1e-9 * operations / (all - drawing);
        let peak = peak(threads);
        println!("  its layers                         {all:>8.3} s");
        println!(
            "  of these drawing weights           {drawing:>8.3} s   {:.0} %",
            100.0 * drawing / all
        );
        println!("  products and activations           {rate:>8.1} GFLOP/s");
        println!(
            "  peak of multiply-adds on registers {peak:>8.1} GFLOP/s, reached to {:.0} %",
            100.0 * rate / peak
        );
    }
}
