//! Powers of two.

use super::arguments::within;
use super::codebook::with_opposites;
use super::{BestScale, Family, Members, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;
use std::f64::consts::FRAC_1_SQRT_2;

/// The family of logarithmic quantizers.
pub const FAMILY: Family = Family {
    name: "power-of-two",
    about: "± 1, 1/2, 1/4, ..., with or without 0; thresholds by rounding log2 |x|, or half way",
    source: "by rounding log2 |x| (Miyashita, Lee, Murmann, Convolutional Neural Networks using Logarithmic Data \
             Representation, 2016, section 3); half way (Zhou et al., Incremental Network Quantization, 2017, equation 4)",
    parameters: &[
        Parameter::integer(
            "exponents",
            1,
            MOST_EXPONENTS,
            "how many powers: 1 down to 2^(1 - exponents), on both sides of 0",
        ),
        Parameter::text("zero", "with (the default) or without the level 0").optional(),
        Parameter::text(
            "rounding",
            "log (the default): log2 |x| to the nearest whole number; linear: x to the nearest level",
        )
        .optional(),
    ],
    build: |given| {
        let zero = given.choice("zero", &[("with", Zero::With), ("without", Zero::Without)])?;
        let roundings = [("log", Rounding::Log), ("linear", Rounding::Linear)];
        power_of_two(given.integer("exponents")?, zero, given.choice("rounding", &roundings)?)
    },
    members: Some(MEMBERS),
};

/// Its members by their number of levels: with the level 0 if that is odd.
pub const MEMBERS: Members = Members {
    most: 2 * MOST_EXPONENTS + 1,
    build: |states| match states % 2 {
        1 => power_of_two(states / 2, Zero::With, Rounding::Log),
        _ => power_of_two(states / 2, Zero::Without, Rounding::Log),
    },
    best_scale: BestScale::Searched,
    asymptote: None,
};

/// Down to `2^-126`, the smallest normal number in single precision.
const MOST_EXPONENTS: u64 = 127;

/// Whether 0 is a level.
///
/// ```
/// use mf_core::quantizer::power_of_two::{Rounding, Zero, power_of_two};
///
/// let levels = power_of_two(2, Zero::Without, Rounding::Log)?;
/// assert_eq!(levels.activation.levels(), [-1.0, -0.5, 0.5, 1.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zero {
    /// 0 is a level.
    With,
    /// 0 is a threshold, between the two smallest powers.
    Without,
}

/// Whether `log2 |x|` or `x` is rounded to the nearest.
///
/// ```
/// use mf_core::quantizer::power_of_two::{Rounding, Zero, power_of_two};
///
/// // 0.72 is above sqrt(1/2), the midpoint of the logarithms, and below 0.75, the midpoint of the levels.
/// assert_eq!(power_of_two(2, Zero::With, Rounding::Log)?.activation.value(0.72), 1.0);
/// assert_eq!(power_of_two(2, Zero::With, Rounding::Linear)?.activation.value(0.72), 0.5);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// `log2 |x|`, so that the threshold between `p` and `2 p` is their geometric mean `sqrt(2) p`; inputs below
    /// `m / sqrt(2)` become 0, where `m` is the smallest power: there the bin of the next power would begin.
    Log,
    /// `x`, so that thresholds are half way between levels: `1.5 p`, and `m / 2` towards 0.
    Linear,
}

/// The levels `±2^-k`, `k = 0 .. exponents - 1`, and perhaps 0.
///
/// ```
/// use mf_core::quantizer::power_of_two::{Rounding, Zero, power_of_two};
///
/// let quantizer = power_of_two(3, Zero::With, Rounding::Linear)?;
/// assert_eq!(quantizer.activation.levels(), [-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= exponents <= 127`.
pub fn power_of_two(
    exponents: u64,
    zero: Zero,
    rounding: Rounding,
) -> Result<Quantizer, QuantizerError> {
    let exponents = within("exponents", exponents, 1, MOST_EXPONENTS)?;
    // Exact: an exponent of at most 126.
    let powers: Vec<f64> = (0..exponents as i32)
        .rev()
        .map(|k| libm::ldexp(1.0, -k))
        .collect();
    let smallest = powers.first().copied().unwrap_or(1.0);
    // Where a bin ends below a power, and below the smallest one towards 0.
    let (edge, last) = match rounding {
        // Half an octave.
        Rounding::Log => (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
        Rounding::Linear => (0.75, 0.5),
    };
    let mut edges: Vec<f64> = powers.iter().skip(1).map(|p| p * edge).collect();
    let (level, threshold, zero): (&[f64], &[f64], _) = match zero {
        Zero::With => {
            edges.insert(0, smallest * last);
            (&[0.0], &[], "")
        }
        Zero::Without => (&[], &[0.0], "-without-zero"),
    };
    let rounding = match rounding {
        Rounding::Log => "",
        Rounding::Linear => "-linear",
    };
    let thresholds = with_opposites(threshold, &edges);
    let phi = StepActivation::new(thresholds, with_opposites(level, &powers))?;
    Ok(FAMILY.member(format!("{exponents}{zero}{rounding}"), phi))
}
