//! The best spacing of the uniform quantizer, exactly, for any number of states.

use mf_core::depth_scale;
use mf_core::quantizer::uniform::MEMBERS;
use mf_core::uniform::UniformError;

use crate::error::FitError;
use crate::solve::root;

/// The largest number of states of [`uniform_optimum`]: `2 10^9`, so that [`local_exponent`] goes up to `10^9`.
pub const MOST_STATES: u64 = MEMBERS.most;

/// A uniform quantizer of `N` states at its best spacing, without biases.
///
/// ```
/// // At the best spacing sigma_w is chi^(-1/2).
/// let best = mf_fit::uniform_optimum(10)?;
/// assert!((best.sigma_w - 1.0130963877).abs() < 1e-10);
/// assert!((best.sigma_w - best.slope.powf(-0.5)).abs() < 1e-12);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UniformOptimum {
    /// `N`, the number of states (levels).
    pub states: u64,
    /// `D / sqrt(Q*)`, the spacing of thresholds in units of the fixed point.
    pub spacing: f64,
    /// `1 - chi_max`.
    pub one_minus_slope: f64,
    /// `chi_max`.
    pub slope: f64,
    /// `xi = -1 / ln(chi_max)`, in layers.
    pub depth_scale: f64,
    /// The scale of the weights for levels evenly spaced in `[-1, 1]`: `sigma_w = E[q^2]^(-1/2)` for the quantizer `q`
    /// of unit gain and this spacing (theory: `sigma_w = (D / spacing) / sqrt(E phi^2)`, and `phi = q D / spacing`).
    pub sigma_w: f64,
}

impl UniformOptimum {
    pub(crate) fn at(states: u64, spacing: f64) -> Result<Self, FitError> {
        let error = UniformError::new(states, spacing)?;
        let one_minus_slope = error.one_minus_slope();
        Ok(Self {
            states,
            spacing,
            one_minus_slope,
            slope: 1.0 - one_minus_slope,
            depth_scale: depth_scale(one_minus_slope),
            sigma_w: 1.0 / error.second_moment().sqrt(),
        })
    }
}

/// The spacing of largest `chi` for `states` uniform states, where `E[q^2] = E[z q]` (J. Max 1960), by Brent's method.
///
/// Relative accuracy `1e-12` of `1 - chi` and spacing, in a few microseconds for every `N`.
///
/// For two states `chi = 2/pi` at every spacing, since the only threshold is at 0. The spacing given is `2 sqrt(2/pi)`,
/// which follows from the same condition: there the quantizer of unit gain has the least mean squared error.
///
/// ```
/// // Max 1960, table II, and a number of states at which 1 - chi is 1.44e-11.
/// let sixteen = mf_fit::uniform_optimum(16)?;
/// assert!((sixteen.spacing - 0.3352).abs() < 5e-5);
/// assert!((sixteen.one_minus_slope - 0.01154).abs() < 5e-6);
/// assert!((mf_fit::uniform_optimum(1 << 20)?.one_minus_slope - 1.44e-11).abs() < 5e-14);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::States`] unless `2 <= states <= `[`MOST_STATES`].
pub fn uniform_optimum(states: u64) -> Result<UniformOptimum, FitError> {
    if !(2..=MOST_STATES).contains(&states) {
        return Err(FitError::States {
            states,
            least: 2,
            most: MOST_STATES,
        });
    }
    let stationarity = |spacing| Ok(UniformError::new(states, spacing)?.stationarity());
    // Hui & Neuhoff (2001); the optimum is 0.80 to 0.96 times this from N = 2 to 10^9.
    let asymptote = 4.0 * libm::log(states as f64).sqrt() / states as f64;
    let spacing = root(stationarity, 0.75 * asymptote, asymptote)?;
    UniformOptimum::at(states, spacing)
}

/// The exponent between `N` and `2 N`: `log2(f(N) / f(2 N))` of `f = 1 - chi_max`, so that `xi ~ N^exponent` there.
///
/// It grows from 1.61 at `N = 2` towards its limit 2: `1 - chi_max ~ 4 ln N / (3 N^2)`.
///
/// ```
/// // It grows slowly, towards 2.
/// assert!((mf_fit::local_exponent(64)? - 1.77292).abs() < 5e-6);
/// assert!((mf_fit::local_exponent(65536)? - 1.90309).abs() < 5e-6);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::States`] unless `2 <= states <= `[`MOST_STATES`]` / 2`.
pub fn local_exponent(states: u64) -> Result<f64, FitError> {
    let most = MOST_STATES / 2;
    if !(2..=most).contains(&states) {
        return Err(FitError::States {
            states,
            least: 2,
            most,
        });
    }
    let here = uniform_optimum(states)?.one_minus_slope;
    let twice = uniform_optimum(2 * states)?.one_minus_slope;
    Ok(libm::log2(here / twice))
}
