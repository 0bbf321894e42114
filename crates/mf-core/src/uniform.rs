//! The uniform quantizer on a unit Gaussian, for any number of states, in a bounded number of operations.
//!
//! `q` has `N` levels at the middles of bins of width `D` (unit gain) and thresholds `D (i - N/2)`, `i = 1..N-1`; the
//! two outermost bins reach to infinity. `D` is the *normalized spacing*, in units of `sqrt(Q*)`. With the error
//! `e = z - q`, `m = E[e^2]` and `b = E[z e]`,
//!
//! ```text
//! E[z q] = 1 - b,   E[q^2] = 1 - 2 b + m,   1 - chi = (m - b^2) / (1 - 2 b + m),
//! ```
//!
//! which does not cancel where `chi` is close to 1. Both are sums over lattices of thresholds. Without the two ends
//! (thresholds all along the line), Poisson summation gives, with `s = +1` for even `N` and `-1` for odd,
//!
//! ```text
//! b_inf = -2 sum_k s^k e_k,   m_inf = D^2/12 + (D^2/pi^2) sum_k s^k e_k / k^2,   e_k = exp(-2 pi^2 k^2 / D^2),
//! ```
//!
//! and taking away the thresholds at `T + j D`, `j >= 0`, `T = N D / 2`, on both sides adds
//!
//! ```text
//! b = b_inf + 2 D sum_j n(T + j D),   m = m_inf + 4 D sum_j J_1(T + j D),   J_1(g) = ∫_g^∞ (z - g) n(z) dz:
//! ```
//!
//! granular and overload distortion (Bennett 1948; Hui & Neuhoff, IEEE Trans. Inf. Theory 47, 2001). These lattice sums
//! come from Euler-Maclaurin. Above `D = 1`, where a few dozen thresholds matter and nothing cancels, the sums over
//! thresholds are computed directly.

use crate::gaussian::{FARTHEST, pdf, upper_tail};
use crate::lattice::LatticeTail;
use std::f64::consts::PI;
use thiserror::Error;

/// The smallest `T = N D / 2` of [`UniformError::new`]: below, `m - b^2` loses digits like `1 / T^2`.
pub const NARROWEST_RANGE: f64 = 0.01;

/// The largest spacing of [`UniformError::new`]: above, an odd quantizer maps more than `1 - 1e-6` of its inputs to 0.
pub const WIDEST_SPACING: f64 = 10.0;

/// Above this spacing the thresholds are summed one by one.
const POISSON_UP_TO: f64 = 1.0;

/// Number of states or spacing outside the domain of a function of this module.
///
/// ```
/// let error = mf_core::uniform::slope(1, 0.5).unwrap_err();
/// assert_eq!(error.to_string(), "a quantizer of 1 states: give two or more");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum UniformDomainError {
    /// Fewer than two states.
    #[error("a quantizer of {states} states: give two or more")]
    TooFewStates {
        /// The number of states that was given.
        states: u64,
    },
    /// The spacing is zero, negative, infinite or NaN.
    #[error("the normalized spacing is {spacing}: give a finite number above zero")]
    Spacing {
        /// The spacing that was given.
        spacing: f64,
    },
    /// `N D / 2` is so small that the error would lose its digits.
    #[error(
        "{states} states at spacing {spacing} reach only N D / 2 = {range}: give a spacing that reaches at least \
         {NARROWEST_RANGE}; `slope` takes every spacing"
    )]
    TooNarrow {
        /// The number of states that was given.
        states: u64,
        /// The spacing that was given.
        spacing: f64,
        /// `states * spacing / 2`.
        range: f64,
    },
    /// The spacing is so large that hardly any input crosses a threshold.
    #[error(
        "the normalized spacing {spacing} is above {WIDEST_SPACING}, where the error loses its digits: give a smaller one; \
         `slope` takes every spacing"
    )]
    TooWide {
        /// The spacing that was given.
        spacing: f64,
    },
}

/// The two moments of the error of a uniform quantizer (unit gain) on a unit Gaussian.
///
/// Relative accuracy about `1e-13` for `N D / 2 >= 0.1`, falling like `(N D)^-2` to `1e-11` at the edge of the domain.
///
/// ```
/// use mf_core::uniform::UniformError;
///
/// // Max 1960, table II: 32 levels at their best step.
/// let error = UniformError::new(32, 0.1881)?;
/// assert!((error.mean_squared_error - 0.003495).abs() < 5e-7);
/// # Ok::<(), mf_core::uniform::UniformDomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UniformError {
    /// `m = E[(z - q)^2]`.
    pub mean_squared_error: f64,
    /// `b = E[z (z - q)] = 1 - E[z q]`.
    pub correlation_deficit: f64,
}

impl UniformError {
    /// The error of `states >= 2` levels at normalized `spacing`, in a few microseconds for any number of states.
    ///
    /// ```
    /// use mf_core::uniform::UniformError;
    ///
    /// // A million fine steps that reach far: D^2 / 12 (Bennett 1948).
    /// let error = UniformError::new(1_000_000, 0.001)?;
    /// assert!((error.mean_squared_error / (1e-6 / 12.0) - 1.0).abs() < 1e-12);
    /// # Ok::<(), mf_core::uniform::UniformDomainError>(())
    /// ```
    ///
    /// # Errors
    /// [`UniformDomainError`] unless `states >= 2`, `0 < spacing <= `[`WIDEST_SPACING`] and
    /// `states * spacing / 2 >= `[`NARROWEST_RANGE`].
    pub fn new(states: u64, spacing: f64) -> Result<Self, UniformDomainError> {
        check(states, spacing)?;
        let range = 0.5 * states as f64 * spacing;
        if range < NARROWEST_RANGE {
            return Err(UniformDomainError::TooNarrow {
                states,
                spacing,
                range,
            });
        }
        if spacing > WIDEST_SPACING {
            return Err(UniformDomainError::TooWide { spacing });
        }
        if spacing > POISSON_UP_TO {
            return Ok(Self::by_thresholds(states, spacing));
        }
        let (granular, deficit) = unclipped(states.is_multiple_of(2), spacing);
        let tail = LatticeTail::new(range, spacing);
        Ok(Self {
            mean_squared_error: granular + 4.0 * tail.overshoot,
            correlation_deficit: deficit + 2.0 * tail.density,
        })
    }

    fn by_thresholds(states: u64, spacing: f64) -> Self {
        let (first, second) = threshold_sums(states, spacing);
        let correlation_deficit = 1.0 - spacing * first;
        let mean_squared_error = 2.0 * correlation_deficit - 1.0 + spacing * spacing * second;
        Self {
            mean_squared_error,
            correlation_deficit,
        }
    }

    /// `1 - chi = (m - b^2) / (1 - 2 b + m)`: the least mean squared error with the best output gain.
    ///
    /// ```
    /// use mf_core::uniform::UniformError;
    ///
    /// // Two states: 1 - 2/pi at every spacing.
    /// let rest = UniformError::new(2, 0.7)?.one_minus_slope();
    /// assert!((rest - (1.0 - 2.0 / std::f64::consts::PI)).abs() < 1e-13);
    /// # Ok::<(), mf_core::uniform::UniformDomainError>(())
    /// ```
    pub fn one_minus_slope(&self) -> f64 {
        let deficit = self.correlation_deficit;
        (self.mean_squared_error - deficit * deficit) / self.second_moment()
    }

    /// `m - b = E[q^2] - E[z q]`, zero where the spacing is the best one at unit gain, which is also the one of the
    /// largest `chi` (Max, IRE Trans. Inf. Theory 6, 1960: at the optimum the output is uncorrelated with the error).
    /// Negative below the best spacing, positive above.
    ///
    /// ```
    /// use mf_core::uniform::UniformError;
    ///
    /// // Around Max's best step of eight levels, 0.5860.
    /// assert!(UniformError::new(8, 0.5859)?.stationarity() < 0.0);
    /// assert!(UniformError::new(8, 0.5861)?.stationarity() > 0.0);
    /// # Ok::<(), mf_core::uniform::UniformDomainError>(())
    /// ```
    pub fn stationarity(&self) -> f64 {
        self.mean_squared_error - self.correlation_deficit
    }

    /// `E[q^2] = 1 - 2 b + m`.
    ///
    /// ```
    /// use mf_core::uniform::UniformError;
    ///
    /// // Levels ± D/2.
    /// assert!((UniformError::new(2, 1.6)?.second_moment() - 0.64).abs() < 1e-15);
    /// # Ok::<(), mf_core::uniform::UniformDomainError>(())
    /// ```
    pub fn second_moment(&self) -> f64 {
        1.0 - 2.0 * self.correlation_deficit + self.mean_squared_error
    }
}

/// `chi` at normalized `spacing` by the direct sums, `(sum_i D n(g_i))^2 / E[q^2]`: `O(N)` work (thresholds beyond the
/// reach of the density are left out), any positive spacing, absolute accuracy about `1e-15`. `chi` tends to `2/pi`
/// as the spacing tends to 0.
///
/// ```
/// use mf_core::uniform::slope;
///
/// // Sixteen states at their best spacing, and at one so small that only signs are left.
/// assert!((slope(16, 0.3352)? - 0.988457).abs() < 1e-6);
/// assert!((slope(16, 1e-9)? - 2.0 / std::f64::consts::PI).abs() < 1e-8);
/// # Ok::<(), mf_core::uniform::UniformDomainError>(())
/// ```
///
/// # Errors
/// [`UniformDomainError`] unless `states >= 2` and `spacing` is finite and above 0.
pub fn slope(states: u64, spacing: f64) -> Result<f64, UniformDomainError> {
    check(states, spacing)?;
    let (first, second) = threshold_sums(states, spacing);
    // Both vanish together where an odd quantizer maps every f64 to 0.
    Ok(if second > 0.0 {
        first * first / second
    } else {
        0.0
    })
}

fn check(states: u64, spacing: f64) -> Result<(), UniformDomainError> {
    if states < 2 {
        Err(UniformDomainError::TooFewStates { states })
    } else if spacing > 0.0 && spacing.is_finite() {
        Ok(())
    } else {
        Err(UniformDomainError::Spacing { spacing })
    }
}

/// `m_inf` and `b_inf` by Poisson summation; up to `D = 1` two terms are enough.
fn unclipped(even: bool, spacing: f64) -> (f64, f64) {
    let sign = if even { 1.0 } else { -1.0 };
    let square = spacing * spacing;
    let e1 = sign * libm::exp(-2.0 * PI * PI / square);
    let e2 = libm::exp(-8.0 * PI * PI / square);
    (
        square / 12.0 + square / (PI * PI) * (e1 + 0.25 * e2),
        -2.0 * (e1 + e2),
    )
}

/// `E[z q] / D` and `E[q^2] / D^2`, threshold by threshold.
fn threshold_sums(states: u64, spacing: f64) -> (f64, f64) {
    let even = states.is_multiple_of(2);
    let shift = if even { 0.0 } else { 0.5 };
    let (mut first, mut second) = if even { (pdf(0.0), 0.25) } else { (0.0, 0.0) };
    for k in 1..=(states - 1) / 2 {
        let place = k as f64 - shift;
        let threshold = place * spacing;
        if threshold > FARTHEST {
            break;
        }
        first += 2.0 * pdf(threshold);
        // The squared level grows by (place + 1/2)^2 - (place - 1/2)^2 on each side.
        second += 4.0 * place * upper_tail(threshold);
    }
    (first, second)
}
