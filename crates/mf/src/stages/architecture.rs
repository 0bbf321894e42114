//! Networks with skip paths, and their weights, as parameters of stages.

use mf_core::network::{Branch, Stack, StackError};
use mf_core::{Centring, ParameterError, QuantizedWeights, Scale, StepActivation, Surrogate};
use mf_pipeline::{BoxError, ParamError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subjects::Subject;

/// How a block joins its branch B to the stream h.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Architecture {
    /// No skip path, h' = B(h): the network of the paper.
    Chain,
    /// h' = h + B(norm(h)), the stream in full precision.
    PreNorm,
    /// h' = norm(h + B(h)), the stream in full precision.
    PostNorm,
    /// h' = q(norm(h + B(norm(h)))): the stream is quantized too, by the same quantizer.
    QuantizedStream,
}

impl From<Architecture> for mf_core::network::Architecture {
    fn from(architecture: Architecture) -> Self {
        match architecture {
            Architecture::Chain => Self::Chain,
            Architecture::PreNorm => Self::PreNorm,
            Architecture::PostNorm => Self::PostNorm,
            Architecture::QuantizedStream => Self::QuantizedStream,
        }
    }
}

impl Architecture {
    pub(crate) fn name(self) -> &'static str {
        mf_core::network::Architecture::from(self).name()
    }

    /// The network of an activation in units of the root mean square; `branch` is the variance that a block adds, which a
    /// chain does not have.
    ///
    /// # Errors
    /// Those of [`Stack::new`].
    pub(crate) fn stack(self, phi: &StepActivation, branch: f64) -> Result<Stack, StackError> {
        let branch = (self != Self::Chain).then_some(Branch::Constant(branch));
        Stack::new(self.into(), phi, branch)
    }
}

/// An activation for inputs of variance 1, at its best scale.
///
/// # Errors
/// None are expected: the best scale is finite and above 0.
pub(crate) fn at_unit_variance(subject: &Subject) -> Result<StepActivation, BoxError> {
    let spread = subject.best.propagation.variance.sqrt();
    Ok(mf_core::Scalable::scaled(&subject.phi, 1.0 / spread)?)
}

/// The surrogate slope of [`at_unit_variance`] between its outer levels, at which gradients keep their size.
///
/// # Errors
/// Those of [`Surrogate::even`].
pub(crate) fn surrogate(phi: &StepActivation) -> Result<Surrogate, ParameterError> {
    let last = phi.levels().last().copied().unwrap_or(f64::NAN);
    let square = mf_core::Activation::mean_square(phi, 1.0);
    Surrogate::even(phi.offset(), last, 1.0 / square.sqrt(), 1.0)
}

/// Weights of a network: full precision, or rounded to a number format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Weights {
    /// Not rounded.
    Full(FullPrecision),
    /// Rounded.
    Rounded(RoundedWeights),
}

/// The word for weights that are not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FullPrecision {
    /// Weights that are not rounded.
    FullPrecision,
}

/// A number format of weights, and its scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RoundedWeights {
    /// Name or alias of a number format (`mf format list`) that is the same on both sides of 0.
    pub(crate) format: String,
    /// The scale of the weights.
    pub(crate) scale: WeightScale,
}

/// The scale of rounded weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WeightScale {
    /// One constant: the best one for the weights at the start.
    Tensor,
    /// The largest size of a weight of each row.
    Row,
    /// The mean size of the weights of a layer.
    Mean,
}

/// Weights that are not rounded, alone.
pub(crate) fn full_precision() -> Vec<Weights> {
    vec![Weights::Full(FullPrecision::FullPrecision)]
}

/// Rounded weights of units with `fan_in` inputs.
pub(crate) struct Rounding {
    pub(crate) phi: StepActivation,
    pub(crate) scale: WeightScale,
    /// The best constant scale, in standard deviations of the weights.
    pub(crate) best: f64,
    /// By how much the weights before rounding are larger than those of a network that does not round.
    pub(crate) gain: f64,
}

impl Weights {
    /// The weights in words, for tables and labels.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Full(_) => "full-precision".to_owned(),
            Self::Rounded(RoundedWeights { format, scale }) => {
                let scale = match scale {
                    WeightScale::Tensor => "tensor",
                    WeightScale::Row => "row",
                    WeightScale::Mean => "mean",
                };
                format!("{format}, {scale}")
            }
        }
    }

    /// An error at `key` for a format that does not exist or is not the same on both sides of 0.
    ///
    /// # Errors
    /// See above.
    pub(crate) fn check(&self, key: &str) -> Result<(), ParamError> {
        let fan_in = 2;
        match self.rounding(fan_in) {
            Ok(_) => Ok(()),
            Err(error) => Err(ParamError::at(key, error.to_string())
                .allowed("`full-precision`, or a format that is the same on both sides of 0")),
        }
    }

    /// How weights of units with `fan_in` inputs are rounded; none if they are not.
    ///
    /// # Errors
    /// No such format, or one that cannot be weights: see [`QuantizedWeights::new`].
    pub(crate) fn rounding(&self, fan_in: usize) -> Result<Option<Rounding>, BoxError> {
        let Self::Rounded(RoundedWeights { format, scale }) = self else {
            return Ok(None);
        };
        let phi = mf_core::quantizer::find(format)?.build()?.activation;
        let best = mf_fit::best_weight_scale(&phi)?;
        let law = match scale {
            WeightScale::Tensor => Scale::Constant(best),
            WeightScale::Row => Scale::LargestOf(fan_in as u64),
            WeightScale::Mean => Scale::MeanSize,
        };
        let weights = QuantizedWeights::new(&phi, law, Centring::Refuse, fan_in as u64)?;
        Ok(Some(Rounding {
            phi,
            scale: *scale,
            best,
            gain: weights.gain(),
        }))
    }
}
