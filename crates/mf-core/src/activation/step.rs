//! Quantized activations: step functions and their moments.

use super::{Activation, Response, Scalable, StepResponse};
use crate::gaussian::{cdf, pdf, upper_tail};
use thiserror::Error;

/// The largest number of levels of an activation; [`crate::uniform`] has no such limit.
pub const MOST_STATES: usize = 1 << 24;

/// The largest size of a level or threshold: squares and sums of squares stay finite.
pub const LARGEST: f64 = 1e150;

/// Why levels and thresholds do not define an activation.
///
/// ```
/// use mf_core::StepActivation;
///
/// let error = StepActivation::halfway(vec![0.0, 2.0, 1.0]).unwrap_err();
/// assert_eq!(error.to_string(), "level 2 is 1, after 2: give them in strictly increasing order");
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ActivationError {
    /// Fewer than two levels, or more than [`MOST_STATES`].
    #[error("{states} levels: give from 2 to {MOST_STATES}")]
    States {
        /// The number of levels that was given.
        states: usize,
    },
    /// The numbers of levels and thresholds do not fit.
    #[error("{levels} levels with {thresholds} thresholds: give one threshold fewer than levels")]
    Counts {
        /// The number of levels.
        levels: usize,
        /// The number of thresholds.
        thresholds: usize,
    },
    /// A value is infinite, NaN or so large (beyond [`LARGEST`]) that its square is not finite.
    #[error("{what} {index} is {value}: give finite numbers of size up to {LARGEST:e}")]
    NotFinite {
        /// "level" or "threshold".
        what: &'static str,
        /// Its place, from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A value is not above the one before it.
    #[error("{what} {index} is {value}, after {before}: give them in strictly increasing order")]
    NotIncreasing {
        /// "level" or "threshold".
        what: &'static str,
        /// Its place, from 0.
        index: usize,
        /// The value before it.
        before: f64,
        /// The value.
        value: f64,
    },
    /// A scale factor is not positive and finite.
    #[error("the scale factor is {factor}: give a finite number above zero")]
    Factor {
        /// The factor that was given.
        factor: f64,
    },
}

/// A quantized activation `phi(x) = A + sum_i h_i H(x - g_i)`: `N` levels separated by `N - 1` thresholds.
///
/// Levels and thresholds are finite and strictly increasing. Nothing else is assumed: no symmetry, no equal steps, no
/// threshold half way between its levels. At a threshold itself `phi` is the mean of the two levels (`H(0) = 1/2`).
///
/// ```
/// use mf_core::{StepActivation, propagate_at_unit_variance};
///
/// // Three levels that are not symmetric: pairs of inputs end at a correlation above 0.
/// let phi = StepActivation::halfway(vec![-1.0, 0.0, 2.0])?;
/// let (_, signals) = propagate_at_unit_variance(&phi)?;
/// assert!(signals.correlation > 0.0 && signals.slope < 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StepActivation {
    thresholds: Vec<f64>,
    levels: Vec<f64>,
}

/// The least mean squared error of an activation used as a quantizer of a unit Gaussian; see
/// [`StepActivation::distortion`].
///
/// ```
/// use mf_core::StepActivation;
///
/// // The best estimate from the sign alone is ± sqrt(2/pi), the mean size.
/// let best = StepActivation::halfway(vec![-1.0, 1.0])?.distortion();
/// let square = 2.0 / std::f64::consts::PI;
/// assert!((best.gain - square.sqrt()).abs() < 1e-15);
/// assert!((best.mean_squared_error - (1.0 - square)).abs() < 1e-15);
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distortion {
    /// `min over g of E[(z - g phi(z))^2] = 1 - E[z phi]^2 / E[phi^2]`, in `[0, 1]`.
    pub mean_squared_error: f64,
    /// The gain `g = E[z phi] / E[phi^2]` that attains it.
    pub gain: f64,
}

impl StepActivation {
    /// The activation of the given thresholds and levels.
    ///
    /// ```
    /// // A rectifier of three levels with a dead zone up to 0.3.
    /// let phi = mf_core::StepActivation::new(vec![0.3, 1.4], vec![0.0, 1.0, 2.0])?;
    /// assert_eq!([-5.0, 0.2, 0.5, 7.0].map(|x| phi.value(x)), [0.0, 0.0, 1.0, 2.0]);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    ///
    /// # Errors
    /// [`ActivationError`] unless there are two levels or more, one threshold fewer, and both are finite and strictly
    /// increasing.
    pub fn new(thresholds: Vec<f64>, levels: Vec<f64>) -> Result<Self, ActivationError> {
        check_states(levels.len())?;
        if thresholds.len() + 1 != levels.len() {
            return Err(ActivationError::Counts {
                levels: levels.len(),
                thresholds: thresholds.len(),
            });
        }
        check_increasing("level", &levels)?;
        check_increasing("threshold", &thresholds)?;
        Ok(Self { thresholds, levels })
    }

    /// The activation of the given levels with thresholds half way between neighbours: rounding to the nearest level.
    ///
    /// ```
    /// let phi = mf_core::StepActivation::halfway(vec![0.0, 1.0, 2.0, 4.0])?;
    /// assert_eq!(phi.thresholds(), [0.5, 1.5, 3.0]);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    ///
    /// # Errors
    /// [`ActivationError`] as in [`StepActivation::new`].
    pub fn halfway(levels: Vec<f64>) -> Result<Self, ActivationError> {
        check_states(levels.len())?;
        check_increasing("level", &levels)?;
        let thresholds = levels
            .iter()
            .zip(levels.iter().skip(1))
            .map(|(a, b)| 0.5 * a + 0.5 * b);
        Self::new(thresholds.collect(), levels)
    }

    /// `states` levels evenly spaced in `[-1, 1]`, thresholds half way: the activation of the paper.
    ///
    /// ```
    /// let phi = mf_core::StepActivation::uniform(4)?;
    /// assert_eq!(phi.levels(), [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0]);
    /// assert_eq!(phi.thresholds(), [-2.0 / 3.0, 0.0, 2.0 / 3.0]);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    ///
    /// # Errors
    /// [`ActivationError::States`] unless `2 <= states <= `[`MOST_STATES`].
    pub fn uniform(states: usize) -> Result<Self, ActivationError> {
        check_states(states)?;
        let steps = (states - 1) as f64;
        // One division of exact integers each, so that the activation is odd to the last bit.
        let levels = (0..states)
            .map(|k| (2.0 * k as f64 - steps) / steps)
            .collect();
        let thresholds = (1..states)
            .map(|i| (2.0 * i as f64 - states as f64) / steps)
            .collect();
        Self::new(thresholds, levels)
    }

    /// Number of levels `N`.
    pub fn states(&self) -> usize {
        self.levels.len()
    }

    /// The levels `v_0 < ... < v_{N-1}`.
    pub fn levels(&self) -> &[f64] {
        &self.levels
    }

    /// The size of the largest level, `max |v_k|`.
    ///
    /// ```
    /// let phi = mf_core::StepActivation::halfway(vec![-8.0, 0.0, 7.0])?;
    /// assert_eq!(phi.largest_level(), 8.0);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn largest_level(&self) -> f64 {
        let levels = self.levels.iter();
        levels.fold(0.0, |most: f64, level| most.max(level.abs()))
    }

    /// The thresholds `g_1 < ... < g_{N-1}`.
    pub fn thresholds(&self) -> &[f64] {
        &self.thresholds
    }

    /// The steps `h_i = v_i - v_{i-1} > 0`, one for each threshold.
    ///
    /// ```
    /// let phi = mf_core::StepActivation::halfway(vec![0.0, 1.0, 2.0, 4.0])?;
    /// assert!(phi.steps().eq([1.0, 1.0, 2.0]));
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn steps(&self) -> impl Iterator<Item = f64> {
        self.crossings().map(|(_, below, above)| above - below)
    }

    /// The offset `A`, which is the lowest level.
    pub fn offset(&self) -> f64 {
        self.levels.first().copied().unwrap_or_default()
    }

    /// `phi(x)`; at a threshold the mean of the two levels; NaN for NaN.
    ///
    /// ```
    /// let sign = mf_core::StepActivation::halfway(vec![-1.0, 1.0])?;
    /// assert_eq!([-0.1, 0.0, 0.1].map(|x| sign.value(x)), [-1.0, 0.0, 1.0]);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn value(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let from_left = level_after(&self.levels, self.thresholds.partition_point(|g| *g < x));
        let from_right = level_after(&self.levels, self.thresholds.partition_point(|g| *g <= x));
        0.5 * from_left + 0.5 * from_right
    }

    /// The least mean squared error `E[(z - a phi(z))^2]` on a unit Gaussian over the output gain `a` (no intercept), and
    /// the gain. See [`StepResponse`].
    ///
    /// ```
    /// use mf_core::{Scalable, StepActivation};
    ///
    /// // Max 1960, table II: the best four even levels have the step 0.9957 and the error 0.1188.
    /// let phi = StepActivation::uniform(4)?;
    /// let best = phi.scaled(0.9957 * 1.5)?.distortion();
    /// assert!((best.mean_squared_error - 0.1188).abs() < 5e-5);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn distortion(&self) -> Distortion {
        self.response(1.0).distortion()
    }

    /// Each threshold with the levels below and above it.
    pub(crate) fn crossings(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.thresholds
            .iter()
            .zip(self.levels.iter().zip(self.levels.iter().skip(1)))
            .map(|(threshold, (below, above))| (*threshold, *below, *above))
    }

    /// `E[f(phi(sqrt(variance) z))]`: the bin that holds 0 (the one on the right if a threshold is at 0) is the
    /// reference, every threshold adds its jump times the probability of an input beyond it.
    fn expectation(&self, variance: f64, f: impl Fn(f64) -> f64) -> f64 {
        let spread = variance.sqrt();
        let reference = level_after(&self.levels, self.thresholds.partition_point(|g| *g <= 0.0));
        let jumps: f64 = self
            .crossings()
            .map(|(threshold, below, above)| {
                let at = normalized(threshold, spread);
                if threshold > 0.0 {
                    (f(above) - f(below)) * upper_tail(at)
                } else {
                    (f(below) - f(above)) * cdf(at)
                }
            })
            .sum();
        f(reference) + jumps
    }
}

impl Activation for StepActivation {
    type Response = StepResponse;

    fn response(&self, variance: f64) -> StepResponse {
        StepResponse::new(self, variance)
    }

    fn mean(&self, variance: f64) -> f64 {
        self.expectation(variance, |level| level)
    }

    fn mean_square(&self, variance: f64) -> f64 {
        self.expectation(variance, |level| level * level)
    }

    /// `sum_i (v_i^2 - v_{i-1}^2) n(a_i) a_i / (2 Q)`, `a_i = g_i / sqrt(Q)`; 0 at `Q = 0`.
    fn mean_square_slope(&self, variance: f64) -> f64 {
        if variance == 0.0 {
            return 0.0;
        }
        let spread = variance.sqrt();
        let term = |(threshold, below, above): (f64, f64, f64)| {
            let at = normalized(threshold, spread);
            (above - below) * (above + below) * pdf(at) * at
        };
        self.crossings().map(term).sum::<f64>() / (2.0 * variance)
    }

    fn is_odd(&self) -> bool {
        let mirrored = |values: &[f64]| {
            let mut pairs = values.iter().zip(values.iter().rev());
            pairs.all(|(a, b)| *a == -*b)
        };
        mirrored(&self.levels) && mirrored(&self.thresholds)
    }

    fn largest_square(&self) -> f64 {
        self.largest_level() * self.largest_level()
    }

    /// The variance at which the nearest threshold is 40 standard deviations from 0, where the density is 0 in `f64`.
    fn least_variance(&self) -> f64 {
        const OUT_OF_REACH: f64 = 40.0;
        let sizes = self.thresholds.iter().map(|g| g.abs());
        let nearest = sizes.fold(f64::INFINITY, f64::min) / OUT_OF_REACH;
        nearest * nearest
    }
}

impl Scalable for StepActivation {
    fn edges(&self) -> &[f64] {
        &self.thresholds
    }

    fn even_spacing(&self) -> Option<f64> {
        let spacing = |values: &[f64]| -> Option<f64> {
            let (first, last) = (values.first()?, values.last()?);
            let spacing = (last - first) / (values.len() - 1).max(1) as f64;
            // To the rounding of the values.
            let close = |(a, b): (&f64, &f64)| (b - a - spacing).abs() <= 2.0 * f64::EPSILON * last;
            let even = values.iter().zip(values.iter().skip(1)).all(close);
            (even && spacing > 0.0).then_some(spacing)
        };
        spacing(&self.levels)?;
        spacing(&self.thresholds).filter(|_| self.is_odd())
    }

    fn scaled(&self, factor: f64) -> Result<Self, ActivationError> {
        check_factor(factor)?;
        Self::new(times(&self.thresholds, factor), times(&self.levels, factor))
    }

    /// Thresholds times `factor`, levels as they are.
    fn stretched(&self, factor: f64) -> Result<Self, ActivationError> {
        check_factor(factor)?;
        Self::new(times(&self.thresholds, factor), self.levels.clone())
    }
}

/// `threshold / spread`, where a threshold at 0 stays at 0, also at spread 0. Values far beyond the reach of the
/// density stay finite, so that their terms are exactly 0 in every sum.
pub(crate) fn normalized(threshold: f64, spread: f64) -> f64 {
    const FAR: f64 = 1e100;
    if threshold == 0.0 {
        0.0
    } else {
        (threshold / spread).clamp(-FAR, FAR)
    }
}

/// The level of the bin after `passed` thresholds.
pub(crate) fn level_after(levels: &[f64], passed: usize) -> f64 {
    levels.get(passed).copied().unwrap_or(f64::NAN)
}

fn times(values: &[f64], factor: f64) -> Vec<f64> {
    values.iter().map(|value| value * factor).collect()
}

fn check_states(states: usize) -> Result<(), ActivationError> {
    if (2..=MOST_STATES).contains(&states) {
        Ok(())
    } else {
        Err(ActivationError::States { states })
    }
}

fn check_factor(factor: f64) -> Result<(), ActivationError> {
    if factor > 0.0 && factor.is_finite() {
        Ok(())
    } else {
        Err(ActivationError::Factor { factor })
    }
}

fn check_increasing(what: &'static str, values: &[f64]) -> Result<(), ActivationError> {
    let mut before = f64::NEG_INFINITY;
    for (index, &value) in values.iter().enumerate() {
        if value.is_nan() || value.abs() > LARGEST {
            return Err(ActivationError::NotFinite { what, index, value });
        }
        if value <= before {
            return Err(ActivationError::NotIncreasing {
                what,
                index,
                before,
                value,
            });
        }
        before = value;
    }
    Ok(())
}
