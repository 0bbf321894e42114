//! Fourth moments of a pair: how the kernel of a layer of finite width fluctuates.

use super::hermite::{Coefficients, SERIES_UP_TO, sums};
use super::{Activation, StepActivation};
use crate::gaussian::{cdf, upper_tail};

/// Products of the powers of a step function over pairs of inputs of one variance `Q`, by Mehler's series.
///
/// ```
/// use mf_core::{StepActivation, activation::PairMoments};
///
/// // Squares of signs are 1, so that only E[f(x) f(y)] = (2/pi) asin(C) fluctuates.
/// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
/// let at = PairMoments::new(&sign, 1.0).at(0.5);
/// assert!((at.product - 1.0 / 3.0).abs() < 1e-14);
/// assert!((at.squares - 1.0).abs() < 1e-14 && (at.cube - 1.0 / 3.0).abs() < 1e-14);
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PairMoments {
    variance: f64,
    /// `E[f^2]`.
    mean_square: f64,
    /// `E[f^4]`.
    mean_fourth: f64,
    /// `d E[f^2] / dQ`.
    mean_square_slope: f64,
    /// Coefficients of `f`, `f^2`, `f^3`.
    powers: [Coefficients; 3],
    /// Their derivatives by `Q`, of `f`.
    tilt: Coefficients,
}

/// The products at a correlation `C`; `f = phi(u1)`, `g = phi(u2)`, inputs of variances `Q1 = Q2` and covariance `K`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairMomentsAt {
    /// `E[f g]`.
    pub product: f64,
    /// `E[f^2 g^2]`.
    pub squares: f64,
    /// `E[f^3 g]`.
    pub cube: f64,
    /// `d E[f g] / dK`.
    pub slope: f64,
    /// `d E[f g] / dQ1` at constant `K`.
    pub tilt: f64,
}

impl PairMoments {
    /// The moments at this variance, above 0.
    pub fn new(phi: &StepActivation, variance: f64) -> Self {
        let spread = variance.sqrt();
        let thresholds: Vec<f64> = phi.thresholds().iter().map(|g| g / spread).collect();
        let power = |p: i32| -> Vec<f64> {
            let levels = phi.levels().iter();
            levels.map(|v| (0..p).map(|_| v).product()).collect()
        };
        let mean = |levels: &[f64]| {
            let ends = std::iter::once(f64::NEG_INFINITY).chain(thresholds.iter().copied());
            let bins = ends.zip(thresholds.iter().copied().chain([f64::INFINITY]));
            let terms = bins.zip(levels).map(|((from, to), level)| {
                let mass = if from > 0.0 {
                    upper_tail(from) - upper_tail(to)
                } else {
                    cdf(to) - cdf(from)
                };
                level * mass
            });
            terms.sum::<f64>()
        };
        let steps = |levels: &[f64]| -> Vec<f64> {
            let pairs = levels.iter().zip(levels.iter().skip(1));
            pairs.map(|(below, above)| above - below).collect()
        };
        let coefficients = |p: i32| {
            let levels = power(p);
            let others = sums(&thresholds, steps(&levels).into_iter()).zip(1_u32..);
            let others = others.map(|(sum, k)| sum / f64::from(k).sqrt());
            Coefficients::of(std::iter::once(mean(&levels)).chain(others))
        };
        let weighted = steps(phi.levels()).into_iter().zip(&thresholds);
        let weighted = weighted.map(|(step, a)| step * a / (2.0 * variance));
        Self {
            variance,
            mean_square: phi.mean_square(variance),
            mean_fourth: mean(&power(4)),
            mean_square_slope: phi.mean_square_slope(variance),
            powers: [1, 2, 3].map(coefficients),
            tilt: Coefficients::of(sums(&thresholds, weighted)),
        }
    }

    /// `E[f^2]`.
    pub fn mean_square(&self) -> f64 {
        self.mean_square
    }

    /// `E[f^4]`.
    pub fn mean_fourth(&self) -> f64 {
        self.mean_fourth
    }

    /// `d E[f^2] / dQ`.
    pub fn mean_square_slope(&self) -> f64 {
        self.mean_square_slope
    }

    /// The products at a correlation of size up to [`SUMMED_UP_TO`](super::SUMMED_UP_TO); NaN beyond.
    pub fn at(&self, correlation: f64) -> PairMomentsAt {
        let c = if correlation.abs() <= SERIES_UP_TO {
            correlation
        } else {
            f64::NAN
        };
        let [f, square, cube] = &self.powers;
        // At constant K the correlation K / sqrt(Q1 Q2) falls with Q1.
        let slope = f.slope(f, c) / self.variance;
        PairMomentsAt {
            product: f.product(f, c),
            squares: square.product(square, c),
            cube: cube.product(f, c),
            slope,
            tilt: self.tilt.product(f, c) - 0.5 * c * slope,
        }
    }
}
