//! Pairs of inputs of a step function.
//!
//! With thresholds `a_i = g_i / sqrt(Q)` and standard normal `x, y` of correlation `C`:
//!
//! | | range | formula |
//! | --- | --- | --- |
//! | `E[f(x) g(y)]` | `abs(C) <= 0.9` | Mehler's series `sum_k c_k(f) c_k(g) C^k` |
//! | | `0.9 < abs(C) < 1` | integral over the common part of the pair, trapezoidal rule |
//! | | `abs(C) = 1` | piecewise constant integrals |
//! | its slope | `abs(C) <= 0.9` | `sum_k k c_k(f) c_k(g) C^(k-1)` |
//! | | elsewhere | Price's theorem, `sum_ij h_i h_j n2(a_i, b_j; C)` |
//!
//! `c_0 = E[f]` and `c_k = sum_i h_i n(a_i) He_{k-1}(a_i) / sqrt(k!)`. For `g = f` and positive `C` all terms are positive, so that
//! small values keep their relative accuracy (`1e-13`); for negative `C` it is relative to the value at `-C`.
//!
//! Near `C = ±1`, `x = sqrt|C| w + sqrt(1-|C|) e_1` and `y = ±sqrt|C| w + sqrt(1-|C|) e_2` with independent standard
//! normal `w, e_1, e_2`, hence `E[f(x) g(y)] = E[F(w) G(±w)]` with the smoothed staircase
//! `F(w) = A + sum_i h_i Psi((sqrt|C| w - a_i) / sqrt(1-|C|))`. The trapezoidal rule of step
//! `h = 0.73 / sqrt(1 + 2|C| / (1-|C|))` is exact to `exp(-37)`. Only thresholds near a node are summed. Where no
//! threshold is near, `F` and `G` are levels, and the run of nodes is summed in closed form. The work per threshold
//! stays the same up to `C = 1`.

use super::hermite::{Coefficients, SERIES_UP_TO, Series, sums};
use super::step::{level_after, normalized};
use super::{Activation, Distortion, Response, StepActivation, WindowResponse};
use crate::gaussian::{FARTHEST, cdf, pdf, tail_moments, upper_tail};
use crate::lattice::lattice_mass;
use crate::quadrature::{panels, short};
use std::f64::consts::PI;

/// A smoothed step is flat beyond this many of its widths: `Psi(-8.7) = 2e-18`.
const REACH: f64 = 8.7;

/// A step function on inputs of one variance: thresholds in units of `sqrt(Q)`.
///
/// ```
/// use mf_core::{Activation, Response, StepActivation};
///
/// // How often signs agree depends on the correlation alone (Sheppard 1899), not on the variances.
/// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
/// let product = sign.response(1.0).product(&sign.response(9.0), 0.5);
/// assert!((product - 1.0 / 3.0).abs() < 1e-14);
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StepResponse {
    thresholds: Vec<f64>,
    levels: Vec<f64>,
    mean: f64,
    mean_square: f64,
    odd: bool,
    series: Series,
}

impl StepResponse {
    pub(super) fn new(activation: &StepActivation, variance: f64) -> Self {
        let spread = variance.sqrt();
        let thresholds = activation.thresholds().iter();
        let odd = activation.is_odd();
        Self {
            thresholds: thresholds.map(|g| normalized(*g, spread)).collect(),
            levels: activation.levels().to_vec(),
            mean: if odd { 0.0 } else { activation.mean(variance) },
            mean_square: activation.mean_square(variance),
            odd,
            series: Series::default(),
        }
    }

    fn series(&self, correlation: f64) -> &Coefficients {
        self.series.at(correlation, self.odd, || {
            let steps = (0..self.thresholds.len()).map(|i| self.step(i));
            let others = sums(&self.thresholds, steps).zip(1_u32..);
            let others = others.map(|(sum, k)| sum / f64::from(k).sqrt());
            std::iter::once(self.mean).chain(others)
        })
    }

    /// `E[z f] = sum_i h_i n(a_i)`.
    fn first_coefficient(&self) -> f64 {
        let thresholds = self.thresholds.iter().enumerate();
        thresholds.map(|(i, a)| self.step(i) * pdf(*a)).sum()
    }

    /// `E[(slope z - gain f - offset)^2]`: integrals over the bins, all positive, so that small errors keep 12 digits. The
    /// repeated tail integrals give the two outer bins, Gauss-Legendre the inner ones.
    fn error(&self, slope: f64, gain: f64, offset: f64) -> f64 {
        let ends = std::iter::once(f64::NEG_INFINITY).chain(self.thresholds.iter().copied());
        let others = self.thresholds.iter().copied();
        let bins = ends.zip(others.chain(std::iter::once(f64::INFINITY)));
        let errors = bins
            .zip(&self.levels)
            .map(|((from, to), level)| bin_error(from, to, slope, gain * level + offset));
        errors.sum()
    }

    /// `E[F(w) G(±w)]` by the trapezoidal rule.
    fn smoothed_product(&self, other: &Self, correlation: f64) -> f64 {
        let size = correlation.abs();
        let side = correlation.signum();
        let (root, width) = (size.sqrt(), (1.0 - size).sqrt());
        let h = 0.73 / (1.0 + 2.0 * size / (1.0 - size)).sqrt();
        let twins = side > 0.0 && std::ptr::eq(self, other);
        let flat = |w: f64| self.level(root * w) * other.level(side * root * w);
        let outermost = (FARTHEST / h).ceil();
        let mut sum = 0.0;
        let mut done = f64::NEG_INFINITY;
        for centre in self.cuts(other, side) {
            let first = ((centre - REACH * width) / (root * h)).ceil();
            let first = first.clamp(-outermost, outermost + 1.0);
            let last = ((centre + REACH * width) / (root * h)).floor();
            let last = last.min(outermost);
            if first > done + 1.0 {
                sum += flat((first - 1.0) * h) * lattice_mass(done + 1.0, first - 1.0, h);
            }
            let mut k = first.max(done + 1.0);
            while k <= last {
                let w = k * h;
                let here = self.smoothed(root * w, width);
                let there = if twins {
                    here
                } else {
                    other.smoothed(side * root * w, width)
                };
                sum += h * pdf(w) * here * there;
                k += 1.0;
            }
            done = done.max(last).max(first - 1.0);
        }
        sum + flat((done + 1.0) * h) * lattice_mass(done + 1.0, f64::INFINITY, h)
    }

    /// `E[f(x) g(±x)]`: the product is constant between the thresholds of the two.
    fn aligned_product(&self, other: &Self, side: f64) -> f64 {
        let mut cuts = self.cuts(other, side);
        cuts.dedup();
        let value = |x: f64| self.level(x) * other.level(side * x);
        let middles = cuts
            .iter()
            .zip(cuts.iter().skip(1))
            .map(|(a, b)| 0.5 * (a + b));
        let first = cuts.first().map(|cut| cut - 1.0);
        let last = cuts.last().map(|cut| cut + 1.0);
        let levels: Vec<f64> = first
            .into_iter()
            .chain(middles)
            .chain(last)
            .map(value)
            .collect();
        let jumps = cuts.iter().zip(levels.iter().zip(levels.iter().skip(1)));
        // From the bin that holds 0 outward, as in the moments.
        let jumps = jumps.map(|(cut, (below, above))| {
            if *cut > 0.0 {
                (above - below) * upper_tail(*cut)
            } else {
                (below - above) * cdf(*cut)
            }
        });
        level_after(&levels, cuts.partition_point(|cut| *cut <= 0.0)) + jumps.sum::<f64>()
    }

    /// `sum_ij h_i h_j n2(a_i, b_j; C)` over the pairs that matter, with exponents that do not cancel near `C = ±1`.
    fn density_sum(&self, other: &Self, correlation: f64) -> f64 {
        let left = (1.0 - correlation) * (1.0 + correlation);
        let side = correlation.signum();
        let thresholds = &other.thresholds;
        let mut sum = 0.0;
        for (i, &a) in self.thresholds.iter().enumerate() {
            let centre = correlation * a;
            let nearest = |at: usize| {
                thresholds
                    .get(at)
                    .map_or(f64::INFINITY, |b| (b - centre).abs())
            };
            let after = thresholds.partition_point(|b| *b < centre);
            let nearest = nearest(after).min(nearest(after.wrapping_sub(1)));
            // If none is near, the sum is over those not much farther than the nearest one.
            let reach = (nearest * nearest + REACH * REACH * left).sqrt();
            let low = thresholds.partition_point(|b| *b < centre - reach);
            let high = thresholds.partition_point(|b| *b <= centre + reach);
            let row = thresholds.iter().enumerate().take(high).skip(low);
            let row = row.map(|(j, b)| {
                let apart = a - side * b;
                let exponent =
                    apart * apart / (2.0 * left) + side * a * b / (1.0 + correlation.abs());
                other.step(j) * libm::exp(-exponent)
            });
            sum += self.step(i) * row.sum::<f64>();
        }
        sum / (2.0 * PI * left.sqrt())
    }

    /// The thresholds of the two, those of the other one mirrored if `side` is -1, in increasing order.
    fn cuts(&self, other: &Self, side: f64) -> Vec<f64> {
        let mut cuts = self.thresholds.clone();
        if side < 0.0 || !std::ptr::eq(self, other) {
            cuts.extend(other.thresholds.iter().map(|b| side * b));
            cuts.sort_by(f64::total_cmp);
        }
        cuts
    }

    /// `E[f(x + width e)]`.
    fn smoothed(&self, x: f64, width: f64) -> f64 {
        let low = self.thresholds.partition_point(|a| *a < x - REACH * width);
        let high = self.thresholds.partition_point(|a| *a <= x + REACH * width);
        let near = self.thresholds.iter().enumerate().take(high).skip(low);
        let near = near.map(|(i, a)| self.step(i) * cdf((x - a) / width));
        level_after(&self.levels, low) + near.sum::<f64>()
    }

    fn level(&self, x: f64) -> f64 {
        level_after(&self.levels, self.thresholds.partition_point(|a| *a < x))
    }

    fn step(&self, i: usize) -> f64 {
        level_after(&self.levels, i + 1) - level_after(&self.levels, i)
    }
}

impl Response for StepResponse {
    fn mean_square(&self) -> f64 {
        self.mean_square
    }

    fn product(&self, other: &Self, correlation: f64) -> f64 {
        if correlation.abs() <= SERIES_UP_TO {
            let (own, others) = (self.series(correlation), other.series(correlation));
            own.product(others, correlation)
        } else if correlation == 1.0 && std::ptr::eq(self, other) {
            self.mean_square
        } else if correlation.abs() == 1.0 {
            self.aligned_product(other, correlation)
        } else {
            self.smoothed_product(other, correlation)
        }
    }

    fn product_slope(&self, other: &Self, correlation: f64) -> f64 {
        if correlation.abs() <= SERIES_UP_TO {
            let (own, others) = (self.series(correlation), other.series(correlation));
            own.slope(others, correlation)
        } else if correlation.abs() == 1.0 {
            // Infinite if two thresholds coincide; otherwise the density is 0.
            let met = |a: &f64| other.thresholds.iter().any(|b| correlation * b == *a);
            if self.thresholds.iter().any(met) {
                f64::INFINITY
            } else {
                0.0
            }
        } else {
            self.density_sum(other, correlation)
        }
    }

    /// The slope of the product with the identity that is clipped to the window, by the series, or `sum_i h_i n(a_i) E[rho(y) | x = a_i]`.
    fn windowed_slope(&self, window: &WindowResponse, correlation: f64) -> f64 {
        if correlation.abs() <= SERIES_UP_TO {
            return window.along(self.series(correlation), correlation);
        }
        let width = ((1.0 - correlation) * (1.0 + correlation)).sqrt();
        let thresholds = self.thresholds.iter().enumerate();
        let seen = |(i, a): (usize, &f64)| {
            let density = self.step(i) * pdf(*a);
            // Far out there is nothing to see, and 0 times an infinite threshold would be NaN.
            if density == 0.0 {
                0.0
            } else {
                density * window.around(correlation * a, width)
            }
        };
        thresholds.map(seen).sum()
    }

    /// The error of the best straight line, minus `Coefficients::below_tangent`. The difference multiplies rounding
    /// errors by at most `(1 - C)^-2`.
    fn tangent_gap(&self, correlation: f64) -> f64 {
        if correlation == 0.0 && self.odd {
            self.distortion().mean_squared_error
        } else {
            let slope = self.first_coefficient();
            let beyond_line = self.error(slope, 1.0, -self.mean);
            (beyond_line - self.series(correlation).below_tangent(correlation)) / self.mean_square
        }
    }

    /// `1 - E[z f]^2 / E[f^2]`, summed bin by bin. By Stein's lemma this is `1 - chi` at `C* = 0`. An error in the gain enters in
    /// second order only.
    fn distortion(&self) -> Distortion {
        if self.mean_square <= 0.0 {
            return Distortion {
                mean_squared_error: 1.0,
                gain: 0.0,
            };
        }
        let gain = self.first_coefficient() / self.mean_square;
        Distortion {
            mean_squared_error: self.error(1.0, gain, 0.0).min(1.0),
            gain,
        }
    }
}

/// `∫ (slope z - level)^2 n(z) dz` over `(from, to)`, one end of which may be infinite.
pub(crate) fn bin_error(from: f64, to: f64, slope: f64, level: f64) -> f64 {
    if to == f64::INFINITY {
        let start = from.max(0.0);
        tail_error(start, slope, level) + inner_error(from, start, slope, level)
    } else if from == f64::NEG_INFINITY {
        let start = to.min(0.0);
        tail_error(-start, slope, -level) + inner_error(start, to, slope, level)
    } else {
        inner_error(from, to, slope, level)
    }
}

fn inner_error(from: f64, to: f64, slope: f64, level: f64) -> f64 {
    const WIDEST_PANEL: f64 = 0.5;
    // On a bin this narrow the four-point rule is exact to 1e-19 of its error.
    const NARROW: f64 = 0.005;
    let square = |z: f64| (slope * z - level) * (slope * z - level) * pdf(z);
    if to - from <= NARROW {
        short(from, to, square)
    } else {
        panels(from.max(-FARTHEST), to.min(FARTHEST), WIDEST_PANEL, square)
    }
}

/// `∫_t^∞ (slope z - level)^2 n(z) dz` for `t >= 0`.
fn tail_error(t: f64, slope: f64, level: f64) -> f64 {
    let [j0, j1, j2] = tail_moments::<3>(t);
    let distance = slope * t - level;
    slope * slope * j2 + distance * (2.0 * slope * j1 + distance * j0)
}
