//! Weights on a fixed grid: rounded to `unit` times the levels of a format, whatever their size.
//!
//! The other scales follow the weights, so `E[q(w)^2]` is proportional to their variance `s^2`. On a fixed grid it is
//! `unit^2 power(t) / t^2` with `t = unit / s`, from `unit^2` times the mean square of the outermost levels at large `s` down to 0 (or
//! to that of the innermost, in a format without 0). Hence the `s` that acts as a given `sigma_w` is the root of
//!
//! ```text
//! fan_in unit^2 power(t) / t^2 = sigma_w^2.
//! ```

use super::scale::Scale;
use super::start::{DEAD, Start, StartError};
use super::weights::{Centring, QuantizedWeights, WeightsError};
use crate::activation::StepActivation;
use crate::parameter::positive;
use crate::root::bracketed;

impl QuantizedWeights {
    /// Weights on a fixed grid, at the standard deviation before rounding ([`QuantizedWeights::deviation`]) that acts as
    /// `sigma_w`.
    ///
    /// ```
    /// use mf_core::{Centring, QuantizedWeights, quantizer::find};
    ///
    /// // Three levels in steps of 1/4: of 4096 weights 16 may be other than 0, as 16 / 4^2 = 1.
    /// let int2 = find("int2")?.build()?.activation;
    /// let weights = QuantizedWeights::on_grid(&int2, 0.25, Centring::Refuse, 4096, 1.0)?;
    /// assert!((weights.inputs() - 16.0).abs() < 1e-9);
    /// // 16 of 4096 are beyond 2.886 standard deviations, which is half a step.
    /// assert!((weights.deviation(1.0)? - 0.125 / 2.886).abs() < 2e-5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WeightsError::Grid`] if no weights on this grid act as `sigma_w`; as [`QuantizedWeights::new`];
    /// [`WeightsError::Parameter`] unless `unit` and `sigma_w` are finite and above 0.
    pub fn on_grid(
        format: &StepActivation,
        unit: f64,
        centring: Centring,
        fan_in: u64,
        sigma_w: f64,
    ) -> Result<Self, WeightsError> {
        let unit = positive("the unit of the grid", unit)?;
        let wanted = positive("sigma_w", sigma_w)? / unit;
        let scaled = |t: f64| -> Result<f64, WeightsError> {
            let weights = Self::new(format, Scale::Constant(t), Centring::Keep, fan_in)?;
            let mean = match centring {
                Centring::Subtract => weights.rounding().mean,
                Centring::Refuse | Centring::Keep => 0.0,
            };
            Ok(fan_in as f64 * (weights.power() - mean * mean) / (t * t))
        };
        let above = |log_t: f64| match scaled(libm::exp(log_t)) {
            Ok(found) => libm::log(found) - 2.0 * libm::log(wanted),
            // Next to no weight is other than 0.
            Err(_) => -libm::log(f64::MAX),
        };
        let (from, to) = range(format);
        let log_t = bracketed(above, from, to);
        if log_t.is_nan() {
            return Err(WeightsError::Grid {
                unit,
                sigma_w,
                small: above(from) < 0.0,
            });
        }
        Self::new(format, Scale::Constant(libm::exp(log_t)), centring, fan_in)
    }
}

impl Start {
    /// The largest unit of a grid that leaves a tensor of `elements` normal weights alive; infinite if every grid does, as of a
    /// format without 0.
    ///
    /// ```
    /// use mf_core::{Start, quantizer::find};
    ///
    /// // Of a million weights one is beyond 5.738 standard deviations with a probability of 1 %; half a step is that.
    /// let int4 = find("int4")?.build()?.activation;
    /// let unit = Start::Normal(1.0).largest_grid(&int4, 1 << 20)?;
    /// assert!((unit / 2.0 - 5.737918).abs() < 1e-6);
    /// assert!(!Start::Normal(1.0).rounded(&int4, 0.999 * unit)?.is_dead(1 << 20));
    /// assert!(Start::Normal(1.0).rounded(&int4, 1.001 * unit)?.is_dead(1 << 20));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StartError`] unless the size of the weights is finite and above 0.
    pub fn largest_grid(self, format: &StepActivation, elements: u64) -> Result<f64, StartError> {
        let (Self::Normal(size) | Self::Uniform(size)) = self;
        let size = positive("the size of the weights", size)?;
        let least = -libm::expm1(libm::log(DEAD) / elements.max(1) as f64);
        let above = |log_unit: f64| {
            let rounded = self.rounded(format, size * libm::exp(log_unit));
            rounded.map_or(f64::NAN, |rounded| rounded.nonzero_share - least)
        };
        let (from, to) = range(format);
        if above(to) > 0.0 {
            return Ok(f64::INFINITY);
        }
        Ok(size * libm::exp(bracketed(above, from, to)))
    }
}

/// Logarithms of the units at which the largest threshold is next to 0, and at which the least is beyond all weights, in
/// units of their size.
fn range(format: &StepActivation) -> (f64, f64) {
    const NEAR: f64 = 1e-6;
    const FAR: f64 = 40.0;
    let sizes = || format.thresholds().iter().map(|g| g.abs());
    let largest = sizes().fold(format.largest_level(), f64::max);
    let least = sizes().filter(|g| *g > 0.0).fold(largest, f64::min);
    (libm::log(NEAR / largest), libm::log(FAR / least))
}
