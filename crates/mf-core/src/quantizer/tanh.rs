//! The quantized hyperbolic tangent.

use super::arguments::within;
use super::mid_rise::{BITS, MOST_BITS};
use super::{Family, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of quantized hyperbolic tangents.
pub const FAMILY: Family = Family {
    name: "tanh",
    about: "tanh(x), then 2^bits evenly spaced levels in [-1, 1]: thresholds where tanh is half way",
    source: "2 round((2^bits - 1) (tanh(x) + 1) / 2) / (2^bits - 1) - 1 (Zhou et al., DoReFa-Net, 2016, equations 5 and \
             9, without the division by the largest weight)",
    parameters: &[BITS],
    build: |given| tanh(given.integer("bits")?),
    members: None,
};

/// `2^bits` levels evenly spaced in `[-1, 1]`, thresholds at `atanh` of the middles between them.
///
/// ```
/// // tanh is 2/3 at ln(5) / 2.
/// let phi = mf_core::quantizer::tanh(2)?.activation;
/// assert_eq!(phi.levels(), [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0]);
/// assert!((phi.thresholds()[2] - 0.5 * 5.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= bits <= `[`MOST_BITS`].
pub fn tanh(bits: u64) -> Result<Quantizer, QuantizerError> {
    let even = StepActivation::uniform(1 << within("bits", bits, 1, MOST_BITS)?)?;
    let thresholds = even.thresholds().iter().map(|g| libm::atanh(*g)).collect();
    let phi = StepActivation::new(thresholds, even.levels().to_vec())?;
    Ok(FAMILY.member(bits, phi))
}
