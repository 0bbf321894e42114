//! Usual starts against a fixed grid: are the weights dead before training begins?
//!
//! A fixed grid, such as the multiples of 1/8, does not follow the weights. The usual starts shrink with the width, and
//! from some width on all weights round to 0.

use super::scale::{Scale, ScaleError};
use crate::activation::StepActivation;
use crate::parameter::{ParameterError, positive};
use thiserror::Error;

/// The law of the weights at the start, independent of each other.
///
/// ```
/// use mf_core::{Start, quantizer::find};
///
/// // torch.nn.Linear with 1024 inputs: no weight is above 1/32, and in steps of 1/8 all are 0.
/// let int4 = find("int4")?.build()?.activation;
/// let rounded = Start::fan_in_uniform(1024)?.rounded(&int4, 0.125)?;
/// assert_eq!((rounded.nonzero_share, rounded.is_dead(1024 * 1024)), (0.0, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// Normal, with this standard deviation.
    Normal(f64),
    /// Uniform, from minus this to this.
    Uniform(f64),
}

/// Weights of a start, rounded to a fixed grid.
///
/// ```
/// use mf_core::{Start, StepActivation};
///
/// // Normal weights against thresholds at three standard deviations: 0.27 % are not 0.
/// let ternary = StepActivation::halfway(vec![-1.0, 0.0, 1.0])?;
/// let rounded = Start::Normal(0.1).rounded(&ternary, 0.6)?;
/// assert!((rounded.nonzero_share - 0.002_699_796_063_260).abs() < 1e-15);
/// // Of the units with 64 inputs 84 % have no input.
/// assert!((rounded.all_zero(64) - 0.841).abs() < 5e-4 && !rounded.is_dead(64));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundedStart {
    /// The share of the weights that do not round to 0.
    pub nonzero_share: f64,
    /// `E[q]`.
    pub mean: f64,
    /// `E[q^2]`; times the fan-in it is `sigma_w^2` (less `E[q]^2`, if the mean is not 0).
    pub mean_square: f64,
}

/// Why a start cannot be rounded.
///
/// ```
/// use mf_core::Start;
///
/// let error = Start::glorot_normal(0, 0).unwrap_err();
/// assert_eq!(error.to_string(), "a layer of 0 inputs and 0 outputs: give at least one of each");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum StartError {
    /// A layer without inputs or outputs.
    #[error("a layer of {inputs} inputs and {outputs} outputs: give at least one of each")]
    Size {
        /// The fan-in.
        inputs: u64,
        /// The fan-out.
        outputs: u64,
    },
    /// The unit of the grid, or the size of the weights, is outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The unit of the grid is out of proportion to the weights.
    #[error(transparent)]
    Scale(#[from] ScaleError),
}

/// A tensor is called dead if all its weights round to 0 with at least this probability.
pub const DEAD: f64 = 0.99;

impl Start {
    /// Variance `2 / (fan_in + fan_out)`, normal (Glorot & Bengio, AISTATS 2010).
    ///
    /// # Errors
    /// [`StartError::Size`] if one is 0.
    pub fn glorot_normal(fan_in: u64, fan_out: u64) -> Result<Self, StartError> {
        Ok(Self::Normal(glorot(fan_in, fan_out)?))
    }

    /// Variance `2 / (fan_in + fan_out)`, uniform (Glorot & Bengio, AISTATS 2010).
    ///
    /// # Errors
    /// [`StartError::Size`] if one is 0.
    pub fn glorot_uniform(fan_in: u64, fan_out: u64) -> Result<Self, StartError> {
        Ok(Self::Uniform(3.0_f64.sqrt() * glorot(fan_in, fan_out)?))
    }

    /// Variance `1 / fan_in`, normal (LeCun et al., Efficient BackProp, 1998).
    ///
    /// # Errors
    /// [`StartError::Size`] if it is 0.
    pub fn fan_in_normal(fan_in: u64) -> Result<Self, StartError> {
        Ok(Self::Normal(glorot(fan_in, fan_in)?))
    }

    /// Uniform up to `1 / sqrt(fan_in)`, so that the variance is `1 / (3 fan_in)`: the default of `torch.nn.Linear`.
    ///
    /// # Errors
    /// [`StartError::Size`] if it is 0.
    pub fn fan_in_uniform(fan_in: u64) -> Result<Self, StartError> {
        Ok(Self::Uniform(glorot(fan_in, fan_in)?))
    }

    /// The weights rounded to `unit` times the levels of `format`.
    ///
    /// # Errors
    /// [`StartError`] unless `unit` and the size of the weights are finite and above 0, and so is their ratio.
    pub fn rounded(self, format: &StepActivation, unit: f64) -> Result<RoundedStart, StartError> {
        let unit = positive("the unit of the grid", unit)?;
        match self {
            Self::Normal(deviation) => {
                let deviation = positive("the standard deviation of the weights", deviation)?;
                match Scale::Constant(unit / deviation).rounding(format) {
                    Ok(found) => Ok(RoundedStart {
                        nonzero_share: found.nonzero_share,
                        mean: deviation * found.mean,
                        mean_square: deviation * deviation * found.mean_square,
                    }),
                    Err(ScaleError::AllZero) => Ok(RoundedStart {
                        nonzero_share: 0.0,
                        mean: 0.0,
                        mean_square: 0.0,
                    }),
                    Err(error) => Err(error.into()),
                }
            }
            Self::Uniform(bound) => {
                let bound = positive("the largest weight", bound)?;
                Ok(uniform(format, unit, bound))
            }
        }
    }
}

impl RoundedStart {
    /// The probability that all of `elements` weights round to 0: a tensor, or the inputs of a unit.
    pub fn all_zero(&self, elements: u64) -> f64 {
        if elements == 0 {
            return 1.0;
        }
        libm::exp(elements as f64 * libm::log1p(-self.nonzero_share))
    }

    /// Whether a tensor of `elements` weights is dead: all of them round to 0 with a probability of [`DEAD`] or more.
    pub fn is_dead(&self, elements: u64) -> bool {
        self.all_zero(elements) >= DEAD
    }
}

/// `sqrt(2 / (fan_in + fan_out))`.
fn glorot(inputs: u64, outputs: u64) -> Result<f64, StartError> {
    if inputs == 0 || outputs == 0 {
        return Err(StartError::Size { inputs, outputs });
    }
    Ok((2.0 / (inputs as f64 + outputs as f64)).sqrt())
}

fn uniform(format: &StepActivation, unit: f64, bound: f64) -> RoundedStart {
    let cut = |g: &f64| (g * unit).clamp(-bound, bound);
    let cuts = || format.thresholds().iter().map(cut);
    let bins = std::iter::once(-bound)
        .chain(cuts())
        .zip(cuts().chain([bound]));
    let mean_of = |f: &dyn Fn(f64) -> f64| -> f64 {
        let parts = bins.clone().zip(format.levels());
        let parts = parts.map(|((from, to), level)| f(level * unit) * (to - from));
        parts.sum::<f64>() / (2.0 * bound)
    };
    RoundedStart {
        nonzero_share: mean_of(&|q| if q == 0.0 { 0.0 } else { 1.0 }).min(1.0),
        mean: mean_of(&|q| q),
        mean_square: mean_of(&|q| q * q),
    }
}
