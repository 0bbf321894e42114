//! Small binary floating point formats.

use super::arguments::{outside, within};
use super::codebook::with_opposites;
use super::{Family, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of small floating point formats.
pub const FAMILY: Family = Family {
    name: "minifloat",
    about: "floating point of a sign, 1 to 8 exponent bits and 0 to 10 mantissa bits: fp4, fp6, fp8 and the like",
    source: "m 2^(1 - bias - M) at exponent field 0, (2^M + m) 2^(e - bias - M) above, all finite values, rounded to \
             nearest, saturating (OCP 8-bit Floating Point Specification 1.0, 2023; OCP Microscaling Formats 1.0, 2023, \
             section 5.3; fp8: Micikevicius et al., FP8 Formats for Deep Learning, 2022, arXiv:2209.05433; fnuz: Noune et al., \
             8-bit Numerical Formats for Deep Neural Networks, 2022, arXiv:2206.02915)",
    parameters: &[
        Parameter::integer("exponent-bits", 1, MOST_EXPONENT_BITS, "bits of the exponent"),
        Parameter::integer(
            "mantissa-bits",
            0,
            MOST_MANTISSA_BITS,
            "bits of the mantissa, without the leading one",
        ),
        Parameter::text(
            "specials",
            "codes that are not finite numbers: none (the default), nan-only (the code of all ones; fn), fnuz (that of -0), \
             ieee (the highest exponent)",
        )
        .optional(),
        Parameter::integer(
            "bias",
            0,
            MOST_BIAS,
            "the exponent field of the numbers from 1 to 2; by default 2^(exponent-bits - 1) - 1, one more for fnuz",
        )
        .optional(),
    ],
    build: |given| {
        let specials = given.choice("specials", &SPECIALS)?;
        let exponent_bits = given.integer("exponent-bits")?;
        let bias = given.integer_or("bias", usual_bias(exponent_bits, specials)?)?;
        minifloat(exponent_bits, given.integer("mantissa-bits")?, bias, specials)
    },
    members: None,
};

const MOST_EXPONENT_BITS: u64 = 8;
const MOST_MANTISSA_BITS: u64 = 10;
const MOST_BIAS: u64 = 255;

/// The largest number of exponent and mantissa bits: 16 bits with the sign.
const MOST_BITS: u64 = 15;

/// The codes that are not finite numbers.
///
/// ```
/// use mf_core::quantizer::{Specials, minifloat};
///
/// // The largest numbers of the FP8 formats of the OCP.
/// let e4m3 = minifloat(4, 3, 7, Specials::NanOnly)?.activation;
/// let e5m2 = minifloat(5, 2, 15, Specials::Ieee)?.activation;
/// assert_eq!((e4m3.largest_level(), e5m2.largest_level()), (448.0, 57344.0));
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Specials {
    /// None: FP4 and FP6 of the OCP.
    None,
    /// NaN where all bits of exponent and mantissa are ones; no infinities: "fn", such as E4M3 of the OCP.
    NanOnly,
    /// NaN in the place of -0, no infinities: "fnuz".
    Fnuz,
    /// Infinities and NaN at the highest exponent: IEEE 754, such as E5M2 of the OCP.
    Ieee,
}

/// The values of the parameter; the first is the default.
const SPECIALS: [(&str, Specials); 4] = [
    ("none", Specials::None),
    ("nan-only", Specials::NanOnly),
    ("fnuz", Specials::Fnuz),
    ("ieee", Specials::Ieee),
];

/// `2^(exponent_bits - 1) - 1`, and one more for [`Specials::Fnuz`].
///
/// ```
/// use mf_core::quantizer::minifloat::{Specials, usual_bias};
///
/// assert_eq!((usual_bias(4, Specials::NanOnly)?, usual_bias(4, Specials::Fnuz)?), (7, 8));
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= exponent_bits <= 8`.
pub fn usual_bias(exponent_bits: u64, specials: Specials) -> Result<u64, QuantizerError> {
    let exponent_bits = within("exponent-bits", exponent_bits, 1, MOST_EXPONENT_BITS)?;
    let half = 1 << (exponent_bits - 1);
    Ok(match specials {
        Specials::Fnuz => half,
        _ => half - 1,
    })
}

/// All finite values of a floating point format, with one 0; thresholds half way. (At a tie hardware takes the even
/// neighbour. This makes no difference here: ties have probability 0.)
///
/// ```
/// use mf_core::quantizer::{Specials, minifloat};
///
/// // FP4 E2M1 from 0 on (OCP Microscaling Formats 1.0, section 5.3.3).
/// let phi = minifloat(2, 1, 1, Specials::None)?.activation;
/// assert_eq!(phi.levels()[7..], [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= exponent_bits <= 8`, `0 <= mantissa_bits <= 10`, together at most 15, and
/// `bias <= 255`; [`QuantizerError::Activation`] if 0 is the only finite value.
pub fn minifloat(
    exponent_bits: u64,
    mantissa_bits: u64,
    bias: u64,
    specials: Specials,
) -> Result<Quantizer, QuantizerError> {
    let usual = usual_bias(exponent_bits, specials)?;
    let mantissa_bits = within("mantissa-bits", mantissa_bits, 0, MOST_MANTISSA_BITS)?;
    let bias = within("bias", bias, 0, MOST_BIAS)?;
    if exponent_bits + mantissa_bits > MOST_BITS {
        let allowed = format!("at most {MOST_BITS} - exponent-bits");
        return Err(outside("mantissa-bits", mantissa_bits, allowed));
    }
    let codes = 1_u64 << (exponent_bits + mantissa_bits);
    let leading = 1_u64 << mantissa_bits;
    let finite = match specials {
        Specials::None | Specials::Fnuz => codes,
        Specials::NanOnly => codes - 1,
        Specials::Ieee => codes - leading,
    };
    // The code of the magnitude counts the values up from 0.
    let magnitude = |code: u64| {
        let (exponent, mantissa) = (code / leading, code % leading);
        let (digits, exponent) = match exponent {
            0 => (mantissa, 1),
            _ => (leading + mantissa, exponent),
        };
        libm::ldexp(
            digits as f64,
            exponent as i32 - bias as i32 - mantissa_bits as i32,
        )
    };
    let positive: Vec<f64> = (1..finite).map(magnitude).collect();
    let name = SPECIALS.iter().find(|(_, kind)| *kind == specials);
    let name = name.map(|(name, _)| *name).unwrap_or_default();
    let mut which = format!("e{exponent_bits}m{mantissa_bits}-{name}");
    if bias != usual {
        which += &format!("-bias-{bias}");
    }
    let levels = with_opposites(&[0.0], &positive);
    Ok(FAMILY.member(which, StepActivation::halfway(levels)?))
}
