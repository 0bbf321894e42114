//! Powers of two.

use super::arguments::within;
use super::codebook::with_opposites;
use super::{Arguments, Codebook, Family, Parameter, ParameterKind, Quantizer, QuantizerError};
use std::f64::consts::FRAC_1_SQRT_2;

/// The family of logarithmic quantizers.
pub const FAMILY: Family = Family {
    name: "power-of-two",
    about: "± 1, 1/2, 1/4, ..., with or without 0; thresholds by rounding log2 |x|, or half way",
    source: "by rounding log2 |x| (Miyashita, Lee, Murmann, Convolutional Neural Networks using Logarithmic Data \
             Representation, 2016, section 3); half way (Zhou et al., Incremental Network Quantization, 2017, equation 4)",
    parameters: &[
        Parameter {
            name: "exponents",
            kind: ParameterKind::Integer {
                least: 1,
                most: MOST_EXPONENTS,
            },
            required: true,
            about: "how many powers: 1 down to 2^(1 - exponents), on both sides of 0",
        },
        Parameter {
            name: "zero",
            kind: ParameterKind::Text,
            required: false,
            about: "with (the default) or without the level 0",
        },
        Parameter {
            name: "rounding",
            kind: ParameterKind::Text,
            required: false,
            about: "log (the default): log2 |x| to the nearest whole number; linear: x to the nearest level",
        },
    ],
    build,
};

/// Down to `2^-126`, the smallest normal number in single precision.
const MOST_EXPONENTS: u64 = 127;

/// Whether 0 is a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zero {
    /// It is.
    With,
    /// The two smallest powers are neighbours, with a threshold at 0.
    Without,
}

/// What is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// `log2 |x|`, so that the threshold between `p` and `2 p` is their geometric mean `sqrt(2) p`; below the smallest
    /// power `m`, to 0 from `m / sqrt(2)` on, where the next power would begin.
    Log,
    /// `x`, so that thresholds are half way between levels: `1.5 p`, and `m / 2` towards 0.
    Linear,
}

fn build(arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    let zero = arguments.choice("zero", &[("with", Zero::With), ("without", Zero::Without)])?;
    let roundings = [("log", Rounding::Log), ("linear", Rounding::Linear)];
    let rounding = arguments.choice("rounding", &roundings)?;
    let exponents = arguments.integer("exponents")?;
    Ok(Box::new(power_of_two(exponents, zero, rounding)?))
}

/// The levels `±2^-k`, `k = 0 .. exponents - 1`, and perhaps 0.
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= exponents <= 127`.
pub fn power_of_two(
    exponents: u64,
    zero: Zero,
    rounding: Rounding,
) -> Result<Codebook, QuantizerError> {
    let exponents = within("exponents", exponents, 1, MOST_EXPONENTS)?;
    // Exact: an exponent of at most 126.
    let powers: Vec<f64> = (0..exponents as i32)
        .rev()
        .map(|k| libm::ldexp(1.0, -k))
        .collect();
    let smallest = powers.first().copied().unwrap_or(1.0);
    let mut middle = Vec::new();
    let mut edges: Vec<f64> = match rounding {
        // Half an octave below the upper power.
        Rounding::Log => powers.iter().skip(1).map(|p| p * FRAC_1_SQRT_2).collect(),
        Rounding::Linear => powers.iter().skip(1).map(|p| p * 0.75).collect(),
    };
    let mut centre = vec![0.0];
    if zero == Zero::With {
        let nearest = match rounding {
            Rounding::Log => smallest * FRAC_1_SQRT_2,
            Rounding::Linear => smallest * 0.5,
        };
        edges.insert(0, nearest);
        middle.append(&mut centre);
    }
    let name = named(exponents, zero, rounding);
    let levels = with_opposites(&middle, &powers);
    let thresholds = with_opposites(&centre, &edges);
    Ok(Codebook::new(
        name,
        FAMILY.source,
        levels,
        Some(thresholds),
    )?)
}

fn named(exponents: u64, zero: Zero, rounding: Rounding) -> String {
    let zero = match zero {
        Zero::With => "",
        Zero::Without => "-without-zero",
    };
    let rounding = match rounding {
        Rounding::Log => "",
        Rounding::Linear => "-linear",
    };
    format!("{}-{exponents}{zero}{rounding}", FAMILY.name)
}
