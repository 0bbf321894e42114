//! Networks: the depth scale and the layer by layer statistics, from an activation and the scales of weights and
//! biases; networks of blocks with skip paths and normalization ([`Stack`]); quantized weights and their scales.

mod architecture;
mod branch;
mod chain;
pub mod depth;
mod grid;
mod group;
mod products;
mod scale;
mod stack;
mod stack_error;
mod start;
pub mod stream;
mod trajectory;
mod weights;

pub use architecture::{Architecture, UnknownArchitecture};
pub use branch::Branch;
pub use chain::{
    Propagation, PropagationError, depth_scale, propagate, propagate_at,
    propagate_at_unit_variance, propagate_at_unit_variance_near, propagate_from,
};
pub use products::{Products, near_one};
pub use scale::{MEAN_SIZE, MOST_NUMBERS, Rounding, Scale, ScaleError};
pub use stack::{Block, DepthLaw, MOST_BLOCKS, Stack};
pub use stack_error::StackError;
pub use start::{DEAD, RoundedStart, Start, StartError};
pub use trajectory::{Layer, Trajectory, trajectory};
pub use weights::{Centring, QuantizedWeights, WeightsError};
