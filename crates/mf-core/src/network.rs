//! Networks: the depth scale and the layer by layer statistics, from an activation and the scales of weights and
//! biases.

mod chain;
mod trajectory;

pub use chain::{
    Propagation, PropagationError, depth_scale, propagate, propagate_at,
    propagate_at_unit_variance, propagate_at_unit_variance_near, propagate_from,
};
pub use trajectory::{Layer, Trajectory, trajectory};
