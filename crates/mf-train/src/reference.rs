//! A second, simple implementation of the training in f64, for tests.

use crate::dataset::Dataset;
use crate::model::{Initialization, Model, Schedule};
use crate::training::Training;
use mf_core::{StepActivation, Surrogate};
use mf_kernel::machines;
use pulp::Arch;
use std::ops::ControlFlow;

type Matrix = Vec<Vec<f64>>;

/// A function with its derivative.
type Phi<'a> = (&'a dyn Fn(f64) -> f64, &'a dyn Fn(f64) -> f64);

/// Weights `[output][input]` and biases of every layer.
type Layers = Vec<(Matrix, Vec<f64>)>;

/// Weights and biases of a running training (`which` 0), or their velocities (`which` 1).
fn layers(training: &Training<'_>, which: usize) -> Layers {
    let double = |row: &Vec<f32>| row.iter().copied().map(f64::from).collect::<Vec<_>>();
    let layer = |layer: &crate::layer::Layer| {
        let (weights, bias) = &layer.parts()[which];
        (weights.iter().map(double).collect(), double(bias))
    };
    training.network.layers.iter().map(layer).collect()
}

/// States of every layer for one input, and the final values.
fn run(layers: &Layers, phi: Phi<'_>, input: &[f64]) -> (Matrix, Vec<f64>) {
    let (mut values, mut states) = (input.to_vec(), Vec::new());
    for (weights, bias) in layers {
        let product = |row: &Vec<f64>| row.iter().zip(&values).map(|(w, x)| w * x).sum::<f64>();
        let u: Vec<f64> = weights
            .iter()
            .zip(bias)
            .map(|(w, b)| product(w) + b)
            .collect();
        values = u.iter().map(|u| phi.0(*u)).collect();
        states.push(u);
    }
    (states, values)
}

pub(crate) fn probabilities(values: &[f64]) -> Vec<f64> {
    let exponentials: Vec<f64> = values.iter().map(|z| libm::exp(*z)).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|e| e / sum).collect()
}

fn mean_loss(layers: &Layers, phi: Phi<'_>, batch: &[(Vec<f64>, usize)]) -> f64 {
    let loss = |(input, label): &(Vec<f64>, usize)| {
        -libm::log(probabilities(&run(layers, phi, input).1)[*label])
    };
    batch.iter().map(loss).sum::<f64>() / batch.len() as f64
}

/// The gradient of the mean loss by backpropagation.
fn gradient(layers: &Layers, phi: Phi<'_>, batch: &[(Vec<f64>, usize)]) -> Layers {
    let zero = |(weights, bias): &(Matrix, Vec<f64>)| {
        let row = |row: &Vec<f64>| vec![0.0; row.len()];
        (weights.iter().map(row).collect(), vec![0.0; bias.len()])
    };
    let mut gradient: Layers = layers.iter().map(zero).collect();
    for (input, label) in batch {
        let (states, values) = run(layers, phi, input);
        let mut upper: Vec<f64> = probabilities(&values);
        upper[*label] -= 1.0;
        upper.iter_mut().for_each(|g| *g /= batch.len() as f64);
        for layer in (0..layers.len()).rev() {
            let delta: Vec<f64> = upper
                .iter()
                .zip(&states[layer])
                .map(|(g, u)| g * phi.1(*u))
                .collect();
            let values: Vec<f64> = match layer.checked_sub(1) {
                Some(below) => states[below].iter().map(|u| phi.0(*u)).collect(),
                None => input.clone(),
            };
            let (weights, bias) = &mut gradient[layer];
            for (o, delta) in delta.iter().enumerate() {
                bias[o] += delta;
                for (i, x) in values.iter().enumerate() {
                    weights[o][i] += delta * x;
                }
            }
            upper = (0..values.len())
                .map(|i| {
                    (0..delta.len())
                        .map(|o| layers[layer].0[o][i] * delta[o])
                        .sum()
                })
                .collect();
        }
    }
    gradient
}

fn flat(layers: &Layers) -> Vec<f64> {
    let layer = |(weights, bias): &(Matrix, Vec<f64>)| {
        let weights = weights.iter().flatten();
        weights.chain(bias).copied().collect::<Vec<_>>()
    };
    layers.iter().flat_map(layer).collect()
}

/// `layers[k] = f(layers[k], other[k])` for every number.
fn combine(layers: &mut Layers, other: &Layers, f: impl Fn(f64, f64) -> f64) {
    for ((weights, bias), (other_weights, other_bias)) in layers.iter_mut().zip(other) {
        let weights = weights
            .iter_mut()
            .flatten()
            .zip(other_weights.iter().flatten());
        for (x, y) in weights.chain(bias.iter_mut().zip(other_bias)) {
            *x = f(*x, *y);
        }
    }
}

/// A model and a schedule of this size.
fn setting(states: usize, width: usize, layers: usize, batch: usize) -> (Model, Schedule) {
    let model = Model {
        activation: StepActivation::uniform(states).unwrap(),
        surrogate: Surrogate::new(1.1, -0.9, 1.0).unwrap(),
        width,
        layers,
        initialization: Initialization::Normal {
            sigma_w: 1.2,
            sigma_b: 0.3,
        },
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

/// Inputs and labels of the next batch, which the training is about to use.
pub(crate) fn next_batch(
    training: &Training<'_>,
    data: &Dataset,
    schedule: &Schedule,
) -> Vec<(Vec<f64>, usize)> {
    let image = |index: &u32| {
        let (pixels, label) = data.training().get(*index as usize);
        let value = |pixel: &u8| (f64::from(*pixel) / 255.0 - schedule.mean) / schedule.deviation;
        (pixels.iter().map(value).collect(), usize::from(label))
    };
    training.upcoming().iter().map(image).collect()
}

/// f32 sums of up to 150 terms, over a few layers and steps: about a hundred units of the last place of the largest.
const SINGLE: f64 = 1e-5;

fn assert_close(found: &Layers, expected: &Layers, what: &str) {
    for (layer, (found, expected)) in found.iter().zip(expected).enumerate() {
        let (found, expected) = (flat(&vec![found.clone()]), flat(&vec![expected.clone()]));
        let largest = expected.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        assert!(largest > 0.0, "{what}: layer {layer} is all 0");
        for (index, (x, y)) in found.iter().zip(&expected).enumerate() {
            let allowed = SINGLE * largest;
            assert!(
                (x - y).abs() < allowed,
                "{what}: layer {layer}, {index}: {x}, not {y}"
            );
        }
    }
}

#[test]
fn steps_agree_with_plain_arithmetic() {
    for (states, width, depth, batch) in [
        (2, 5, 2, 3),
        (4, 70, 3, 33),
        (9, 130, 4, 32),
        (40, 64, 2, 65),
    ] {
        let (model, schedule) = setting(states, width, depth, batch);
        let data = Dataset::random(150, 200, 1);
        let mut training = Training::new(&model, &schedule, &data, 7, Arch::new()).unwrap();
        let mut expected = layers(&training, 0);
        let mut velocity = layers(&training, 1);
        assert!(flat(&velocity).iter().all(|v| *v == 0.0));
        let phi = |u: f64| model.activation.value(u);
        let slope = |u: f64| if u > -0.9 && u < 1.0 { 1.1 } else { 0.0 };
        // More than an epoch of the larger batches.
        for step in 0..7 {
            let batch = next_batch(&training, &data, &schedule);
            let loss = mean_loss(&expected, (&phi, &slope), &batch);
            let found = training.step().unwrap();
            assert!((found - loss).abs() < SINGLE, "loss {found}, not {loss}");
            let gradient = gradient(&expected, (&phi, &slope), &batch);
            combine(&mut velocity, &gradient, |v, g| schedule.momentum * v + g);
            combine(&mut expected, &velocity, |w, v| {
                w - schedule.learning_rate * v
            });
            let what = format!("{states} states, width {width}, step {step}");
            assert_close(&layers(&training, 1), &velocity, &what);
            assert_close(&layers(&training, 0), &expected, &what);
        }
    }
}

#[test]
fn gradients_are_slopes_of_the_loss() {
    let phi = |u: f64| u / (1.0 + u.abs());
    let slope = |u: f64| 1.0 / ((1.0 + u.abs()) * (1.0 + u.abs()));
    for (width, depth, batch) in [(5, 4, 3), (70, 3, 33)] {
        let (model, schedule) = setting(4, width, depth, batch);
        let data = Dataset::random(20, 50, 1);
        let mut training = Training::new(&model, &schedule, &data, 3, Arch::new()).unwrap();
        training.network.activation = crate::activation::Activation::Softsign;
        let before = layers(&training, 0);
        let batch = next_batch(&training, &data, &schedule);
        training.step().unwrap();
        // The first velocity is the gradient.
        let found = layers(&training, 1);
        let loss = |layers: &Layers| mean_loss(layers, (&phi, &slope), &batch);
        // The truncation error of the difference is about H^2, its rounding error 1e-16 / H.
        const H: f64 = 1e-5;
        for layer in 0..depth {
            let all = flat(&vec![found[layer].clone()]);
            let largest = all.iter().fold(0.0_f64, |most, g| most.max(g.abs()));
            let (outputs, inputs) = (found[layer].1.len(), found[layer].0[0].len());
            // A prime step visits all rows and columns, but not all pairs.
            for index in (0..outputs * (inputs + 1)).step_by(if width > 10 { 97 } else { 1 }) {
                let (o, i) = (index / (inputs + 1), index % (inputs + 1));
                let moved = |by: f64| {
                    let mut layers = before.clone();
                    let (weights, bias) = &mut layers[layer];
                    *weights[o].get_mut(i).unwrap_or(&mut bias[o]) += by;
                    loss(&layers)
                };
                let expected = (moved(H) - moved(-H)) / (2.0 * H);
                let (weights, bias) = &found[layer];
                let found = weights[o].get(i).unwrap_or(&bias[o]);
                assert!(
                    (found - expected).abs() < SINGLE * largest,
                    "layer {layer}, from {i} to {o}: {found}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn a_nan_weight_is_a_divergence() {
    let (model, schedule) = setting(4, 70, 3, 33);
    let data = Dataset::random(150, 200, 1);
    for machine in machines() {
        for layer in 0..3 {
            let mut training = Training::new(&model, &schedule, &data, 1, machine).unwrap();
            training.network.layers[layer].set_weight(9, 69, f32::NAN);
            assert_eq!(training.step(), None, "layer {layer}, {machine:?}");
            let go_on = &mut || ControlFlow::Continue(());
            assert_eq!(training.test(go_on), ControlFlow::Continue(None));
        }
    }
}

/// Losses of some steps, all weights and velocities after them, and the results of the test.
fn history(
    machine: Arch,
    seed: u64,
    size: [usize; 4],
) -> (Vec<f64>, [Layers; 2], Option<(f64, f64)>) {
    let [states, width, depth, batch] = size;
    let (model, mut schedule) = setting(states, width, depth, batch);
    schedule.test_images = 300;
    let data = Dataset::random(150, 200, 300);
    let mut training = Training::new(&model, &schedule, &data, seed, machine).unwrap();
    let losses = (0..5).map(|_| training.step().unwrap()).collect();
    let padding: Vec<f32> = training
        .network
        .layers
        .iter()
        .flat_map(|layer| layer.padding())
        .collect();
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
    for size in [[3, 5, 2, 3], [40, 70, 4, 33]] {
        let found = history(Arch::new(), 1, size);
        for machine in machines() {
            assert_eq!(found, history(machine, 1, size), "{machine:?}");
        }
        assert_ne!(
            found,
            history(Arch::new(), 2, size),
            "the seed has no effect"
        );
    }
}
