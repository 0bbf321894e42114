//! Positive quantities that are measured over seeds: geometric means, and power laws between them.

use libm::exp;

use crate::error::FitError;
use crate::{Line, Mean, power_law};

/// The geometric mean of positive values, with its standard error: the [`Mean`] of their logarithms.
///
/// ```
/// use mf_fit::GeometricMean;
///
/// let depths = GeometricMean::of_logs([8.0, 32.0].map(f64::ln));
/// assert!((depths.value() - 16.0).abs() < 1e-14);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GeometricMean(Mean);

impl GeometricMean {
    /// From the logarithms of the values.
    ///
    /// ```
    /// // Values that overflow f64 have finite logarithms.
    /// let huge = mf_fit::GeometricMean::of_logs([900.0, 1100.0]);
    /// assert_eq!(huge.logs().mean(), 1000.0);
    /// ```
    pub fn of_logs(logs: impl IntoIterator<Item = f64>) -> Self {
        Self(logs.into_iter().collect())
    }

    /// The mean of the logarithms.
    pub fn logs(&self) -> Mean {
        self.0
    }

    /// The geometric mean; NaN if there are no values.
    pub fn value(&self) -> f64 {
        exp(self.0.mean())
    }

    /// Its standard error, `value * (standard error of the logarithm)`; NaN for fewer than two values.
    ///
    /// ```
    /// // Logarithms with mean 0 and standard error 1.
    /// let mean = mf_fit::GeometricMean::of_logs([-1.0, 1.0]);
    /// assert!((mean.standard_error() - 1.0).abs() < 1e-15);
    /// ```
    pub fn standard_error(&self) -> f64 {
        self.value() * self.0.standard_error()
    }

    /// One standard error of the logarithm below and above it; NaN for fewer than two values.
    ///
    /// ```
    /// let (low, high) = mf_fit::GeometricMean::of_logs([1.0, 3.0]).range();
    /// assert!((low - 1.0_f64.exp()).abs() < 1e-14 && (high - 3.0_f64.exp()).abs() < 1e-13);
    /// ```
    pub fn range(&self) -> (f64, f64) {
        let (mean, error) = (self.0.mean(), self.0.standard_error());
        (exp(mean - error), exp(mean + error))
    }

    /// The factor by which values scatter about it: `exp` of one standard deviation of the logarithm.
    ///
    /// ```
    /// // Values 1/2, 1 and 2 scatter by a factor of two.
    /// let mean = mf_fit::GeometricMean::of_logs([0.5, 1.0, 2.0].map(f64::ln));
    /// assert!((mean.spread() - 2.0).abs() < 1e-14);
    /// ```
    pub fn spread(&self) -> f64 {
        exp(self.0.variance().sqrt())
    }
}

/// A power law of geometric means over seeds, and the exponent of each seed.
///
/// ```
/// // Three seeds with exponents 1, 2 and 3: 2 with the standard error 1/sqrt(3).
/// let x = [1.0, 2.0, 4.0_f64];
/// let fit = mf_fit::power_law_over_seeds(&x, &x.map(|x| [1.0, 2.0, 3.0].map(|p| p * x.ln()).to_vec()))?;
/// assert!((fit.slopes.mean() - 2.0).abs() < 1e-14);
/// assert!((fit.slopes.standard_error() - 3.0_f64.sqrt().recip()).abs() < 1e-14);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeededLine {
    /// The line through the geometric means.
    pub line: Line,
    /// The mean of the slopes of separate lines, one for each seed.
    pub slopes: Mean,
}

impl SeededLine {
    /// The standard error of the slope: the larger one of the estimate from the residuals of the line and the estimate
    /// from the scatter of the seeds. With one seed, the estimate from the residuals.
    ///
    /// ```
    /// // Both seeds give y ~ x, and the points are on a line: no error.
    /// let x = [1.0, 2.0, 4.0_f64];
    /// let fit = mf_fit::power_law_over_seeds(&x, &x.map(|x| vec![x.ln(), x.ln() + 1.0]))?;
    /// assert!(fit.slope_error() < 1e-14);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    pub fn slope_error(&self) -> f64 {
        self.line.slope_error.max(self.slopes.standard_error())
    }
}

/// [`power_law`] of values measured over seeds: for each `x` the logarithms `ln y`, one for each seed, with the seeds
/// in the same order.
///
/// ```
/// // Two seeds, y = 2 x and y = 2 x^3: their geometric mean is 2 x^2.
/// let x = [1.0, 2.0, 4.0_f64];
/// let logs = x.map(|x| [1.0, 3.0].map(|p| 2.0_f64.ln() + p * x.ln()).to_vec());
/// let fit = mf_fit::power_law_over_seeds(&x, &logs)?;
/// assert!((fit.line.slope - 2.0).abs() < 1e-14 && (fit.slope_error() - 1.0).abs() < 1e-14);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// Those of [`power_law`]; [`FitError::Seeds`] if points have different numbers of seeds.
pub fn power_law_over_seeds(x: &[f64], logs: &[Vec<f64>]) -> Result<SeededLine, FitError> {
    let seeds = logs.first().map_or(0, Vec::len);
    if let Some(index) = logs.iter().position(|logs| logs.len() != seeds) {
        return Err(FitError::Seeds {
            index,
            found: logs[index].len(),
            first: seeds,
        });
    }
    let means = logs.iter().map(|logs| logs.iter().copied());
    let means: Vec<f64> = means
        .map(|logs| GeometricMean::of_logs(logs).value())
        .collect();
    let line = power_law(x, &means)?;
    let mut slopes = Mean::default();
    for seed in 0..seeds {
        let values: Vec<f64> = logs.iter().map(|logs| exp(logs[seed])).collect();
        slopes.push(power_law(x, &values)?.slope);
    }
    Ok(SeededLine { line, slopes })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few logarithms and exponentials, each to a unit of the last place.
    const ROUNDING: f64 = 1e-14;

    #[test]
    fn a_geometric_mean_is_the_root_of_the_product() {
        let values = [2.0, 4.0, 27.0];
        let found = GeometricMean::of_logs(values.map(libm::log));
        let product: f64 = values.iter().product();
        assert!((found.value() - libm::cbrt(product)).abs() < 10.0 * ROUNDING);
        // 1 and e^2: the logarithms have the mean 1, the deviation sqrt(2) and the error 1.
        let found = GeometricMean::of_logs([0.0, 2.0]);
        let e = std::f64::consts::E;
        assert!((found.standard_error() - e).abs() < ROUNDING);
        assert!((found.range().0 - 1.0).abs() < ROUNDING);
        assert!((found.range().1 - e * e).abs() < 10.0 * ROUNDING);
        assert!((found.spread() - exp(std::f64::consts::SQRT_2)).abs() < ROUNDING);
        assert!(GeometricMean::default().value().is_nan());
    }

    #[test]
    fn the_larger_error_counts() {
        // Seeds agree on the slope 1, but the points are off the line by (1, -2, 1) / 6 at ln x = -1, 0, 1: the
        // residuals have the variance 1/6 and the slope the error sqrt(1/6 / 2).
        let e = std::f64::consts::E;
        let x = [1.0 / e, 1.0, e];
        let bent = [-1.0 + 1.0 / 6.0, -1.0 / 3.0, 1.0 + 1.0 / 6.0];
        let alike = bent.map(|log| vec![log - 0.5, log + 0.5]);
        let fit = power_law_over_seeds(&x, &alike).unwrap();
        assert!((fit.line.slope - 1.0).abs() < ROUNDING);
        assert!(fit.slopes.standard_error() < ROUNDING);
        assert!((fit.slope_error() - (1.0_f64 / 12.0).sqrt()).abs() < ROUNDING);
        // One seed gives no estimate of the scatter.
        let alone = power_law_over_seeds(&x, &bent.map(|log| vec![log])).unwrap();
        assert!(alone.slopes.standard_error().is_nan());
        assert!((alone.slope_error() - (1.0_f64 / 12.0).sqrt()).abs() < ROUNDING);
    }

    #[test]
    fn points_without_a_seed_are_refused() {
        let error = power_law_over_seeds(&[1.0, 2.0], &[vec![0.0, 0.1], vec![0.5]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "point 1 has 1 seeds, point 0 has 2: give every point the same seeds"
        );
    }
}
