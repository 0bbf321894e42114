//! Checks of the scalar parameters that the maps share.

use thiserror::Error;

/// A scalar parameter outside its range.
///
/// ```
/// use mf_core::{Relu, VarianceMap};
///
/// let error = VarianceMap::new(&Relu, -1.0, 0.0).unwrap_err();
/// assert_eq!(error.to_string(), "sigma_w is -1: give a finite number that is zero or more");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("{name} is {value}: give {allowed}")]
pub struct ParameterError {
    /// The name of the parameter in the signature.
    pub name: &'static str,
    /// The value that was given.
    pub value: f64,
    /// What is allowed, in words.
    pub allowed: &'static str,
}

/// `value` if it is finite and not negative.
pub(crate) fn not_negative(name: &'static str, value: f64) -> Result<f64, ParameterError> {
    let allowed = "a finite number that is zero or more";
    if value >= 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(ParameterError {
            name,
            value,
            allowed,
        })
    }
}

/// `value` if it is finite and above zero.
pub(crate) fn positive(name: &'static str, value: f64) -> Result<f64, ParameterError> {
    let allowed = "a finite number above zero";
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(ParameterError {
            name,
            value,
            allowed,
        })
    }
}
