//! The 4-bit floating point codebook of bitsandbytes.

use super::codebook::with_opposites;
use super::{Arguments, Codebook, Family, Quantizer, QuantizerError};

/// The family of one member.
pub const FAMILY: Family = Family {
    name: "fp4-bnb",
    about: "the \"fp4\" of bitsandbytes: ± 1/16, 2, 3, 4, 6, 8, 12 and 0; fp4 e2m1 twice as large, but for its subnormal",
    source: "the codebook of the library bitsandbytes (version 0.39 on, 2023), before its division by 12",
    parameters: &[],
    build,
};

/// The positive values.
const MAGNITUDES: [f64; 7] = [0.0625, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0];

fn build(_arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    Ok(Box::new(fp4_bnb()?))
}

/// The 15 values, thresholds half way.
///
/// # Errors
/// None in practice; the constructor of [`crate::StepActivation`] has the last word.
pub fn fp4_bnb() -> Result<Codebook, QuantizerError> {
    let levels = with_opposites(&[0.0], &MAGNITUDES);
    Ok(Codebook::new(FAMILY.name, FAMILY.source, levels, None)?)
}
