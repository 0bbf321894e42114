//! The quantized rectifier.

use super::arguments::{positive, within};
use super::mid_rise::{BITS, MOST_BITS};
use super::{Family, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of quantized rectifiers.
pub const FAMILY: Family = Family {
    name: "relu",
    about: "unsigned: 2^bits levels from 0 to `max`, thresholds half way; not odd, so C* is above 0",
    source: "round((2^bits - 1) clip(x, 0, max) / max) max / (2^bits - 1) (Zhou et al., DoReFa-Net, 2016, section 2.5, \
             where max = 1)",
    parameters: &[
        BITS,
        Parameter::number("max", "the largest level, above 0; 1 by default").optional(),
    ],
    build: |given| relu(given.integer("bits")?, given.number_or("max", 1.0)?),
    members: None,
};

/// `2^bits` levels `k max / (2^bits - 1)` from 0 to `max`, thresholds half way.
///
/// ```
/// let quantizer = mf_core::quantizer::relu(2, 3.0)?;
/// assert_eq!(quantizer.activation.levels(), [0.0, 1.0, 2.0, 3.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= bits <= `[`MOST_BITS`] and `max` is finite and above 0;
/// [`QuantizerError::Activation`] if `max` is so large or small that the levels do not stay finite and apart.
pub fn relu(bits: u64, max: f64) -> Result<Quantizer, QuantizerError> {
    clipped(&FAMILY, bits, "max", max)
}

/// The member of a family whose levels are `k max / (2^bits - 1)`, `k = 0 ..= 2^bits - 1`; `parameter` is the name of
/// `max` in this family.
pub(super) fn clipped(
    family: &Family,
    bits: u64,
    parameter: &'static str,
    max: f64,
) -> Result<Quantizer, QuantizerError> {
    let bits = within("bits", bits, 1, MOST_BITS)?;
    let max = positive(parameter, max)?;
    let steps = (1_u64 << bits) - 1;
    let levels = (0..=steps).map(|k| k as f64 * max / steps as f64).collect();
    Ok(family.member(bits, StepActivation::halfway(levels)?))
}
