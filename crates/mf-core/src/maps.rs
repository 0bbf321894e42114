//! The two maps from one layer to the next: of the variance of hidden states, and of the correlation of two inputs.

mod correlation;
mod variance;

pub(crate) use correlation::check;

pub use correlation::{CLOSEST_TO_ONE, CorrelationError, CorrelationMap};
pub use variance::{FixedPoint, Stability, VarianceMap};
