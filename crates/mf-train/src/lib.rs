//! Trains quantized multi-layer perceptrons, fast, with the same bits on any processor.
//!
//! The network is that of figure 3 of the paper: every layer, the last one too, is a matrix, a bias and a quantizer; the
//! classes' probabilities are the softmax of the last quantizer's levels. Backward, a constant slope inside a window
//! stands for the quantizer's derivative (the straight-through estimator). Weights and biases descend with momentum on
//! batches of [`Dataset`] ([`Schedule`]).
//!
//! | question | module |
//! | --- | --- |
//! | what is trained, on what | [`model`], [`dataset`] |
//! | the training, and what came of it | [`training`] |
//! | what it takes | [`cost`] |
//!
//! Six layers of eight levels, a few steps of the paper's training:
//!
//! ```
//! use mf_train::{Dataset, FILES, Initialization, Model, SUMS, Schedule, train};
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
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Speed
//!
//! One training uses one thread; run several side by side. Weights lie in tiles of 64 x 64 that stay in the first-level
//! cache while they are used (`mf_kernel::tile`), with sums in registers (`mf_kernel::product`). Forward, each tile is read once. Backward, it
//! is read and written once: the tile's share of the gradients with respect to the inputs is formed with the old weights,
//! then the gradient of the weights in registers, and from there the step. No gradient of a weight is ever stored, and
//! nothing is allocated after the start. The next tile is fetched while one is worked on (`mf_kernel::ahead`). This is bound by the
//! processor's multiply-adds, not by its memory, even where the weights are far larger than its caches.
//!
//! # How numbers lie
//!
//! A *tile* is a square of weights between 64 units and 64 of the next layer; a *panel* is what 64 units of a layer have
//! (states, levels, gradients) for a *strip* of 32 samples. A batch is one or more strips. (A block is something else: numbers
//! of a format that share a scale.)
//!
//! # NaN
//!
//! A NaN is never hidden: it ends the training as diverged, and becomes neither a loss nor a class. A quantizer leaves NaN as
//! it is, a product and a softmax pass it on; so a state that is NaN makes the loss NaN, in that step or test. Infinite
//! states are beyond every threshold and have the outermost level.
//!
//! # The same bits
//!
//! Every product is one chain of fused multiply-adds in a fixed order, whatever the vector length; sums over samples and
//! the loss (in f64, through `libm`) have fixed orders too. Random numbers are seeded by layer and tile. So a training has
//! the same bits on any machine.

pub mod behaviour;
pub mod cost;
pub mod dataset;
pub mod error;
pub mod model;
pub mod training;

mod activation;
mod batches;
mod layer;
mod loss;
mod network;
mod panel;

#[cfg(test)]
mod reference;

pub use cost::{evaluation_cost, memory_needed, seconds_per_step, step_cost};
pub use dataset::{CLASSES, Dataset, FILES, SUMS};
pub use error::TrainError;
pub use model::{Initialization, MOST_LAYERS, MOST_WIDTH, Model, Schedule};
pub use training::{Outcome, Point, train};
