//! The law of numbers that share a scale, given the scale.

use crate::activation::{Activation, StepActivation, bin_error};
use crate::gaussian::{interval_probability, pdf, upper_tail};
use crate::quadrature::GAUSS_LEGENDRE;

/// Numbers that share the scale `unit`: up to `largest` in size, a share of them at `±largest`.
pub(super) struct Group {
    /// The probability of such a group.
    pub(super) weight: f64,
    unit: f64,
    largest: f64,
    share: f64,
}

impl Group {
    /// Numbers of any size, by one scale.
    pub(super) fn constant(unit: f64) -> Self {
        Self {
            weight: 1.0,
            unit,
            largest: f64::INFINITY,
            share: 0.0,
        }
    }

    /// What rounding makes of the group.
    pub(super) fn law(&self, phi: &StepActivation) -> Law {
        let [nonzero, mean, square, product] = self.mean(
            phi,
            |from, to, q| {
                let probability = interval_probability(from, to);
                let counted = if q == 0.0 { 0.0 } else { probability };
                let (first, second) = (q * probability, q * q * probability);
                [counted, first, second, q * (pdf(from) - pdf(to))]
            },
            |w, q| [if q == 0.0 { 0.0 } else { 1.0 }, q, q * q, w * q],
        );
        let mean = if phi.is_odd() { 0.0 } else { mean };
        let variance = (square - mean * mean).max(0.0);
        let gain = if variance > 0.0 {
            product / variance
        } else {
            0.0
        };
        let [rest] = self.mean(
            phi,
            |from, to, q| [bin_error(from, to, 1.0, gain * (q - mean))],
            |w, q| {
                let error = w - gain * (q - mean);
                [error * error]
            },
        );
        Law {
            nonzero,
            mean,
            variance,
            gain,
            rest,
        }
    }

    /// Means over the group, from `inner(from, to, q)`, integrals of the normal density over a bin, and `outer(w, q)` at
    /// the largest number.
    fn mean<const K: usize>(
        &self,
        phi: &StepActivation,
        inner: impl Fn(f64, f64, f64) -> [f64; K],
        outer: impl Fn(f64, f64) -> [f64; K],
    ) -> [f64; K] {
        let mut means = [0.0; K];
        let mut add = |share: f64, values: [f64; K]| {
            let pairs = means.iter_mut().zip(values);
            pairs.for_each(|(mean, value)| *mean += share * value);
        };
        let mass = interval_probability(-self.largest, self.largest);
        let cut = |g: &f64| (g * self.unit).clamp(-self.largest, self.largest);
        let cuts = || phi.thresholds().iter().map(cut);
        let from = std::iter::once(-self.largest).chain(cuts());
        let bins = from.zip(cuts().chain([self.largest])).zip(phi.levels());
        for ((from, to), level) in bins.filter(|((from, to), _)| from < to) {
            add(
                (1.0 - self.share) / mass,
                inner(from, to, level * self.unit),
            );
        }
        if self.share > 0.0 {
            for w in [self.largest, -self.largest] {
                let q = self.unit * phi.value(w / self.unit);
                add(0.5 * self.share, outer(w, q));
            }
        }
        means
    }
}

/// Rounded numbers at one scale.
pub(super) struct Law {
    /// The share that does not become 0.
    pub(super) nonzero: f64,
    /// `E[q]`.
    pub(super) mean: f64,
    /// `Var q`.
    pub(super) variance: f64,
    /// The best gain `E[w q] / Var q` of an estimate of `w` from `q`, with an intercept.
    pub(super) gain: f64,
    /// The squared error of this estimate.
    rest: f64,
}

impl Law {
    pub(super) fn square(&self) -> f64 {
        self.variance + self.mean * self.mean
    }

    /// `E[(w - gain (q - mean))^2]`.
    pub(super) fn error(&self, gain: f64, mean: f64) -> f64 {
        let (tilt, shift) = (gain - self.gain, gain * (self.mean - mean));
        self.rest + tilt * tilt * self.variance + shift * shift
    }

    /// 1 minus the cosine between `w` and `q`.
    pub(super) fn lost_cosine(&self) -> f64 {
        let square = self.square();
        if square == 0.0 {
            return 1.0;
        }
        let product = self.gain * self.variance;
        let error = self.error(product / square, 0.0);
        // E[w^2] is the error and what the estimate explains.
        let share = error / (error + product * product / square);
        share / (1.0 + (1.0 - share).sqrt())
    }
}

/// Groups of `numbers` at the nodes of a quadrature over the law of their largest size.
pub(super) fn by_largest(numbers: f64, top: f64) -> Vec<Group> {
    /// The density is narrowest for many numbers: `1 / sqrt(2 ln n)`, 0.12 at `2^53`.
    const PANEL: f64 = 0.25;
    /// Beyond, even the largest of [`MOST_NUMBERS`] has no density.
    const PANELS: u32 = 4 * 20;
    const NEGLIGIBLE: f64 = 1e-18;
    let nodes = (0..PANELS).flat_map(|panel| {
        let middle = PANEL * (f64::from(panel) + 0.5);
        GAUSS_LEGENDRE.iter().flat_map(move |(node, weight)| {
            let half = 0.5 * PANEL;
            [
                (middle - half * node, half * weight),
                (middle + half * node, half * weight),
            ]
        })
    });
    let groups = nodes.map(|(largest, weight)| {
        let none_above = libm::exp((numbers - 1.0) * libm::log1p(-2.0 * upper_tail(largest)));
        Group {
            weight: weight * 2.0 * numbers * pdf(largest) * none_above,
            unit: largest / top,
            largest,
            share: 1.0 / numbers,
        }
    });
    groups.filter(|group| group.weight > NEGLIGIBLE).collect()
}
