//! Levels that the user lists.

use super::{Arguments, Family, Parameter, ParameterKind, Quantizer, QuantizerError};
use crate::activation::{ActivationError, StepActivation};

/// The family of explicit codebooks.
pub const FAMILY: Family = Family {
    name: "codebook",
    about: "levels that you list, with thresholds that you list or half way",
    source: "the user's own levels and thresholds",
    parameters: &[
        Parameter {
            name: "levels",
            kind: ParameterKind::Numbers,
            required: true,
            about: "the levels, two or more, strictly increasing",
        },
        Parameter {
            name: "thresholds",
            kind: ParameterKind::Numbers,
            required: false,
            about: "the thresholds between them, one fewer, strictly increasing; by default half way",
        },
        Parameter {
            name: "source",
            kind: ParameterKind::Text,
            required: false,
            about: "where the levels are from",
        },
    ],
    build,
};

fn build(arguments: &Arguments) -> Result<Box<dyn Quantizer>, QuantizerError> {
    let levels = arguments.numbers("levels")?.to_vec();
    let thresholds = arguments.numbers("thresholds").ok().map(<[f64]>::to_vec);
    let source = arguments.text("source").unwrap_or(FAMILY.source);
    match Codebook::new(FAMILY.name, source, levels, thresholds) {
        Ok(codebook) => Ok(Box::new(codebook)),
        Err(error) => Err(QuantizerError::Activation {
            parameter: Some(at_fault(&error)),
            error,
        }),
    }
}

/// The parameter that an error is about.
fn at_fault(error: &ActivationError) -> &'static str {
    match error {
        ActivationError::NotFinite { what, .. } | ActivationError::NotIncreasing { what, .. }
            if *what == "threshold" =>
        {
            "thresholds"
        }
        ActivationError::Counts { .. } => "thresholds",
        _ => "levels",
    }
}

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

/// `middle` between the negatives of `positive` and `positive`, which increases.
pub(super) fn with_opposites(middle: &[f64], positive: &[f64]) -> Vec<f64> {
    let negative = positive.iter().rev().map(|value| -value);
    negative
        .chain(middle.iter().copied())
        .chain(positive.iter().copied())
        .collect()
}
