//! Errors of fits and optima.

use mf_core::quantizer::QuantizerError;
use mf_core::uniform::UniformDomainError;
use mf_core::{ActivationError, PropagationError};
use thiserror::Error;

/// Why there is no optimum or fit.
///
/// ```
/// let error = mf_fit::uniform_optimum(1).unwrap_err();
/// assert_eq!(error.to_string(), "1 states: give 2 to 2000000000");
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FitError {
    /// A number of states outside the range.
    #[error("{states} states: give {least} to {most}")]
    States {
        /// The number of states that was given.
        states: u64,
        /// Fewest allowed.
        least: u64,
        /// Most allowed.
        most: u64,
    },
    /// A scan whose spacings are not increasing, finite and 0 or more.
    #[error(
        "a scan of {points} spacings from {from} to {to}: give two points or more and 0 <= from < to, both finite"
    )]
    Scan {
        /// Number of spacings.
        points: usize,
        /// First spacing.
        from: f64,
        /// Last spacing.
        to: f64,
    },
    /// The best spacing of a scan is its first or last one.
    #[error(
        "the best of the scanned spacings for {states} states is {spacing}, at an end of the scan: scan a wider \
         range in finer steps, or use the exact optimum"
    )]
    ScanEnd {
        /// Number of states.
        states: u64,
        /// The spacing at the end of the scan.
        spacing: f64,
    },
    /// No scale of the activation is better than all others.
    #[error(
        "no best scale: over scales from {from:.3e} to {to:.3e}, chi is largest at {best:.3e}, an end of the range: \
         it grows as all thresholds go to 0 or to infinity; give thresholds with an optimum between these limits"
    )]
    NoBestScale {
        /// Smallest scale tried.
        from: f64,
        /// Largest scale tried.
        to: f64,
        /// Where chi is largest.
        best: f64,
    },
    /// No scale of the activation has a stable fixed point at which inputs differ.
    #[error(
        "no best scale: with sigma_b = 0 and scales from {from:.3e} to {to:.3e}, the activation has no stable fixed point \
         at which inputs decorrelate; give levels on both sides of 0"
    )]
    NeverStable {
        /// Smallest scale tried.
        from: f64,
        /// Largest scale tried.
        to: f64,
    },
    /// `x` and `y` of different lengths.
    #[error("{x} values of x and {y} values of y: give the same number of both")]
    Lengths {
        /// Number of `x`.
        x: usize,
        /// Number of `y`.
        y: usize,
    },
    /// Too few points for the parameters and their errors.
    #[error("{points} points for {parameters} parameters and their errors: give {} or more", parameters + 1)]
    Points {
        /// Points given.
        points: usize,
        /// Parameters of the fit.
        parameters: usize,
    },
    /// A value that the fit cannot use, such as one without a logarithm.
    #[error("{name}[{index}] is {value}: give {allowed}")]
    Value {
        /// `x` or `y`.
        name: &'static str,
        /// Its place, from 0.
        index: usize,
        /// The value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Too few different values of `x` for the parameters.
    #[error(
        "{distinct} different values of x for {parameters} parameters: give {parameters} or more"
    )]
    Distinct {
        /// Different values of `x`.
        distinct: usize,
        /// Parameters of the fit.
        parameters: usize,
    },
    /// Values of `x` that do not increase.
    #[error("x[{index}] is {value}, after {before}: give values in increasing order")]
    Order {
        /// Its place, from 0.
        index: usize,
        /// The value.
        value: f64,
        /// The value before it.
        before: f64,
    },
    /// Points that were not measured with the same seeds.
    #[error(
        "point {index} has {found} seeds, point 0 has {first}: give every point the same seeds"
    )]
    Seeds {
        /// The point, from 0.
        index: usize,
        /// Its seeds.
        found: usize,
        /// The seeds of the first point.
        first: usize,
    },
    /// A parameter outside its range.
    #[error("{name} is {value}: give {allowed}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// The value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A kernel matrix that is not square, or has an entry that is not finite.
    #[error("a kernel of {points} points with {entries} entries: give {} finite numbers", points * points)]
    Kernel {
        /// Number of points.
        points: usize,
        /// Number of entries.
        entries: usize,
    },
    /// The regressors are linearly dependent in double precision.
    #[error("the values of x are too close together for this fit: give x over a wider range")]
    Collinear,
    /// A number of states or a spacing that the theory of the uniform quantizer does not take.
    #[error(transparent)]
    Uniform(#[from] UniformDomainError),
    /// An error of the propagation of signals.
    #[error(transparent)]
    Propagation(#[from] PropagationError),
    /// The quantizer cannot be built.
    #[error(transparent)]
    Quantizer(#[from] QuantizerError),
    /// The activation cannot be scaled.
    #[error(transparent)]
    Activation(#[from] ActivationError),
    /// The solver stopped without an answer: a bug of this program.
    #[error("the solver found no answer between {from} and {to}: {reason}; please report it")]
    Solver {
        /// Start of the interval.
        from: f64,
        /// End of the interval.
        to: f64,
        /// The message of the solver.
        reason: String,
    },
}
