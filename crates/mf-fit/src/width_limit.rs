//! The limit of infinite width of values that were measured at several widths.

use crate::error::FitError;
use crate::regression::check_values;

/// `value = limit + slope / width`, by least squares weighted with the standard errors of the values.
///
/// ```
/// // 5 + 20 / width, measured at three widths; the last one counts twice as much as an error of 0.2 would.
/// let found = mf_fit::width_limit(&[10.0, 20.0, 40.0], &[7.0, 6.0, 5.5], &[0.2, 0.2, 0.1])?;
/// assert!((found.limit - 5.0).abs() < 1e-13 && (found.slope - 20.0).abs() < 1e-12);
/// assert!(found.chi_square < 1e-20 && found.freedom == 1);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WidthLimit {
    /// The value at `1/width = 0`.
    pub limit: f64,
    /// Its standard error, from the errors of the values. `chi_square` says whether the values are on a line.
    pub error: f64,
    /// The coefficient of `1/width`.
    pub slope: f64,
    /// The sum of the squared distances from the line, in standard errors.
    pub chi_square: f64,
    /// The number of widths minus 2.
    pub freedom: u64,
}

/// Fits the line.
///
/// # Errors
/// [`FitError::Lengths`]; [`FitError::Value`] unless widths and errors are finite and above 0 and values finite;
/// [`FitError::Points`] for fewer than three widths, all different.
pub fn width_limit(widths: &[f64], values: &[f64], errors: &[f64]) -> Result<WidthLimit, FitError> {
    for other in [values, errors] {
        if widths.len() != other.len() {
            let (x, y) = (widths.len(), other.len());
            return Err(FitError::Lengths { x, y });
        }
    }
    check_values("width", widths, 0.0, "finite numbers above 0")?;
    check_values("value", values, f64::NEG_INFINITY, "finite numbers")?;
    check_values("error", errors, 0.0, "finite numbers above 0")?;
    let points = || widths.iter().zip(values).zip(errors);
    let points = || points().map(|((width, y), error)| (1.0 / width, *y, 1.0 / (error * error)));
    let total: f64 = points().map(|(_, _, weight)| weight).sum();
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        points()
            .map(|(x, y, weight)| weight * of(x, y))
            .sum::<f64>()
            / total
    };
    let (x0, y0) = (mean(&|x, _| x), mean(&|_, y| y));
    let square = mean(&|x, _| (x - x0) * (x - x0));
    let mut different = widths.to_vec();
    different.sort_by(f64::total_cmp);
    different.dedup();
    if different.len() < widths.len().max(3) {
        let points = different.len();
        return Err(FitError::Points {
            points,
            parameters: 2,
        });
    }
    let slope = mean(&|x, y| (x - x0) * (y - y0)) / square;
    let limit = y0 - slope * x0;
    let chi_square = total * mean(&|x, y| (y - limit - slope * x) * (y - limit - slope * x));
    Ok(WidthLimit {
        limit,
        error: ((1.0 + x0 * x0 / square) / total).sqrt(),
        slope,
        chi_square,
        freedom: widths.len() as u64 - 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four values with errors: scipy.optimize.curve_fit with `absolute_sigma`.
    #[test]
    fn a_weighted_line_is_that_of_scipy() {
        let (values, errors) = ([4.1, 2.9, 2.6, 2.2], [0.1, 0.2, 0.1, 0.3]);
        let found = width_limit(&[1.0, 2.0, 4.0, 8.0], &values, &errors).unwrap();
        let expected = [
            2.048_724_034_9,
            0.124_123_035_2,
            2.039_169_140_1,
            1.014_243_323_4,
        ];
        let found = [found.limit, found.error, found.slope, found.chi_square];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-7, "{found} {expected}");
        }
    }

    #[test]
    fn invalid_points_are_refused() {
        let message = |widths: &[f64], errors: &[f64]| {
            width_limit(widths, &[1.0, 2.0], errors)
                .unwrap_err()
                .to_string()
        };
        assert!(message(&[1.0, 2.0], &[0.1]).contains("2 values of x and 1 values of y"));
        assert!(message(&[1.0, 2.0], &[0.1, 0.0]).contains("error[1] is 0"));
        assert!(message(&[5.0, 6.0], &[0.1, 0.1]).contains("give 3 or more"));
    }
}
