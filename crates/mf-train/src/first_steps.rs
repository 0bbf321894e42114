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
    let mut outputs = |training: &mut Training<'_>, done: u32| {
        let mut outputs = Outputs::with_capacity(data.train_len() + schedule.test_images);
        let sets = [
            (data.training(), data.train_len()),
            (data.test(), schedule.test_images),
        ];
        for (images, count) in sets {
            let applied = training.apply(images, count, &mut || go_on(done), |seen, _| {
                outputs.push(*seen)
            });
            if applied.is_break() {
                return Err(TrainError::Stopped { step: done });
            }
        }
        Ok(outputs)
    };
    let mut found = vec![outputs(&mut training, 0)?];
    let mut done = 0;
    for checkpoint in &schedule.checkpoints {
        while done < *checkpoint {
            done += 1;
            if training.step().is_none() {
                return Err(TrainError::Diverged { step: done });
            }
        }
        found.push(outputs(&mut training, done)?);
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
