//! Activations that a stage works on: the paper's by their numbers of states, or quantizers of `pipeline.toml` by name.

use mf_core::{
    ParameterError, Propagation, PropagationError, Scalable, StepActivation, Surrogate,
    propagate_from,
};
use mf_fit::{FormatOptimum, ScaleOptimum};
use mf_pipeline::{BoxError, Job};
use serde_json::{Value, json};

use super::states::States;
use crate::families;

/// An activation with its largest level at 1, and its best scale.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The quantizer's name in `pipeline.toml`, or `uniform-N`.
    pub(crate) name: String,
    /// The activation.
    pub(crate) phi: StepActivation,
    /// Where its signals live longest.
    pub(crate) best: ScaleOptimum,
}

/// The subjects: those of `states`, or else the quantizers that the stage names.
///
/// # Errors
/// A quantizer without a best scale, or with more states than fit into a table.
pub(crate) fn subjects(states: Option<&States>, job: &Job<'_>) -> Result<Vec<Subject>, BoxError> {
    let Some(states) = states else {
        let all = job.quantizers().iter();
        return all
            .map(|definition| {
                let quantizer = families::build(definition)?;
                Subject::new(definition.name.clone(), &quantizer.activation)
            })
            .collect();
    };
    let all = states.expand()?.into_iter();
    all.map(|states| {
        let phi = StepActivation::uniform(usize::try_from(states)?)?;
        Subject::new(format!("uniform-{states}"), &phi)
    })
    .collect()
}

/// An activation as a value that a seed is made from.
pub(crate) fn steps(phi: &StepActivation) -> Value {
    json!({ "levels": phi.levels(), "thresholds": phi.thresholds() })
}

impl From<&FormatOptimum> for Subject {
    fn from(optimum: &FormatOptimum) -> Self {
        Self {
            name: optimum.format.name.to_owned(),
            phi: optimum.phi.clone(),
            best: optimum.best,
        }
    }
}

impl Subject {
    /// The activation, brought to its largest level, under a name.
    ///
    /// # Errors
    /// An activation without a best scale.
    pub(crate) fn new(name: String, phi: &StepActivation) -> Result<Self, BoxError> {
        let phi = phi.scaled(1.0 / phi.largest_level())?;
        let best = mf_fit::best_scale(&phi)?;
        Ok(Self { name, phi, best })
    }

    /// The number of states N.
    pub(crate) fn states(&self) -> u64 {
        self.phi.states() as u64
    }

    /// What the theory says at weight scale `sigma_w` and bias scale `sigma_b` of signals that start with the variance of the
    /// best scale; `None` if they die in the dead zone around 0.
    ///
    /// # Errors
    /// Those of [`propagate_from`].
    pub(crate) fn propagation(
        &self,
        sigma_w: f64,
        sigma_b: f64,
    ) -> Result<Option<Propagation>, PropagationError> {
        match propagate_from(&self.phi, sigma_w, sigma_b, self.best.propagation.variance) {
            Ok(propagation) => Ok(Some(propagation)),
            Err(PropagationError::SignalDies { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The clamp's derivative, which lets gradients through between the outer levels, of the height at which they neither
    /// grow nor shrink (theory 6) for hidden states of this variance.
    ///
    /// # Errors
    /// Those of [`Surrogate::even`].
    pub(crate) fn surrogate(
        &self,
        sigma_w: f64,
        variance: f64,
    ) -> Result<Surrogate, ParameterError> {
        // An activation without levels would have no window, which is an error.
        let last = self.phi.levels().last().copied().unwrap_or(f64::NAN);
        Surrogate::even(self.phi.offset(), last, sigma_w, variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_keep_their_size() {
        let phi = StepActivation::uniform(4).unwrap();
        let subject = Subject::new("uniform-4".into(), &phi).unwrap();
        let (sigma_w, variance) = (subject.best.sigma_w, subject.best.propagation.variance);
        let found = subject.surrogate(sigma_w, variance).unwrap();
        // theory 6, to the digits of a numerical minimum.
        assert!((found.height() - 1.009_468_54).abs() < 1e-8, "{found:?}");
    }

    #[test]
    fn levels_are_brought_to_one() {
        let phi = StepActivation::halfway(vec![-6.0, -1.0, 0.0, 2.0]).unwrap();
        let subject = Subject::new("some".into(), &phi).unwrap();
        let surrogate = subject.surrogate(1.0, 1.0).unwrap();
        assert_eq!((surrogate.lower(), surrogate.upper()), (-1.0, 1.0 / 3.0));
    }
}
