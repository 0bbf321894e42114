//! Sums of powers of two.

use super::arguments::{outside, within};
use super::codebook::with_opposites;
use super::{Family, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of additive powers of two.
pub const FAMILY: Family = Family {
    name: "additive-power-of-two",
    about: "sums of a few powers of two, one from each of `terms` sets of 2^base-bits; between uniform and power of two",
    source: "sum of p_i, i = 0 .. n-1, with p_i in {0, 2^-i, 2^-(i+n), ..., 2^-(i+(2^k-2)n)}, k = base-bits, n = terms, \
             rounded to nearest (Li, Dong, Wang, Additive Powers-of-Two Quantization, ICLR 2020, arXiv:1909.13144, equation 5)",
    parameters: &[
        Parameter::integer(
            "terms",
            1,
            MOST_BITS,
            "n, how many powers are added; base-bits times this is at most 12",
        ),
        Parameter::integer(
            "base-bits",
            1,
            MOST_BASE_BITS,
            "k, the bits that choose one power; 2 by default, 1 makes the levels uniform",
        )
        .optional(),
        Parameter::text(
            "sign",
            "signed (the default): the opposite of every level too, for a bit more; unsigned: levels from 0",
        )
        .optional(),
    ],
    build: |given| {
        let base_bits = given.integer_or("base-bits", BASE_BITS)?;
        let signs = [("signed", Sign::Signed), ("unsigned", Sign::Unsigned)];
        additive_power_of_two(given.integer("terms")?, base_bits, given.choice("sign", &signs)?)
    },
    members: None,
};

/// The largest number of bits of a magnitude, `k n`.
const MOST_BITS: u64 = 12;

/// With 4, the smallest power of 3 terms is `2^-44`, and all sums are exact.
const MOST_BASE_BITS: u64 = 4;

/// The base bits of the paper.
pub(super) const BASE_BITS: u64 = 2;

/// Whether there are negative levels.
///
/// ```
/// use mf_core::quantizer::additive_power_of_two::{Sign, additive_power_of_two};
///
/// assert_eq!(additive_power_of_two(3, 2, Sign::Signed)?.activation.states(), 127);
/// assert_eq!(additive_power_of_two(3, 2, Sign::Unsigned)?.activation.states(), 64);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `2^(k n + 1) - 1` levels.
    Signed,
    /// `2^(k n)` levels from 0, for the outputs of a rectifier.
    Unsigned,
}

/// All sums of `terms` powers of two. The paper's factor `gamma`, which sets the largest level, is a scale and is left
/// at 1.
///
/// ```
/// use mf_core::quantizer::additive_power_of_two::{Sign, additive_power_of_two};
///
/// // The sums of 0 or 1 and of 0 or 1/2.
/// let quantizer = additive_power_of_two(2, 1, Sign::Unsigned)?;
/// assert_eq!(quantizer.activation.levels(), [0.0, 0.5, 1.0, 1.5]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= base_bits <= 4`, `1 <= terms` and `base_bits * terms <= 12`.
pub fn additive_power_of_two(
    terms: u64,
    base_bits: u64,
    sign: Sign,
) -> Result<Quantizer, QuantizerError> {
    let base_bits = within("base-bits", base_bits, 1, MOST_BASE_BITS)?;
    let terms = within("terms", terms, 1, MOST_BITS)?;
    if base_bits * terms > MOST_BITS {
        let allowed = format!(
            "at most {MOST_BITS} / base-bits = {}",
            MOST_BITS / base_bits
        );
        return Err(outside("terms", terms, allowed));
    }
    let powers = (1_u64 << base_bits) - 1;
    let mut sums = vec![0.0];
    for i in 0..terms {
        // Exponents of different terms differ by their remainder modulo n, so that every sum occurs once.
        let power = |j: u64| libm::ldexp(1.0, -((i + j * terms) as i32));
        let with_none = sums.clone();
        sums.extend((0..powers).flat_map(|j| with_none.iter().map(move |sum| sum + power(j))));
    }
    sums.sort_by(f64::total_cmp);
    let (levels, suffix) = match sign {
        Sign::Signed => {
            sums.remove(0);
            (with_opposites(&[0.0], &sums), "")
        }
        Sign::Unsigned => (sums, "-unsigned"),
    };
    let which = format!("{terms}x{base_bits}{suffix}");
    Ok(FAMILY.member(which, StepActivation::halfway(levels)?))
}
