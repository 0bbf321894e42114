//! Trains quantized networks, fast, with the same bits on any processor.
//!
//! A [`Model`] is the network of figure 3 of the paper: every layer, the last one too, is a matrix, a bias and a quantizer;
//! the probabilities of the classes are the softmax of the outputs of the last quantizer. Backward, the derivative of
//! the quantizer is replaced by a constant slope inside a window (the straight-through estimator). Weights and biases
//! are trained by gradient descent with momentum on batches of a [`Dataset`] ([`Schedule`]).
//!
//! A [`BlockModel`] is a chain of layers, or of residual blocks with RMSNorm before or after the sum, with a first layer
//! and a read-out in full precision; the weights of its blocks may be quantized too, by the same estimator.
//!
//! | subject | module |
//! | --- | --- |
//! | the networks, the schedule, the data | [`model`], [`blocks`], [`dataset`] |
//! | the training and its results | [`training`] |
//! | the first steps on all training images, beside those of a tangent kernel | [`mod@first_steps`] |
//! | its time and memory | [`cost`] |
//!
//! Six layers of eight levels, a few steps of the paper's training:
//!
//! ```
//! use mf_core::Architecture;
//! use mf_train::{
//!     BlockModel, Dataset, FILES, Initialization, Model, SUMS, Schedule, train,
//! };
//! use std::ops::ControlFlow;
//!
//! let read = |name: &str| std::fs::read(format!("../../data/mnist/{name}"));
//! let files = [read(FILES[0])?, read(FILES[1])?, read(FILES[2])?, read(FILES[3])?];
//! let file = |index: usize| (FILES[index], files[index].as_slice());
//! let sums = String::from_utf8(read(SUMS)?)?;
//! let data = Dataset::from_idx([file(0), file(1), file(2), file(3)], (SUMS, &sums))?;
//!
//! let model = Model {
//!     activation: mf_core::StepActivation::uniform(8)?,
//!     surrogate: mf_core::Surrogate::new(1.0014684148, -1.0, 1.0)?,
//!     width: 128,
//!     layers: 6,
//!     initialization: Initialization::Normal { sigma_w: 1.0192624338, sigma_b: 0.0 },
//! };
//! let schedule = Schedule {
//!     batch: 32,
//!     learning_rate: 1e-3,
//!     momentum: 0.5,
//!     checkpoints: vec![100, 200],
//!     mean: 0.1307,
//!     deviation: 0.3081,
//!     test_images: 1000,
//! };
//! let outcome = train(&model, &schedule, &data, 1, &mut |_| ControlFlow::Continue(()))?;
//! assert!(outcome.points[1].test_loss < outcome.points[0].test_loss);
//!
//! // Thirty residual blocks with ternary activations: far beyond the depth of a chain of these.
//! let levels = vec![-1.0, 0.0, 1.0];
//! let model = BlockModel {
//!     architecture: Architecture::PreNorm,
//!     activation: mf_core::StepActivation::new(vec![-0.612, 0.612], levels)?,
//!     surrogate: mf_core::Surrogate::new(0.833, -1.224, 1.224)?,
//!     width: 64,
//!     blocks: 30,
//!     sigma_w: 1.36,
//!     branch: 1.0,
//!     weights: None,
//! };
//! let outcome = train(&model, &schedule, &data, 1, &mut |_| ControlFlow::Continue(()))?;
//! assert!(outcome.points[1].test_accuracy > 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Speed
//!
//! One training uses one thread; run several side by side. Weights are stored in tiles of 64 x 64, which stay in the
//! first-level cache while they are used (`mf_kernel::tile`), with sums in registers (`mf_kernel::product`). Forward,
//! each tile is read once. Backward, it is read and written once: the tile's share of the gradients with respect to the
//! inputs is computed with the old weights, then the gradient of the weights in registers, and from it the step.
//! Gradients of weights are not stored, and no memory is allocated after the start. The next tile is fetched while one
//! is processed (`mf_kernel::ahead`). So the speed is limited by the multiply-adds of the processor, not by memory,
//! even if the weights are far larger than the caches. Rounded weights are not stored either: a tile is rounded again
//! for each use.
//!
//! # Layout of numbers
//!
//! A *tile* is a square of weights between 64 units and 64 of the next layer; a *panel* is the numbers of 64 units of a
//! layer (states, levels or gradients) for a *strip* of 32 samples. A batch is one or more strips. (A block is
//! something else: a part of a [`BlockModel`], and for a format numbers that share a scale.)
//!
//! # NaN
//!
//! A NaN is never hidden: it ends the training as diverged, and is neither a loss nor a class. Quantizers, products and
//! the softmax keep NaN, so a state that is NaN makes the loss of that step or test NaN. Infinite states are beyond
//! every threshold and have the outermost level.
//!
//! # The same bits
//!
//! Every product is one chain of fused multiply-adds in a fixed order, for any vector length; sums over samples and the
//! loss (in f64, through `libm`) have fixed orders too. Random numbers are seeded by layer and tile. So a training has
//! the same bits on any machine.

pub mod any_model;
pub mod behaviour;
pub mod blocks;
pub mod cost;
pub mod dataset;
pub mod error;
pub mod first_steps;
pub mod model;
pub mod training;

mod activation;
mod batches;
mod layer;
mod loss;
mod network;
mod norm;
mod panel;
mod perceptron;
mod rounding;
mod stream;

#[cfg(test)]
mod block_reference;
#[cfg(test)]
mod block_tests;
#[cfg(test)]
mod reference;

pub use any_model::AnyModel;
pub use batches::first_inputs;
pub use blocks::{BlockModel, MOST_BLOCKS, RoundedWeights, WeightScale};
pub use cost::{evaluation_cost, memory_needed, seconds_per_step, step_cost};
pub use dataset::{CLASSES, Dataset, FILES, SUMS};
pub use error::TrainError;
pub use first_steps::{Outputs, first_steps, kernel_descent, mean_loss};
pub use model::{Initialization, MOST_LAYERS, MOST_WIDTH, Model, Schedule};
pub use training::{Outcome, Point, train};
