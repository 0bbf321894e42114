//! Integers of 2 to 8 bits.

use super::arguments::within;
use super::mid_tread::{RANGE, RANGES, Range, whole};
use super::{Family, Parameter, Quantizer, QuantizerError};

/// The family of integer formats.
pub const FAMILY: Family = Family {
    name: "int",
    about: "int2 to int8: two's complement integers, with or without the lowest one",
    source: "-2^(bits-1) .. 2^(bits-1) - 1, rounded to nearest; the narrow range leaves out -2^(bits-1) (Jacob et al., \
             Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, CVPR 2018, \
             section 3.1)",
    parameters: &[
        Parameter::integer("bits", 2, MOST_BITS, "bits of an integer"),
        RANGE,
    ],
    build: |given| int(given.integer("bits")?, given.choice("range", &RANGES)?),
    members: None,
};

/// The largest number of bits here; the family mid-tread has more.
const MOST_BITS: u64 = 8;

/// The integers of `bits` bits: `2^bits - 1` levels if narrow, `2^bits` if full.
///
/// ```
/// let quantizer = mf_core::quantizer::int(3, mf_core::quantizer::Range::Full)?;
/// assert_eq!(quantizer.activation.levels(), [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `2 <= bits <= 8`.
pub fn int(bits: u64, range: Range) -> Result<Quantizer, QuantizerError> {
    let bits = within("bits", bits, 2, MOST_BITS)?;
    whole(&FAMILY, bits, range)
}
