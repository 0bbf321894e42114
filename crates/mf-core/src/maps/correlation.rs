//! The correlation map `M(C)`, its slope `chi(C)` and its stable fixed point `C*`.
//!
//! At a fixed variance `Q`, with standard normal `x, y` of correlation `C`,
//!
//! ```text
//! M(C) = (sigma_w^2 E[phi(sqrt(Q) x) phi(sqrt(Q) y)] + sigma_b^2) / Q,   chi(C) = dM/dC.
//! ```
//!
//! # Why `C*` is unique
//!
//! `M` is a power series with nonnegative coefficients, so it is convex on `[0, 1]`. At a fixed point of the variance
//! `M(1) = 1`, and `M'(1) = inf` for every step function, so `M(C) < C` just below 1 while `M(0) >= 0`: on `[0, 1)` a
//! convex function meets the diagonal exactly once, from above, with `chi < 1`. There is none in `(-1, 0)`: split `M`
//! into its even and odd powers; `M(-c) = -c` means `M_odd(c) = c + M_even(c) >= c`, and then, `M_odd` being convex with
//! `M_odd(0) = 0`, `M_odd(t) >= t` up to 1, where `M_odd <= M < t`. Two different inputs never stay identical: there is
//! no edge of chaos. Nor is there with stochastic rounding, where the noise makes `M(1) < 1`. A smooth activation may have
//! `M'(1) <= 1`: then `C* = 1`, and inputs become the same (Poole et al., NIPS 2016).

use crate::activation::{Activation, Response, SUMMED_UP_TO};
use crate::parameter::{ParameterError, not_negative, positive};
use thiserror::Error;

/// A correlation or a parameter outside its range.
///
/// ```
/// use mf_core::{CorrelationMap, Identity};
///
/// let map = CorrelationMap::new(&Identity, 1.0, 0.0, 1.0)?;
/// let error = map.value(1.5).unwrap_err();
/// assert_eq!(error.to_string(), "the correlation is 1.5: give a number from -1 to 1");
/// # Ok::<(), mf_core::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum CorrelationError {
    /// A parameter of the map is outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The correlation is NaN or outside `[-1, 1]`.
    #[error("the correlation is {correlation}: give a number from -1 to 1")]
    Correlation {
        /// The correlation that was given.
        correlation: f64,
    },
    /// `C*` was asked for at a variance that is not a fixed point.
    #[error(
        "V(Q)/Q = {growth} at the variance {variance}: C* is defined at a fixed point of the variance map, \
         where it is 1; take the variance from VarianceMap::fixed_points"
    )]
    NotAtFixedPoint {
        /// The variance of the map.
        variance: f64,
        /// `V(Q)/Q`.
        growth: f64,
    },
    /// The activation is nearly constant: every pair of inputs ends at a correlation too close to 1 for f64.
    #[error(
        "every pair of inputs ends closer than {CLOSEST_TO_ONE:e} to correlation 1: the activation is nearly \
         constant there, and chi would have no correct digits; set its levels further apart, or remove their mean"
    )]
    NextToOne,
}

/// [`CorrelationMap::fixed_point`] returns an error if `1 - C*` is below this and not 0: `M` is known to about `1e-14`,
/// so `1 - C*` and `chi` would have fewer than five correct digits.
pub const CLOSEST_TO_ONE: f64 = 1e-9;

/// The map of correlations from one layer to the next at a fixed variance.
///
/// ```
/// use mf_core::{CorrelationMap, StepActivation};
///
/// // phi = sign without biases: M(C) = (2/pi) asin(C), C* = 0, chi = 2/pi.
/// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
/// let map = CorrelationMap::new(&sign, 1.0, 0.0, 1.0)?;
/// assert!((map.value(0.5)? - 1.0 / 3.0).abs() < 1e-14);
/// assert!((map.slope(map.fixed_point()?)? - 2.0 / std::f64::consts::PI).abs() < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationMap<R> {
    response: R,
    variance: f64,
    /// `sigma_w^2 / Q`.
    weight: f64,
    /// `sigma_b^2 / Q`.
    bias: f64,
    /// Whether `M` is odd: the activation is odd and there are no biases.
    odd: bool,
}

impl<R: Response> CorrelationMap<R> {
    /// The map of `activation` for weights of scale `sigma_w` and biases of scale `sigma_b`, at hidden `variance`.
    ///
    /// ```
    /// use mf_core::{CorrelationMap, Relu};
    ///
    /// // V(2) = 2/2 + 1: at a fixed point of the variance M(1) = 1.
    /// let map = CorrelationMap::new(&Relu, 1.0, 1.0, 2.0)?;
    /// assert_eq!(map.value(1.0)?, 1.0);
    /// # Ok::<(), mf_core::CorrelationError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParameterError`] unless `variance` and `sigma_w` are finite and above 0 and `sigma_b` is finite and not
    /// negative. (Without weights `M` is 1 for every `C` and there is nothing to map.)
    pub fn new<A: Activation<Response = R>>(
        activation: &A,
        sigma_w: f64,
        sigma_b: f64,
        variance: f64,
    ) -> Result<Self, ParameterError> {
        positive("variance", variance)?;
        let bias = not_negative("sigma_b", sigma_b)? * sigma_b / variance;
        Ok(Self {
            weight: positive("sigma_w", sigma_w)? * sigma_w / variance,
            response: activation.response(variance),
            variance,
            bias,
            odd: activation.is_odd() && bias == 0.0,
        })
    }

    /// `Q`, the variance that the map is for.
    pub fn variance(&self) -> f64 {
        self.variance
    }

    /// `M(C)`.
    ///
    /// ```
    /// use mf_core::{CorrelationMap, Relu};
    ///
    /// // Inputs without correlation: 1/pi in the next layer (Cho and Saul 2009).
    /// let map = CorrelationMap::new(&Relu, 2.0_f64.sqrt(), 0.0, 1.0)?;
    /// assert!((map.value(0.0)? - 1.0 / std::f64::consts::PI).abs() < 1e-15);
    /// # Ok::<(), mf_core::CorrelationError>(())
    /// ```
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn value(&self, correlation: f64) -> Result<f64, CorrelationError> {
        Ok(self.image(check(correlation)?))
    }

    /// The correlation in the next layer, whose variance is `next_variance`: `C' = M(C) Q / Q'`, within `[-1, 1]`.
    ///
    /// Without noise identical inputs stay identical, exactly, and opposite inputs stay opposite if `M` is odd. This
    /// needs care: `C = 1` is a fixed point of infinite slope, and rounding errors would let an iterated map fall from
    /// it to `C*`.
    ///
    /// ```
    /// use mf_core::{CorrelationMap, StepActivation, VarianceMap};
    ///
    /// // Inputs of variance 8: the next layer has the variance 1 + 1, half of it from the common biases.
    /// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
    /// let next_variance = VarianceMap::new(&sign, 1.0, 1.0)?.value(8.0);
    /// let map = CorrelationMap::new(&sign, 1.0, 1.0, 8.0)?;
    /// assert_eq!((map.next(0.0, next_variance)?, map.next(1.0, next_variance)?), (0.5, 1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn next(&self, correlation: f64, next_variance: f64) -> Result<f64, CorrelationError> {
        let ends = check(correlation)? == 1.0 || (self.odd && correlation == -1.0);
        if ends && self.response.noise() == 0.0 {
            return Ok(correlation);
        }
        let image = self.image(correlation);
        let next = if next_variance == self.variance {
            image
        } else {
            image * self.variance / next_variance
        };
        Ok(next.clamp(-1.0, 1.0))
    }

    /// `chi(C) = dM/dC >= 0`. For a step function it is infinite at `C = 1`. At `C = -1` it is infinite if two
    /// thresholds are opposite (or one is at 0), as in every odd activation, and 0 otherwise.
    ///
    /// ```
    /// use mf_core::{CorrelationMap, StepActivation};
    ///
    /// // Inputs that are nearly the same become different at once.
    /// let map = CorrelationMap::new(&StepActivation::uniform(16)?, 1.0, 0.0, 1.0)?;
    /// assert_eq!(map.slope(1.0)?, f64::INFINITY);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn slope(&self, correlation: f64) -> Result<f64, CorrelationError> {
        Ok(self.derivative(check(correlation)?))
    }

    /// `1 - chi` at the fixed point `C*`, without cancellation: as `M(C*) = C*` and `Q* = V(Q*)`,
    ///
    /// ```text
    /// 1 - chi = (1 - sigma_b^2 / Q*) G / (1 - C*),   G = Response::tangent_gap(C*),
    /// ```
    ///
    /// a sum of terms that are not negative, to a relative accuracy of about `1e-12`, up to `C* = 0.9`. Above that,
    /// where `1 - chi` is seldom small, it is computed as the difference, to `1e-13`.
    ///
    /// ```
    /// use mf_core::{CorrelationMap, StepActivation};
    ///
    /// // The sign with biases: chi = 1 / (pi sqrt(1 - C*^2)).
    /// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
    /// let map = CorrelationMap::new(&sign, 1.0, 1.0, 2.0)?;
    /// let rest = map.one_minus_slope(map.fixed_point()?)?;
    /// assert!((rest - 0.481_007_274_741_930_3).abs() < 1e-13);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C* <= 1`. That it is the fixed point is not checked.
    pub fn one_minus_slope(&self, fixed_point: f64) -> Result<f64, CorrelationError> {
        if check(fixed_point)? > SUMMED_UP_TO {
            return Ok(1.0 - self.derivative(fixed_point));
        }
        let gap = self.response.tangent_gap(fixed_point);
        Ok((1.0 - self.bias) * gap / (1.0 - fixed_point))
    }

    /// `C*`, the one stable fixed point of `M` in `[0, 1]`. Newton's method from 0, which on a convex function climbs to the
    /// root without passing it.
    ///
    /// ```
    /// use mf_core::{CorrelationMap, StepActivation};
    ///
    /// // The sign with biases: C* = 1/2 + asin(C*) / pi.
    /// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
    /// let map = CorrelationMap::new(&sign, 1.0, 1.0, 2.0)?;
    /// assert!((map.fixed_point()? - 0.789_832_628_373_442).abs() < 1e-13);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CorrelationError::NotAtFixedPoint`] unless the variance is a fixed point of the variance map, to `1e-9`;
    /// [`CorrelationError::NextToOne`] if `1 - C*` is below [`CLOSEST_TO_ONE`] and not 0.
    pub fn fixed_point(&self) -> Result<f64, CorrelationError> {
        self.fixed_point_near(0.0)
    }

    /// [`CorrelationMap::fixed_point`], found in fewer steps if `guess` is near it: where `M` is flatter than the
    /// diagonal, one step of Newton's method leads below the root from either side. Any other guess counts as 0.
    ///
    /// ```
    /// use mf_core::{CorrelationMap, StepActivation};
    ///
    /// // Levels 0 and 1: again C* = 1/2 + asin(C*) / pi, from a rough guess.
    /// let step = StepActivation::new(vec![0.0], vec![0.0, 1.0])?;
    /// let map = CorrelationMap::new(&step, 2.0_f64.sqrt(), 0.0, 1.0)?;
    /// assert!((map.fixed_point_near(0.8)? - 0.789_832_628_373_442).abs() < 1e-13);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`CorrelationMap::fixed_point`].
    pub fn fixed_point_near(&self, guess: f64) -> Result<f64, CorrelationError> {
        const MOST_STEPS: usize = 100;
        const AT_FIXED_POINT: f64 = 1e-9;
        let growth = self.weight * self.response.mean_square() + self.bias;
        if growth.is_nan() || (growth - 1.0).abs() > AT_FIXED_POINT {
            let variance = self.variance;
            return Err(CorrelationError::NotAtFixedPoint { variance, growth });
        }
        if self.odd {
            return Ok(0.0);
        }
        if self.derivative(1.0) <= 1.0 + AT_FIXED_POINT && self.response.noise() == 0.0 {
            return Ok(1.0);
        }
        let mut correlation = self.below_fixed_point(guess);
        for _ in 0..MOST_STEPS {
            let rest = 1.0 - self.derivative(correlation);
            let step = (self.image(correlation) - correlation) / rest;
            // The last steps are rounding errors: stop when the iterate no longer grows.
            if !(step > 0.0 && rest > 0.0) {
                break;
            }
            correlation += step;
            if 1.0 - correlation < CLOSEST_TO_ONE {
                return Err(CorrelationError::NextToOne);
            }
            if step <= f64::EPSILON * correlation {
                break;
            }
        }
        Ok(correlation)
    }

    /// A start at or below the fixed point: one step of Newton's method from `guess`, or 0.
    fn below_fixed_point(&self, guess: f64) -> f64 {
        if !(guess > 0.0 && guess < 1.0) {
            return 0.0;
        }
        let rest = 1.0 - self.derivative(guess);
        let start = guess + (self.image(guess) - guess) / rest;
        if rest > 0.0 && start > 0.0 && start < 1.0 {
            start
        } else {
            0.0
        }
    }

    fn image(&self, correlation: f64) -> f64 {
        self.weight * self.response.product(&self.response, correlation) + self.bias
    }

    fn derivative(&self, correlation: f64) -> f64 {
        self.weight * self.response.product_slope(&self.response, correlation)
    }
}

/// `correlation` if it is from -1 to 1.
pub(crate) fn check(correlation: f64) -> Result<f64, CorrelationError> {
    if (-1.0..=1.0).contains(&correlation) {
        Ok(correlation)
    } else {
        Err(CorrelationError::Correlation { correlation })
    }
}
