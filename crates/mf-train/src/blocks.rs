//! Networks of equal blocks: a chain of layers, or residual blocks with RMSNorm before or after the sum.

use crate::error::{TrainError, count, parameter};
use crate::model::{
    LARGEST, MOST_LAYERS, MOST_WIDTH, check_steps, check_surrogate, slope_and_window, steps,
};
use mf_core::{Architecture, StepActivation, Surrogate};
use serde::{Serialize, Serializer};

/// The largest number of blocks: the first layer and the read-out are layers too.
pub const MOST_BLOCKS: usize = MOST_LAYERS - 2;

/// A network of blocks: inputs -> width -> ... -> width -> classes.
///
/// The first stream is `h = W_in x`, the weights of which start as `N(0, 1 / inputs)`: so the mean of `h^2` is 1 where
/// that of the inputs is, as with the mean and deviation of the data in [`Schedule`](crate::Schedule). Every block
/// changes the stream by its [`Architecture`], with `B(h) = sqrt(branch) W phi(h)` and RMSNorm without a gain,
/// `norm(h) = h / sqrt(mean of h^2)`; with post-norm the first stream is `norm(W_in x)`. The outputs are `W_out norm(h)` without a quantizer, for a chain too, with
/// weights that start as `N(0, 1 / width)`; their softmax gives the probabilities of the classes. There are no biases.
///
/// Weights of blocks start as `N(0, sigma_w^2 / width)`. A block adds the variance `branch` to the stream if the product
/// with the weights that are used (the rounded ones) has unit variance: `sigma_w^2 E[phi^2] = 1` for weights that are
/// not rounded. The derivative of `phi` is replaced by a surrogate; the norm has its exact derivative.
///
/// Its serde form is part of a key, as for [`Model`](crate::Model).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BlockModel {
    /// What a block does; not [`Architecture::QuantizedStream`].
    #[serde(serialize_with = "name")]
    pub architecture: Architecture,
    /// `phi`, of inputs of unit variance.
    #[serde(serialize_with = "steps")]
    pub activation: StepActivation,
    /// The surrogate of `phi'`, with a height of at most 1e15.
    #[serde(flatten, serialize_with = "slope_and_window")]
    pub surrogate: Surrogate,
    /// Units of the stream, from 1 to [`MOST_WIDTH`].
    pub width: usize,
    /// The number of blocks, from 1 to [`MOST_BLOCKS`].
    pub blocks: usize,
    /// Scale of the weights of blocks at the start, from 0 to 1e15.
    pub sigma_w: f64,
    /// The factor of a branch's variance, from 1e-12 to 1e12; 1 for a chain.
    pub branch: f64,
    /// How weights of blocks are rounded for the products; `None` if they are not. The first layer and the read-out are
    /// never rounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<RoundedWeights>,
}

/// Writes an architecture as its name, which is in the keys of the cache.
fn name<S: Serializer>(architecture: &Architecture, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(architecture.name())
}

/// Weights `q(w) = scale * phi(w / scale)` in the products, forward and backward. The gradient with respect to `q(w)`
/// changes `w`, a number in full precision (the straight-through estimator).
///
/// At the start `q(w)` should have the variance that `w` would have without rounding: that factor is part of the
/// model's `sigma_w`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RoundedWeights {
    /// `phi`, of weights in units of the scale.
    #[serde(serialize_with = "steps")]
    pub steps: StepActivation,
    /// The scale.
    pub scale: WeightScale,
}

/// The scale of rounded weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightScale {
    /// One constant for all blocks: this number, above 0, times the standard deviation of the weights at the start.
    Start(f64),
    /// For each block, the mean absolute value of its weights.
    Mean,
    /// For each unit of the output (row), the largest absolute value of its weights, divided by the largest level: so
    /// that this weight has the outermost level.
    RowMaximum,
}

impl BlockModel {
    pub(crate) fn check(&self) -> Result<(), TrainError> {
        count("blocks", self.blocks, 1, MOST_BLOCKS)?;
        count("width", self.width, 1, MOST_WIDTH)?;
        check_surrogate(&self.surrogate)?;
        check_steps(&self.activation)?;
        let (sigma_w, allowed) = (self.sigma_w, "a number from 0 to 1e15");
        let fine = (0.0..=LARGEST).contains(&sigma_w);
        parameter("sigma_w", sigma_w, allowed, fine)?;
        let branch = self.branch;
        let (allowed, fine) = match self.architecture {
            Architecture::Chain => ("1 for a chain, whose stream has no branches", branch == 1.0),
            Architecture::PreNorm | Architecture::PostNorm => {
                let fine = (1e-12..=1e12).contains(&branch);
                ("a number from 1e-12 to 1e12", fine)
            }
            Architecture::QuantizedStream => return Err(TrainError::QuantizedStream),
        };
        parameter("branch", branch, allowed, fine)?;
        let Some(RoundedWeights { steps, scale }) = &self.weights else {
            return Ok(());
        };
        check_steps(steps)?;
        if let WeightScale::Start(factor) = *scale {
            let allowed = "a number above 0, up to 1e15";
            let fine = factor > 0.0 && factor <= LARGEST;
            parameter("the scale of the weights", factor, allowed, fine)?;
        }
        Ok(())
    }

    /// `sqrt(branch) phi` and its surrogate: the product with the weights is then added to the stream as it is.
    pub(crate) fn branch_activation(&self) -> Result<(StepActivation, Surrogate), TrainError> {
        let root = self.branch.sqrt();
        let (phi, rho) = (&self.activation, self.surrogate);
        let levels = phi.levels().iter().map(|level| level * root).collect();
        let phi = StepActivation::new(phi.thresholds().to_vec(), levels)?;
        let rho = Surrogate::new(rho.height() * root, rho.lower(), rho.upper())?;
        Ok((phi, rho))
    }

    /// The standard deviation of the weights of blocks at the start, before they are rounded.
    pub(crate) fn deviation(&self) -> f64 {
        self.sigma_w / (self.width as f64).sqrt()
    }
}
