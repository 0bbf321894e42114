//! Evenly spaced levels.

use super::{BestScale, Family, Members, Parameter, Quantizer, QuantizerError};
use crate::activation::{MOST_STATES, StepActivation};

/// The uniform family.
pub const FAMILY: Family = Family {
    name: "uniform",
    about: "N levels evenly spaced in [-1, 1], thresholds half way",
    source: "levels (2k - (N-1)) / (N-1), thresholds (2i - N) / (N-1) (Blumenfeld, Gilboa, Soudry 2019, section 3.1)",
    parameters: &[Parameter::integer(
        "states",
        2,
        MOST_STATES as u64,
        "the number of levels N",
    )],
    build: |given| uniform(given.integer("states")?),
    members: Some(MEMBERS),
};

/// Its members by their number of levels, to `10^9` and its double.
///
/// ```
/// use mf_core::{quantizer::uniform::MEMBERS, uniform::UniformError};
///
/// // (4/3) N^-2 ln N is reached slowly: at N = 1024 it is still 26 % above 1 - chi.
/// let asymptote = MEMBERS.asymptote.map_or(f64::NAN, |law| law(1024.0));
/// let ratio = asymptote / UniformError::new(1024, 0.00878546)?.one_minus_slope();
/// assert!((ratio - 1.26).abs() < 0.005);
/// # Ok::<(), mf_core::uniform::UniformDomainError>(())
/// ```
pub const MEMBERS: Members = Members {
    most: 2_000_000_000,
    build: uniform,
    best_scale: BestScale::EqualSteps,
    // Hui and Neuhoff 2001.
    asymptote: Some(|n| 4.0 * libm::log(n) / (3.0 * n * n)),
};

/// `states` levels evenly spaced in `[-1, 1]`, thresholds half way.
///
/// ```
/// assert_eq!(mf_core::quantizer::uniform(5)?.activation.levels(), [-1.0, -0.5, 0.0, 0.5, 1.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Activation`] unless `2 <= states <= `[`MOST_STATES`].
pub fn uniform(states: u64) -> Result<Quantizer, QuantizerError> {
    let count = usize::try_from(states).unwrap_or(usize::MAX);
    Ok(FAMILY.member(states, StepActivation::uniform(count)?))
}
