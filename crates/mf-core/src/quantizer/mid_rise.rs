//! The uniform quantizer with a threshold at 0.

use super::arguments::within;
use super::{Family, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of mid-rise quantizers.
pub const FAMILY: Family = Family {
    name: "mid-rise",
    about: "2^bits levels a step of 1 apart, the odd multiples of 1/2; a threshold at 0",
    source: "levels k + 1/2, thresholds k, k = -2^(bits-1) .. (Gersho, Quantization, IEEE Communications Society \
             Magazine 15, 1977)",
    parameters: &[BITS],
    build: |given| mid_rise(given.integer("bits")?),
    members: None,
};

/// The largest number of bits in the families of evenly spaced levels.
pub const MOST_BITS: u64 = 16;

/// The parameter of the families that round to `2^bits` levels.
pub(super) const BITS: Parameter =
    Parameter::integer("bits", 1, MOST_BITS, "bits of a code word: 2^bits levels");

/// `phi(x) = floor(x) + 1/2`, clipped to `2^bits` levels: `±1/2, ±3/2, ..., ±(2^bits - 1)/2`.
///
/// ```
/// assert_eq!(mf_core::quantizer::mid_rise(2)?.activation.levels(), [-1.5, -0.5, 0.5, 1.5]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= bits <= `[`MOST_BITS`].
pub fn mid_rise(bits: u64) -> Result<Quantizer, QuantizerError> {
    let bits = within("bits", bits, 1, MOST_BITS)?;
    let half = (1_i64 << bits) / 2;
    let levels = (-half..half).map(|k| k as f64 + 0.5).collect();
    Ok(FAMILY.member(bits, StepActivation::halfway(levels)?))
}
