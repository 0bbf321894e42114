//! Power laws with a logarithmic correction: what a window's slope is on its way to.

use nalgebra::{Vector1, Vector2};

use crate::error::FitError;
use crate::regression::{check, regress};

/// `ln y = intercept - exponent ln x + log_power ln ln x`, by least squares, with standard errors.
///
/// Its slope between `x` and a little more is `-(exponent - log_power / ln x)`: see [`LogCorrected::local_exponent`].
/// For the uniform quantizer `1 - chi_max ~ (4/3) N^-2 ln N` (Hui & Neuhoff 2001): exponent 2, log power 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogCorrected {
    /// `a`, the exponent as `x` goes to infinity.
    pub exponent: f64,
    /// Its standard error; 0 if the exponent was given.
    pub exponent_error: f64,
    /// `b`, the power of `ln x`.
    pub log_power: f64,
    /// Its standard error.
    pub log_power_error: f64,
    /// `c`.
    pub intercept: f64,
    /// Its standard error.
    pub intercept_error: f64,
    /// Coefficient of determination `R^2`: of `ln y`, or of `ln(y x^a)` if the exponent was given.
    pub r_squared: f64,
    /// Number of points.
    pub points: usize,
}

impl LogCorrected {
    /// `y = e^c x^-a (ln x)^b`, for `x > 1`.
    pub fn at(&self, x: f64) -> f64 {
        let log = libm::log(x);
        libm::exp(self.intercept - self.exponent * log + self.log_power * libm::log(log))
    }

    /// `-d ln y / d ln x = a - b / ln x`, for `x > 1`: what a power law fitted near `x` would say.
    pub fn local_exponent(&self, x: f64) -> f64 {
        self.exponent - self.log_power / libm::log(x)
    }
}

const ABOVE_ONE: &str = "finite numbers above 1, whose logarithm is above 0";

/// Fits exponent, log power and intercept.
///
/// # Errors
/// As [`power_law`](crate::power_law), with four points or more, three different `x` and every `x` above 1;
/// [`FitError::Collinear`] if `x` hardly varies.
pub fn log_corrected_power_law(x: &[f64], y: &[f64]) -> Result<LogCorrected, FitError> {
    check(x, y, 1.0, ABOVE_ONE, 3)?;
    let logs = x.iter().map(|x| libm::log(*x));
    let rows: Vec<_> = logs.map(|l| Vector2::new(-l, libm::log(l))).collect();
    let y: Vec<_> = y.iter().map(|y| libm::log(*y)).collect();
    let fit = regress(&rows, &y)?;
    Ok(LogCorrected {
        exponent: fit.coefficients.x,
        exponent_error: fit.errors.x,
        log_power: fit.coefficients.y,
        log_power_error: fit.errors.y,
        intercept: fit.intercept,
        intercept_error: fit.intercept_error,
        r_squared: fit.r_squared,
        points: fit.points,
    })
}

/// Fits log power and intercept for a given exponent.
///
/// # Errors
/// As [`power_law`](crate::power_law), with every `x` above 1; [`FitError::Parameter`] if `exponent` is not finite.
pub fn log_correction(x: &[f64], y: &[f64], exponent: f64) -> Result<LogCorrected, FitError> {
    check(x, y, 1.0, ABOVE_ONE, 2)?;
    if !exponent.is_finite() {
        return Err(FitError::Parameter {
            name: "the exponent",
            value: exponent,
            allowed: "a finite number",
        });
    }
    let logs: Vec<_> = x.iter().map(|x| libm::log(*x)).collect();
    let rows: Vec<_> = logs.iter().map(|l| Vector1::new(libm::log(*l))).collect();
    let y: Vec<_> = y
        .iter()
        .zip(&logs)
        .map(|(y, l)| libm::log(*y) + exponent * l)
        .collect();
    let fit = regress(&rows, &y)?;
    Ok(LogCorrected {
        exponent,
        exponent_error: 0.0,
        log_power: fit.coefficients.x,
        log_power_error: fit.errors.x,
        intercept: fit.intercept,
        intercept_error: fit.intercept_error,
        r_squared: fit.r_squared,
        points: fit.points,
    })
}
