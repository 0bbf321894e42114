//! Levels that the user lists.

use super::{Family, Parameter, Quantizer, QuantizerError};
use crate::activation::{ActivationError, StepActivation};

/// The family of explicit codebooks.
pub const FAMILY: Family = Family {
    name: "codebook",
    about: "levels that you list, with thresholds that you list or half way",
    source: "the user's own levels and thresholds",
    parameters: &[
        Parameter::numbers("levels", "the levels, two or more, strictly increasing"),
        Parameter::numbers(
            "thresholds",
            "the thresholds between them, one fewer, strictly increasing; by default half way",
        )
        .optional(),
        Parameter::text("source", "where the levels are from").optional(),
    ],
    build: |given| {
        let thresholds = given.numbers("thresholds").ok().map(<[f64]>::to_vec);
        let source = given.text("source").unwrap_or(FAMILY.source);
        codebook(source, given.numbers("levels")?.to_vec(), thresholds)
    },
    members: None,
};

/// The codebook of `levels`, with `thresholds`, or half way between the levels if there are none; `source` says where it
/// is from.
///
/// ```
/// let quantizer = mf_core::quantizer::codebook("mine", vec![0.0, 1.0, 3.0], Some(vec![0.2, 2.5]))?;
/// assert_eq!([0.1, 1.9, 2.6].map(|x| quantizer.activation.value(x)), [0.0, 1.0, 3.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Activation`] as in [`StepActivation::new`], with the parameter at fault.
pub fn codebook(
    source: &str,
    levels: Vec<f64>,
    thresholds: Option<Vec<f64>>,
) -> Result<Quantizer, QuantizerError> {
    let activation = match thresholds {
        Some(thresholds) => StepActivation::new(thresholds, levels),
        None => StepActivation::halfway(levels),
    };
    Ok(Quantizer {
        name: FAMILY.name.to_owned(),
        source: source.to_owned(),
        activation: activation.map_err(|error| QuantizerError::Activation {
            parameter: Some(at_fault(&error)),
            error,
        })?,
    })
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

/// `middle` between the negatives of `positive` and `positive`, which increases.
pub(super) fn with_opposites(middle: &[f64], positive: &[f64]) -> Vec<f64> {
    let negative = positive.iter().rev().map(|value| -value);
    negative
        .chain(middle.iter().copied())
        .chain(positive.iter().copied())
        .collect()
}
