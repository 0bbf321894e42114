//! Errors of simulations, with the values and the remedy.

use mf_core::WeightsError;
use thiserror::Error;

/// Why a simulation cannot run.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SimError {
    /// A number is outside its range.
    #[error("{name} is {value}: give {allowed}")]
    Parameter {
        /// The name of the parameter in the signature.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// A count is outside its range.
    #[error("{name} is {count}: give {least} or more")]
    Count {
        /// The name of the parameter in the signature.
        name: &'static str,
        /// The value that was given.
        count: usize,
        /// The least allowed.
        least: usize,
    },
    /// A level, a threshold, or a hidden state is too large for f32.
    #[error(
        "{what} can be as large as {value:e}, more than f32 holds: scale the levels, thresholds, sigma_w or sigma_b down"
    )]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        value: f64,
    },
    /// Rounded weights that have no law.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Gradients through a stream's quantizer that is not the activation.
    #[error(
        "the stream has a quantizer of its own, and the window is that of the activation: give the stream the \
         activation's quantizer for gradients"
    )]
    StreamQuantizer,
    /// The inputs do not have the width of the network.
    #[error(
        "the inputs have {inputs} units and the network has {network}: give both the same width"
    )]
    Width {
        /// Units of an input.
        inputs: usize,
        /// Units of a layer.
        network: usize,
    },
    /// Blocks that do not fill a row of numbers.
    #[error("blocks of {size} do not fill rows of {row} numbers: give a size that divides {row}")]
    Block {
        /// Numbers that share a scale.
        size: usize,
        /// Numbers of a row.
        row: usize,
    },
    /// Rows of different lengths.
    #[error("row {row} has {length} values, row 0 has {first}: give rows of the same length")]
    Ragged {
        /// The first row that differs, from 0.
        row: usize,
        /// Its length.
        length: usize,
        /// The length of row 0.
        first: usize,
    },
    /// An input value that is infinite or NaN.
    #[error("value {unit} of row {row} is {value}: give finite numbers")]
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The place in the row, from 0.
        unit: usize,
        /// The value.
        value: f32,
    },
    /// More orthogonal directions than units.
    #[error(
        "{needed} orthogonal directions do not fit into {width} units: take a width of {needed} or more"
    )]
    Directions {
        /// Directions that the inputs need.
        needed: usize,
        /// The width that was given.
        width: usize,
    },
    /// More memory than is allowed.
    #[error(
        "{points} points of width {width} need {needed} bytes and {allowed} are allowed: \
         lower the {remedy}, or allow more"
    )]
    Memory {
        /// Bytes that the run needs.
        needed: u64,
        /// Bytes that [`crate::Run::memory`] allows.
        allowed: u64,
        /// Inputs.
        points: usize,
        /// Units.
        width: usize,
        /// What to lower: the points or the width, with the largest value that fits.
        remedy: String,
    },
    /// The threads could not be started.
    #[error("cannot start {threads} threads ({reason}): give fewer")]
    Threads {
        /// The number that was asked for.
        threads: usize,
        /// The message of the system.
        reason: String,
    },
    /// The eigenvalues of the states' covariances were not found.
    #[error(
        "the principal components of {points} points were not found: the states are not finite; check the inputs"
    )]
    Components {
        /// Inputs.
        points: usize,
    },
}

/// `value` if it is `fine`.
fn parameter(
    name: &'static str,
    value: f64,
    allowed: &'static str,
    fine: bool,
) -> Result<f64, SimError> {
    fine.then_some(value).ok_or(SimError::Parameter {
        name,
        value,
        allowed,
    })
}

/// `value` if it is finite and not negative.
pub(crate) fn not_negative(name: &'static str, value: f64) -> Result<f64, SimError> {
    let allowed = "a finite number that is zero or more";
    parameter(name, value, allowed, value >= 0.0 && value.is_finite())
}

/// `value` if it is from 1e-15 to 1e15: its square is in the range of f32.
pub(crate) fn positive(name: &'static str, value: f64) -> Result<f64, SimError> {
    let allowed = "a number from 1e-15 to 1e15, which f32 can hold";
    parameter(name, value, allowed, (1e-15..=1e15).contains(&value))
}

/// `mean_square` if numbers divided by its root fit into f32.
pub(crate) fn not_dead(name: &'static str, mean_square: f64) -> Result<f64, SimError> {
    let allowed = "a quantizer with levels other than 0 that normal numbers reach";
    let fine = (1e-30..=1e30).contains(&mean_square);
    parameter(name, mean_square, allowed, fine)
}

/// `count` if it is `least` or more.
pub(crate) fn at_least(least: usize, name: &'static str, count: usize) -> Result<usize, SimError> {
    if count >= least {
        Ok(count)
    } else {
        Err(SimError::Count { name, count, least })
    }
}
