//! The quantized hard hyperbolic tangent.

use super::arguments::within;
use super::mid_rise::{BITS, MOST_BITS};
use super::{Family, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of quantized hard hyperbolic tangents.
pub const FAMILY: Family = Family {
    name: "hard-tanh",
    about: "clipped to [-1, 1], then 2^bits evenly spaced levels, both ends among them: uniform with N = 2^bits",
    source: "2 round((2^bits - 1) (clip(x, -1, 1) + 1) / 2) / (2^bits - 1) - 1 (Hubara et al., Quantized Neural \
             Networks, JMLR 18, 2018, section 2; spacing of Zhou et al., DoReFa-Net, 2016, equation 5)",
    parameters: &[BITS],
    build: |given| hard_tanh(given.integer("bits")?),
    members: None,
};

/// `2^bits` levels evenly spaced in `[-1, 1]`, thresholds half way.
///
/// ```
/// let quantizer = mf_core::quantizer::hard_tanh(2)?;
/// assert_eq!(quantizer.activation.levels(), [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= bits <= `[`MOST_BITS`].
pub fn hard_tanh(bits: u64) -> Result<Quantizer, QuantizerError> {
    let bits = within("bits", bits, 1, MOST_BITS)?;
    Ok(FAMILY.member(bits, StepActivation::uniform(1 << bits)?))
}
