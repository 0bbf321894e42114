//! Why the signals of a network with skip paths cannot be computed.

use super::architecture::Architecture;
use crate::maps::CorrelationError;
use crate::parameter::ParameterError;
use thiserror::Error;

/// Why the signals of a [`super::Stack`] cannot be computed.
///
/// ```
/// use mf_core::{StepActivation, network::{Architecture, Branch, Stack}};
///
/// let ternary = StepActivation::uniform(3)?;
/// let error = Stack::new(Architecture::Chain, &ternary, Some(Branch::Constant(1.0))).unwrap_err();
/// assert_eq!(error.to_string(), "a chain has no skip path, so no branch: leave out the branch's variance");
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StackError {
    /// A parameter is outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// An error of the correlation map.
    #[error(transparent)]
    Correlation(#[from] CorrelationError),
    /// A quantizer is 0 on every input.
    #[error("the quantizer is 0 on every input of unit variance: bring a threshold nearer to 0")]
    Silent,
    /// A branch's variance was given for a chain.
    #[error("a chain has no skip path, so no branch: leave out the branch's variance")]
    Branch,
    /// A start variance was given for a stream that has variance 1.
    #[error(
        "the stream of a {} network has variance 1: a start variance is for pre-norm",
        .architecture.name()
    )]
    StartVariance {
        /// The architecture.
        architecture: Architecture,
    },
    /// A quantizer was given for a stream in full precision.
    #[error(
        "the stream of a {} network is in full precision: a quantizer of the stream is for quantized-stream",
        .architecture.name()
    )]
    FullPrecision {
        /// The architecture.
        architecture: Architecture,
    },
    /// The number of blocks is outside its range.
    #[error("{blocks} blocks: give from 1 to {most}")]
    Blocks {
        /// The number that was given.
        blocks: u64,
        /// The most.
        most: u64,
    },
    /// The slopes of the backward pass do not fit the quantizers.
    #[error("{given} straight-through slopes for {wanted} quantizers: give one for each")]
    Surrogates {
        /// The number of slopes.
        given: usize,
        /// The number of quantizers.
        wanted: usize,
    },
    /// A quantized stream has a branch of several products.
    #[error("the theory of a quantized stream has branches of one product: give one quantizer")]
    StreamOfProducts,
    /// A quantizer of a quantized stream is not odd.
    #[error(
        "the quantizer of the {what} has a mean: a quantized stream is solved for symmetric quantizers; \
         take a symmetric one, or pre-norm"
    )]
    NotOdd {
        /// "branch" or "stream".
        what: &'static str,
    },
    /// The levels of a quantized stream (nearly) never change.
    #[error(
        "the quantized stream (nearly) stands still at a branch of variance {branch}: its steps are too wide for the branch; \
         raise the branch's variance, or take a finer quantizer for the stream"
    )]
    Frozen {
        /// The branch's variance.
        branch: f64,
    },
    /// A pair of inputs of a quantized stream is too near to identical, or opposite, ones.
    #[error(
        "the correlation is {correlation}: in a quantized stream give a number up to 1 - {closest:e} in size, or ±1"
    )]
    TooNear {
        /// The correlation.
        correlation: f64,
        /// The least distance from 1.
        closest: f64,
    },
    /// The law of a quantized stream whose branches are scaled by the depth.
    #[error(
        "a quantized stream has no law for branches scaled by 1/sqrt(L): give a constant variance"
    )]
    OverDepth,
}
