//! Trains quantized multi-layer perceptrons, fast, with the same bits on any processor.

pub mod cost;
pub mod dataset;
pub mod error;
pub mod model;
pub mod training;

mod activation;
mod ahead;
mod batches;
mod block;
mod layer;
mod loss;
mod network;
mod product;

#[cfg(test)]
mod machines;
#[cfg(test)]
mod reference;

pub use cost::{evaluation_cost, memory_needed, seconds_per_step, step_cost};
pub use dataset::{CLASSES, Dataset, FILES, SUMS};
pub use error::TrainError;
pub use model::{Initialization, MOST_LAYERS, MOST_WIDTH, Model, Schedule};
pub use training::{Outcome, Point, train};
