//! The uniform quantizer that treads on 0.

use super::arguments::within;
use super::mid_rise::MOST_BITS;
use super::{Arguments, Codebook, Family, Parameter, ParameterKind, Quantizer, QuantizerError};

/// The family of mid-tread quantizers.
pub const FAMILY: Family = Family {
    name: "mid-tread",
    about: "whole numbers of so many bits, 0 among them; with or without the lowest one, which has no opposite",
    source: "rounding to the nearest of -2^(bits-1) .. 2^(bits-1) - 1 (Gersho, Quantization, IEEE Communications \
             Society Magazine 15, 1977)",
    parameters: &[
        Parameter {
            name: "bits",
            kind: ParameterKind::Integer {
                least: 2,
                most: MOST_BITS,
            },
            required: true,
            about: "bits of a code word",
        },
        RANGE,
    ],
    build,
};

/// The parameter that chooses a [`Range`].
pub(super) const RANGE: Parameter = Parameter {
    name: "range",
    kind: ParameterKind::Text,
    required: false,
    about: "narrow (the default): the same on both sides of 0; full: one level more below 0",
};

/// Which whole numbers of `b` bits are levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// `-(2^(b-1) - 1) ..= 2^(b-1) - 1`: odd, `2^b - 1` levels.
    Narrow,
    /// `-2^(b-1) ..= 2^(b-1) - 1`: two's complement, `2^b` levels.
    Full,
}

/// What users call the two; the first is the default.
pub(super) const RANGES: [(&str, Range); 2] = [("narrow", Range::Narrow), ("full", Range::Full)];

fn build(arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    let range = arguments.choice("range", &RANGES)?;
    Ok(Box::new(mid_tread(arguments.integer("bits")?, range)?))
}

/// `phi(x) = round(x)`, clipped to the whole numbers of `bits` bits.
///
/// # Errors
/// [`QuantizerError::Outside`] unless `2 <= bits <= `[`MOST_BITS`].
pub fn mid_tread(bits: u64, range: Range) -> Result<Codebook, QuantizerError> {
    let bits = within("bits", bits, 2, MOST_BITS)?;
    let name = named(FAMILY.name, bits, range);
    Ok(Codebook::new(
        name,
        FAMILY.source,
        whole(bits, range),
        None,
    )?)
}

/// The whole numbers of `bits` bits.
pub(super) fn whole(bits: u64, range: Range) -> Vec<f64> {
    let half = (1_i64 << bits) / 2;
    let lowest = match range {
        Range::Narrow => 1 - half,
        Range::Full => -half,
    };
    (lowest..half).map(|k| k as f64).collect()
}

/// `family-4` or `family-4-full`.
pub(super) fn named(family: &str, bits: u64, range: Range) -> String {
    match range {
        Range::Narrow => format!("{family}-{bits}"),
        Range::Full => format!("{family}-{bits}-full"),
    }
}
