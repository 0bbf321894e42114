//! Power laws with a logarithmic correction, whose local slope still changes.

use nalgebra::{Vector1, Vector2};

use crate::error::FitError;
use crate::regression::{check, regress};

/// `ln y = intercept - exponent ln x + log_power ln ln x`, by least squares, with standard errors.
///
/// Its slope between `x` and a little more is `-(exponent - log_power / ln x)`: see [`LogCorrected::local_exponent`].
/// For the uniform quantizer `1 - chi_max ~ (4/3) N^-2 ln N` (Hui & Neuhoff 2001): exponent 2, log power 1.
///
/// ```
/// use mf_fit::{log_corrected_power_law, uniform_optimum};
///
/// // 1 - chi of uniform states from 2^6 to 2^29: N^-2 ln N (Hui and Neuhoff 2001).
/// let states = [1_u64 << 6, 1 << 10, 1 << 16, 1 << 22, 1 << 29];
/// let x = states.map(|n| n as f64);
/// let y = states.map(|n| uniform_optimum(n).map_or(f64::NAN, |best| best.one_minus_slope));
/// let fit = log_corrected_power_law(&x, &y)?;
/// assert!((fit.exponent - 2.0).abs() < 0.01 && (fit.log_power - 1.0).abs() < 0.15);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
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
    ///
    /// ```
    /// // y = 3 ln(x) / x, at x = e.
    /// let x = [2.0, 4.0, 8.0_f64];
    /// let law = mf_fit::log_correction(&x, &x.map(|x| 3.0 * x.ln() / x), 1.0)?;
    /// assert!((law.at(std::f64::consts::E) - 3.0 / std::f64::consts::E).abs() < 1e-13);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    pub fn at(&self, x: f64) -> f64 {
        let log = libm::log(x);
        libm::exp(self.intercept - self.exponent * log + self.log_power * libm::log(log))
    }

    /// `-d ln y / d ln x = a - b / ln x`, for `x > 1`: the exponent of a power law fitted near `x`.
    ///
    /// ```
    /// // x^-2 ln x at x = e^5: 2 - 1/5.
    /// let x = [2.0, 4.0, 8.0_f64];
    /// let law = mf_fit::log_correction(&x, &x.map(|x| x.ln() / (x * x)), 2.0)?;
    /// assert!((law.local_exponent(5.0_f64.exp()) - 1.8).abs() < 1e-13);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    pub fn local_exponent(&self, x: f64) -> f64 {
        self.exponent - self.log_power / libm::log(x)
    }
}

const ABOVE_ONE: &str = "finite numbers above 1, whose logarithm is above 0";

/// Fits exponent, log power and intercept.
///
/// ```
/// let x = [2.0, 4.0, 8.0, 16.0_f64];
/// let y = x.map(|x| 0.5 * x.powf(-1.5) * x.ln().powi(2));
/// let fit = mf_fit::log_corrected_power_law(&x, &y)?;
/// assert!((fit.exponent - 1.5).abs() < 1e-12 && (fit.log_power - 2.0).abs() < 1e-12);
/// assert!((fit.intercept - 0.5_f64.ln()).abs() < 1e-12);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
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
/// ```
/// // Lloyd-Max follows N^-2 without a logarithm: sqrt(3) pi / 2 (Panter and Dite 1951).
/// use mf_core::quantizer::lloyd_max::MEMBERS;
///
/// let states = [512_u64, 1024, 2048];
/// let y = states.map(|n| mf_fit::least_error(&MEMBERS, n).unwrap_or(f64::NAN));
/// let fit = mf_fit::log_correction(&states.map(|n| n as f64), &y, 2.0)?;
/// assert!(fit.log_power.abs() < 0.05);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
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
