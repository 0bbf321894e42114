//! Stochastic rounding: every input is rounded to one of the two levels around it, at random and without bias.
//!
//! With fresh noise for each input, `x` in `[v_k, v_{k+1}]` becomes `v_{k+1}` with probability
//! `(x - v_k) / (v_{k+1} - v_k)`, and beyond the outer levels the nearest one. So whatever the levels in between,
//!
//! ```text
//! E[phi | x]   = psi(x) = x clipped to [v_0, v_{N-1}]
//! Var[phi | x] = (x - v_k) (v_{k+1} - x)
//! ```
//!
//! The noise of two inputs is independent: it adds to `E[phi^2]` and so to `Q`, but not to the covariance. The maps are
//! `V(Q) = sigma_w^2 E[psi^2 + Var] + sigma_b^2` and `M(C) = (sigma_w^2 E[psi(u1) psi(u2)] + sigma_b^2) / Q`, with
//! `M(1) < 1` and a finite `chi(C) = sigma_w^2 P(v_0 < u1, u2 < v_{N-1})`.
//!
//! Thresholds play no part: rounding is in the units of the levels.

use crate::activation::{ActivationError, Distortion, StepActivation};
use crate::covariance::{CLOSEST_TO_ONE, CorrelationError};
use crate::gaussian::{interval_probability, pdf, tail_moments, upper_tail};
use crate::parameter::{ParameterError, not_negative, positive};
use crate::propagation::{Propagation, PropagationError, depth_scale};
use crate::quadrature::panels;
use crate::root::bracketed;

/// Beyond this many standard deviations nothing is left: `P = 2e-23`.
const REACH: f64 = 10.0;

/// Panels on which ten points integrate what varies like the density.
const WIDEST_PANEL: f64 = 0.5;

/// Stochastic rounding to the levels of a codebook.
#[derive(Debug, Clone, PartialEq)]
pub struct StochasticActivation {
    /// The activation whose levels these are.
    levels: StepActivation,
}

impl StochasticActivation {
    /// Stochastic rounding to the levels of `phi`.
    pub fn new(phi: &StepActivation) -> Self {
        Self {
            levels: phi.clone(),
        }
    }

    /// The levels, in increasing order.
    pub fn levels(&self) -> &[f64] {
        self.levels.levels()
    }

    /// Levels times `factor`.
    ///
    /// # Errors
    /// [`ActivationError`] as in [`StepActivation::scaled`].
    pub fn scaled(&self, factor: f64) -> Result<Self, ActivationError> {
        Ok(Self::new(&self.levels.scaled(factor)?))
    }

    /// `E[phi | x]`: `x` clipped to the levels.
    pub fn mean_at(&self, x: f64) -> f64 {
        let (lowest, highest) = self.ends();
        x.max(lowest).min(highest)
    }

    /// `Var[phi | x]`, at most a quarter of the squared distance of two levels.
    pub fn variance_at(&self, x: f64) -> f64 {
        let levels = self.levels();
        let above = levels.partition_point(|level| *level <= x);
        let pair = above
            .checked_sub(1)
            .map(|k| (levels.get(k), levels.get(above)));
        match pair {
            Some((Some(low), Some(high))) => (x - low) * (high - x),
            _ => 0.0,
        }
    }

    /// `E[phi]` for inputs `sqrt(variance) z`.
    pub fn mean(&self, variance: f64) -> f64 {
        let (lowest, highest) = self.ends();
        clipped_mean(0.0, variance.sqrt(), lowest, highest)
    }

    /// `E[phi^2] = E[psi^2] + E[Var]` for inputs `sqrt(variance) z`, `variance > 0`: integrals over the bins, all
    /// positive, between the levels of `E[phi^2 | x] = (v_k + v_{k+1}) x - v_k v_{k+1}`.
    pub fn mean_square(&self, variance: f64) -> f64 {
        self.integrate(variance.sqrt(), |x| {
            let mean = self.mean_at(x);
            mean * mean + self.variance_at(x)
        })
    }

    /// The least `E[(z - g phi)^2]` over the gain `g` on a unit Gaussian, `1 - P(v_0 < z < v_{N-1})^2 / E[phi^2]`:
    /// `1 - chi` at `C* = 0`. A sum of positive parts, those of `z - g psi` and of the noise.
    pub fn distortion(&self) -> Distortion {
        let square = self.mean_square(1.0);
        let gain = self.inside(1.0) / square;
        let error = self.integrate(1.0, |z| {
            let rest = z - gain * self.mean_at(z);
            rest * rest + gain * gain * self.variance_at(z)
        });
        Distortion {
            mean_squared_error: error.min(1.0),
            gain,
        }
    }

    /// `d E[phi^2] / d variance`, from the slopes `v_k + v_{k+1}` of `E[phi^2 | x]`.
    fn mean_square_slope(&self, variance: f64) -> f64 {
        let spread = variance.sqrt();
        let levels = self.levels();
        let sum: f64 = levels
            .iter()
            .zip(levels.iter().skip(1))
            .map(|(low, high)| (low + high) * (pdf(low / spread) - pdf(high / spread)))
            .sum();
        sum / (2.0 * spread)
    }

    /// `P(v_0 < spread z < v_{N-1})`.
    fn inside(&self, spread: f64) -> f64 {
        let (lowest, highest) = self.ends();
        interval_probability(lowest / spread, highest / spread)
    }

    fn ends(&self) -> (f64, f64) {
        let levels = self.levels();
        (
            levels.first().copied().unwrap_or_default(),
            levels.last().copied().unwrap_or_default(),
        )
    }

    /// `∫ f(spread z) n(z) dz`, cut at the levels.
    fn integrate(&self, spread: f64, f: impl Fn(f64) -> f64) -> f64 {
        let cuts = self.levels().iter().map(|level| level / spread);
        let mut from = -REACH;
        let mut sum = 0.0;
        for cut in cuts.chain(std::iter::once(REACH)) {
            let to = cut.clamp(-REACH, REACH);
            sum += panels(from, to, WIDEST_PANEL, |z| f(spread * z) * pdf(z));
            from = from.max(to);
        }
        sum
    }
}

/// `E[clip(mean + spread z)]` between `lowest` and `highest`: `a + s (J_1((a - m)/s) - J_1((b - m)/s))`.
fn clipped_mean(mean: f64, spread: f64, lowest: f64, highest: f64) -> f64 {
    if spread == 0.0 {
        return mean.max(lowest).min(highest);
    }
    let beyond = |edge: f64| tail_moments::<2>((edge - mean) / spread)[1];
    lowest + spread * (beyond(lowest) - beyond(highest))
}

/// The map of correlations under stochastic rounding, at a fixed variance.
#[derive(Debug, Clone, PartialEq)]
pub struct StochasticMap {
    /// The outer levels in units of `sqrt(Q)`.
    lowest: f64,
    highest: f64,
    /// `sigma_w^2`, as the outer levels are in units of `sqrt(Q)`.
    weight: f64,
    /// `sigma_b^2 / Q`.
    bias: f64,
    variance: f64,
    /// `V(Q) / Q`.
    growth: f64,
}

impl StochasticMap {
    /// The map for weights of scale `sigma_w` and biases of scale `sigma_b`, at hidden `variance`.
    ///
    /// # Errors
    /// [`ParameterError`] unless `variance` and `sigma_w` are finite and above 0 and `sigma_b` is finite and not negative.
    pub fn new(
        phi: &StochasticActivation,
        sigma_w: f64,
        sigma_b: f64,
        variance: f64,
    ) -> Result<Self, ParameterError> {
        let spread = positive("variance", variance)?.sqrt();
        let weight = positive("sigma_w", sigma_w)? * sigma_w;
        let bias = not_negative("sigma_b", sigma_b)? * sigma_b / variance;
        let (lowest, highest) = phi.ends();
        Ok(Self {
            lowest: lowest / spread,
            highest: highest / spread,
            weight,
            bias,
            variance,
            growth: weight * phi.mean_square(variance) / variance + bias,
        })
    }

    /// `M(C)`. Two inputs of correlation 1 do not stay so: `M(1) < 1` at a fixed point of the variance.
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn value(&self, correlation: f64) -> Result<f64, CorrelationError> {
        check(correlation)?;
        Ok(self.image(correlation))
    }

    /// `chi(C) = sigma_w^2 P(both inputs between the outer levels)`, finite up to `C = 1`.
    ///
    /// # Errors
    /// [`CorrelationError::Correlation`] unless `-1 <= C <= 1`.
    pub fn slope(&self, correlation: f64) -> Result<f64, CorrelationError> {
        check(correlation)?;
        let inside = self.over_common_part(correlation, |mean, width| {
            if width == 0.0 {
                return f64::from(u8::from(mean > self.lowest && mean < self.highest));
            }
            upper_tail((self.lowest - mean) / width) - upper_tail((self.highest - mean) / width)
        });
        Ok(self.weight * inside)
    }

    /// `C*`, the one fixed point of `M` in `[0, 1)`: `M` is convex with `M(0) >= 0` and `M(1) < 1`.
    ///
    /// # Errors
    /// [`CorrelationError::NotAtFixedPoint`] unless the variance is a fixed point of the variance map, to `1e-9`;
    /// [`CorrelationError::NextToOne`] if `1 - C*` is below [`CLOSEST_TO_ONE`].
    pub fn fixed_point(&self) -> Result<f64, CorrelationError> {
        const AT_FIXED_POINT: f64 = 1e-9;
        if self.growth.is_nan() || (self.growth - 1.0).abs() > AT_FIXED_POINT {
            return Err(CorrelationError::NotAtFixedPoint {
                variance: self.variance,
                at_one: self.growth,
            });
        }
        let correlation = bracketed(|c| self.image(c) - c, 0.0, 1.0);
        if 1.0 - correlation < CLOSEST_TO_ONE {
            return Err(CorrelationError::NextToOne);
        }
        Ok(correlation)
    }

    fn image(&self, correlation: f64) -> f64 {
        let product = self.over_common_part(correlation, |mean, width| {
            clipped_mean(mean, width, self.lowest, self.highest)
        });
        self.weight * product + self.bias
    }

    /// `E[G(w) G(±w)]` of `G(w) = g(sqrt|C| w, sqrt(1 - |C|))`, `g` being a mean over what one input does not share with
    /// the other. `g` varies within its width around the outer levels.
    fn over_common_part(&self, correlation: f64, g: impl Fn(f64, f64) -> f64) -> f64 {
        const WIDTHS: f64 = 9.0;
        let size = correlation.abs();
        let side = if correlation < 0.0 { -1.0 } else { 1.0 };
        let (root, width) = (size.sqrt(), (1.0 - size).sqrt());
        let mut cuts = Vec::new();
        if root > 0.0 {
            for edge in [self.lowest, self.highest] {
                let near = WIDTHS * width;
                let around = [edge - near, edge, edge + near];
                cuts.extend(around.map(|x| x / root));
                cuts.extend(around.map(|x| side * x / root));
            }
        }
        cuts.sort_by(f64::total_cmp);
        let f = |w: f64| g(root * w, width) * g(side * root * w, width) * pdf(w);
        let narrow = if root > 0.0 {
            width / root
        } else {
            f64::INFINITY
        };
        let is_near = |from: f64, to: f64| {
            let middle = root * 0.5 * (from + to);
            let distance = |x: f64| (x - self.lowest).abs().min((x - self.highest).abs());
            distance(middle).min(distance(-middle)) < WIDTHS * width
        };
        let mut from = -REACH;
        let mut sum = 0.0;
        for cut in cuts.into_iter().chain(std::iter::once(REACH)) {
            let to = cut.clamp(-REACH, REACH);
            let widest = if is_near(from, to) {
                narrow.min(WIDEST_PANEL)
            } else {
                WIDEST_PANEL
            };
            sum += panels(from, to, widest, f);
            from = from.max(to);
        }
        sum
    }
}

fn check(correlation: f64) -> Result<(), CorrelationError> {
    if (-1.0..=1.0).contains(&correlation) {
        Ok(())
    } else {
        Err(CorrelationError::Correlation { correlation })
    }
}

/// `sigma_w = E[phi^2]^(-1/2)`, at which `Q* = 1` without biases, and the propagation there.
///
/// # Errors
/// [`PropagationError::Silent`] if `E[phi^2]` is 0 in `f64`; [`PropagationError::Correlation`] if `C*` is next to 1.
pub fn propagate_stochastic_at_unit_variance(
    phi: &StochasticActivation,
) -> Result<(f64, Propagation), PropagationError> {
    let square = phi.mean_square(1.0);
    if square <= 0.0 {
        return Err(PropagationError::Silent);
    }
    let sigma_w = 1.0 / square.sqrt();
    let (lowest, highest) = phi.ends();
    let (correlation, one_minus_slope) = if lowest == -highest {
        // psi is odd, whatever lies between.
        (0.0, phi.distortion().mean_squared_error)
    } else {
        let map = StochasticMap::new(phi, sigma_w, 0.0, 1.0)?;
        let correlation = map.fixed_point()?;
        (correlation, 1.0 - map.slope(correlation)?)
    };
    Ok((
        sigma_w,
        Propagation {
            variance: 1.0,
            correlation,
            slope: 1.0 - one_minus_slope,
            one_minus_slope,
            depth_scale: depth_scale(one_minus_slope),
            variance_slope: phi.mean_square_slope(1.0) / square,
        },
    ))
}
