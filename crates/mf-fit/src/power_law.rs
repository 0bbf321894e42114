//! Power laws: straight lines in logarithms.

use nalgebra::Vector1;

use crate::error::FitError;
use crate::regression::{check, regress};

/// `ln y = intercept + slope ln x`, by least squares, with standard errors.
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
    pub fn at(&self, x: f64) -> f64 {
        libm::exp(self.intercept + self.slope * libm::log(x))
    }
}

/// Least squares of `ln y` on `ln x`. The regressor (`N` or `N + 1`) and the window are the caller's choice of points.
///
/// # Errors
/// [`FitError::Lengths`]; [`FitError::Points`] for fewer than three points (two give the line, the others its error);
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
