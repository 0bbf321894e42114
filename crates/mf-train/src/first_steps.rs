//! The first steps of a training, each on all training images, and what the tangent kernel of the network says about them.

use crate::any_model::AnyModel;
use crate::dataset::{CLASSES, Dataset};
use crate::error::TrainError;
use crate::loss::log_probabilities;
use crate::model::Schedule;
use crate::training::Training;
use pulp::Arch;
use std::ops::ControlFlow;

/// The outputs of a network for the training images and for the first test images.
pub type Outputs = Vec<[f64; CLASSES]>;

/// Trains a network by steps on the whole training set, and returns the outputs of the training images, then of the test images of the
/// schedule: at the start, and at each checkpoint.
///
/// `go_on` is as for [`crate::train`].
///
/// # Errors
/// [`TrainError`] if the model or the schedule is out of range, if a batch is not the whole training set, if the network diverges, or if
/// `go_on` breaks.
pub fn first_steps<'m>(
    model: impl Into<AnyModel<'m>>,
    schedule: &Schedule,
    data: &Dataset,
    seed: u64,
    go_on: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> Result<Vec<Outputs>, TrainError> {
    let mut training = Training::new(model, schedule, data, seed, Arch::new())?;
    if schedule.batch != data.train_len() {
        return Err(TrainError::NotWhole {
            batch: schedule.batch,
            images: data.train_len(),
        });
    }
    let mut found = Vec::with_capacity(schedule.checkpoints.len() + 1);
    let mut done = 0;
    for checkpoint in [0].iter().chain(&schedule.checkpoints) {
        while done < *checkpoint {
            if go_on(done).is_break() {
                return Err(TrainError::Stopped { step: done });
            }
            done += 1;
            if training.step().is_none() {
                return Err(TrainError::Diverged { step: done });
            }
        }
        let mut outputs = Outputs::new();
        let sets = [
            (data.training(), data.train_len()),
            (data.test(), schedule.test_images),
        ];
        for (images, count) in sets {
            let go_on = &mut || go_on(done);
            let applied = training.apply(images, count, go_on, |seen, _| outputs.push(*seen));
            if applied.is_break() {
                return Err(TrainError::Stopped { step: done });
            }
        }
        found.push(outputs);
    }
    Ok(found)
}

/// The outputs after each of some steps of gradient descent on the mean cross-entropy of the training images, in a network whose tangent
/// kernel stays as it is: `f(x) <- f(x) - (rate / m) sum_j Theta(x, x_j) (p(x_j) - y(x_j))` over the `m` training images.
///
/// `kernel` has a row of `m` entries for each image, the training images first; `start` has the outputs of all images, `labels` the classes
/// of the training images.
///
/// # Errors
/// [`TrainError::Kernel`] if the numbers of entries, outputs and classes do not fit.
pub fn kernel_descent(
    kernel: &[Vec<f64>],
    start: &[[f64; CLASSES]],
    labels: &[u8],
    learning_rate: f64,
    steps: u32,
) -> Result<Outputs, TrainError> {
    let (images, training) = (start.len(), labels.len());
    let fits = kernel.len() == images
        && training <= images
        && training > 0
        && kernel.iter().all(|row| row.len() == training);
    if !fits {
        return Err(TrainError::Kernel {
            rows: kernel.len(),
            images,
            training,
        });
    }
    let mut outputs = start.to_vec();
    for _ in 0..steps {
        let trained = outputs.iter().zip(labels);
        let excess: Outputs = trained
            .map(|(outputs, label)| {
                let mut excess = log_probabilities(outputs).map(libm::exp);
                excess
                    .iter_mut()
                    .skip(usize::from(*label))
                    .take(1)
                    .for_each(|p| *p -= 1.0);
                excess
            })
            .collect();
        for (outputs, row) in outputs.iter_mut().zip(kernel) {
            for (theta, excess) in row.iter().zip(&excess) {
                for (output, excess) in outputs.iter_mut().zip(excess) {
                    *output -= learning_rate / training as f64 * theta * excess;
                }
            }
        }
    }
    Ok(outputs)
}

/// The mean cross-entropy of outputs with these classes, in nats.
///
/// ```
/// // Outputs of 0 say nothing: the loss is ln 10.
/// let loss = mf_train::mean_loss(&[[0.0; 10]; 3], &[1, 5, 9]);
/// assert!((loss - std::f64::consts::LN_10).abs() < 1e-15);
/// ```
pub fn mean_loss(outputs: &[[f64; CLASSES]], labels: &[u8]) -> f64 {
    let pairs = outputs.iter().zip(labels);
    let losses = pairs.map(|(outputs, label)| {
        let logarithm = log_probabilities(outputs)
            .into_iter()
            .nth(usize::from(*label));
        -logarithm.unwrap_or(f64::NAN)
    });
    losses.sum::<f64>() / outputs.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour;

    /// A sum of a few f64 numbers of size up to 10.
    const ROUNDING: f64 = 1e-14;

    fn go_on(_: u32) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[test]
    fn outputs_are_those_of_a_training() {
        let data = behaviour::dataset();
        for member in behaviour::blocks().unwrap() {
            let schedule = Schedule {
                batch: data.train_len(),
                checkpoints: vec![1, 3],
                test_images: 33,
                ..member.schedule
            };
            let trained = crate::train(&member.model, &schedule, &data, 5, &mut go_on).unwrap();
            let Ok(outputs) = first_steps(&member.model, &schedule, &data, 5, &mut go_on) else {
                assert!(trained.diverged_at.is_some(), "{}", member.name);
                continue;
            };
            assert_eq!(outputs.len(), 3);
            let labels = data.first_labels([0, 33]);
            for (point, outputs) in trained.points.iter().zip(&outputs[1..]) {
                assert_eq!(outputs.len(), data.train_len() + 33);
                let loss = mean_loss(&outputs[data.train_len()..], &labels);
                assert!((loss - point.test_loss).abs() < ROUNDING, "{}", member.name);
            }
        }
    }

    #[test]
    fn a_batch_is_the_whole_training_set() {
        let data = behaviour::dataset();
        let member = behaviour::blocks().unwrap().remove(0);
        let error = first_steps(&member.model, &member.schedule, &data, 1, &mut go_on).unwrap_err();
        let expected = "a batch of 16 of 61 training images: first steps are on all of them, so give a batch of 61";
        assert_eq!(error.to_string(), expected);
        let stopped = Schedule {
            batch: 61,
            ..member.schedule
        };
        let broken = &mut |_| ControlFlow::Break(());
        let error = first_steps(&member.model, &stopped, &data, 1, broken).unwrap_err();
        assert!(matches!(error, TrainError::Stopped { step: 0 }));
    }

    /// One training image of class 2 and a test image that it moves half as much: from equal outputs, the gradient of class 2 is -0.9.
    #[test]
    fn the_kernel_says_how_far_outputs_move() {
        let kernel = vec![vec![2.0], vec![1.0]];
        let start = [[0.0; CLASSES]; 2];
        let moved = kernel_descent(&kernel, &start, &[2], 0.1, 1).unwrap();
        assert!((moved[0][2] - 0.18).abs() < ROUNDING && (moved[1][2] - 0.09).abs() < ROUNDING);
        assert!((moved[0][0] + 0.02).abs() < ROUNDING && (moved[1][9] + 0.01).abs() < ROUNDING);
        // Two steps from the first one, as one.
        let twice = kernel_descent(&kernel, &start, &[2], 0.1, 2).unwrap();
        assert_eq!(
            kernel_descent(&kernel, &moved, &[2], 0.1, 1).unwrap(),
            twice
        );
        let error = kernel_descent(&kernel, &start[..1], &[2], 0.1, 1).unwrap_err();
        let expected = "a kernel of 2 rows for 1 images, 1 of them for training: give a row of 1 entries for each image";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_part_of_the_training_images_is_the_first() {
        let data = behaviour::dataset();
        let part = data.clone().with_training(7);
        assert_eq!((part.train_len(), part.test_len()), (7, data.test_len()));
        assert_eq!(
            part.first_labels([9, 2]),
            [data.first_labels([7, 0]), data.first_labels([0, 2])].concat()
        );
        assert_eq!(data.clone().with_training(1000), data);
        let inputs = crate::first_inputs(&data, [2, 1], 0.5, 0.25);
        assert_eq!((inputs.len(), inputs[0].len()), (3, data.inputs()));
        let (first, _) = data.training().get(0);
        assert_eq!(
            inputs[0][4],
            ((f64::from(first[4]) / 255.0 - 0.5) / 0.25) as f32
        );
    }
}
