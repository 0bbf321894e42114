//! A window on normal inputs: what stands for the derivative of a step function, on inputs of one variance.

use super::hermite::Coefficients;
use super::step::LARGEST;
use super::{Activation, Response, StepActivation, StochasticActivation, StochasticResponse};
use crate::gaussian::{NARROW, cdf, interval_probability};

/// `rho(x) = height` for `lower < x < upper`, 0 elsewhere, on inputs `sqrt(Q) z`: made by
/// [`crate::Surrogate::window`].
///
/// ```
/// use mf_core::Surrogate;
///
/// // Two inputs above 0: a third of the pairs at correlation 1/2.
/// let half = Surrogate::new(1.0, 0.0, f64::INFINITY)?.window(1.0);
/// assert!((half.product(&half, 0.5) - 1.0 / 3.0).abs() < 1e-14);
/// # Ok::<(), mf_core::ParameterError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WindowResponse {
    height: f64,
    /// The ends in units of `sqrt(Q)`.
    lower: f64,
    upper: f64,
    /// The identity, clipped to the window: its derivative is the window of height 1.
    clipped: Option<StochasticResponse>,
}

impl WindowResponse {
    /// The window on inputs of this variance, above 0.
    pub(crate) fn new(height: f64, lower: f64, upper: f64, variance: f64) -> Self {
        let ends = [lower, upper].map(|end| end.clamp(-LARGEST, LARGEST));
        let [middle, spread] = [0.5 * (ends[0] + ends[1]), variance.sqrt()];
        let steps = StepActivation::new(vec![middle], ends.to_vec());
        let clipped = steps.map(|steps| StochasticActivation::new(&steps).response(variance));
        Self {
            height,
            lower: lower / spread,
            upper: upper / spread,
            // None for a window narrower than f64 can tell, on which no pair falls.
            clipped: clipped.ok(),
        }
    }

    /// `E[rho(u1) rho(u2)]` for inputs of correlation `C`; `other` may have another variance.
    ///
    /// ```
    /// use mf_core::Surrogate;
    ///
    /// // Independent inputs: the product of the means.
    /// let rho = Surrogate::new(2.0, -1.0, 1.0)?;
    /// let (one, four) = (rho.window(1.0), rho.window(4.0));
    /// assert!((one.product(&four, 0.0) - one.mean() * four.mean()).abs() < 1e-15);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    pub fn product(&self, other: &Self, correlation: f64) -> f64 {
        if correlation == 1.0 && std::ptr::eq(self, other) {
            return self.height * self.mean();
        }
        self.height * self.shared(other.clipped.as_ref(), correlation, other.height)
    }

    /// `E[rho]`.
    ///
    /// ```
    /// use mf_core::Surrogate;
    ///
    /// let open = Surrogate::new(0.7, f64::NEG_INFINITY, f64::INFINITY)?;
    /// assert_eq!(open.window(3.0).mean(), 0.7);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    pub fn mean(&self) -> f64 {
        self.around(0.0, 1.0)
    }

    /// `height P(lower < mean + width z < upper)`, in units of `sqrt(Q)`. At width 0 an end of the window counts half.
    pub(super) fn around(&self, mean: f64, width: f64) -> f64 {
        let inside = if width > 0.0 {
            let [from, to] = [self.lower, self.upper].map(|end| (end - mean) / width);
            if from <= 0.0 && to >= 0.0 && to - from > NARROW {
                cdf(to) - cdf(from)
            } else {
                interval_probability(from, to)
            }
        } else {
            let step = |end: f64| {
                0.5 * (f64::from(u8::from(mean > end)) + f64::from(u8::from(mean >= end)))
            };
            step(self.lower) - step(self.upper)
        };
        self.height * inside
    }

    /// `d E[f(x) r(y)] / dC` for the function `f` of these coefficients and the integral `r` of the window, for `|C|` up to
    /// [`SERIES_UP_TO`](super::SUMMED_UP_TO).
    pub(super) fn along(&self, series: &Coefficients, correlation: f64) -> f64 {
        let clipped = self.clipped.as_ref();
        clipped.map_or(0.0, |clipped| {
            let slope = series.slope(clipped.series(correlation), correlation);
            self.height * slope / clipped.spread()
        })
    }

    /// `E[slope(x) rho(y)]` with the slope 1 inside the ends of `clip`.
    pub(super) fn against(&self, clip: &StochasticResponse, correlation: f64) -> f64 {
        self.shared(Some(clip), correlation, self.height)
    }

    /// `factor P(both inside)`.
    fn shared(&self, other: Option<&StochasticResponse>, correlation: f64, factor: f64) -> f64 {
        let (Some(own), Some(other)) = (&self.clipped, other) else {
            return 0.0;
        };
        factor * own.product_slope(other, correlation) / (own.spread() * other.spread())
    }
}
