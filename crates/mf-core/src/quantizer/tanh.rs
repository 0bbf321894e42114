//! The quantized hyperbolic tangent.

use super::arguments::within;
use super::mid_rise::MOST_BITS;
use super::relu::BITS;
use super::{Arguments, Codebook, Family, Quantizer, QuantizerError};
use crate::activation::StepActivation;

/// The family of quantized hyperbolic tangents.
pub const FAMILY: Family = Family {
    name: "tanh",
    about: "tanh(x), then 2^bits evenly spaced levels in [-1, 1]: thresholds where tanh is half way",
    source: "2 round((2^bits - 1) (tanh(x) + 1) / 2) / (2^bits - 1) - 1 (Zhou et al., DoReFa-Net, 2016, equations 5 and \
             9, without the division by the largest weight)",
    parameters: &[BITS],
    build,
};

fn build(arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    Ok(Box::new(tanh(arguments.integer("bits")?)?))
}

/// `2^bits` levels evenly spaced in `[-1, 1]`, thresholds at `atanh` of the middles between them.
///
/// # Errors
/// [`QuantizerError::Outside`] unless `1 <= bits <= `[`MOST_BITS`].
pub fn tanh(bits: u64) -> Result<Codebook, QuantizerError> {
    let phi = StepActivation::uniform(1 << within("bits", bits, 1, MOST_BITS)?)?;
    let name = format!("{}-{bits}", FAMILY.name);
    let thresholds = phi.thresholds().iter().map(|g| libm::atanh(*g)).collect();
    Ok(Codebook::new(
        name,
        FAMILY.source,
        phi.levels().to_vec(),
        Some(thresholds),
    )?)
}
