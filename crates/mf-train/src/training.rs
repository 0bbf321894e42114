//! The training itself: steps, and tests at checkpoints.

use crate::any_model::AnyModel;
use crate::batches::{Batches, Normalization};
use crate::dataset::{CLASSES, Dataset, Images};
use crate::error::TrainError;
use crate::loss::{choice, log_probabilities, loss, outputs};
use crate::model::Schedule;
use crate::network::{Memory, Network};
use crate::panel::SAMPLES;
use mf_kernel::Step;
use pulp::Arch;
use std::ops::ControlFlow;

/// The state of a network after some steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Number of steps.
    pub step: u32,
    /// Mean loss of the batches since the last point, each before its step, in nats.
    pub train_loss: f64,
    /// Mean loss of the test images, in nats.
    pub test_loss: f64,
    /// Share of the test images whose class has the largest output, in `[0, 1]`.
    ///
    /// Quantized outputs are often equal; then the first of them counts, as in PyTorch. So if all outputs are equal,
    /// this is the share of class 0 (0.098 in the test set of MNIST). Ties always favour classes of small number.
    pub test_accuracy: f64,
}

/// The results of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The results at the checkpoints, in order; without those after a divergence.
    pub points: Vec<Point>,
    /// The step at which the loss, a weight or a bias was not finite, if there was one; it ended the training.
    ///
    /// The loss and the changes of biases are checked in every step, and all weights at checkpoints. A state that is
    /// NaN makes the loss of its step NaN.
    pub diverged_at: Option<u32>,
}

/// Trains a network and tests it at the checkpoints of the schedule. `go_on` is called with the number of steps done,
/// before every step and between the parts of a test; `Break` ends the training.
///
/// The result depends only on the arguments: it has the same bits on any processor. One thread is used.
///
/// # Errors
/// [`TrainError`] if the model or the schedule is out of range, or `go_on` breaks.
pub fn train<'m>(
    model: impl Into<AnyModel<'m>>,
    schedule: &Schedule,
    data: &Dataset,
    seed: u64,
    go_on: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> Result<Outcome, TrainError> {
    let mut training = Training::new(model, schedule, data, seed, Arch::new())?;
    let mut points = Vec::with_capacity(schedule.checkpoints.len());
    let mut done = 0;
    for checkpoint in &schedule.checkpoints {
        let steps = checkpoint - done;
        let mut total = 0.0;
        while done < *checkpoint {
            if go_on(done).is_break() {
                return Err(TrainError::Stopped { step: done });
            }
            done += 1;
            let Some(loss) = training.step() else {
                return Ok(diverged(points, done));
            };
            total += loss;
        }
        let ControlFlow::Continue(tested) = training.test(&mut || go_on(done)) else {
            return Err(TrainError::Stopped { step: done });
        };
        let Some((test_loss, test_accuracy)) = tested else {
            return Ok(diverged(points, done));
        };
        points.push(Point {
            step: done,
            train_loss: total / f64::from(steps),
            test_loss,
            test_accuracy,
        });
    }
    Ok(Outcome {
        points,
        diverged_at: None,
    })
}

fn diverged(points: Vec<Point>, step: u32) -> Outcome {
    Outcome {
        points,
        diverged_at: Some(step),
    }
}

/// Number of strips that are tested together: weights are read once for all of them.
pub(crate) const TESTED: usize = 8;

/// A running training.
pub(crate) struct Training<'a> {
    data: &'a Dataset,
    test_images: usize,
    step: Step,
    normalization: Normalization,
    batches: Batches,
    labels: Vec<u8>,
    pub(crate) network: Network,
    memory: Memory,
    test_memory: Memory,
}

impl<'a> Training<'a> {
    pub(crate) fn new<'m>(
        model: impl Into<AnyModel<'m>>,
        schedule: &Schedule,
        data: &'a Dataset,
        seed: u64,
        arch: Arch,
    ) -> Result<Self, TrainError> {
        let model = model.into();
        model.check()?;
        schedule.check(data.train_len(), data.test_len())?;
        let network = Network::new(model, [data.inputs(), CLASSES], seed, arch)?;
        Ok(Self {
            data,
            test_images: schedule.test_images,
            step: Step {
                rate: schedule.learning_rate as f32,
                momentum: schedule.momentum as f32,
            },
            normalization: Normalization::new(schedule.mean, schedule.deviation),
            batches: Batches::new(seed, data.train_len(), schedule.batch),
            labels: Vec::new(),
            memory: Memory::new(&network, schedule.batch.div_ceil(SAMPLES), true),
            test_memory: Memory::new(&network, TESTED, false),
            network,
        })
    }

    /// Computes the loss of the next batch and takes a step; `None` if the loss or the step is not finite.
    pub(crate) fn step(&mut self) -> Option<f64> {
        let (memory, labels) = (&mut self.memory, &mut self.labels);
        let chosen = self.batches.next().iter().map(|image| *image as usize);
        self.normalization
            .load(self.data.training(), chosen, memory, labels);
        self.network.forward(memory);
        let loss = loss(&memory.values, labels, &mut memory.gradients);
        let finite = self.network.backward(memory, self.step);
        (finite && loss.is_finite()).then_some(loss)
    }

    /// Mean loss and accuracy on the test images; `None` if a weight or the loss is not finite. `go_on` is called
    /// between parts of the images.
    pub(crate) fn test(
        &mut self,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<(), Option<(f64, f64)>> {
        if !self.network.is_finite() {
            return ControlFlow::Continue(None);
        }
        let (mut total, mut right) = (0.0, 0_usize);
        let images = self.test_images;
        self.apply(self.data.test(), images, go_on, |outputs, label| {
            total -= log_probabilities(outputs)[label];
            right += usize::from(choice(outputs) == Some(label));
        })?;
        let loss = total / images as f64;
        let accuracy = right as f64 / images as f64;
        ControlFlow::Continue(loss.is_finite().then_some((loss, accuracy)))
    }

    /// Calls `each` with the outputs and the class of the first images of a set, in order.
    pub(crate) fn apply(
        &mut self,
        images: &Images,
        count: usize,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
        mut each: impl FnMut(&[f64; CLASSES], usize),
    ) -> ControlFlow<()> {
        let (memory, labels) = (&mut self.test_memory, &mut self.labels);
        for first in (0..count).step_by(TESTED * SAMPLES) {
            if first > 0 {
                go_on()?;
            }
            let chosen = first..count.min(first + TESTED * SAMPLES);
            self.normalization.load(images, chosen, memory, labels);
            self.network.forward(memory);
            for (sample, label) in labels.iter().enumerate() {
                each(&outputs(&memory.values, sample), usize::from(*label));
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
impl Training<'_> {
    /// The images of the next step.
    pub(crate) fn upcoming(&self) -> Vec<u32> {
        self.batches.clone().next().to_vec()
    }

    /// The mean over the last batch of the stream's mean square before each norm.
    pub(crate) fn stream_variances(&self) -> Vec<f64> {
        let mean = |scales: &Vec<[f32; SAMPLES]>| {
            let scales = scales.as_flattened().iter().take(self.labels.len());
            let squares = scales.map(|scale| 1.0 / f64::from(*scale) / f64::from(*scale));
            squares.sum::<f64>() / self.labels.len() as f64
        };
        self.memory.scales.iter().map(mean).collect()
    }

    /// Bytes of weights and activations.
    pub(crate) fn bytes(&self) -> u64 {
        let weights: usize = self.network.layers.iter().map(|layer| layer.bytes()).sum();
        (weights + self.memory.bytes() + self.test_memory.bytes()) as u64
    }
}
