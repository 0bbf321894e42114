//! The correlation map `M(C)`, its slope `chi(C)` and its stable fixed point `C*`.
//!
//! At a fixed variance `Q`, with `a_i = g_i / sqrt(Q)` and standard normal `x, y` of correlation `C`,
//!
//! ```text
//! M(C) = (sigma_w^2 E[phi(sqrt(Q) x) phi(sqrt(Q) y)] + sigma_b^2) / Q,   chi(C) = dM/dC.
//! ```
//!
//! # Which formula serves where
//!
//! | | range | formula |
//! | --- | --- | --- |
//! | `M` | `abs(C) <= 0.9` | Mehler's series `E[phi phi] = sum_k c_k^2 C^k` |
//! | `M` | `0.9 < abs(C) < 1` | the common part of the pair by the trapezoidal rule |
//! | `M` | `abs(C) = 1` | piecewise constant integrals |
//! | `chi` | `0 <= C <= 0.9` | `sigma_w^2/Q sum_k k c_k^2 C^(k-1)` |
//! | `chi` | elsewhere | Price's theorem, `sigma_w^2 sum_ij h_i h_j n2(g_i, g_j; Q, C)` |
//!
//! `c_0 = E[phi]` and `c_k = sum_i h_i n(a_i) He_{k-1}(a_i) / sqrt(k!)` are the normalized Hermite coefficients of `phi`;
//! 400 of them leave `0.9^400 = 5e-19`. For positive `C` all terms are positive, so that `M` and `chi` keep their
//! relative accuracy (`1e-13`) however small they are; for negative `C` the accuracy of `M` is relative to `M(1)`.
//!
//! Near `C = ±1`, `x = sqrt|C| w + sqrt(1-|C|) e_1` and `y = ±sqrt|C| w + sqrt(1-|C|) e_2` with independent standard
//! normal `w, e_1, e_2`, hence `E[phi phi] = E[G(w) G(±w)]` with the smoothed staircase
//! `G(w) = A + sum_i h_i Psi((sqrt|C| w - a_i) / sqrt(1-|C|))`. The trapezoidal rule of step
//! `h = 0.73 / sqrt(1 + 2|C| / (1-|C|))` is exact to `exp(-37)`; only thresholds near a node are summed, and runs of
//! nodes with none near, where `G` is a level, are summed in closed form. The work per threshold stays the same up
//! to `C = 1`.
//!
//! # Why `C*` is unique
//!
//! `M` is a power series with nonnegative coefficients, so it is convex on `[0, 1]`. At a fixed point of the variance
//! `M(1) = 1`, and `M'(1) = inf` for every step function, so `M(C) < C` just below 1 while `M(0) >= 0`: on `[0, 1)` a
//! convex function meets the diagonal exactly once, from above, with `chi < 1`. There is none in `(-1, 0)`: split `M`
//! into its even and odd powers; `M(-c) = -c` means `M_odd(c) = c + M_even(c) >= c`, and then, `M_odd` being convex with
//! `M_odd(0) = 0`, `M_odd(t) >= t` up to 1, where `M_odd <= M < t`. Two different inputs never stay identical: there is
//! no edge of chaos.

use crate::activation::{StepActivation, level_after, normalized};
use crate::gaussian::{FARTHEST, cdf, pdf, upper_tail};
use crate::lattice::lattice_mass;
use crate::parameter::{ParameterError, not_negative, positive};
use std::f64::consts::PI;
use thiserror::Error;

/// Up to here the series serves.
const SERIES_UP_TO: f64 = 0.9;

/// Hermite coefficients beyond the mean: `0.9^400 < 1e-18`.
const TERMS: usize = 400;

/// A step is flat beyond this many of its widths: `Psi(-8.7) = 2e-18`.
const REACH: f64 = 8.7;

/// A correlation or a parameter outside its range.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum CorrelationError {
    /// A parameter of the map is outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The correlation is NaN or outside `[-1, 1]`.
    #[error("the correlation is {correlation}: give a number from -1 to 1")]
    Correlation {
        /// The correlation that was given.
        correlation: f64,
    },
    /// `C*` was asked for at a variance that is not a fixed point.
    #[error(
        "M(1) = {at_one} at the variance {variance}: C* is defined at a fixed point of the variance map, \
         where M(1) = 1; take the variance from VarianceMap::fixed_points"
    )]
    NotAtFixedPoint {
        /// The variance of the map.
        variance: f64,
        /// `M(1) = V(Q)/Q`.
        at_one: f64,
    },
    /// The activation is all but constant: every pair of inputs ends at a correlation that f64 can't part from 1.
    #[error(
        "every pair of inputs ends closer than {CLOSEST_TO_ONE:e} to correlation 1: the activation is all but \
         constant there, and chi would have no digits; set its levels further apart, or remove their mean"
    )]
    NextToOne,
}

/// [`CorrelationMap::fixed_point`] refuses `1 - C*` below this: `M` is known to about `1e-14`, so that `1 - C*` and
/// `chi` would keep fewer than five digits.
pub const CLOSEST_TO_ONE: f64 = 1e-9;

/// The map of correlations from one layer to the next at a fixed variance.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationMap {
    /// `a_i = g_i / sqrt(Q)`.
    thresholds: Vec<f64>,
    levels: Vec<f64>,
    /// `c_k^2`, `k = 0..=TERMS`.
    squares: Vec<f64>,
    /// `E[phi^2]`.
    mean_square: f64,
    variance: f64,
    /// `sigma_w^2 / Q`.
    weight: f64,
    /// `sigma_b^2 / Q`.
    bias: f64,
    /// Whether `M` is odd: the activation is, and there are no biases.
    odd: bool,
}

impl CorrelationMap {
    /// The map of `activation` for weights of scale `sigma_w` and biases of scale `sigma_b`, at hidden `variance`.
    ///
    /// # Errors
    /// [`ParameterError`] unless `variance` and `sigma_w` are finite and above 0 and `sigma_b` is finite and not
    /// negative. (Without weights `M` is 1 for every `C` and there is nothing to map.)
    pub fn new(
        activation: &StepActivation,
        sigma_w: f64,
        sigma_b: f64,
        variance: f64,
    ) -> Result<Self, ParameterError> {
        let spread = positive("variance", variance)?.sqrt();
        let weight = positive("sigma_w", sigma_w)? * sigma_w / variance;
        let bias = not_negative("sigma_b", sigma_b)? * sigma_b / variance;
        let thresholds: Vec<f64> = activation
            .thresholds()
            .iter()
            .map(|g| normalized(*g, spread))
            .collect();
        let mean = if activation.is_odd() {
            0.0
        } else {
            activation.mean(variance)
        };
        Ok(Self {
            squares: hermite_squares(&thresholds, activation, mean),
            thresholds,
            levels: activation.levels().to_vec(),
            mean_square: activation.mean_square(variance),
            variance,
            weight,
            bias,
            odd: activation.is_odd() && bias == 0.0,
        })
    }

    /// `M(C)`.
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn value(&self, correlation: f64) -> Result<f64, CorrelationError> {
        check(correlation)?;
        Ok(self.image(correlation))
    }

    /// The correlation in the next layer, whose variance is `next_variance`: `C' = M(C) Q / Q'`, within `[-1, 1]`.
    ///
    /// Identical inputs stay identical, and so do mirrored ones where `M` is odd: `C = 1` is a fixed point of infinite
    /// slope, at which a map that is iterated with rounding would fall to `C*`.
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn next(&self, correlation: f64, next_variance: f64) -> Result<f64, CorrelationError> {
        check(correlation)?;
        if correlation == 1.0 || (self.odd && correlation == -1.0) {
            return Ok(correlation);
        }
        let image = self.image(correlation);
        let next = if next_variance == self.variance {
            image
        } else {
            image * self.variance / next_variance
        };
        Ok(next.clamp(-1.0, 1.0))
    }

    /// `chi(C) = dM/dC >= 0`. At `C = 1` it is infinite; at `C = -1` it is infinite if two thresholds mirror each
    /// other (or one is at 0), as for every odd activation, and 0 otherwise.
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn slope(&self, correlation: f64) -> Result<f64, CorrelationError> {
        check(correlation)?;
        Ok(self.derivative(correlation))
    }

    /// `C*`, the one stable fixed point of `M` in `(-1, 1)`; it lies in `[0, 1)`. Newton's method from 0, which on a
    /// convex function climbs to the root without passing it.
    ///
    /// # Errors
    /// [`CorrelationError::NotAtFixedPoint`] unless the variance is a fixed point of the variance map, to `1e-9`;
    /// [`CorrelationError::NextToOne`] if `1 - C*` is below [`CLOSEST_TO_ONE`].
    pub fn fixed_point(&self) -> Result<f64, CorrelationError> {
        self.fixed_point_near(0.0)
    }

    /// [`CorrelationMap::fixed_point`], found in fewer steps if `guess` is near it: where `M` is flatter than the
    /// diagonal, one step of Newton's method leads below the root from either side. Any other guess counts as 0.
    ///
    /// # Errors
    /// As [`CorrelationMap::fixed_point`].
    pub fn fixed_point_near(&self, guess: f64) -> Result<f64, CorrelationError> {
        const MOST_STEPS: usize = 100;
        const AT_FIXED_POINT: f64 = 1e-9;
        let at_one = self.image(1.0);
        if at_one.is_nan() || (at_one - 1.0).abs() > AT_FIXED_POINT {
            return Err(CorrelationError::NotAtFixedPoint {
                variance: self.variance,
                at_one,
            });
        }
        let mut correlation = self.below_fixed_point(guess);
        for _ in 0..MOST_STEPS {
            let rest = 1.0 - self.derivative(correlation);
            let step = (self.image(correlation) - correlation) / rest;
            // Rounding decides the last steps: stop where the climb ends.
            if !(step > 0.0 && rest > 0.0) {
                break;
            }
            correlation += step;
            if 1.0 - correlation < CLOSEST_TO_ONE {
                return Err(CorrelationError::NextToOne);
            }
            if step <= f64::EPSILON * correlation {
                break;
            }
        }
        Ok(correlation)
    }

    /// Where the climb to the fixed point starts: one step of Newton's method from `guess`, or 0.
    fn below_fixed_point(&self, guess: f64) -> f64 {
        if !(guess > 0.0 && guess < 1.0) {
            return 0.0;
        }
        let rest = 1.0 - self.derivative(guess);
        let start = guess + (self.image(guess) - guess) / rest;
        if rest > 0.0 && start > 0.0 && start < 1.0 {
            start
        } else {
            0.0
        }
    }

    fn image(&self, correlation: f64) -> f64 {
        let size = correlation.abs();
        let product = if size <= SERIES_UP_TO {
            self.squares
                .iter()
                .rev()
                .fold(0.0, |sum, square| sum * correlation + square)
        } else if correlation == 1.0 {
            self.mean_square
        } else if correlation == -1.0 {
            self.mirrored_product()
        } else {
            self.smoothed_product(correlation)
        };
        self.weight * product + self.bias
    }

    fn derivative(&self, correlation: f64) -> f64 {
        let sum = if (0.0..=SERIES_UP_TO).contains(&correlation) {
            let terms = self.squares.iter().enumerate().skip(1).rev();
            terms.fold(0.0, |sum, (k, square)| {
                sum * correlation + k as f64 * square
            })
        } else if correlation.abs() == 1.0 {
            self.slope_at_end(correlation)
        } else {
            self.density_sum(correlation)
        };
        self.weight * sum
    }

    /// `E[phi(x) phi(-x)]`: the product is constant between the distances of the thresholds from 0.
    fn mirrored_product(&self) -> f64 {
        let mut distances: Vec<f64> = self.thresholds.iter().map(|a| a.abs()).collect();
        distances.sort_by(f64::total_cmp);
        distances.dedup();
        let product = |x: f64| self.level(x) * self.level(-x);
        let mut before = product(distances.first().map_or(0.0, |nearest| 0.5 * nearest));
        let mut sum = before;
        let nexts = distances
            .iter()
            .skip(1)
            .copied()
            .chain(std::iter::once(f64::INFINITY));
        for (distance, next) in distances.iter().zip(nexts) {
            let after = product(0.5 * (distance + next));
            sum += 2.0 * (after - before) * upper_tail(*distance);
            before = after;
        }
        sum
    }

    fn slope_at_end(&self, correlation: f64) -> f64 {
        let mirrored = |a: f64| self.thresholds.iter().any(|b| *b == -a);
        if correlation > 0.0 || self.thresholds.iter().any(|a| mirrored(*a)) {
            f64::INFINITY
        } else {
            0.0
        }
    }

    /// `sum_ij h_i h_j n2(a_i, a_j; C)` over the pairs that matter, with exponents that do not cancel near `C = ±1`.
    fn density_sum(&self, correlation: f64) -> f64 {
        let left = (1.0 - correlation) * (1.0 + correlation);
        let side = correlation.signum();
        // For negative C it may be that no pair is near: leave none out.
        let reach = if side > 0.0 {
            REACH * left.sqrt()
        } else {
            f64::INFINITY
        };
        let mut sum = 0.0;
        for (i, &a) in self.thresholds.iter().enumerate() {
            let low = self
                .thresholds
                .partition_point(|b| *b < correlation * a - reach)
                .max(i);
            let high = self
                .thresholds
                .partition_point(|b| *b <= correlation * a + reach);
            let mut row = 0.0;
            for j in low..high {
                let b = self.threshold(j);
                let apart = a - side * b;
                let exponent =
                    apart * apart / (2.0 * left) + side * a * b / (1.0 + correlation.abs());
                let weight = if j == i { 1.0 } else { 2.0 };
                row += weight * self.step(j) * libm::exp(-exponent);
            }
            sum += self.step(i) * row;
        }
        sum / (2.0 * PI * left.sqrt())
    }

    /// `E[G(w) G(±w)]` by the trapezoidal rule.
    fn smoothed_product(&self, correlation: f64) -> f64 {
        let size = correlation.abs();
        let side = correlation.signum();
        let (root, width) = (size.sqrt(), (1.0 - size).sqrt());
        let h = 0.73 / (1.0 + 2.0 * size / (1.0 - size)).sqrt();
        let staircase = |w: f64| self.smoothed(root * w, width);
        let flat = |w: f64| self.level(root * w) * self.level(side * root * w);
        let outermost = (FARTHEST / h).ceil();
        let mut sum = 0.0;
        let mut done = f64::NEG_INFINITY;
        for centre in self.centres(side) {
            let first = ((centre - REACH * width) / (root * h))
                .ceil()
                .clamp(-outermost, outermost + 1.0);
            let last = ((centre + REACH * width) / (root * h))
                .floor()
                .min(outermost);
            if first > done + 1.0 {
                sum += flat((first - 1.0) * h) * lattice_mass(done + 1.0, first - 1.0, h);
            }
            let mut k = first.max(done + 1.0);
            while k <= last {
                let w = k * h;
                let here = staircase(w);
                let there = if side > 0.0 { here } else { staircase(-w) };
                sum += h * pdf(w) * here * there;
                k += 1.0;
            }
            done = done.max(last).max(first - 1.0);
        }
        sum + flat((done + 1.0) * h) * lattice_mass(done + 1.0, f64::INFINITY, h)
    }

    /// Where the product of the two staircases varies, in increasing order.
    fn centres(&self, side: f64) -> Vec<f64> {
        let mut centres = self.thresholds.clone();
        if side < 0.0 {
            centres.extend(self.thresholds.iter().map(|a| -a));
            centres.sort_by(f64::total_cmp);
        }
        centres
    }

    /// `E[phi(x + width e)]` in units of the spread.
    fn smoothed(&self, x: f64, width: f64) -> f64 {
        let low = self.thresholds.partition_point(|a| *a < x - REACH * width);
        let high = self.thresholds.partition_point(|a| *a <= x + REACH * width);
        let near: f64 = (low..high)
            .map(|i| self.step(i) * cdf((x - self.threshold(i)) / width))
            .sum();
        level_after(&self.levels, low) + near
    }

    fn level(&self, x: f64) -> f64 {
        level_after(&self.levels, self.thresholds.partition_point(|a| *a < x))
    }

    fn threshold(&self, i: usize) -> f64 {
        level_after(&self.thresholds, i)
    }

    fn step(&self, i: usize) -> f64 {
        level_after(&self.levels, i + 1) - level_after(&self.levels, i)
    }
}

fn check(correlation: f64) -> Result<(), CorrelationError> {
    if (-1.0..=1.0).contains(&correlation) {
        Ok(())
    } else {
        Err(CorrelationError::Correlation { correlation })
    }
}

/// `c_k^2` for `k = 0..=TERMS`, by the recurrence of the normalized Hermite functions
/// `psi_{k+1} = (a psi_k - sqrt(k) psi_{k-1}) / sqrt(k+1)`, `psi_0 = n(a)`, which stay bounded; `c_k = sum_i h_i psi_{k-1}(a_i) / sqrt(k)`.
fn hermite_squares(thresholds: &[f64], activation: &StepActivation, mean: f64) -> Vec<f64> {
    let odd = activation.is_odd();
    let mut before = vec![0.0; thresholds.len()];
    let mut current: Vec<f64> = thresholds
        .iter()
        .zip(activation.steps())
        .map(|(a, h)| h * pdf(*a))
        .collect();
    let mut squares = Vec::with_capacity(TERMS + 1);
    squares.push(mean * mean);
    for k in 1..=TERMS {
        let sum: f64 = current.iter().sum();
        // Of an odd activation the even coefficients are 0, not rounding.
        squares.push(if odd && k % 2 == 0 {
            0.0
        } else {
            sum * sum / k as f64
        });
        let (back, ahead) = (((k - 1) as f64).sqrt(), 1.0 / (k as f64).sqrt());
        for ((a, old), new) in thresholds.iter().zip(&mut before).zip(&mut current) {
            let next = (a * *new - back * *old) * ahead;
            *old = *new;
            *new = next;
        }
    }
    squares
}
