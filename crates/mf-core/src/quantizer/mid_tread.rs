//! The uniform quantizer with a level at 0.

use super::arguments::within;
use super::mid_rise::MOST_BITS;
use super::{Family, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of mid-tread quantizers.
pub const FAMILY: Family = Family {
    name: "mid-tread",
    about: "whole numbers of so many bits, 0 among them; with or without the lowest one, which has no opposite",
    source: "rounding to the nearest of -2^(bits-1) .. 2^(bits-1) - 1 (Gersho, Quantization, IEEE Communications \
             Society Magazine 15, 1977)",
    parameters: &[
        Parameter::integer("bits", 2, MOST_BITS, "bits of a code word"),
        RANGE,
    ],
    build: |given| mid_tread(given.integer("bits")?, given.choice("range", &RANGES)?),
    members: None,
};

/// The parameter that chooses a [`Range`].
pub(super) const RANGE: Parameter = Parameter::text(
    "range",
    "narrow (the default): the same on both sides of 0; full: one level more below 0",
)
.optional();

/// The whole numbers of `b` bits that are levels.
///
/// ```
/// use mf_core::quantizer::{Range, int};
///
/// // INT8: 255 levels, or all 256.
/// assert_eq!(int(8, Range::Narrow)?.activation.states(), 255);
/// assert_eq!(int(8, Range::Full)?.activation.states(), 256);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// `-(2^(b-1) - 1) ..= 2^(b-1) - 1`: odd, `2^b - 1` levels.
    Narrow,
    /// `-2^(b-1) ..= 2^(b-1) - 1`: two's complement, `2^b` levels.
    Full,
}

/// The values of the parameter; the first is the default.
pub(super) const RANGES: [(&str, Range); 2] = [("narrow", Range::Narrow), ("full", Range::Full)];

/// `phi(x) = round(x)`, clipped to the whole numbers of `bits` bits.
///
/// ```
/// let quantizer = mf_core::quantizer::mid_tread(2, mf_core::quantizer::Range::Narrow)?;
/// assert_eq!([-9.0, 0.4, 0.6, 9.0].map(|x| quantizer.activation.value(x)), [-1.0, 0.0, 1.0, 1.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `2 <= bits <= `[`MOST_BITS`].
pub fn mid_tread(bits: u64, range: Range) -> Result<Quantizer, QuantizerError> {
    let bits = within("bits", bits, 2, MOST_BITS)?;
    whole(&FAMILY, bits, range)
}

/// The member of a family whose levels are the whole numbers of `bits` bits.
pub(super) fn whole(family: &Family, bits: u64, range: Range) -> Result<Quantizer, QuantizerError> {
    let half = (1_i64 << bits) / 2;
    let (lowest, suffix) = match range {
        Range::Narrow => (1 - half, ""),
        Range::Full => (-half, "-full"),
    };
    let phi = StepActivation::halfway((lowest..half).map(|k| k as f64).collect())?;
    Ok(family.member(format!("{bits}{suffix}"), phi))
}
