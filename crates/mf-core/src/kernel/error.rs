//! Why kernels cannot be computed.

use crate::network::StackError;
use crate::parameter::ParameterError;
use thiserror::Error;

/// Why the kernels of a network cannot be computed.
///
/// ```
/// use mf_core::{StepActivation, kernel::KernelNetwork};
///
/// let sign = StepActivation::uniform(2)?;
/// let network = KernelNetwork::chain(&sign, 1.0, 0.0)?;
/// let error = network.start(&[1.0, 0.0]).unwrap_err();
/// assert_eq!(error.to_string(), "input 1 has the mean square 0: leave it out, or give it a number that is not 0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
pub enum KernelError {
    /// A parameter is outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The network of blocks has no theory of this kind.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// The kernels of a quantized stream are not known.
    #[error("the kernels of a quantized stream are not known: give chain, pre-norm or post-norm")]
    QuantizedStream,
    /// An input of mean square 0, infinite or NaN.
    #[error(
        "input {input} has the mean square {square}: leave it out, or give it a number that is not 0"
    )]
    Input {
        /// Its place, from 0.
        input: usize,
        /// The mean square of its numbers.
        square: f64,
    },
    /// A covariance of two inputs that is infinite or NaN.
    #[error("the covariance of inputs {input} and {second} is {covariance}: give a finite number")]
    Covariance {
        /// The place of the first input, from 0.
        input: usize,
        /// The place of the second input, from 0.
        second: usize,
        /// The covariance that was given.
        covariance: f64,
    },
    /// The hidden states of an input become 0, infinite or NaN.
    #[error(
        "the hidden states of input {input} have the variance {variance} after a layer: change the scale of the weights or of the activation"
    )]
    Variance {
        /// Its place, from 0.
        input: usize,
        /// The variance.
        variance: f64,
    },
    /// A number of layers that is not after the one before.
    #[error("{layers} layers after {before}: give rising numbers above 0")]
    Layers {
        /// The number that was given.
        layers: usize,
        /// The one before.
        before: usize,
    },
}
