//! Stochastic rounding: every input is rounded to one of the two levels around it, at random and without bias.
//!
//! With fresh noise for each input, `x` in `[v_k, v_{k+1}]` becomes `v_{k+1}` with probability
//! `(x - v_k) / (v_{k+1} - v_k)`, and an input beyond the outer levels becomes the nearest of them. So, for any levels
//! in between,
//!
//! ```text
//! E[phi | x]   = psi(x) = x clipped to [v_0, v_{N-1}]
//! Var[phi | x] = (x - v_k) (v_{k+1} - x)
//! ```
//!
//! The noise of two inputs is independent: it adds to `E[phi^2]` and so to `Q`, but not to the covariance. So two equal
//! inputs do not stay equal, and `chi(C) = sigma_w^2 P(v_0 < u1, u2 < v_{N-1})` is finite up to `C = 1`.
//!
//! The thresholds of the quantizer are not used: rounding is between levels.

use super::hermite::{Coefficients, SERIES_UP_TO, Series, sums};
use super::{
    Activation, ActivationError, Distortion, Response, Scalable, StepActivation, WindowResponse,
};
use crate::gaussian::{interval_probability, pdf, tail_moments, upper_tail};
use crate::quadrature::panels;

/// Integrals end at this many standard deviations: `P(|z| > 10) = 2e-23`.
const REACH: f64 = 10.0;

/// The widest panel on which ten points integrate a function that varies like the density.
const WIDEST_PANEL: f64 = 0.5;

/// Stochastic rounding to the levels of a codebook.
///
/// ```
/// use mf_core::{StepActivation, StochasticActivation};
///
/// // 0.25 becomes 0 three times of four, else 1: right in the mean, with noise.
/// let phi = StochasticActivation::new(&StepActivation::uniform(3)?);
/// assert_eq!((phi.mean_at(0.25), phi.variance_at(0.25)), (0.25, 0.1875));
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StochasticActivation {
    /// The quantizer; only its levels are used.
    levels: StepActivation,
}

impl StochasticActivation {
    /// Stochastic rounding to the levels of `phi`.
    ///
    /// ```
    /// use mf_core::{StepActivation, StochasticActivation, propagate_at_unit_variance};
    ///
    /// // Noise makes identical inputs differ: the depth scale is shorter than with rounding to nearest.
    /// let phi = StepActivation::uniform(8)?;
    /// let (_, random) = propagate_at_unit_variance(&StochasticActivation::new(&phi))?;
    /// assert!(random.depth_scale < propagate_at_unit_variance(&phi)?.1.depth_scale);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(phi: &StepActivation) -> Self {
        Self {
            levels: phi.clone(),
        }
    }

    /// The levels, in increasing order.
    pub fn levels(&self) -> &[f64] {
        self.levels.levels()
    }

    /// `E[phi | x]`: `x` clipped to the levels.
    ///
    /// ```
    /// use mf_core::{StepActivation, StochasticActivation};
    ///
    /// let phi = StochasticActivation::new(&StepActivation::uniform(16)?);
    /// assert_eq!([-3.0, 0.1, 3.0].map(|x| phi.mean_at(x)), [-1.0, 0.1, 1.0]);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn mean_at(&self, x: f64) -> f64 {
        let (lowest, highest) = self.ends();
        x.max(lowest).min(highest)
    }

    /// `Var[phi | x]`, at most a quarter of the squared distance between the two levels.
    ///
    /// ```
    /// use mf_core::{StepActivation, StochasticActivation};
    ///
    /// // 0 at a level and beyond the last one, a quarter of the squared step half way.
    /// let phi = StochasticActivation::new(&StepActivation::uniform(3)?);
    /// assert_eq!([0.0, 0.5, 1.0, 2.0].map(|x| phi.variance_at(x)), [0.0, 0.25, 0.0, 0.0]);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn variance_at(&self, x: f64) -> f64 {
        let levels = self.levels();
        let above = levels.partition_point(|level| *level <= x);
        let below = above.checked_sub(1).and_then(|k| levels.get(k));
        match (below, levels.get(above)) {
            (Some(low), Some(high)) => (x - low) * (high - x),
            _ => 0.0,
        }
    }

    /// The least `E[(z - a phi)^2]` over the gain `a` on a unit Gaussian, `1 - P(v_0 < z < v_{N-1})^2 / E[phi^2]`:
    /// `1 - chi` at `C* = 0`.
    ///
    /// ```
    /// use mf_core::{StepActivation, StochasticActivation, gaussian::interval_probability};
    ///
    /// // Two levels -1, 1: P(-1 < z < 1)^2 is kept.
    /// let phi = StochasticActivation::new(&StepActivation::uniform(2)?);
    /// let kept = interval_probability(-1.0, 1.0);
    /// assert!((phi.distortion().mean_squared_error - (1.0 - kept * kept)).abs() < 1e-14);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn distortion(&self) -> Distortion {
        self.response(1.0).distortion()
    }

    fn ends(&self) -> (f64, f64) {
        let levels = self.levels();
        let end = |level: Option<&f64>| level.copied().unwrap_or(f64::NAN);
        (end(levels.first()), end(levels.last()))
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

impl Activation for StochasticActivation {
    type Response = StochasticResponse;

    fn response(&self, variance: f64) -> StochasticResponse {
        let spread = variance.sqrt();
        let (lowest, highest) = self.ends();
        let mean_square = self.mean_square(variance);
        StochasticResponse {
            activation: self.clone(),
            spread,
            lowest: lowest / spread,
            highest: highest / spread,
            mean_square,
            odd: self.is_odd(),
            series: Series::default(),
        }
    }

    fn mean(&self, variance: f64) -> f64 {
        let (lowest, highest) = self.ends();
        clipped_mean(0.0, variance.sqrt(), lowest, highest)
    }

    /// `E[psi^2] + E[Var]`, integrated bin by bin; no term is negative. Between two levels
    /// `E[phi^2 | x] = (v_k + v_{k+1}) x - v_k v_{k+1}`.
    fn mean_square(&self, variance: f64) -> f64 {
        self.integrate(variance.sqrt(), |x| {
            let mean = self.mean_at(x);
            mean * mean + self.variance_at(x)
        })
    }

    /// From the slopes `v_k + v_{k+1}` of `E[phi^2 | x]`; infinite at `Q = 0` if 0 is a level.
    fn mean_square_slope(&self, variance: f64) -> f64 {
        if variance == 0.0 {
            let kinked = self.levels().contains(&0.0);
            return if kinked { f64::INFINITY } else { 0.0 };
        }
        let spread = variance.sqrt();
        let pairs = self.levels().iter().zip(self.levels().iter().skip(1));
        let term =
            |(low, high): (&f64, &f64)| (low + high) * (pdf(low / spread) - pdf(high / spread));
        pairs.map(term).sum::<f64>() / (2.0 * spread)
    }

    /// Whether the mean `psi` is odd. Only the outer levels matter for this, and correlations depend on `psi` alone.
    fn is_odd(&self) -> bool {
        let (lowest, highest) = self.ends();
        lowest == -highest
    }

    fn largest_square(&self) -> f64 {
        self.levels.largest_square()
    }

    /// Near 0, `E[phi^2]` grows like `sqrt(Q)` where 0 is a level: the fixed point is far above `1e-12` of the square
    /// of the smallest level.
    fn least_variance(&self) -> f64 {
        const SHARE: f64 = 1e-12;
        let sizes = self.levels().iter().map(|level| level.abs());
        let least = sizes
            .filter(|size| *size > 0.0)
            .fold(f64::INFINITY, f64::min);
        SHARE * least * least
    }
}

impl Scalable for StochasticActivation {
    /// The levels: rounding is between them.
    fn edges(&self) -> &[f64] {
        self.levels()
    }

    fn even_spacing(&self) -> Option<f64> {
        None
    }

    fn scaled(&self, factor: f64) -> Result<Self, ActivationError> {
        Ok(Self::new(&self.levels.scaled(factor)?))
    }

    fn stretched(&self, factor: f64) -> Result<Self, ActivationError> {
        self.scaled(factor)
    }
}

/// Stochastic rounding on inputs of one variance.
///
/// ```
/// use mf_core::{Activation, Response, StepActivation, StochasticActivation};
///
/// // Equal inputs have independent noise, which does not change their product.
/// let phi = StochasticActivation::new(&StepActivation::uniform(4)?);
/// let f = phi.response(1.0);
/// assert!((f.product(&f, 1.0) + f.noise() - f.mean_square()).abs() < 1e-14);
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StochasticResponse {
    activation: StochasticActivation,
    /// `sqrt(Q)`.
    spread: f64,
    /// The outer levels in units of `sqrt(Q)`.
    lowest: f64,
    highest: f64,
    mean_square: f64,
    odd: bool,
    series: Series,
}

impl StochasticResponse {
    /// `c_k = (psi_{k-2}(a) - psi_{k-2}(b)) / sqrt(k (k-1))` of a clipped identity between `a` and `b`, `psi_k = He_k n / sqrt(k!)`.
    pub(super) fn series(&self, correlation: f64) -> &Coefficients {
        let ends = [self.lowest, self.highest];
        self.series.at(correlation, self.odd, || {
            let mean = clipped_mean(0.0, 1.0, self.lowest, self.highest);
            let others = sums(&ends, [1.0, -1.0].into_iter()).zip(2_u32..);
            let others = others.map(|(sum, k)| sum / (f64::from(k) * f64::from(k - 1)).sqrt());
            let coefficients = [mean, self.inside()].into_iter().chain(others);
            coefficients.map(|c| self.spread * c)
        })
    }

    /// `sqrt(Q)`.
    pub(super) fn spread(&self) -> f64 {
        self.spread
    }

    /// `P(v_0 < u < v_{N-1})`.
    fn inside(&self) -> f64 {
        interval_probability(self.lowest, self.highest)
    }

    /// `E[(f - offset - slope z)^2]`, the sum of two positive parts: of the mean, and of the noise.
    fn error(&self, slope: f64, offset: f64) -> f64 {
        let phi = &self.activation;
        phi.integrate(self.spread, |x| {
            let rest = phi.mean_at(x) - offset - slope * x / self.spread;
            rest * rest + phi.variance_at(x)
        })
    }

    /// `E[F(w) G(±w)]` with `F(w) = f(sqrt|C| w, sqrt(1 - |C|))`: `f` is a mean over the part of one input that the
    /// other does not share. `F` and `G` vary only within `sqrt(1 - |C|)` of the outer levels.
    fn over_common_part(
        &self,
        other: &Self,
        correlation: f64,
        f: impl Fn(&Self, f64, f64) -> f64,
    ) -> f64 {
        const WIDTHS: f64 = 9.0;
        let size = correlation.abs();
        let side = if correlation < 0.0 { -1.0 } else { 1.0 };
        let (root, width) = (size.sqrt(), (1.0 - size).sqrt());
        let edges = [
            self.lowest,
            self.highest,
            side * other.lowest,
            side * other.highest,
        ];
        let near = WIDTHS * width;
        let mut cuts: Vec<f64> = edges
            .iter()
            .flat_map(|edge| [edge - near, *edge, edge + near])
            .map(|x| x / root)
            .collect();
        cuts.sort_by(f64::total_cmp);
        let product = |w: f64| {
            let (here, there) = (root * w, side * root * w);
            f(self, here, width) * f(other, there, width) * pdf(w)
        };
        let mut from = -REACH;
        let mut sum = 0.0;
        for cut in cuts.into_iter().chain(std::iter::once(REACH)) {
            let to = cut.clamp(-REACH, REACH);
            let middle = root * 0.5 * (from + to);
            let bends = edges.iter().any(|edge| (middle - edge).abs() < near);
            let widest = if bends { width / root } else { WIDEST_PANEL };
            sum += panels(from, to, widest.min(WIDEST_PANEL), product);
            from = from.max(to);
        }
        sum
    }
}

impl Response for StochasticResponse {
    fn mean_square(&self) -> f64 {
        self.mean_square
    }

    fn noise(&self) -> f64 {
        let phi = &self.activation;
        phi.integrate(self.spread, |x| phi.variance_at(x))
    }

    fn product(&self, other: &Self, correlation: f64) -> f64 {
        if correlation.abs() <= SERIES_UP_TO {
            let (own, others) = (self.series(correlation), other.series(correlation));
            return own.product(others, correlation);
        }
        let clipped = |response: &Self, mean: f64, width: f64| {
            clipped_mean(mean, width, response.lowest, response.highest)
        };
        self.spread * other.spread * self.over_common_part(other, correlation, clipped)
    }

    fn product_slope(&self, other: &Self, correlation: f64) -> f64 {
        if correlation.abs() <= SERIES_UP_TO {
            let (own, others) = (self.series(correlation), other.series(correlation));
            return own.slope(others, correlation);
        }
        let inside = |response: &Self, mean: f64, width: f64| {
            let (lowest, highest) = (response.lowest, response.highest);
            if width == 0.0 {
                return f64::from(u8::from(mean > lowest && mean < highest));
            }
            upper_tail((lowest - mean) / width) - upper_tail((highest - mean) / width)
        };
        self.spread * other.spread * self.over_common_part(other, correlation, inside)
    }

    /// Of the mean `psi`, whose slope is 1 between the outer levels.
    fn windowed_slope(&self, window: &WindowResponse, correlation: f64) -> f64 {
        self.spread * window.against(self, correlation)
    }

    fn tangent_gap(&self, correlation: f64) -> f64 {
        if correlation == 0.0 && self.odd {
            self.distortion().mean_squared_error
        } else {
            let (mean, slope) = (
                self.activation.mean(self.spread * self.spread),
                self.inside(),
            );
            let beyond_line = self.error(self.spread * slope, mean);
            (beyond_line - self.series(correlation).below_tangent(correlation)) / self.mean_square
        }
    }

    /// The sum of two positive parts: of `z - a psi`, and of the noise.
    fn distortion(&self) -> Distortion {
        let phi = &self.activation;
        let gain = self.spread * self.inside() / self.mean_square;
        let error = phi.integrate(self.spread, |x| {
            let rest = x / self.spread - gain * phi.mean_at(x);
            rest * rest + gain * gain * phi.variance_at(x)
        });
        Distortion {
            mean_squared_error: error.min(1.0),
            gain,
        }
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
