//! Least squares with an intercept and a few regressors.

use nalgebra::{SMatrix, SVector};

use crate::error::FitError;

/// `y = intercept + coefficients . r`, with standard errors.
pub(crate) struct Regression<const P: usize> {
    pub(crate) coefficients: SVector<f64, P>,
    pub(crate) errors: SVector<f64, P>,
    pub(crate) intercept: f64,
    pub(crate) intercept_error: f64,
    pub(crate) r_squared: f64,
    pub(crate) points: usize,
}

/// Fits `y` on the regressors, one row for each point, by sums about the means in the order of the points.
///
/// Standard errors are those of independent errors of equal variance, estimated with `points - P - 1` degrees of
/// freedom.
pub(crate) fn regress<const P: usize>(
    rows: &[SVector<f64, P>],
    y: &[f64],
) -> Result<Regression<P>, FitError> {
    let points = y.len();
    let parameters = P + 1;
    if points <= parameters {
        return Err(FitError::Points { points, parameters });
    }
    let n = points as f64;
    let mean_row = rows.iter().sum::<SVector<f64, P>>() / n;
    let mean_y = y.iter().sum::<f64>() / n;
    let centred = || rows.iter().zip(y).map(|(r, y)| (r - mean_row, y - mean_y));

    let mut gram = SMatrix::<f64, P, P>::zeros();
    let mut moment = SVector::<f64, P>::zeros();
    for (r, y) in centred() {
        gram += r * r.transpose();
        moment += r * y;
    }
    let cholesky = gram.cholesky().ok_or(FitError::Collinear)?;
    let coefficients = cholesky.solve(&moment);
    let inverse = cholesky.inverse();

    let square = |x: f64| x * x;
    let residual: f64 = centred()
        .map(|(r, y)| square(y - coefficients.dot(&r)))
        .sum();
    let total: f64 = centred().map(|(_, y)| square(y)).sum();
    let variance = residual / (points - parameters) as f64;
    let mean_variance = 1.0 / n + mean_row.dot(&(inverse * mean_row));
    Ok(Regression {
        coefficients,
        errors: inverse.diagonal().map(|d| (variance * d).sqrt()),
        intercept: mean_y - coefficients.dot(&mean_row),
        intercept_error: (variance * mean_variance).sqrt(),
        // A constant y is fitted without residual.
        r_squared: if total > 0.0 {
            1.0 - residual / total
        } else {
            1.0
        },
        points,
    })
}

/// Checks that `x` and `y` have the same length, that all values have a logarithm, and that there are enough different
/// `x`.
pub(crate) fn check(
    x: &[f64],
    y: &[f64],
    above: f64,
    allowed: &'static str,
    parameters: usize,
) -> Result<(), FitError> {
    if x.len() != y.len() {
        return Err(FitError::Lengths {
            x: x.len(),
            y: y.len(),
        });
    }
    if x.len() <= parameters {
        return Err(FitError::Points {
            points: x.len(),
            parameters,
        });
    }
    check_values("x", x, above, allowed)?;
    check_values("y", y, 0.0, "finite numbers above 0")?;
    let mut distinct = x.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    if distinct.len() < parameters {
        return Err(FitError::Distinct {
            distinct: distinct.len(),
            parameters,
        });
    }
    Ok(())
}

/// Checks that all values are finite and above `above`.
pub(crate) fn check_values(
    name: &'static str,
    values: &[f64],
    above: f64,
    allowed: &'static str,
) -> Result<(), FitError> {
    match values
        .iter()
        .position(|value| !(*value > above && value.is_finite()))
    {
        None => Ok(()),
        Some(index) => Err(FitError::Value {
            name,
            index,
            value: values.get(index).copied().unwrap_or_default(),
            allowed,
        }),
    }
}
