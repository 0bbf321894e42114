//! `cargo bench --profile dev -p mf-train --bench training`: steps of training on MNIST.
//!
//! The peer is the same training in PyTorch, `benches/peers/training/training.py`: run both in turn in the same
//! session. Perceptrons have eight levels, and networks of blocks ternary activations. `-- --accuracy` prints accuracies
//! instead of times; `-- --short` runs everything once. The times are compared with the arithmetic peak of the machine:
//! fused multiply-adds on registers alone.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs
)]

use mf_core::{Architecture, StepActivation, Surrogate};
use mf_train::{
    AnyModel, BlockModel, Dataset, FILES, Initialization, Model, RoundedWeights, SUMS, Schedule,
    WeightScale, step_cost, train,
};
use pulp::{Arch, Simd, WithSimd};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Instant;

/// Eight levels with their best weight scale, and the surrogate slope of unit gain.
const STATES: usize = 8;
const SIGMA_W: f64 = 1.0192624338;
const SLOPE: f64 = 1.0014684148;
const BATCH: usize = 32;

/// Layers, width and steps that are timed.
const SHAPES: [(usize, usize, u32); 3] = [(50, 256, 200), (20, 1024, 40), (20, 2048, 12)];

/// Ternary activations of a normalized input, and ternary weights: the best threshold, in standard deviations, and the
/// mean square of the levels -1, 0, 1.
const THRESHOLD: f64 = 0.612;
const SQUARE: f64 = 0.540_537_76;

/// Blocks, width and steps of the networks of blocks that are timed.
const BLOCKS: (usize, usize, u32) = (50, 256, 200);

/// Steps before those that are timed.
const WARM: u32 = 3;

/// Layers, width, steps and seeds of the trainings for accuracy.
const ACCURACY: (usize, usize, u32, u64) = (20, 256, 400, 5);

/// Whether to run everything once, in a small size (`-- --short`), as a test: the times then mean nothing.
fn short() -> bool {
    std::env::args().any(|argument| argument == "--short")
}

fn mnist() -> Dataset {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/mnist");
    let files = FILES.map(|name| std::fs::read(format!("{folder}/{name}")).unwrap());
    let sums = std::fs::read_to_string(format!("{folder}/{SUMS}")).unwrap();
    let file = |index: usize| (FILES[index], files[index].as_slice());
    Dataset::from_idx([file(0), file(1), file(2), file(3)], (SUMS, &sums)).unwrap()
}

fn model(layers: usize, width: usize) -> Model {
    Model {
        activation: StepActivation::uniform(STATES).unwrap(),
        surrogate: Surrogate::new(SLOPE, -1.0, 1.0).unwrap(),
        width,
        layers,
        initialization: Initialization::Normal {
            sigma_w: SIGMA_W,
            sigma_b: 0.0,
        },
    }
}

fn block_model(architecture: Architecture, ternary: bool) -> BlockModel {
    let (levels, step) = (vec![-1.0, 0.0, 1.0], 2.0 * THRESHOLD);
    // The rounded weights at the start have this mean square, in units of that of the weights.
    let kept = if ternary { SQUARE * step * step } else { 1.0 };
    BlockModel {
        architecture,
        activation: StepActivation::new(vec![-THRESHOLD, THRESHOLD], levels.clone()).unwrap(),
        surrogate: Surrogate::new(SLOPE, -step, step).unwrap(),
        width: BLOCKS.1,
        blocks: BLOCKS.0,
        sigma_w: 1.0 / (SQUARE * kept).sqrt(),
        branch: 1.0,
        weights: ternary.then(|| RoundedWeights {
            steps: StepActivation::halfway(levels).unwrap(),
            scale: WeightScale::Start(step),
        }),
    }
}

fn schedule(steps: u32, test_images: usize) -> Schedule {
    Schedule {
        batch: BATCH,
        learning_rate: 1e-3,
        momentum: 0.5,
        checkpoints: vec![steps],
        mean: 0.1307,
        deviation: 0.3081,
        test_images,
    }
}

/// Seconds of a step: the median.
fn seconds(model: AnyModel<'_>, steps: u32, data: &Dataset) -> f64 {
    let schedule = schedule(steps + WARM + 1, 1);
    let mut asked = Vec::new();
    train(model, &schedule, data, 1, &mut |_| {
        asked.push(Instant::now());
        ControlFlow::Continue(())
    })
    .unwrap();
    let pairs = asked.iter().zip(asked.iter().skip(1));
    let mut times: Vec<f64> = pairs
        .skip(WARM as usize)
        .map(|(start, end)| (*end - *start).as_secs_f64())
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn times(data: &Dataset) {
    let peak = peak();
    println!("multiply-adds on registers alone {peak:.1} GFLOP/s");
    for threads in [1, 2] {
        println!("{threads} training(s) at a time, one thread each");
        let time = |name: String, model: AnyModel<'_>, steps: u32| {
            let steps = if short() { 1 } else { steps };
            let each: Vec<f64> = std::thread::scope(|scope| {
                let run = || scope.spawn(|| seconds(model, steps, data));
                let running: Vec<_> = (0..threads).map(|_| run()).collect();
                running.into_iter().map(|run| run.join().unwrap()).collect()
            });
            let mean = each.iter().sum::<f64>() / each.len() as f64;
            let rate = 2e-9 * step_cost(model, BATCH, data.inputs()) / mean;
            println!(
                "  {name:<48} {:9.2} ms a step   {rate:6.1} GFLOP/s, {:.0} % of the peak",
                1e3 * mean,
                100.0 * rate / peak
            );
        };
        for (layers, width, steps) in SHAPES {
            let name = format!("{layers} layers of width {width}");
            time(name, (&model(layers, width)).into(), steps);
        }
        let (blocks, width, steps) = BLOCKS;
        for (name, architecture, ternary) in [
            ("chain", Architecture::Chain, false),
            ("pre-norm", Architecture::PreNorm, false),
            ("post-norm", Architecture::PostNorm, false),
            ("chain, ternary weights", Architecture::Chain, true),
            ("pre-norm, ternary weights", Architecture::PreNorm, true),
        ] {
            let name = format!("{blocks} blocks of width {width}, {name}");
            time(name, (&block_model(architecture, ternary)).into(), steps);
        }
    }
}

fn accuracies(data: &Dataset) {
    let (layers, width, steps, seeds) = ACCURACY;
    println!("accuracy after {steps} steps, {layers} layers of width {width}");
    let (model, schedule) = (model(layers, width), schedule(steps, data.test_len()));
    let run = |seed| {
        let outcome = train(&model, &schedule, data, seed, &mut |_| {
            ControlFlow::Continue(())
        });
        let accuracy = outcome.unwrap().points[0].test_accuracy;
        println!("  seed {seed}: {accuracy:.4}");
        accuracy
    };
    let found: Vec<f64> = (0..seeds).map(run).collect();
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    let squares: f64 = found.iter().map(|a| (a - mean) * (a - mean)).sum();
    let deviation = (squares / (found.len() - 1) as f64).sqrt();
    println!("  mean {mean:.4}, standard deviation {deviation:.4}");
}

/// As many independent chains of multiply-adds as fit into the registers together with their operands.
struct Chains;

const CHAINS: usize = 12;
const LINKS: usize = 20_000_000;

impl WithSimd for Chains {
    /// Floating point operations.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (factor, term) = (black_box(0.999), black_box(0.001));
        let (factor, term) = (simd.splat_f32s(factor), simd.splat_f32s(term));
        let mut sums = [term; CHAINS];
        for _ in 0..LINKS {
            for sum in &mut sums {
                *sum = simd.mul_add_f32s(*sum, factor, term);
            }
        }
        black_box(sums);
        (2 * CHAINS * LINKS * S::F32_LANES) as f64
    }
}

/// GFLOP/s of a thread that does nothing but multiply and add: the best of nine.
fn peak() -> f64 {
    let rate = || {
        let start = Instant::now();
        let operations = Arch::new().dispatch(Chains);
        1e-9 * operations / start.elapsed().as_secs_f64()
    };
    let runs = if short() { 1 } else { 9 };
    (0..runs).map(|_| rate()).fold(0.0, f64::max)
}

fn main() {
    let data = mnist();
    println!("training on MNIST: {STATES} levels (blocks: 3), batch {BATCH}");
    if std::env::args().any(|argument| argument == "--accuracy") {
        accuracies(&data);
    } else {
        times(&data);
    }
}
