//! Power laws: straight lines in logarithms.

use nalgebra::{Vector1, Vector2};

use crate::error::FitError;
use crate::regression::{check, regress};

/// `ln y = intercept + slope ln x`, by least squares, with standard errors.
///
/// ```
/// // Kepler's third law: years against astronomical units, Mercury to Saturn.
/// let distance = [0.387, 0.723, 1.0, 1.524, 5.203, 9.537];
/// let period = [0.2408, 0.6152, 1.0, 1.881, 11.86, 29.45];
/// let line = mf_fit::power_law(&distance, &period)?;
/// assert!((line.slope - 1.5).abs() < 1e-3 && line.r_squared > 0.99999);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The exponent of the power law.
    pub slope: f64,
    /// `ln y` at `x = 1`.
    pub intercept: f64,
    /// Standard error of the slope, from the scatter about the line (`points - 2` degrees of freedom).
    pub slope_error: f64,
    /// Standard error of the intercept.
    pub intercept_error: f64,
    /// Coefficient of determination `R^2`, of `ln y`.
    pub r_squared: f64,
    /// Number of points.
    pub points: usize,
}

impl Line {
    /// `y = exp(intercept) x^slope`.
    ///
    /// ```
    /// // y = 5 / x, outside the range of the points.
    /// let line = mf_fit::power_law(&[1.0, 2.0, 4.0], &[5.0, 2.5, 1.25])?;
    /// assert!((line.at(100.0) - 0.05).abs() < 1e-14);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    pub fn at(&self, x: f64) -> f64 {
        libm::exp(self.intercept + self.slope * libm::log(x))
    }
}

/// Least squares of `ln y` on `ln x`. The caller chooses the regressor (`N` or `N + 1`) and the window by the points.
///
/// ```
/// let line = mf_fit::power_law(&[1.0, 2.0, 3.0], &[3.0, 12.0, 27.0])?;
/// assert!((line.slope - 2.0).abs() < 1e-14 && (line.intercept - 3.0_f64.ln()).abs() < 1e-14);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Lengths`]; [`FitError::Points`] for fewer than three points (two define the line, the others its error);
/// [`FitError::Value`] for a value that is not finite and above 0; [`FitError::Distinct`] if all `x` are equal.
pub fn power_law(x: &[f64], y: &[f64]) -> Result<Line, FitError> {
    check(x, y, 0.0, "finite numbers above 0", 2)?;
    let rows: Vec<_> = x.iter().map(|x| Vector1::new(libm::log(*x))).collect();
    let logs: Vec<_> = y.iter().map(|y| libm::log(*y)).collect();
    let fit = regress(&rows, &logs)?;
    Ok(Line {
        slope: fit.coefficients.x,
        intercept: fit.intercept,
        slope_error: fit.errors.x,
        intercept_error: fit.intercept_error,
        r_squared: fit.r_squared,
        points: fit.points,
    })
}

/// The standard error of the slope of [`power_law`] that follows from standard errors of `y`, which are independent and
/// small: `sqrt(sum((w e / y)^2))` with `w = (ln x - mean) / sum((ln x - mean)^2)`.
///
/// This and [`Line::slope_error`] are two estimates of the same error. The scatter about the line also includes
/// deviations from a straight line, but with few points it is a poor estimate; report the larger one.
///
/// ```
/// // Errors of a tenth over two octaves: 0.1 sqrt(2) / (2 ln 2).
/// let error = mf_fit::slope_error(&[1.0, 2.0, 4.0], &[1.0, 3.0, 9.0], &[0.1, 0.3, 0.9])?;
/// assert!((error - 0.1 / (2.0_f64.sqrt() * 2.0_f64.ln())).abs() < 1e-15);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// As [`power_law`], and [`FitError::Lengths`] if there is not one error for each point.
pub fn slope_error(x: &[f64], y: &[f64], errors: &[f64]) -> Result<f64, FitError> {
    check(x, y, 0.0, "finite numbers above 0", 2)?;
    if x.len() != errors.len() {
        let (x, y) = (x.len(), errors.len());
        return Err(FitError::Lengths { x, y });
    }
    let logs: Vec<f64> = x.iter().map(|x| libm::log(*x)).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let square = |x: f64| x * x;
    let spread: f64 = logs.iter().map(|l| square(l - mean)).sum();
    let shares = logs.iter().zip(y.iter().zip(errors));
    let variance: f64 = shares
        .map(|(l, (y, error))| square((l - mean) / spread * error / y))
        .sum();
    Ok(variance.sqrt())
}

/// The curvature of points on logarithmic axes: the coefficient of `(ln x)^2` in a parabola fitted by least squares,
/// and its standard error.
///
/// The exponent at `x` is then `slope + 2 bend ln x`: it is constant only for a power law, with bend 0.
///
/// ```
/// // 1 - chi of uniform states is not a power law: it falls faster and faster.
/// let states = [8, 32, 128, 512, 2048];
/// let y = states.map(|n| mf_fit::uniform_optimum(n).map_or(f64::NAN, |best| best.one_minus_slope));
/// let law = mf_fit::bend(&states.map(|n| n as f64), &y)?;
/// assert!(law.bend < -3.0 * law.error);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bend {
    /// The coefficient of `(ln x)^2`.
    pub bend: f64,
    /// Its standard error, from the scatter about the parabola (`points - 3` degrees of freedom).
    pub error: f64,
}

/// Least squares of `ln y` on `ln x` and `(ln x)^2`.
///
/// ```
/// // ln y = (ln x)^2.
/// let x = [1.0, 2.0, 4.0, 8.0_f64];
/// let found = mf_fit::bend(&x, &x.map(|x| x.ln().powi(2).exp()))?;
/// assert!((found.bend - 1.0).abs() < 1e-13);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// As [`power_law`], with four points or more and three different `x`.
pub fn bend(x: &[f64], y: &[f64]) -> Result<Bend, FitError> {
    check(x, y, 0.0, "finite numbers above 0", 3)?;
    let logs = x.iter().map(|x| libm::log(*x));
    let rows: Vec<_> = logs.map(|l| Vector2::new(l, l * l)).collect();
    let logs: Vec<_> = y.iter().map(|y| libm::log(*y)).collect();
    let fit = regress(&rows, &logs)?;
    Ok(Bend {
        bend: fit.coefficients.y,
        error: fit.errors.y,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_values_move_the_slope() {
        // ln x = 0, 1, 2: the slope is (ln y3 - ln y1) / 2, for any y2.
        let e = std::f64::consts::E;
        let (x, y) = ([1.0, e, e * e], [4.0, 1.0, 0.5]);
        let error = slope_error(&x, &y, &[0.4, 9.0, 0.1]).unwrap();
        let expected = 0.5 * (0.1_f64 * 0.1 + 0.2 * 0.2).sqrt();
        // Sums of three logarithms, each to a unit of the last place.
        assert!((error - expected).abs() < 1e-15, "{error} {expected}");
        assert!(matches!(
            slope_error(&x, &y, &[0.4]),
            Err(FitError::Lengths { x: 3, y: 1 })
        ));
    }
}
