//! AbnormalFloat of 4 bits.

use super::{Arguments, Codebook, Family, Quantizer, QuantizerError};

/// The family of one member.
pub const FAMILY: Family = Family {
    name: "af4",
    about: "AbnormalFloat of 4 bits: least absolute error of a Gaussian in blocks of 64 divided by their largest; not odd",
    source: "Yoshida, NF4 Isn't Information Theoretically Optimal (and that's Good), 2023, block size 64",
    parameters: &[],
    build,
};

/// The 16 values, to the eight digits that are published.
const LEVELS: [f64; 16] = [
    -1.0,
    -0.69441008,
    -0.51243739,
    -0.3736951,
    -0.25607552,
    -0.14982478,
    -0.04934812,
    0.0,
    0.04273164,
    0.12934483,
    0.21961274,
    0.31675666,
    0.42563882,
    0.55496234,
    0.72424863,
    1.0,
];

fn build(_arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    Ok(Box::new(af4()?))
}

/// The 16 values of AF4 for blocks of 64, thresholds half way.
///
/// # Errors
/// None in practice; the constructor of [`crate::StepActivation`] has the last word.
pub fn af4() -> Result<Codebook, QuantizerError> {
    let levels = LEVELS.to_vec();
    Ok(Codebook::new(FAMILY.name, FAMILY.source, levels, None)?)
}
