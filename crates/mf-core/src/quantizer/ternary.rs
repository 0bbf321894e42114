//! Three levels.

use super::arguments::positive;
use super::{Family, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of ternary quantizers.
pub const FAMILY: Family = Family {
    name: "ternary",
    about: "-1, 0, 1: everything within `threshold` of 0 becomes 0",
    source: "levels -1, 0, 1; thresholds ± threshold (Li, Zhang, Liu, Ternary Weight Networks, 2016, section 2)",
    parameters: &[Parameter::number(
        "threshold",
        "half the width of the bin of 0, above 0; by default 0.6120, the best for a unit Gaussian",
    )
    .optional()],
    build: |given| ternary(given.number_or("threshold", BEST_THRESHOLD)?),
    members: None,
};

/// The threshold of least error on a unit Gaussian: `t` with `2 t P(z > t) = n(t)`, half the centroid of the tail
/// beyond it (Max 1960, table I, N = 3: 0.6120).
///
/// ```
/// use mf_core::{gaussian::{pdf, upper_tail}, quantizer::ternary::BEST_THRESHOLD};
///
/// assert!((2.0 * BEST_THRESHOLD * upper_tail(BEST_THRESHOLD) - pdf(BEST_THRESHOLD)).abs() < 1e-15);
/// ```
pub const BEST_THRESHOLD: f64 = 0.6120031809624808;

/// `phi(x) = sign(x)` where `|x| > threshold`, 0 elsewhere.
///
/// ```
/// let phi = mf_core::quantizer::ternary(0.7)?.activation;
/// assert_eq!((phi.levels(), phi.thresholds()), (&[-1.0, 0.0, 1.0][..], &[-0.7, 0.7][..]));
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `threshold` is finite and above 0; [`QuantizerError::Activation`] if it is beyond
/// [`crate::activation::LARGEST`].
pub fn ternary(threshold: f64) -> Result<Quantizer, QuantizerError> {
    let threshold = positive("threshold", threshold)?;
    let phi = StepActivation::new(vec![-threshold, threshold], vec![-1.0, 0.0, 1.0])?;
    Ok(FAMILY.member(threshold, phi))
}
