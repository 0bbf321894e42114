//! NormalFloat of 4 bits.

use super::{Arguments, Codebook, Family, Quantizer, QuantizerError};

/// The family of one member.
pub const FAMILY: Family = Family {
    name: "nf4",
    about: "NormalFloat of 4 bits: quantiles of a Gaussian in [-1, 1], 8 above 0 and 7 below; not odd",
    source: "Dettmers, Pagnoni, Holtzman, Zettlemoyer, QLoRA, 2023, appendix E",
    parameters: &[],
    build,
};

/// The 16 values as printed.
const LEVELS: [f64; 16] = [
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
];

fn build(_arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    Ok(Box::new(nf4()?))
}

/// The 16 values of NF4, thresholds half way.
///
/// # Errors
/// None in practice; the constructor of [`crate::StepActivation`] has the last word.
pub fn nf4() -> Result<Codebook, QuantizerError> {
    let levels = LEVELS.to_vec();
    Ok(Codebook::new(FAMILY.name, FAMILY.source, levels, None)?)
}
