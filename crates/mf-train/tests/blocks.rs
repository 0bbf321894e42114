//! Whole trainings of networks of blocks, and the messages of invalid ones.
#![allow(clippy::panic, clippy::unwrap_used)]

mod common;

use common::{dataset, mnist, setting, small};
use mf_core::{Architecture, StepActivation, Surrogate};
use mf_train::{BlockModel, Outcome, RoundedWeights, Schedule, WeightScale, train};
use std::ops::ControlFlow;

/// The best threshold of ternary activations is 0.612 standard deviations, and P(|z| > 0.612) = 0.5405.
const THRESHOLD: f64 = 0.612;
const SQUARE: f64 = 0.5405;

/// Ternary activations at the fixed point of unit variance, with the slope of even gradients: P(|z| < 1.224) = 0.779.
fn ternary(architecture: Architecture, width: usize, blocks: usize) -> BlockModel {
    let steps = vec![-1.0, 0.0, 1.0];
    let slope = (SQUARE / 0.779_f64).sqrt();
    BlockModel {
        architecture,
        activation: StepActivation::new(vec![-THRESHOLD, THRESHOLD], steps).unwrap(),
        surrogate: Surrogate::new(slope, -2.0 * THRESHOLD, 2.0 * THRESHOLD).unwrap(),
        width,
        blocks,
        sigma_w: 1.0 / SQUARE.sqrt(),
        branch: 1.0,
        weights: None,
    }
}

fn rounded(scale: WeightScale) -> Option<RoundedWeights> {
    let steps = StepActivation::halfway(vec![-1.0, 0.0, 1.0]).unwrap();
    Some(RoundedWeights { steps, scale })
}

#[test]
fn skip_paths_train_where_a_chain_does_not() {
    let data = mnist();
    let accuracy = |model: &BlockModel| {
        let (_, mut schedule) = setting(1, 2, &[150]);
        (schedule.learning_rate, schedule.test_images) = (0.004, 2000);
        let outcome = train(model, &schedule, &data, 1, &mut |_| {
            ControlFlow::Continue(())
        });
        outcome.unwrap().points[0].test_accuracy
    };
    // xi of a chain is 4.7 layers. Chance is 0.1, and a class has 0.0892 to 0.1135 of the images.
    let chain = accuracy(&ternary(Architecture::Chain, 64, 40));
    let post_norm = accuracy(&ternary(Architecture::PostNorm, 64, 40));
    let mut model = ternary(Architecture::PreNorm, 64, 40);
    let pre_norm = accuracy(&model);
    assert!(chain < 0.2, "{chain}");
    assert!(
        pre_norm > 0.6 && pre_norm > post_norm + 0.1,
        "{pre_norm}, {post_norm}"
    );
    // E[q^2] of ternary weights, in units of E[w^2]: 0.5405 * 1.224^2.
    model.sigma_w /= (SQUARE * 1.224 * 1.224).sqrt();
    model.weights = rounded(WeightScale::Start(1.224));
    let weights = accuracy(&model);
    assert!(weights > 0.6, "{weights}");
}

/// The outcome for a small setting that `change` has changed, or its message.
fn outcome(change: impl FnOnce(&mut BlockModel, &mut Schedule)) -> Result<Outcome, String> {
    let (_, mut schedule) = setting(1, 2, &[1, 2, 9]);
    (schedule.batch, schedule.test_images) = (2, 2);
    let mut model = ternary(Architecture::PreNorm, 8, 2);
    change(&mut model, &mut schedule);
    let data = dataset(&small()).unwrap();
    let outcome = train(&model, &schedule, &data, 1, &mut |_| {
        ControlFlow::Continue(())
    });
    outcome.map_err(|error| error.to_string())
}

fn message(change: impl FnOnce(&mut BlockModel)) -> String {
    outcome(|model, _| change(model)).unwrap_err()
}

#[test]
fn the_least_and_the_deepest_network_can_be_trained() {
    for (width, blocks) in [(1, 1), (2, 498)] {
        let trained = outcome(|model, _| (model.width, model.blocks) = (width, blocks));
        assert_eq!(trained.unwrap().points.len(), 3);
    }
}

#[test]
fn counts_and_numbers_are_checked() {
    for blocks in [0, 499] {
        let expected = format!("blocks is {blocks}: give 1 to 498");
        assert_eq!(message(|model| model.blocks = blocks), expected);
    }
    for width in [0, 16_385] {
        let expected = format!("width is {width}: give 1 to 16384");
        assert_eq!(message(|model| model.width = width), expected);
    }
    for value in [f64::NAN, f64::INFINITY, -1e-9] {
        let expected = format!("sigma_w is {value}: give a number from 0 to 1e15");
        assert_eq!(message(|model| model.sigma_w = value), expected);
        let expected = format!("branch is {value}: give a number from 1e-12 to 1e12");
        assert_eq!(message(|model| model.branch = value), expected);
        let expected =
            format!("the scale of the weights is {value}: give a number above 0, up to 1e15");
        let weights = rounded(WeightScale::Start(value));
        assert_eq!(message(|model| model.weights = weights), expected);
    }
    let steep = Surrogate::new(1e16, -1.0, 1.0).unwrap();
    let expected = "slope is 10000000000000000: give a number up to 1e15";
    assert_eq!(message(|model| model.surrogate = steep), expected);
    let far = StepActivation::new(vec![1e16], vec![0.0, 1.0]).unwrap();
    let expected = "a level or threshold is 10000000000000000: \
                    give levels and thresholds of size up to 1e15, by scaling the activation";
    assert_eq!(message(|model| model.activation = far.clone()), expected);
    let weights = Some(RoundedWeights {
        steps: far,
        scale: WeightScale::Mean,
    });
    assert_eq!(message(|model| model.weights = weights), expected);
}

#[test]
fn a_chain_has_no_branch() {
    let expected = "branch is 0.5: give 1 for a chain, whose stream has no branches";
    let chain = |model: &mut BlockModel| {
        (model.architecture, model.branch) = (Architecture::Chain, 0.5);
    };
    assert_eq!(message(chain), expected);
}

#[test]
fn a_quantized_stream_is_not_trained() {
    let expected =
        "networks with a quantized stream are not trained: give chain, pre-norm or post-norm";
    let quantized = |model: &mut BlockModel| model.architecture = Architecture::QuantizedStream;
    assert_eq!(message(quantized), expected);
}

#[test]
fn weights_that_all_round_to_zero_are_refused() {
    // A threshold of 50 standard deviations.
    let expected = "all weights of block 1 are 0 at the start, after rounding: \
                    give a smaller scale of the weights, a larger sigma_w or more levels";
    let weights = rounded(WeightScale::Start(100.0));
    assert_eq!(message(|model| model.weights = weights), expected);
    let zero = |model: &mut BlockModel| {
        (model.sigma_w, model.weights) = (0.0, rounded(WeightScale::RowMaximum));
    };
    assert_eq!(message(zero), expected);
}

#[test]
fn a_divergence_is_reported_with_its_step() {
    for architecture in [
        Architecture::Chain,
        Architecture::PreNorm,
        Architecture::PostNorm,
    ] {
        let diverged = outcome(|model, schedule| {
            (model.architecture, schedule.learning_rate) = (architecture, 1e15);
            model.surrogate = Surrogate::new(1e12, f64::NEG_INFINITY, f64::INFINITY).unwrap();
        });
        let diverged = diverged.unwrap();
        assert!(diverged.diverged_at.is_some(), "{diverged:?}");
        let before = |point: &mf_train::Point| Some(point.step) < diverged.diverged_at;
        assert!(diverged.points.iter().all(before));
    }
}
