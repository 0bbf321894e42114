//! Quantized weights: the scale to start at, and what rounding costs.
//!
//! Let weights `w` be normal with standard deviation `s`, and let a layer use the rounded weights `q(w)`. At infinite width only
//! their second moment counts (central limit theorem): they act as normal weights of
//!
//! ```text
//! sigma_w^2 = fan_in E[q(w)^2].
//! ```
//!
//! So `s` follows from the wanted `sigma_w`, and with it `Q*`, `C*`, `chi` and `xi` are those of weights that are not
//! rounded. What rounding costs is the likeness to the weights before: with the squared correlation `chi_w` of `w` and
//! `q(w)`, the units of the first layer correlate with those of the network before rounding as `sqrt(chi_w)`, and those of
//! later layers as `c' = sqrt(chi_w) E[phi(u1) phi(u2)] / E[phi^2]` at the correlation `c`.
//!
//! # Scales of rows
//!
//! With a scale for each row, the weights of a unit are not independent: its `sigma_w^2` differs from that of others by
//! [`Rounding::spread`], and `xi` changes in second order of it. At a fan-in of 4096 the spread of `int4` by the largest
//! number is 0.7 %, and `xi` of INT4 activations falls by 0.01 %. That of three levels is 18 %: `xi` of INT4 activations
//! falls by 5 %, that of ternary ones by 1 %.
//!
//! # A mean
//!
//! A format that is not the same on both sides of 0 (`int4-full`, `nf4`) gives the weights a mean `E[q]`. Then every unit of
//! a layer gets the same number in addition, `E[q]` times the sum of the activations. In the first layer its square is only
//! `E[q]^2 / Var q` of a unit's own variance. But a shift of all units is passed on by all inputs in step: from layer to
//! layer its square grows by
//!
//! ```text
//! fan_in E[q]^2 / Var q * E[z phi(z)]^2 / E[phi(z)^2]
//! ```
//!
//! as long as it is small. [`QuantizedWeights::coherence`] is this without the activation's part, which is `chi` of an
//! odd one. Above 1 the shift takes over, and all units agree; no `s` helps. At a fan-in of 4096 it is 23 for `int2-full`
//! in steps of one standard deviation, 0.017 for `int4-full` in steps of a third, 0.003 for `nf4`. If one number, the
//! mean, is subtracted from all weights of a tensor, the laws hold with `Var q` in the place of `E[q^2]`.

use super::scale::{Rounding, Scale, ScaleError};
use crate::activation::{Activation, Distortion, Response, StepActivation};
use crate::parameter::{ParameterError, positive};
use thiserror::Error;

/// What to do with the mean of rounded weights.
///
/// ```
/// use mf_core::{Centring, QuantizedWeights, Scale, quantizer::find};
///
/// let nf4 = find("nf4")?.build()?.activation;
/// let weights = |centring| QuantizedWeights::new(&nf4, Scale::LargestOf(64), centring, 1024);
/// assert!(weights(Centring::Refuse).is_err() && weights(Centring::Subtract).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Centring {
    /// A mean is an error.
    #[default]
    Refuse,
    /// `E[q]` is subtracted from all weights of the tensor.
    Subtract,
    /// It stays. The laws leave it out: see [`QuantizedWeights::coherence`].
    Keep,
}

/// Normal weights that are rounded to a format, for units with `fan_in` inputs.
///
/// ```
/// use mf_core::{Centring, QuantizedWeights, Scale, quantizer::find};
///
/// // INT4 weights, scaled by the largest of each row of 4096: what standard deviation acts as sigma_w = 1.1112?
/// let int4 = find("int4")?.build()?.activation;
/// let weights = QuantizedWeights::new(&int4, Scale::LargestOf(4096), Centring::Refuse, 4096)?;
/// let deviation = weights.deviation(1.1112)?;
/// assert!((weights.sigma_w(deviation)? - 1.1112).abs() < 1e-15);
/// // Rounding adds 2.5 % to the second moment, and the first layer stays as it was but for 1.2 %.
/// assert!((weights.gain() - 0.9878).abs() < 1e-4 && (weights.correlation() - 0.9879).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantizedWeights {
    rounding: Rounding,
    centring: Centring,
    fan_in: u64,
    density: f64,
}

/// Why weights cannot be quantized so.
///
/// ```
/// use mf_core::{Centring, QuantizedWeights, Scale, StepActivation};
///
/// let ternary = StepActivation::uniform(3)?;
/// let error = QuantizedWeights::new(&ternary, Scale::MeanSize, Centring::Refuse, 1).unwrap_err();
/// assert_eq!(error.to_string(), "the fan-in is 1: give 2 or more, the theory is that of many inputs");
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum WeightsError {
    /// The scale is outside its range, or all weights become 0.
    #[error(transparent)]
    Scale(#[from] ScaleError),
    /// A number is outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A fixed grid that reaches no such weights.
    #[error(
        "no weights on a grid of {unit} act as sigma_w = {sigma_w}: even the {} ones are too {}; take a {} grid",
        if *.small { "largest" } else { "smallest" }, if *.small { "small" } else { "large" },
        if *.small { "larger" } else { "smaller" }
    )]
    Grid {
        /// The unit of the grid.
        unit: f64,
        /// The gain that was wanted.
        sigma_w: f64,
        /// Whether the grid is too small.
        small: bool,
    },
    /// A unit with one input or none.
    #[error("the fan-in is {fan_in}: give 2 or more, the theory is that of many inputs")]
    FanIn {
        /// The fan-in that was given.
        fan_in: u64,
    },
    /// Next to all units have no input.
    #[error(
        "of {fan_in} weights of a unit {inputs:.4} on average do not round to 0, so that nearly all units are dead: \
         take a smaller scale, or larger weights"
    )]
    Dead {
        /// The fan-in.
        fan_in: u64,
        /// The mean number of weights of a unit that are not 0.
        inputs: f64,
    },
    /// The rounded weights have a mean.
    #[error(
        "the rounded weights have the mean {mean:.2e} (before rounding their standard deviation is 1), which adds up over the \
         fan-in, to {coherence:.2e} of the signal's power for each layer: subtract it, or take a format that is the same on both sides of 0"
    )]
    Mean {
        /// `E[q]`.
        mean: f64,
        /// [`QuantizedWeights::coherence`].
        coherence: f64,
    },
    /// A sparse start in a format that has no 0.
    #[error(
        "the format has no level 0, so its weights cannot be sparse: take one with a 0, or all weights"
    )]
    NoZero,
    /// The share of weights that are kept is outside its range.
    #[error("the share of weights that are kept is {density}: give a number above 0, up to 1")]
    Density {
        /// The share that was given.
        density: f64,
    },
}

/// Below this mean number of inputs of a unit 99 % of the units have none.
const LEAST_INPUTS: f64 = 0.01;

impl QuantizedWeights {
    /// Weights that are rounded to the levels of `format` at this scale.
    ///
    /// # Errors
    /// [`WeightsError`] as its variants say.
    pub fn new(
        format: &StepActivation,
        scale: Scale,
        centring: Centring,
        fan_in: u64,
    ) -> Result<Self, WeightsError> {
        if fan_in < 2 {
            return Err(WeightsError::FanIn { fan_in });
        }
        let weights = Self {
            rounding: scale.rounding(format)?,
            centring,
            fan_in,
            density: 1.0,
        };
        if centring == Centring::Refuse && weights.rounding.has_mean() {
            return Err(WeightsError::Mean {
                mean: weights.rounding.mean,
                coherence: weights.coherence(),
            });
        }
        weights.alive()
    }

    /// The same weights, of which only a share is kept at random and the others are 0. The scale is that of those
    /// kept.
    ///
    /// ```
    /// use mf_core::{Centring, QuantizedWeights, Scale, quantizer::find};
    ///
    /// // A quarter of the weights: each twice as large.
    /// let int4 = find("int4")?.build()?.activation;
    /// let dense = QuantizedWeights::new(&int4, Scale::Constant(0.35), Centring::Refuse, 1024)?;
    /// let sparse = dense.sparse(&int4, 0.25)?;
    /// assert!((sparse.gain() / dense.gain() - 2.0).abs() < 1e-15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WeightsError::NoZero`] if `format` has no level 0, [`WeightsError::Density`] unless `0 < density <= 1`,
    /// [`WeightsError::Dead`] if next to no weight is left.
    pub fn sparse(self, format: &StepActivation, density: f64) -> Result<Self, WeightsError> {
        if !format.levels().contains(&0.0) {
            return Err(WeightsError::NoZero);
        }
        if !(density > 0.0 && density <= 1.0) {
            return Err(WeightsError::Density { density });
        }
        let density = density * self.density;
        Self { density, ..self }.alive()
    }

    fn alive(self) -> Result<Self, WeightsError> {
        let inputs = self.inputs();
        if inputs < LEAST_INPUTS {
            let fan_in = self.fan_in;
            return Err(WeightsError::Dead { fan_in, inputs });
        }
        Ok(self)
    }

    /// The law of a rounded weight, for `s = 1`.
    pub fn rounding(&self) -> &Rounding {
        &self.rounding
    }

    /// `1 - chi_w`, with the squared correlation `chi_w` of the weights before and after rounding; without cancellation.
    pub fn one_minus_chi(&self) -> f64 {
        self.distortion().mean_squared_error
    }

    /// `sqrt(chi_w)`: the correlation of the weights before and after rounding, and of the units of the first layer.
    pub fn correlation(&self) -> f64 {
        (1.0 - self.one_minus_chi()).sqrt()
    }

    /// `E[q^2] / s^2`, or `Var q / s^2` for weights without their mean; with the zeros of sparse weights.
    pub fn power(&self) -> f64 {
        let mean = match self.centring {
            Centring::Subtract => self.rounding.mean,
            Centring::Refuse | Centring::Keep => 0.0,
        };
        self.density * (self.rounding.mean_square - mean * mean)
    }

    /// `s sqrt(fan_in) / sigma_w`: by how much the weights before rounding are larger than those of a network that does
    /// not round.
    pub fn gain(&self) -> f64 {
        1.0 / self.power().sqrt()
    }

    /// The standard deviation `s` of the weights before rounding that act as `sigma_w` after it.
    ///
    /// # Errors
    /// [`ParameterError`] unless `sigma_w` is finite and above 0.
    pub fn deviation(&self, sigma_w: f64) -> Result<f64, ParameterError> {
        Ok(positive("sigma_w", sigma_w)? * self.gain() / (self.fan_in as f64).sqrt())
    }

    /// The `sigma_w` as which weights act that have the standard deviation `s` before rounding.
    ///
    /// # Errors
    /// [`ParameterError`] unless `deviation` is finite and above 0.
    pub fn sigma_w(&self, deviation: f64) -> Result<f64, ParameterError> {
        Ok(positive("deviation", deviation)? * (self.power() * self.fan_in as f64).sqrt())
    }

    /// The mean number of weights of a unit that are not 0. The theory needs many.
    pub fn inputs(&self) -> f64 {
        self.density * self.rounding.nonzero_share * self.fan_in as f64
    }

    /// `fan_in E[q]^2 / Var q`, of weights that keep their mean: the factor by which the square of a common shift of all
    /// units grows, but for the `chi` of the activation.
    ///
    /// ```
    /// use mf_core::{Centring, QuantizedWeights, Scale, quantizer::find};
    ///
    /// // Four levels -2 ... 1, mean size 1: in each layer the square of a shift grows fifty-fold, but for chi.
    /// let full = find("int2-full")?.build()?.activation;
    /// let weights = QuantizedWeights::new(&full, Scale::MeanSize, Centring::Keep, 4096)?;
    /// assert!((weights.coherence() - 53.55).abs() < 0.01);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn coherence(&self) -> f64 {
        let mean = match self.centring {
            Centring::Subtract => 0.0,
            Centring::Refuse | Centring::Keep => self.density * self.rounding.mean,
        };
        let variance = self.density * self.rounding.mean_square - mean * mean;
        self.fan_in as f64 * mean * mean / variance
    }

    /// The correlation of a unit's state with that of the network before rounding, layer by layer from the first, for one
    /// input, at the activation's unit variance.
    ///
    /// ```
    /// use mf_core::{Centring, QuantizedWeights, Scale, quantizer::find};
    ///
    /// let int4 = find("int4")?.build()?.activation;
    /// let weights = QuantizedWeights::new(&int4, Scale::LargestOf(4096), Centring::Refuse, 4096)?;
    /// let likeness: Vec<f64> = weights.likeness(&int4).take(3).collect();
    /// assert_eq!(likeness[0], weights.correlation());
    /// assert!(likeness[2] < likeness[1] && likeness[1] < likeness[0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn likeness<A: Activation>(&self, phi: &A) -> impl Iterator<Item = f64> {
        let response = phi.response(1.0);
        let correlation = self.correlation();
        std::iter::successors(Some(correlation), move |c| {
            Some(correlation * response.product(&response, *c) / response.mean_square())
        })
    }

    fn distortion(&self) -> Distortion {
        match self.centring {
            Centring::Subtract => self.rounding.centred,
            Centring::Refuse | Centring::Keep => self.rounding.distortion,
        }
    }
}
