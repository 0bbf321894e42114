//! The straight-through estimator: a surrogate derivative for the backward pass.
//!
//! The derivative of a step is zero almost everywhere, so training replaces `phi'` by a surrogate `rho`. With the
//! window `rho(x) = s` for `|x| < theta`, 0 elsewhere (a clamp's derivative times a constant), gradients scale per
//! layer by
//!
//! ```text
//! M_JJ = sigma_w^2 E[rho(sqrt(Q*) z)^2] = sigma_w^2 s^2 erf(theta / sqrt(2 Q*)).
//! ```

use crate::parameter::{ParameterError, positive};
use std::f64::consts::FRAC_1_SQRT_2;

/// `M_JJ`: the factor by which squared gradients grow per layer, for a surrogate of height `height` on
/// `|x| < window`, at weight scale `sigma_w` and hidden variance `variance`.
///
/// # Errors
/// [`ParameterError`] unless every argument is finite and above 0.
pub fn backward_gain(
    sigma_w: f64,
    variance: f64,
    height: f64,
    window: f64,
) -> Result<f64, ParameterError> {
    let amplitude = positive("sigma_w", sigma_w)? * positive("height", height)?;
    Ok(amplitude * amplitude * inside(variance, window)?)
}

/// The height `s = 1 / (sigma_w sqrt(erf(theta / sqrt(2 Q*))))` at which [`backward_gain`] is 1, so that gradients
/// neither vanish nor explode.
///
/// # Errors
/// [`ParameterError`] unless every argument is finite and above 0.
pub fn straight_through_slope(
    sigma_w: f64,
    variance: f64,
    window: f64,
) -> Result<f64, ParameterError> {
    Ok(1.0 / (positive("sigma_w", sigma_w)? * inside(variance, window)?.sqrt()))
}

/// `P(|sqrt(Q) z| < theta)`.
fn inside(variance: f64, window: f64) -> Result<f64, ParameterError> {
    let spread = positive("variance", variance)?.sqrt();
    Ok(libm::erf(
        positive("window", window)? / spread * FRAC_1_SQRT_2,
    ))
}
