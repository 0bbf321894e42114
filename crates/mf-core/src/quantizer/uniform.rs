//! Evenly spaced levels.

use super::{Arguments, Family, Parameter, ParameterKind, Quantizer, QuantizerError};
use crate::activation::{ActivationError, MOST_STATES, StepActivation};

/// The uniform family.
pub const FAMILY: Family = Family {
    name: "uniform",
    about: "N levels evenly spaced in [-1, 1], thresholds half way",
    source: "levels (2k - (N-1)) / (N-1), thresholds (2i - N) / (N-1) (Blumenfeld, Gilboa, Soudry 2019, section 3.1)",
    parameters: &[Parameter {
        name: "states",
        kind: ParameterKind::Integer {
            least: 2,
            most: MOST_STATES as u64,
        },
        required: true,
        about: "the number of levels N",
    }],
    build,
};

fn build(arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    let states = usize::try_from(arguments.integer("states")?).unwrap_or(usize::MAX);
    Ok(Box::new(Uniform::new(states)?))
}

/// `N` levels evenly spaced in `[-1, 1]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Uniform {
    name: String,
    activation: StepActivation,
}

impl Uniform {
    /// The member with `states` levels, named `uniform-N`.
    ///
    /// # Errors
    /// [`ActivationError::States`] unless `2 <= states <= `[`crate::activation::MOST_STATES`].
    pub fn new(states: usize) -> Result<Self, ActivationError> {
        let activation = StepActivation::uniform(states)?;
        Ok(Self {
            name: format!("{}-{states}", FAMILY.name),
            activation,
        })
    }
}

impl Quantizer for Uniform {
    fn name(&self) -> &str {
        &self.name
    }

    fn source(&self) -> &str {
        FAMILY.source
    }

    fn activation(&self) -> &StepActivation {
        &self.activation
    }
}
