//! How well independent measurements agree with a theory.

use crate::chi_square_tail;
use crate::error::FitError;
use crate::regression::check_values;

/// A chi-square of independent values, and its probability.
///
/// ```
/// // Three values, each one standard error off.
/// let found = mf_fit::agreement(&[1.1, 2.2, 2.9], &[0.1, 0.2, 0.1], &[1.0, 2.0, 3.0])?;
/// assert!((found.chi_square - 3.0).abs() < 1e-12 && found.freedom == 3);
/// assert!((found.probability - 0.39163).abs() < 5e-6);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// The sum of the squared distances from the theory, in standard errors.
    pub chi_square: f64,
    /// The number of values.
    pub freedom: u64,
    /// The probability of a sum as large as this or larger, if the theory holds and the values are normal.
    pub probability: f64,
}

/// The chi-square of independent `values` with these standard errors about a `theory` without free parameters.
///
/// # Errors
/// [`FitError::Lengths`]; [`FitError::Value`] unless values and theory are finite, and errors finite and above 0.
pub fn agreement(values: &[f64], errors: &[f64], theory: &[f64]) -> Result<Agreement, FitError> {
    for other in [errors, theory] {
        if values.len() != other.len() {
            let (x, y) = (values.len(), other.len());
            return Err(FitError::Lengths { x, y });
        }
    }
    check_values("value", values, f64::NEG_INFINITY, "finite numbers")?;
    check_values("error", errors, 0.0, "finite numbers above 0")?;
    check_values("theory", theory, f64::NEG_INFINITY, "finite numbers")?;
    let distances = values.iter().zip(errors).zip(theory);
    let squares = distances.map(|((value, error), theory)| {
        let distance = (value - theory) / error;
        distance * distance
    });
    let chi_square = squares.sum();
    let freedom = values.len() as u64;
    Ok(Agreement {
        chi_square,
        freedom,
        probability: chi_square_tail(chi_square, freedom),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_without_an_error_or_a_theory_are_refused() {
        let message = |values: &[f64], errors: &[f64], theory: &[f64]| {
            agreement(values, errors, theory).unwrap_err().to_string()
        };
        assert!(message(&[1.0], &[0.0], &[1.0]).contains("error[0] is 0"));
        assert!(message(&[f64::NAN], &[0.1], &[1.0]).contains("value[0] is NaN"));
        assert!(message(&[1.0], &[0.1], &[]).contains("1 values of x and 0 values of y"));
    }

    #[test]
    fn nothing_disagrees_with_no_theory() {
        let found = agreement(&[], &[], &[]).unwrap();
        assert_eq!(
            (found.chi_square, found.freedom, found.probability),
            (0.0, 0, 1.0)
        );
    }
}
