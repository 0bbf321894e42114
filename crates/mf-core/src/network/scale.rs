//! Scales of quantizers: by a constant, by the mean size of the numbers, by the largest of some of them.
//!
//! A quantizer `phi` of scale `t` rounds `w` to `q(w) = t phi(w / t)`. Let `w` be normal with mean 0 and variance 1; every
//! scale below is in units of its standard deviation.
//!
//! | scale | `t` |
//! | --- | --- |
//! | [`Scale::Constant`] | a given multiple of the standard deviation |
//! | [`Scale::MeanSize`] | the mean of `abs(w)`, `sqrt(2/pi)` |
//! | [`Scale::LargestOf`] | `m / L`: the largest size `m` of `n` numbers becomes the largest size `L` of a level |
//!
//! The scale by the largest number depends on the numbers that it scales. Given `m`, one of the `n` numbers is `m` or
//! `-m`, and the others are normal numbers that are cut off at `±m`. So nothing clips. The density of `m` is
//! `2 n pdf(m) (1 - 2 P(z > m))^(n-1)`, hence
//!
//! ```text
//! E[f(w, q)] = E_m[ (1 - 1/n) E[f(w, q) | abs(w) < m] + (f(m, q(m)) + f(-m, q(-m))) / (2 n) ].
//! ```
//!
//! This is a block format whose block is a row or a tensor and whose scale is not rounded (see [`mod@crate::block`]).
//!
//! [`Rounding::distortion`] is the law of a layer of many groups: the rows of a matrix of weights, the blocks of an
//! activation. If all units of a layer are one group, as in an activation with a scale for each token, `m` is common to
//! them and drops out of the correlation of two inputs; [`Rounding::token_error`] is this law. The two differ as much as
//! the scale fluctuates: at `n = 4096`, `1 - chi` of `int4` is 0.024144 and 0.024121, of `int8` 7.516e-5 and 7.513e-5,
//! of three levels (`int2`) 0.6964 and 0.6998, of the sign, to which the scale is nothing, 0.3674 and `1 - 2/pi`.
//!
//! The `ternary` of [`crate::quantizer::FORMATS`] has its thresholds at 0.612, not half way. By the largest number
//! that leaves even fewer weights: at `n = 4096` its `xi` is 0.525, that of `int2` 0.839.

use super::depth_scale;
use super::group::{Group, Law, by_largest};
use crate::activation::{Activation, Distortion, StepActivation};
use thiserror::Error;

/// `E|z| = sqrt(2/pi)`.
pub const MEAN_SIZE: f64 = 0.7978845608028654;

/// The largest `n` of [`Scale::LargestOf`]: whole numbers up to it are exact in `f64`.
pub const MOST_NUMBERS: u64 = 1 << 53;

/// Means of rounded numbers below this, in units of their root mean square, are rounding errors.
const NO_MEAN: f64 = 1e-13;

/// How the scale of a quantizer follows from normal numbers.
///
/// ```
/// use mf_core::{Scale, quantizer::find};
///
/// // INT4 activations, scaled by the largest of 4096 units: 41 layers, where the best constant scale has 77.
/// let int4 = find("int4")?.build()?.activation;
/// let rows = Scale::LargestOf(4096).rounding(&int4)?;
/// assert!((rows.depth_scale()? - 40.92).abs() < 0.005);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// This many standard deviations. Numbers beyond the outermost threshold are clipped.
    Constant(f64),
    /// The mean size of the numbers (BitNet b1.58: Ma et al., The Era of 1-bit LLMs, 2024, arXiv:2402.17764, with the
    /// levels -1, 0, 1 and thresholds half way, which is `int2`). The law is that of infinitely many numbers: the mean of `n`
    /// sizes fluctuates by `0.76 / sqrt(n)` of itself, and `E[q^2]` and `chi` change by order `1/n`.
    MeanSize,
    /// The largest size of `n` numbers, from 2 on, over the largest size of a level ("absmax").
    LargestOf(u64),
}

/// What rounding makes of normal numbers of variance 1.
///
/// ```
/// use mf_core::{Scale, quantizer::find};
///
/// // BitNet's weights: 31 % become 0, and 0.787 is the squared correlation with the weights before.
/// let bitnet = Scale::MeanSize.rounding(&find("int2")?.build()?.activation)?;
/// assert!((bitnet.nonzero_share - 0.6899).abs() < 5e-5);
/// assert!((1.0 - bitnet.distortion.mean_squared_error - 0.7870).abs() < 5e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounding {
    /// `1 - chi = 1 - E[w q]^2 / E[q^2]`, the least mean squared error over the output gain, and that gain.
    pub distortion: Distortion,
    /// The same for `q - E[q]`; the same number if the mean is 0.
    pub centred: Distortion,
    /// `1 - chi` of an activation if a token, all units of a layer for one input, is one group: `1 - E_m[cos]^2`, with the
    /// cosine between the numbers before and after rounding; the same as of `distortion` at a constant scale.
    pub token_error: f64,
    /// `E[q]`, exactly 0 for an odd quantizer.
    pub mean: f64,
    /// `E[q^2]`.
    pub mean_square: f64,
    /// The share of the numbers that do not become 0.
    pub nonzero_share: f64,
    /// The relative standard deviation, from group to group, of a group's mean of `q^2`, as far as it comes from the
    /// scale; 0 for a constant one.
    pub spread: f64,
}

/// Why there is no law of rounded numbers.
///
/// ```
/// use mf_core::{Scale, StepActivation};
///
/// let error = Scale::LargestOf(1).rounding(&StepActivation::uniform(3)?).unwrap_err();
/// assert_eq!(error.to_string(), "the largest of 1 numbers: give from 2 to 9007199254740992");
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum ScaleError {
    /// A constant scale that is 0, negative, infinite or NaN.
    #[error("the scale is {scale} standard deviations: give a finite number above zero")]
    Constant {
        /// The scale that was given.
        scale: f64,
    },
    /// Fewer than two numbers, or too many.
    #[error("the largest of {numbers} numbers: give from 2 to {MOST_NUMBERS}")]
    Numbers {
        /// The number that was given.
        numbers: u64,
    },
    /// All levels are 0 where there are numbers.
    #[error("all numbers round to 0: take a smaller scale, or a format with levels nearer to 0")]
    AllZero,
    /// The mean of the rounded numbers is not 0.
    #[error(
        "the rounded numbers have the mean {mean:.4} (of a standard deviation of 1): by this scale only formats that are the \
         same on both sides of 0 are computed; take one, or a constant scale"
    )]
    Mean {
        /// `E[q]`.
        mean: f64,
    },
}

impl Scale {
    /// The law of the rounded numbers; `1 - chi` is a sum of positive terms, to about `1e-12` of itself.
    ///
    /// The work for [`Scale::LargestOf`] is some hundred times that of a constant: milliseconds for 255 levels.
    ///
    /// ```
    /// use mf_core::{Scale, StepActivation};
    ///
    /// // Signs have the size of the largest number: chi does not depend on a constant scale, but on one that fluctuates.
    /// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
    /// let kept = |scale: Scale| scale.rounding(&sign).map(|found| 1.0 - found.distortion.mean_squared_error);
    /// assert!((kept(Scale::MeanSize)? - 2.0 / std::f64::consts::PI).abs() < 1e-14);
    /// assert!(kept(Scale::LargestOf(64))? < 2.0 / std::f64::consts::PI);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ScaleError`] unless a constant is finite and above 0, `n` is from 2 to [`MOST_NUMBERS`], and some numbers do not
    /// become 0.
    pub fn rounding(self, phi: &StepActivation) -> Result<Rounding, ScaleError> {
        let groups = self.groups(phi.largest_level())?;
        let laws: Vec<(f64, Law)> = groups
            .iter()
            .map(|group| (group.weight, group.law(phi)))
            .collect();
        let mean_of = |f: &dyn Fn(&Law) -> f64| -> f64 {
            laws.iter().map(|(weight, law)| weight * f(law)).sum()
        };
        let nonzero_share = mean_of(&|law| law.nonzero);
        let mean_square = mean_of(&Law::square);
        if !(nonzero_share > 0.0 && mean_square > 0.0) {
            return Err(ScaleError::AllZero);
        }
        let product = mean_of(&|law| law.gain * law.variance);
        let mean = if phi.is_odd() {
            0.0
        } else {
            mean_of(&|law| law.mean)
        };
        let distortion = |mean: f64| {
            let gain = product / (mean_square - mean * mean);
            Distortion {
                mean_squared_error: mean_of(&|law| law.error(gain, mean)).min(1.0),
                gain,
            }
        };
        let off = |law: &Law| law.square() / mean_square - 1.0;
        let lost = mean_of(&Law::lost_cosine).min(1.0);
        Ok(Rounding {
            distortion: distortion(0.0),
            centred: distortion(mean),
            token_error: lost * (2.0 - lost),
            mean,
            mean_square,
            nonzero_share: nonzero_share.min(1.0),
            spread: mean_of(&|law| off(law) * off(law)).sqrt(),
        })
    }

    /// The groups of numbers that share a scale, for a quantizer with levels up to `top` in size.
    fn groups(self, top: f64) -> Result<Vec<Group>, ScaleError> {
        match self {
            Self::Constant(scale) if scale > 0.0 && scale.is_finite() => {
                Ok(vec![Group::constant(scale)])
            }
            Self::Constant(scale) => Err(ScaleError::Constant { scale }),
            Self::MeanSize => Ok(vec![Group::constant(MEAN_SIZE)]),
            Self::LargestOf(numbers) if (2..=MOST_NUMBERS).contains(&numbers) => {
                Ok(by_largest(numbers as f64, top))
            }
            Self::LargestOf(numbers) => Err(ScaleError::Numbers { numbers }),
        }
    }
}

impl Rounding {
    /// `xi` of a chain whose activation is rounded so, in layers, from [`Rounding::distortion`].
    ///
    /// ```
    /// use mf_core::{Scale, quantizer::find};
    ///
    /// // The largest of a row of a ReLU is another law.
    /// let relu = find("relu4")?.build()?.activation;
    /// assert!(Scale::LargestOf(64).rounding(&relu)?.depth_scale().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ScaleError::Mean`] for an activation whose mean is not 0 (unsigned, `int4-full`, `nf4`), for which `C*` is not 0;
    /// [`crate::propagate`] has the law at a constant scale.
    pub fn depth_scale(&self) -> Result<f64, ScaleError> {
        if self.has_mean() {
            Err(ScaleError::Mean { mean: self.mean })
        } else {
            Ok(depth_scale(self.distortion.mean_squared_error))
        }
    }

    /// Whether the mean is not 0, beyond rounding errors.
    pub(crate) fn has_mean(&self) -> bool {
        self.mean.abs() > NO_MEAN * self.mean_square.sqrt()
    }
}
