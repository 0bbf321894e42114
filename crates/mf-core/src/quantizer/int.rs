//! Integers of 2 to 8 bits.

use super::arguments::within;
use super::mid_tread::{RANGE, RANGES, Range, named, whole};
use super::{Arguments, Codebook, Family, Parameter, ParameterKind, Quantizer, QuantizerError};

/// The family of integer formats.
pub const FAMILY: Family = Family {
    name: "int",
    about: "int2 to int8: two's complement integers, with or without the lowest one",
    source: "-2^(bits-1) .. 2^(bits-1) - 1, rounded to nearest; the narrow range leaves out -2^(bits-1) (Jacob et al., \
             Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, CVPR 2018, \
             section 3.1)",
    parameters: &[
        Parameter {
            name: "bits",
            kind: ParameterKind::Integer {
                least: 2,
                most: MOST_BITS,
            },
            required: true,
            about: "bits of an integer",
        },
        RANGE,
    ],
    build,
};

/// Bits of the widest integer format; mid-tread goes on.
const MOST_BITS: u64 = 8;

fn build(arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    let range = arguments.choice("range", &RANGES)?;
    Ok(Box::new(int(arguments.integer("bits")?, range)?))
}

/// The integers of `bits` bits: `2^bits - 1` levels if narrow, `2^bits` if full.
///
/// # Errors
/// [`QuantizerError::Outside`] unless `2 <= bits <= 8`.
pub fn int(bits: u64, range: Range) -> Result<Codebook, QuantizerError> {
    let bits = within("bits", bits, 2, MOST_BITS)?;
    let name = named(FAMILY.name, bits, range);
    Ok(Codebook::new(
        name,
        FAMILY.source,
        whole(bits, range),
        None,
    )?)
}
