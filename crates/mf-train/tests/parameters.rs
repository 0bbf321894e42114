//! Error messages of invalid models and schedules.
#![allow(clippy::unwrap_used)]

mod common;

use common::{dataset, setting, small};
use mf_core::{StepActivation, Surrogate};
use mf_train::{Initialization, Model, Schedule, TrainError, train};
use std::ops::ControlFlow;

/// The message for a small setting that `change` has changed.
fn message(change: impl FnOnce(&mut Model, &mut Schedule)) -> String {
    let (mut model, mut schedule) = setting(4, 2, &[1, 2]);
    (schedule.batch, schedule.test_images) = (2, 2);
    change(&mut model, &mut schedule);
    let data = dataset(&small()).unwrap();
    let outcome = train(&model, &schedule, &data, 1, &mut |_| {
        ControlFlow::Continue(())
    });
    outcome.map_or_else(|error| error.to_string(), |_| String::from("trained"))
}

#[test]
fn the_unchanged_setting_can_be_trained() {
    assert_eq!(message(|_, _| ()), "trained");
    let widest = |model: &mut Model, schedule: &mut Schedule| {
        model.layers = 500;
        model.surrogate = Surrogate::new(1.0, f64::NEG_INFINITY, f64::INFINITY).unwrap();
        (schedule.batch, schedule.momentum) = (3, 0.0);
    };
    assert_eq!(message(widest), "trained");
}

#[test]
fn counts_are_checked() {
    for layers in [0, 1, 501] {
        let expected = format!("layers is {layers}: give 2 to 500");
        assert_eq!(message(|model, _| model.layers = layers), expected);
    }
    for width in [0, 16_385] {
        let expected = format!("width is {width}: give 1 to 16384");
        assert_eq!(message(|model, _| model.width = width), expected);
    }
    for batch in [0, 4] {
        let expected = format!("batch is {batch}: give 1 to 3");
        assert_eq!(message(|_, schedule| schedule.batch = batch), expected);
    }
    for images in [0, 3] {
        let expected = format!("test_images is {images}: give 1 to 2");
        assert_eq!(
            message(|_, schedule| schedule.test_images = images),
            expected
        );
    }
}

#[test]
fn checkpoints_ascend() {
    assert_eq!(
        message(|_, schedule| schedule.checkpoints = Vec::new()),
        "there are no checkpoints: give one or more numbers of steps; the last ends the training"
    );
    for (steps, index, step, before) in [
        (vec![0, 5], 0, 0, 0),
        (vec![5, 5], 1, 5, 5),
        (vec![1, 7, 6], 2, 6, 7),
    ] {
        let expected = format!(
            "checkpoint {index} is step {step}, after {before}: give numbers of steps from 1 up, in increasing order"
        );
        assert_eq!(
            message(|_, schedule| schedule.checkpoints = steps),
            expected
        );
    }
}

#[test]
fn numbers_are_checked() {
    const NOT_NUMBERS: [f64; 3] = [f64::NAN, f64::INFINITY, -1e-9];
    for value in NOT_NUMBERS.into_iter().chain([0.0]) {
        let expected = format!("learning_rate is {value}: give a number above 0, up to 1e15");
        assert_eq!(
            message(|_, schedule| schedule.learning_rate = value),
            expected
        );
        let expected = format!("deviation is {value}: give a number from 1e-6 to 1e6");
        assert_eq!(message(|_, schedule| schedule.deviation = value), expected);
    }
    for value in NOT_NUMBERS.into_iter().chain([1.0]) {
        let expected = format!("momentum is {value}: give a number from 0 to below 1");
        assert_eq!(message(|_, schedule| schedule.momentum = value), expected);
    }
    for value in NOT_NUMBERS {
        let scales = [("sigma_w", value, 0.0), ("sigma_b", 0.0, value)];
        for (name, sigma_w, sigma_b) in scales {
            let expected = format!("{name} is {value}: give a number from 0 to 1e15");
            let start = Initialization::Normal { sigma_w, sigma_b };
            assert_eq!(message(|model, _| model.initialization = start), expected);
        }
    }
    for value in [f64::NAN, f64::INFINITY] {
        let expected = format!("mean is {value}: give a number of size up to 1e6");
        assert_eq!(message(|_, schedule| schedule.mean = value), expected);
    }
}

#[test]
fn activations_and_surrogates_fit_into_f32() {
    let steep = Surrogate::new(1e16, -1.0, 1.0).unwrap();
    let expected = "slope is 10000000000000000: give a number up to 1e15";
    assert_eq!(message(|model, _| model.surrogate = steep), expected);
    let far = StepActivation::new(vec![1e16], vec![0.0, 1.0]).unwrap();
    let expected = "a level or threshold is 10000000000000000: \
                    give levels and thresholds of size up to 1e15, by scaling the activation";
    assert_eq!(message(|model, _| model.activation = far), expected);
}

#[test]
fn the_caller_can_stop_a_training() {
    let (model, mut schedule) = setting(4, 2, &[5, 10]);
    (schedule.batch, schedule.test_images) = (2, 2);
    let data = dataset(&small()).unwrap();
    let mut asked = Vec::new();
    let outcome = train(&model, &schedule, &data, 1, &mut |step| {
        asked.push(step);
        if step == 7 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!(outcome, Err(TrainError::Stopped { step: 7 }));
    assert!(asked.into_iter().eq(0..=7));
}
