//! Levels that the user lists.

use super::{Family, Quantizer};
use crate::activation::{ActivationError, StepActivation};

/// The family of explicit codebooks.
pub const FAMILY: Family = Family {
    name: "codebook",
    about: "levels that you list, with thresholds that you list or half way",
    source: "the user's own levels and thresholds",
};

/// An explicit codebook.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    name: String,
    source: String,
    activation: StepActivation,
}

impl Codebook {
    /// The codebook called `name` of `levels`, with `thresholds`, or half way between the levels if there are none;
    /// `source` says where it is from.
    ///
    /// # Errors
    /// [`ActivationError`] as in [`StepActivation::new`].
    pub fn new(
        name: impl Into<String>,
        source: impl Into<String>,
        levels: Vec<f64>,
        thresholds: Option<Vec<f64>>,
    ) -> Result<Self, ActivationError> {
        let activation = match thresholds {
            Some(thresholds) => StepActivation::new(thresholds, levels)?,
            None => StepActivation::halfway(levels)?,
        };
        Ok(Self {
            name: name.into(),
            source: source.into(),
            activation,
        })
    }
}

impl Quantizer for Codebook {
    fn name(&self) -> &str {
        &self.name
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn activation(&self) -> &StepActivation {
        &self.activation
    }
}
