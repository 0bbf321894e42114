//! The straight-through estimator: a surrogate derivative for the backward pass.
//!
//! The derivative of a step is zero almost everywhere, so training replaces `phi'` by a surrogate `rho`. With a window
//! (a clamp's derivative times a constant), gradients scale per layer by
//!
//! ```text
//! rho(x) = s where lower < x < upper, 0 elsewhere,
//! M_JJ   = sigma_w^2 E[rho(sqrt(Q*) z)^2] = sigma_w^2 s^2 P(lower < sqrt(Q*) z < upper).
//! ```

use crate::activation::WindowResponse;
use crate::gaussian::{NARROW, cdf, interval_probability};
use crate::parameter::{ParameterError, not_negative, positive};

/// `rho(x) = height` where `lower < x < upper`, 0 elsewhere.
///
/// ```
/// use mf_core::Surrogate;
///
/// // A window that is not symmetric, as of a quantizer with one level more below 0.
/// let rho = Surrogate::new(1.0, -8.0, 7.0)?;
/// assert_eq!((rho.height(), rho.lower(), rho.upper()), (1.0, -8.0, 7.0));
/// # Ok::<(), mf_core::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surrogate {
    height: f64,
    lower: f64,
    upper: f64,
}

impl Surrogate {
    /// The surrogate of this height and window. Either end of the window may be infinite.
    ///
    /// # Errors
    /// [`ParameterError`] unless `height` is finite and not negative, and `lower` is below `upper`.
    pub fn new(height: f64, lower: f64, upper: f64) -> Result<Self, ParameterError> {
        not_negative("height", height)?;
        let wrong = |name, value, allowed| ParameterError {
            name,
            value,
            allowed,
        };
        if lower.is_nan() {
            return Err(wrong("the window's lower end", lower, "a number"));
        }
        if upper > lower {
            Ok(Self {
                height,
                lower,
                upper,
            })
        } else {
            let allowed = "a number above its lower end";
            Err(wrong("the window's upper end", upper, allowed))
        }
    }

    /// The surrogate on a window whose [`Surrogate::backward_gain`] is 1, so that gradients neither vanish nor explode.
    /// Its height is `1 / (sigma_w sqrt(P(window)))`.
    ///
    /// ```
    /// // Four levels in [-1, 1] at their best weight gain, 1.0653: the variance there is (2/3 / 0.9957)^2.
    /// let variance = (2.0_f64 / 3.0 / 0.99568).powi(2);
    /// let rho = mf_core::Surrogate::even(-1.0, 1.0, 1.06530534, variance)?;
    /// assert!((rho.height() - 1.00947).abs() < 1e-5);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParameterError`] unless `sigma_w` and `variance` are finite and above 0, `lower` is below `upper` and states
    /// of this variance reach the window.
    pub fn even(
        lower: f64,
        upper: f64,
        sigma_w: f64,
        variance: f64,
    ) -> Result<Self, ParameterError> {
        let inside = Self::new(1.0, lower, upper)?.second_moment(variance)?;
        if inside > 0.0 {
            Self::new(
                1.0 / (positive("sigma_w", sigma_w)? * inside.sqrt()),
                lower,
                upper,
            )
        } else {
            Err(ParameterError {
                name: "variance",
                value: variance,
                allowed: "a larger one, so that states reach the window",
            })
        }
    }

    /// `rho` inside the window.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Where the window starts.
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// Where the window ends.
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// `rho` on inputs of this variance, above 0: its products over pairs of inputs.
    ///
    /// ```
    /// // The same input twice: E[rho^2].
    /// let rho = mf_core::Surrogate::new(1.5, -1.0, 2.0)?;
    /// let window = rho.window(0.7);
    /// assert!((window.product(&window, 1.0) - rho.second_moment(0.7)?).abs() < 1e-15);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    pub fn window(&self, variance: f64) -> WindowResponse {
        WindowResponse::new(self.height, self.lower, self.upper, variance)
    }

    /// `E[rho(sqrt(Q) z)^2] = s^2 P(lower < sqrt(Q) z < upper)` at the variance `Q`.
    ///
    /// ```
    /// // Half of all states are above 0.
    /// let half = mf_core::Surrogate::new(3.0, 0.0, f64::INFINITY)?;
    /// assert!((half.second_moment(0.7)? - 4.5).abs() < 1e-14);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParameterError`] unless `variance` is finite and above 0.
    pub fn second_moment(&self, variance: f64) -> Result<f64, ParameterError> {
        let spread = positive("variance", variance)?.sqrt();
        let (from, to) = (self.lower / spread, self.upper / spread);
        // The keys of cached trainings depend on the bits of this difference: keep its form.
        let inside = if from <= 0.0 && to >= 0.0 && to - from > NARROW {
            cdf(to) - cdf(from)
        } else {
            interval_probability(from, to)
        };
        Ok(self.height * self.height * inside)
    }

    /// `M_JJ`: the factor by which squared gradients grow per layer, at weight scale `sigma_w` and hidden variance
    /// `variance`.
    ///
    /// ```
    /// // Without a window, M_JJ is sigma_w^2: gradients explode from 1 on.
    /// let open = mf_core::Surrogate::new(1.0, f64::NEG_INFINITY, f64::INFINITY)?;
    /// assert!((open.backward_gain(1.2, 0.7)? - 1.44).abs() < 1e-14);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParameterError`] unless both are finite and above 0.
    pub fn backward_gain(&self, sigma_w: f64, variance: f64) -> Result<f64, ParameterError> {
        let sigma_w = positive("sigma_w", sigma_w)?;
        Ok(sigma_w * sigma_w * self.second_moment(variance)?)
    }
}
