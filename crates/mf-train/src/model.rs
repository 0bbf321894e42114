//! The network and the schedule of a training.

use crate::error::{TrainError, count, parameter};
use mf_core::{StepActivation, Surrogate};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// The largest number of layers.
pub const MOST_LAYERS: usize = 500;

/// The largest number of units of a layer.
pub const MOST_WIDTH: usize = 1 << 14;

/// Largest level, threshold or scale: hidden states stay finite in f32.
pub(crate) const LARGEST: f64 = 1e15;

/// The start values of weights and biases. `fan_in` is the number of inputs of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Initialization {
    /// Weights `N(0, sigma_w^2 / fan_in)`, biases `N(0, sigma_b^2)`, as in mean field theory.
    Normal {
        /// Scale of the weights.
        sigma_w: f64,
        /// Scale of the biases.
        sigma_b: f64,
    },
    /// Weights and biases uniform in `+-1/sqrt(fan_in)`, the default of PyTorch's linear layer: `sigma_w^2 = 1/3`.
    UniformFanIn,
}

/// A multi-layer perceptron: inputs -> width -> ... -> width -> classes.
///
/// `x(l) = phi(W(l) x(l-1) + b(l))` in every layer, the last one too; the softmax of `x(layers)` gives the
/// probabilities of the classes. The derivative of `phi` is replaced by a surrogate (the straight-through estimator).
///
/// Its serde form is part of the key of a training in the cache. So leave a new field out of it where the field has the
/// value that older networks had.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Model {
    /// `phi`.
    #[serde(serialize_with = "steps")]
    pub activation: StepActivation,
    /// The surrogate of `phi'`, with a height of at most 1e15.
    #[serde(flatten, serialize_with = "slope_and_window")]
    pub surrogate: Surrogate,
    /// Units of a hidden layer, from 1 to [`MOST_WIDTH`].
    pub width: usize,
    /// The number of layers (matrices of weights), from 2 to [`MOST_LAYERS`].
    pub layers: usize,
    /// The start values of weights and biases.
    pub initialization: Initialization,
}

/// Writes a step function as its levels and thresholds.
pub(crate) fn steps<S: Serializer>(phi: &StepActivation, serializer: S) -> Result<S::Ok, S::Error> {
    let mut steps = serializer.serialize_struct("steps", 2)?;
    steps.serialize_field("levels", phi.levels())?;
    steps.serialize_field("thresholds", phi.thresholds())?;
    steps.end()
}

/// Writes a surrogate with the names that are in the keys of the cache.
pub(crate) fn slope_and_window<S: Serializer>(
    surrogate: &Surrogate,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_struct("surrogate", 2)?;
    fields.serialize_field("slope", &surrogate.height())?;
    fields.serialize_field("window", &(surrogate.lower(), surrogate.upper()))?;
    fields.end()
}

/// A surrogate whose gradients fit into f32.
pub(crate) fn check_surrogate(surrogate: &Surrogate) -> Result<(), TrainError> {
    let slope = surrogate.height();
    parameter("slope", slope, "a number up to 1e15", slope <= LARGEST)
}

/// Levels and thresholds that fit into f32.
pub(crate) fn check_steps(phi: &StepActivation) -> Result<(), TrainError> {
    let allowed = "levels and thresholds of size up to 1e15, by scaling the activation";
    for value in phi.levels().iter().chain(phi.thresholds()) {
        let fine = value.abs() <= LARGEST;
        parameter("a level or threshold", *value, allowed, fine)?;
    }
    Ok(())
}

impl Model {
    pub(crate) fn check(&self) -> Result<(), TrainError> {
        count("layers", self.layers, 2, MOST_LAYERS)?;
        count("width", self.width, 1, MOST_WIDTH)?;
        check_surrogate(&self.surrogate)?;
        if let Initialization::Normal { sigma_w, sigma_b } = self.initialization {
            let allowed = "a number from 0 to 1e15";
            parameter(
                "sigma_w",
                sigma_w,
                allowed,
                (0.0..=LARGEST).contains(&sigma_w),
            )?;
            parameter(
                "sigma_b",
                sigma_b,
                allowed,
                (0.0..=LARGEST).contains(&sigma_b),
            )?;
        }
        check_steps(&self.activation)
    }
}

/// Stochastic gradient descent with momentum: `v = momentum v + g`, `w = w - learning_rate v` for weights and biases.
///
/// Every epoch runs through the training data in a new random order; an incomplete last batch is dropped. Its serde
/// form is part of a key, as for [`Model`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Schedule {
    /// The number of images of a step, from 1 to the number of training images.
    pub batch: usize,
    /// The learning rate, above 0.
    pub learning_rate: f64,
    /// The momentum, from 0 to below 1.
    pub momentum: f64,
    /// Numbers of steps after which the network is tested, from 1 up and increasing; training ends with the last.
    pub checkpoints: Vec<u32>,
    /// Inputs are `(pixel / 255 - mean) / deviation`.
    pub mean: f64,
    /// See [`Schedule::mean`]; above 0.
    pub deviation: f64,
    /// The number of test images that are used: the first ones of the test set.
    pub test_images: usize,
}

impl Schedule {
    pub(crate) fn check(&self, training: usize, test: usize) -> Result<(), TrainError> {
        count("batch", self.batch, 1, training)?;
        count("test_images", self.test_images, 1, test)?;
        let rate = self.learning_rate;
        let positive = "a number above 0, up to 1e15";
        let fits = |value: f64| value > 0.0 && value <= LARGEST;
        parameter("learning_rate", rate, positive, fits(rate))?;
        let momentum = self.momentum;
        let below = "a number from 0 to below 1";
        parameter("momentum", momentum, below, (0.0..1.0).contains(&momentum))?;
        let mean = self.mean;
        let allowed = "a number of size up to 1e6";
        parameter("mean", mean, allowed, mean.abs() <= 1e6)?;
        let (deviation, allowed) = (self.deviation, "a number from 1e-6 to 1e6");
        parameter(
            "deviation",
            deviation,
            allowed,
            (1e-6..=1e6).contains(&deviation),
        )?;
        let mut before = 0;
        for (index, step) in self.checkpoints.iter().copied().enumerate() {
            if step <= before {
                return Err(TrainError::Checkpoint {
                    index,
                    step,
                    before,
                });
            }
            before = step;
        }
        if self.checkpoints.is_empty() {
            return Err(TrainError::NoCheckpoint);
        }
        Ok(())
    }
}
