//! The activations of a stage: the paper's by their numbers of states, or quantizers of `pipeline.toml` by name.

use mf_core::{
    ParameterError, Propagation, PropagationError, Scalable, StepActivation, Surrogate,
    propagate_from,
};
use mf_fit::{FormatOptimum, ScaleOptimum};
use mf_pipeline::{BoxError, Job};
use serde_json::{Value, json};

use super::states::States;
use crate::families;

/// An activation whose largest level is 1, and its best scale.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The quantizer's name in `pipeline.toml`, or `uniform-N`.
    pub(crate) name: String,
    /// The activation.
    pub(crate) phi: StepActivation,
    /// The scale with the largest xi, without biases.
    pub(crate) best: ScaleOptimum,
}

/// The paper's activations for `states` if they are given, otherwise the quantizers of the stage.
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

/// The activation of a stage that takes one quantizer, as `pipeline.toml` has it.
///
/// # Errors
/// Another number of quantizers.
pub(crate) fn only(job: &Job<'_>) -> Result<StepActivation, BoxError> {
    let [definition] = job.quantizers() else {
        let count = job.quantizers().len();
        return Err(format!("the stage has {count} quantizers: name one in `quantizers`").into());
    };
    Ok(families::build(definition)?.activation)
}

/// An activation as a JSON value, for the seed of a network.
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
    /// The activation divided by its largest level, with its best scale, under a name.
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

    /// `Q*`, `C*`, `chi` and `xi` at the weight gain `sigma_w` and the bias scale `sigma_b`, for signals that start with the
    /// variance of the best scale; `None` if they die in the dead zone around 0.
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

    /// The surrogate derivative that is constant between the outer levels and 0 beyond, with the height s at which gradients
    /// keep their norm: M_JJ = sigma_w^2 s^2 P(lower < u < upper) = 1, for pre-activations u of this variance.
    ///
    /// # Errors
    /// Those of [`Surrogate::even`].
    pub(crate) fn surrogate(
        &self,
        sigma_w: f64,
        variance: f64,
    ) -> Result<Surrogate, ParameterError> {
        // Without levels there is no window: `Surrogate::even` then returns an error.
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
        // 1 / (sigma_w sqrt(erf(1 / sqrt(2 Q*)))) at N = 4 is 1.0094685427, by 40-digit arithmetic. The tolerance is that of
        // a numerical minimum.
        assert!((found.height() - 1.009_468_54).abs() < 1e-8, "{found:?}");
    }

    #[test]
    fn the_largest_level_becomes_one() {
        let phi = StepActivation::halfway(vec![-6.0, -1.0, 0.0, 2.0]).unwrap();
        let subject = Subject::new("some".into(), &phi).unwrap();
        let surrogate = subject.surrogate(1.0, 1.0).unwrap();
        assert_eq!((surrogate.lower(), surrogate.upper()), (-1.0, 1.0 / 3.0));
    }
}
