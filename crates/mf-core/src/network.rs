//! Networks: the depth scale and the layer by layer statistics, from an activation and the scales of weights and
//! biases; quantized weights and their scales.

mod chain;
mod group;
mod scale;
mod start;
mod trajectory;
mod weights;

pub use chain::{
    Propagation, PropagationError, depth_scale, propagate, propagate_at,
    propagate_at_unit_variance, propagate_at_unit_variance_near, propagate_from,
};
pub use scale::{MEAN_SIZE, MOST_NUMBERS, Rounding, Scale, ScaleError};
pub use start::{DEAD, RoundedStart, Start, StartError};
pub use trajectory::{Layer, Trajectory, trajectory};
pub use weights::{Centring, QuantizedWeights, WeightsError};
