//! Whole trainings, on MNIST and on little data.
#![allow(clippy::panic, clippy::unwrap_used)]

mod common;

use common::{dataset, mnist, setting, small};
use mf_core::Surrogate;
use mf_train::{Dataset, Initialization, Model, Outcome, Schedule, train};
use std::ops::ControlFlow;

fn trained(setting: &(Model, Schedule), data: &Dataset, seed: u64) -> Outcome {
    train(&setting.0, &setting.1, data, seed, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap()
}

#[test]
fn mnist_is_learned_by_a_shallow_network_and_not_by_one_far_beyond_its_depth_scale() {
    let data = mnist();
    // xi is about 26 layers for 8 levels: 4 layers are shallow.
    let shallow = trained(&setting(64, 4, &[10, 400]), &data, 1);
    let [early, late] = shallow.points[..] else {
        panic!("{shallow:?}");
    };
    assert_eq!(
        (early.step, late.step, shallow.diverged_at),
        (10, 400, None)
    );
    assert!(
        late.train_loss < 0.8 * early.train_loss,
        "{early:?} {late:?}"
    );
    assert!(late.test_loss < 0.8 * early.test_loss, "{early:?} {late:?}");
    // Seven times the accuracy of chance.
    assert!(late.test_accuracy > 0.7, "{late:?}");

    // With sign (xi = 2.2 layers) no signal passes 40 layers: chance is 0.1, and a class has 0.0892 to 0.1135 of the
    // images.
    let (mut model, mut schedule) = setting(64, 40, &[50]);
    model.activation = mf_core::StepActivation::uniform(2).unwrap();
    schedule.test_images = 2000;
    let deep = trained(&(model, schedule), &data, 1);
    assert!(deep.points[0].test_accuracy < 0.2, "{deep:?}");
}

#[test]
fn threads_and_repetition_do_not_change_a_bit() {
    let data = mnist();
    let mut setting = setting(70, 3, &[3, 7]);
    setting.1.test_images = 300;
    let expected: Vec<Outcome> = (0..4).map(|seed| trained(&setting, &data, seed)).collect();
    assert_ne!(expected[0], expected[1]);
    let found: Vec<Outcome> = std::thread::scope(|scope| {
        let start = |seed| {
            let (setting, data) = (&setting, &data);
            scope.spawn(move || trained(setting, data, seed))
        };
        let threads: Vec<_> = (0..4).map(start).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(found, expected);
}

#[test]
fn checkpoints_do_not_change_a_training() {
    let data = dataset(&small()).unwrap();
    let points = |checkpoints: &[u32]| {
        let (model, mut schedule) = setting(9, 3, checkpoints);
        (schedule.batch, schedule.test_images) = (2, 2);
        trained(&(model, schedule), &data, 1).points
    };
    let (one, three) = (points(&[12]), points(&[1, 4, 12]));
    assert_eq!(one[0].test_loss, three[2].test_loss);
    let mean = (three[0].train_loss + 3.0 * three[1].train_loss + 8.0 * three[2].train_loss) / 12.0;
    // Sums of 12 numbers in two orders.
    assert!((one[0].train_loss - mean).abs() < 1e-14);
}

#[test]
fn weights_of_zero_give_the_loss_and_the_class_of_equal_outputs() {
    let data = mnist();
    let (mut model, mut schedule) = setting(16, 2, &[1]);
    model.initialization = Initialization::Normal {
        sigma_w: 0.0,
        sigma_b: 0.0,
    };
    model.surrogate = Surrogate::new(0.0, -1.0, 1.0).unwrap();
    schedule.test_images = 10_000;
    let point = trained(&(model, schedule), &data, 1).points[0];
    // Ten equal outputs: ln 10, to the rounding of a mean of 10,000; and class 0, of which the test set has 980.
    let equal = std::f64::consts::LN_10;
    assert!((point.train_loss - equal).abs() < 1e-12 && (point.test_loss - equal).abs() < 1e-12);
    assert_eq!(point.test_accuracy, 0.098);
}

#[test]
fn a_divergence_is_reported_with_its_step() {
    let data = dataset(&small()).unwrap();
    let (mut model, mut schedule) = setting(16, 12, &[1, 2, 9]);
    (schedule.batch, schedule.test_images) = (2, 2);
    // Gradients grow by 10^5 a layer: beyond f32 before the first layer, in the first step.
    model.surrogate = Surrogate::new(1e5, -1.0, 1.0).unwrap();
    let outcome = trained(&(model.clone(), schedule.clone()), &data, 1);
    assert_eq!(
        outcome,
        Outcome {
            points: Vec::new(),
            diverged_at: Some(1)
        }
    );
    // Steps of 10^15 times a gradient that is above 1: weights overflow at the latest when such a step has been taken 10^4
    // times over, by momentum or by states.
    (model.layers, schedule.learning_rate) = (2, 1e15);
    model.surrogate = Surrogate::new(1e12, f64::NEG_INFINITY, f64::INFINITY).unwrap();
    let outcome = trained(&(model, schedule), &data, 1);
    assert!(
        outcome.diverged_at.is_some_and(|step| step <= 9),
        "{outcome:?}"
    );
    assert!(
        outcome
            .points
            .iter()
            .all(|point| Some(point.step) < outcome.diverged_at)
    );
    assert!(
        outcome
            .points
            .iter()
            .all(|point| point.test_loss.is_finite())
    );
}
