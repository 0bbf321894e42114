//! The standard normal distribution: density, tails, repeated tail integrals, probabilities of intervals.
//!
//! Tails come from `erfc` and from a continued fraction, so that they keep their relative accuracy (about `1e-14`)
//! as far out as `f64` reaches.

use crate::quadrature::gauss_legendre;
use std::f64::consts::FRAC_1_SQRT_2;

/// `1 / sqrt(2 pi)`, the density at 0.
pub const PDF_AT_ZERO: f64 = 0.3989422804014327;

/// Beyond this distance from 0 the density is 0 in `f64`.
pub(crate) const FARTHEST: f64 = 39.0;

/// From here on the rounding of `x^2` and of `x / sqrt(2)`, which grows like `x^2`, is corrected.
const FAR: f64 = 6.0;

/// Density `n(x) = exp(-x^2 / 2) / sqrt(2 pi)`.
///
/// ```
/// let density = mf_core::gaussian::pdf(1.0);
/// assert!((density - 0.241_970_724_519_143_3).abs() < 1e-16);
/// ```
pub fn pdf(x: f64) -> f64 {
    let square = x * x;
    let density = PDF_AT_ZERO * libm::exp(-0.5 * square);
    if x.abs() < FAR || density == 0.0 {
        density
    } else {
        density * (1.0 - 0.5 * libm::fma(x, x, -square))
    }
}

/// Cumulative distribution `Psi(x) = P(z < x)`, accurate relative to itself for negative `x` too.
///
/// ```
/// // 97.5 % are below 1.96.
/// let share = mf_core::gaussian::cdf(1.96);
/// assert!((share - 0.975_002_104_851_779_5).abs() < 1e-15);
/// ```
pub fn cdf(x: f64) -> f64 {
    upper_tail(-x)
}

/// Upper tail `P(z > x)`, accurate relative to itself for positive `x` too.
///
/// ```
/// // 1 - cdf(10) would be 0.
/// let tail = mf_core::gaussian::upper_tail(10.0);
/// assert!((tail / 7.619_853_024_160_526e-24 - 1.0).abs() < 1e-14);
/// ```
pub fn upper_tail(x: f64) -> f64 {
    /// `1 / sqrt(2)` less [`FRAC_1_SQRT_2`].
    const REST: f64 = -4.833646656726457e-17;
    let scaled = x * FRAC_1_SQRT_2;
    let tail = 0.5 * libm::erfc(scaled);
    if x < FAR || tail == 0.0 {
        return tail;
    }
    // The rounding error of x / sqrt(2), times the derivative of ln erfc, about -2 (x + 1/x) / sqrt(2).
    let left_out = libm::fma(x, FRAC_1_SQRT_2, -scaled) + x * REST;
    tail * (1.0 - left_out * 2.0 * FRAC_1_SQRT_2 * (x + 1.0 / x))
}

/// On an interval no wider than this a difference of tails loses digits.
pub(crate) const NARROW: f64 = 0.5;

/// `P(from < z < to)` for `from <= to`; either end may be infinite.
///
/// A difference of tails loses digits on a narrow interval, so narrow ones are integrated: those over which the density falls
/// by less than a half.
///
/// ```
/// use mf_core::gaussian::interval_probability;
///
/// // One standard deviation to either side; a narrow interval far out.
/// assert!((interval_probability(-1.0, 1.0) - 0.682_689_492_137_085_9).abs() < 1e-15);
/// assert!((interval_probability(8.0, 8.25) / 5.428_987_942_807_536e-16 - 1.0).abs() < 1e-13);
/// ```
pub fn interval_probability(from: f64, to: f64) -> f64 {
    let nearest = if from > 0.0 { from } else { -to };
    if (to - from) * nearest.max(1.0) <= NARROW {
        gauss_legendre(from, to, pdf)
    } else if from >= 0.0 {
        upper_tail(from) - upper_tail(to)
    } else if to <= 0.0 {
        cdf(to) - cdf(from)
    } else {
        1.0 - cdf(from) - upper_tail(to)
    }
}

/// Repeated tail integrals `J_k(t) = ∫_t^∞ (z - t)^k n(z) dz` for `k = 0, 1, ..., K-1`.
///
/// They obey `J_{k+1} = k J_{k-1} - t J_k` with `J_0 = P(z > t)` and `J_1 = n(t) - t J_0`. For small `t` the
/// recurrence runs forward; beyond, where it cancels, the ratios `r_k = J_k / J_{k-1} = k / (t + r_{k+1})` are
/// evaluated from far down (Gautschi, "Computational aspects of three-term recurrence relations", SIAM Review 1967).
/// All are positive and accurate relative to themselves.
///
/// ```
/// // Half of the mean, half of E|z|, half of the variance.
/// let [j0, j1, j2] = mf_core::gaussian::tail_moments::<3>(0.0);
/// assert_eq!((j0, j1, j2), (0.5, mf_core::gaussian::PDF_AT_ZERO, 0.5));
/// ```
pub fn tail_moments<const K: usize>(t: f64) -> [f64; K] {
    // Forward, J_1 loses a factor of t^2 + 2 and every further moment as much again.
    let forward_up_to = if K <= 2 { 4.0 } else { 2.0 };
    let mut moments = [0.0; K];
    if t > FARTHEST {
        return moments;
    }
    let density = pdf(t);
    if t < forward_up_to {
        let (mut before, mut current) = (density, upper_tail(t));
        for (k, moment) in moments.iter_mut().enumerate() {
            *moment = current;
            // J_1 is n - t J_0: the density takes the place of "0 J_{-1}".
            let weight = if k == 0 { 1.0 } else { k as f64 };
            (before, current) = (current, weight * before - t * current);
        }
        return moments;
    }
    // Enough for the last bit of J_1 at every t.
    let depth = K + 14 + (260.0 / (t * t)) as usize;
    let mut ratio = 0.5 * ((t * t + 4.0 * depth as f64).sqrt() - t);
    for k in (1..=depth).rev() {
        ratio = k as f64 / (t + ratio);
        if let Some(moment) = moments.get_mut(k) {
            *moment = ratio;
        }
    }
    let mut current = density / (t + ratio);
    for (k, moment) in moments.iter_mut().enumerate() {
        if k > 0 {
            current *= *moment;
        }
        *moment = current;
    }
    moments
}
