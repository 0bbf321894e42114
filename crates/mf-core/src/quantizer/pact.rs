//! Parameterized clipping.

use super::mid_rise::BITS;
use super::relu::clipped;
use super::{Family, Parameter, Quantizer, QuantizerError};

/// The family of parameterized clipping activations.
pub const FAMILY: Family = Family {
    name: "pact",
    about: "clipped to [0, alpha], then 2^bits levels: the quantized rectifier with its maximum as parameter",
    source: "y = (|x| - |x - alpha| + alpha) / 2, round(y (2^bits - 1) / alpha) alpha / (2^bits - 1) (Choi et al., PACT, \
             2018, equations 1 and 2)",
    parameters: &[
        BITS,
        Parameter::number(
            "alpha",
            "where the activation is clipped, above 0; training learns it",
        ),
    ],
    build: |given| pact(given.integer("bits")?, given.number("alpha")?),
    members: None,
};

/// `2^bits` levels `k alpha / (2^bits - 1)` from 0 to `alpha`, thresholds half way: [`super::relu()`] with
/// `max = alpha`.
///
/// ```
/// assert_eq!(mf_core::quantizer::pact(2, 6.0)?.activation.levels(), [0.0, 2.0, 4.0, 6.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// As [`super::relu()`].
pub fn pact(bits: u64, alpha: f64) -> Result<Quantizer, QuantizerError> {
    clipped(&FAMILY, bits, "alpha", alpha)
}
