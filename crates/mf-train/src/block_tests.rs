//! Networks of blocks beside plain arithmetic, finite differences and the theory.

use crate::activation::Activation;
use crate::block_reference::{Matrix, Plain, rounded};
use crate::blocks::{BlockModel, RoundedWeights, WeightScale};
use crate::dataset::Dataset;
use crate::model::Schedule;
use crate::reference::next_batch;
use crate::training::Training;
use mf_core::Architecture::{self, Chain, PostNorm, PreNorm};
use mf_core::{StepActivation, Surrogate};
use mf_kernel::machines;
use pulp::Arch;
use std::ops::ControlFlow;

const ARCHITECTURES: [Architecture; 3] = [Chain, PreNorm, PostNorm];

/// Weights of a running training (`which` 0), or their velocities (`which` 1).
fn layers(training: &Training<'_>, which: usize) -> Vec<Matrix> {
    let double = |row: &Vec<f32>| row.iter().copied().map(f64::from).collect::<Vec<_>>();
    let layer = |layer: &crate::layer::Layer| {
        let parts = layer.parts();
        assert!(parts[which].1.iter().all(|bias| *bias == 0.0));
        parts[which].0.iter().map(double).collect()
    };
    training.network.layers.iter().map(layer).collect()
}

fn setting(
    architecture: Architecture,
    [width, blocks, batch]: [usize; 3],
    branch: f64,
) -> (BlockModel, Schedule) {
    let model = BlockModel {
        architecture,
        activation: StepActivation::new(vec![-0.7, 0.1, 0.6], vec![-1.1, -0.2, 0.3, 1.0]).unwrap(),
        surrogate: Surrogate::new(1.1, -1.3, 1.2).unwrap(),
        width,
        blocks,
        sigma_w: 1.2,
        branch: if architecture == Chain { 1.0 } else { branch },
        weights: None,
    };
    let schedule = Schedule {
        batch,
        learning_rate: 0.05,
        momentum: 0.6,
        checkpoints: vec![1],
        mean: 0.5,
        deviation: 0.3,
        test_images: 1,
    };
    (model, schedule)
}

fn roundings() -> [Option<RoundedWeights>; 4] {
    let halfway = |levels| StepActivation::halfway(levels).unwrap();
    let ternary = || halfway(vec![-1.0, 0.0, 1.0]);
    let some = |steps, scale| Some(RoundedWeights { steps, scale });
    [
        None,
        some(ternary(), WeightScale::Start(1.2)),
        some(ternary(), WeightScale::Mean),
        some(
            halfway((-7..=7).map(f64::from).collect()),
            WeightScale::RowMaximum,
        ),
    ]
}

/// f32 sums of up to 150 terms through a few blocks: about a hundred units of the last place of the largest.
const SINGLE: f64 = 1e-5;

fn assert_close(found: &[Matrix], expected: &[Matrix], what: &str) {
    for (layer, (found, expected)) in found.iter().zip(expected).enumerate() {
        let (found, expected) = (found.as_slice().concat(), expected.as_slice().concat());
        let largest = expected.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        assert!(largest > 0.0, "{what}: layer {layer} is all 0");
        for (index, (x, y)) in found.iter().zip(&expected).enumerate() {
            assert!(
                (x - y).abs() < SINGLE * largest,
                "{what}: layer {layer}, {index}: {x}, not {y}"
            );
        }
    }
}

#[test]
fn steps_agree_with_plain_arithmetic() {
    for architecture in ARCHITECTURES {
        for (size, branch) in [([5, 2, 3], 0.3), ([70, 3, 33], 1.0), ([64, 1, 32], 2.5)] {
            for weights in roundings() {
                let (mut model, schedule) = setting(architecture, size, branch);
                model.weights = weights;
                let data = Dataset::random(150, 200, 1);
                let mut training = Training::new(&model, &schedule, &data, 7, Arch::new()).unwrap();
                let plain = Plain {
                    architecture,
                    root: model.branch.sqrt(),
                    phi: (&|u| model.activation.value(u), &|u| {
                        if u > -1.3 && u < 1.2 { 1.1 } else { 0.0 }
                    }),
                    rounded: &|weights| rounded(&model, weights),
                };
                for step in 0..4 {
                    let what = format!("{model:?}, step {step}");
                    let mut expected = [layers(&training, 0), layers(&training, 1)];
                    let batch = next_batch(&training, &data, &schedule);
                    let loss = plain.mean_loss(&expected[0], &batch);
                    let gradient = plain.gradient(&expected[0], &batch);
                    let found = training.step().unwrap();
                    assert!((found - loss).abs() < SINGLE, "{what}: {found}, not {loss}");
                    let [w, v] = &mut expected;
                    let numbers = w.iter_mut().flatten().flatten();
                    let numbers = numbers.zip(v.iter_mut().flatten().flatten());
                    for ((w, v), g) in numbers.zip(gradient.iter().flatten().flatten()) {
                        *v = schedule.momentum * *v + g;
                        *w -= schedule.learning_rate * *v;
                    }
                    assert_close(&layers(&training, 1), v, &what);
                    assert_close(&layers(&training, 0), w, &what);
                }
            }
        }
    }
}

#[test]
fn gradients_are_slopes_of_the_loss() {
    for architecture in ARCHITECTURES {
        for size in [[5, 4, 3], [70, 3, 33]] {
            let (model, schedule) = setting(architecture, size, 1.0);
            let data = Dataset::random(20, 50, 1);
            let mut training = Training::new(&model, &schedule, &data, 3, Arch::new()).unwrap();
            training.network.activation = Activation::Softsign;
            let plain = Plain {
                architecture,
                root: 1.0,
                phi: (&|u| u / (1.0 + u.abs()), &|_| f64::NAN),
                rounded: &Matrix::clone,
            };
            let before = layers(&training, 0);
            let batch = next_batch(&training, &data, &schedule);
            training.step().unwrap();
            // The first velocity is the gradient.
            let found = layers(&training, 1);
            // The truncation error of the difference is about H^2, its rounding error 1e-16 / H.
            const H: f64 = 1e-5;
            for (layer, found) in found.iter().enumerate() {
                let all = found.as_slice().concat();
                let largest = all.iter().fold(0.0_f64, |most, g| most.max(g.abs()));
                let inputs = found[0].len();
                // A prime step visits all rows and columns, but not all pairs.
                let stride = if size[0] > 10 { 97 } else { 1 };
                for (index, found) in all.iter().enumerate().step_by(stride) {
                    let moved = |by: f64| {
                        let mut layers = before.clone();
                        layers[layer][index / inputs][index % inputs] += by;
                        plain.mean_loss(&layers, &batch)
                    };
                    let expected = (moved(H) - moved(-H)) / (2.0 * H);
                    assert!(
                        (found - expected).abs() < SINGLE * largest,
                        "{architecture:?}, layer {layer}, {index}: {found}, not {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_branch_adds_its_variance_to_the_stream() {
    // P(|z| > 0.612), the mean square of the ternary quantizer with nearly its best threshold: erfc of Python.
    const SQUARE: f64 = 0.540_537_76;
    const WIDTH: usize = 600;
    const BLOCKS: usize = 6;
    // Random pixels: uniform from 0 to 255.
    let data = Dataset::random(784, 64, 1);
    for branch in [1.0, 0.25] {
        for (weights, gain) in [
            (None, 1.0),
            // E[q(z)^2] of ternary weights with the scale 1.224.
            (roundings()[1].clone(), SQUARE * 1.224 * 1.224),
        ] {
            let (mut model, mut schedule) = setting(PreNorm, [WIDTH, BLOCKS, 64], branch);
            model.activation =
                StepActivation::new(vec![-0.612, 0.612], vec![-1.0, 0.0, 1.0]).unwrap();
            model.sigma_w = 1.0 / (SQUARE * gain).sqrt();
            model.weights = weights.map(|weights| RoundedWeights {
                scale: WeightScale::Start(1.224),
                ..weights
            });
            (schedule.mean, schedule.deviation) = (0.5, (65535.0_f64 / 12.0).sqrt() / 255.0);
            let mut training = Training::new(&model, &schedule, &data, 2, Arch::new()).unwrap();
            training.step().unwrap();
            let variances = training.stream_variances();
            for (block, variance) in variances.iter().enumerate() {
                let expected = 1.0 + branch * block as f64;
                // One sample has the relative error sqrt(2 / 600) = 0.058; 64 samples of some correlation have less.
                assert!(
                    (variance / expected - 1.0).abs() < 0.06,
                    "{block}: {variance}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn a_nan_weight_is_a_divergence() {
    let data = Dataset::random(150, 200, 1);
    for architecture in ARCHITECTURES {
        for weights in roundings() {
            for layer in 0..4 {
                let (mut model, schedule) = setting(architecture, [70, 2, 33], 1.0);
                model.weights = weights.clone();
                let mut training = Training::new(&model, &schedule, &data, 1, Arch::new()).unwrap();
                let input = training.network.layers[layer].inputs - 1;
                training.network.layers[layer].set_weight(9, input, f32::NAN);
                assert_eq!(training.step(), None, "layer {layer}, {model:?}");
                let go_on = &mut || ControlFlow::Continue(());
                assert_eq!(training.test(go_on), ControlFlow::Continue(None));
            }
        }
    }
}

/// Losses of some steps, all weights and velocities after them, and the results of the test.
type History = (Vec<f64>, [Vec<Matrix>; 2], Option<(f64, f64)>);

fn history(machine: Arch, seed: u64, model: &BlockModel, batch: usize) -> History {
    let (_, mut schedule) = setting(Chain, [1, 1, batch], 1.0);
    schedule.test_images = 300;
    let data = Dataset::random(150, 200, 300);
    let mut training = Training::new(model, &schedule, &data, seed, machine).unwrap();
    let losses = (0..4).map(|_| training.step().unwrap()).collect();
    let network = training.network.layers.iter();
    let padding: Vec<f32> = network.flat_map(|layer| layer.padding()).collect();
    assert!(
        !padding.is_empty() && padding.iter().all(|x| *x == 0.0),
        "padding leaks"
    );
    (
        losses,
        [layers(&training, 0), layers(&training, 1)],
        training
            .test(&mut || ControlFlow::Continue(()))
            .continue_value()
            .flatten(),
    )
}

#[test]
fn vectors_do_not_change_a_bit_and_padding_stays_empty() {
    for architecture in ARCHITECTURES {
        for weights in roundings() {
            for [width, blocks, batch] in [[5, 2, 3], [70, 3, 33]] {
                let (mut model, _) = setting(architecture, [width, blocks, batch], 0.7);
                model.weights = weights.clone();
                let found = history(Arch::new(), 1, &model, batch);
                for machine in machines() {
                    assert_eq!(found, history(machine, 1, &model, batch), "{machine:?}");
                }
                let other = history(Arch::new(), 2, &model, batch);
                assert_ne!(found, other, "the seed has no effect");
            }
        }
    }
}

#[test]
fn the_test_is_the_forward_pass_of_the_training() {
    // The loss of the first step, on all training images, is that of a test on the same images.
    for architecture in ARCHITECTURES {
        for weights in roundings() {
            let (mut model, mut schedule) = setting(architecture, [70, 3, 40], 0.7);
            model.weights = weights;
            schedule.test_images = 40;
            let data = Dataset::random(150, 40, 1).tested_on_training();
            let mut training = Training::new(&model, &schedule, &data, 1, Arch::new()).unwrap();
            let go_on = &mut || ControlFlow::Continue(());
            let tested = training.test(go_on).continue_value().flatten().unwrap();
            let loss = training.step().unwrap();
            // Sums of 40 numbers in two orders.
            assert!((tested.0 - loss).abs() < 1e-13, "{loss}, not {}", tested.0);
        }
    }
}
