//! The sign: two levels, one threshold.

use super::{Arguments, Family, Quantizer, QuantizerError};
use crate::activation::{ActivationError, StepActivation};

/// The family of one member.
pub const FAMILY: Family = Family {
    name: "sign",
    about: "binary: -1 below 0, +1 above",
    source: "levels -1, 1; threshold 0 (Blumenfeld, Gilboa, Soudry 2019, section 3.1)",
    parameters: &[],
    build,
};

fn build(_arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    Ok(Box::new(Sign::new()?))
}

/// `phi(x) = sign(x)`, for which `M(C) = ((2/pi) sigma_w^2 asin(C) + sigma_b^2) / Q*` and `chi <= 2/pi`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    activation: StepActivation,
}

impl Sign {
    /// The sign.
    ///
    /// # Errors
    /// None in practice; the constructor of [`StepActivation`] has the last word.
    pub fn new() -> Result<Self, ActivationError> {
        Ok(Self {
            activation: StepActivation::new(vec![0.0], vec![-1.0, 1.0])?,
        })
    }
}

impl Quantizer for Sign {
    fn name(&self) -> &str {
        FAMILY.name
    }

    fn source(&self) -> &str {
        FAMILY.source
    }

    fn activation(&self) -> &StepActivation {
        &self.activation
    }
}
