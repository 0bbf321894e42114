//! A quantized stream, `h' = q(norm(h + B(norm(h))))`.
//!
//! After the first block a unit's stream is a level of `q`, not a normal number. Levels `v` are those of `q` divided by
//! `sqrt(E[q(z)^2])`, bins those of `q` in units of the RMS. The joint law `P` of the two inputs' levels is a Markov chain, exactly:
//!
//! ```text
//! P'(k, m) = sum_ij P(i, j) Pr[ (v_i + s z1)/r in bin k, (v_j + s z2)/r in bin m ]
//! corr(z1, z2) = E_P[phi(u1) phi(u2)] / E_P[phi(u1)^2],   u = v / sqrt(E_P[v^2]),
//! s^2 = a E_P[phi(u1)^2] / E[phi(z)^2],   r^2 = E_P[v^2] + s^2.
//! ```
//!
//! The first block has a normal stream: `z1, z2` of correlation `(c + a Mhat(c)) / (1 + a)`. For `corr = rho` write
//! `z1, z2 = sqrt(rho) w + sqrt(1 - rho) e1, e2`: given `w` the two inputs are independent, so
//! `P' = E_w[B(w)^T P B(w)]` with the `N x N` matrix `B(w)` of one input's steps, and `B(-w)` on the right for a negative
//! correlation. The trapezoidal rule over `w` is exact to `exp(-37)` at the step of [`crate::activation::StepResponse`].
//!
//! # The rate for small `c`
//!
//! `P = p p^T + X` with a small `X`: `X' = A^T X A + m d d^T`, `m = f^T X f`. Here `p` is the stationary law of one
//! input, `A` its transition, `d_k = E[z; bin k]` the first Hermite part of a step averaged over `p`, and `f` the
//! normalized `phi` of a level. A solution `X ~ lambda^l` has
//!
//! ```text
//! 1 = sum_{j >= 0} lambda^(-j-1) (d . A^j f)^2,   xi = -1 / ln(lambda).
//! ```
//!
//! # Gradients
//!
//! Straight-through slopes `rho` of `phi` and `rho_q` of `q`. A unit that is clipped stays clipped for some blocks, so
//! its gradient along the skip path depends on its level: with `D'(k)` the mean squared gradient after a block of units that come
//! to level `k`,
//!
//! ```text
//! D(i) = T(i) + rho(u_i)^2 (s^2 / (E_P[phi^2] E_P[v^2])) sum_j p_j T(j)
//! T(i) = sum_k D'(k) E[rho_q(x)^2; x in bin k | v_i] / (r^2 E[q(z)^2]),   x = (v_i + s z) / r,
//! ```
//!
//! from `D = 1` after the last block, with the law `p` of each. The first block has a normal stream: with `D'` after it,
//!
//! ```text
//! D = (1 + a E[rho^2] / E[phi^2]) / (1 + a) sum_k D'(k) E[rho_q(z)^2; z in bin k] / E[q(z)^2].
//! ```
//!
//! As elsewhere, backward weights count as independent, and the directions that the norm projects out, `O(1/n)`, are left
//! out.

use super::products::Products;
use super::stack_error::StackError;
use crate::activation::{Activation, StepActivation};
use crate::gaussian::{cdf, interval_probability, pdf};
use crate::root::bracketed;
use crate::surrogate::Surrogate;

/// The least distance of a start from ±1: the work grows as its inverse root.
pub const CLOSEST: f64 = 1e-6;

/// Branch and stream quantizers.
#[derive(Debug, Clone)]
pub(super) struct QuantizedStream {
    /// Of the branch.
    phi: StepActivation,
    phi_square: f64,
    products: Products,
    /// The edges of the stream's bins, in units of the RMS, with the two infinite ones.
    edges: Vec<f64>,
    /// `v`.
    levels: Vec<f64>,
    /// `E[q(z)^2]`.
    stream_square: f64,
}

/// One input's step from a law of levels.
struct Step {
    /// `(r g_k - v_i) / s`, the edges of the bins for each level: `N` rows of `N + 1`.
    edges: Vec<f64>,
    /// `phi(u_i) / sqrt(E_P[phi^2])`.
    outputs: Vec<f64>,
    /// `u_i`.
    inputs: Vec<f64>,
    /// `E_P[v^2]`.
    variance: f64,
    /// `E_P[phi(u)^2]`.
    output_square: f64,
    /// `s`, `r`.
    spread: f64,
    rms: f64,
}

impl QuantizedStream {
    /// The stream quantized by `stream`, its branch by `phi`, both in units of the RMS.
    pub(super) fn new(phi: &StepActivation, stream: &StepActivation) -> Result<Self, StackError> {
        for (what, quantizer) in [("branch", phi), ("stream", stream)] {
            if !quantizer.is_odd() {
                return Err(StackError::NotOdd { what });
            }
        }
        let stream_square = stream.mean_square(1.0);
        if stream_square <= 0.0 {
            return Err(StackError::Silent);
        }
        let rms = stream_square.sqrt();
        let inner = stream.thresholds().iter().copied();
        let edges = std::iter::once(f64::NEG_INFINITY).chain(inner);
        Ok(Self {
            phi: phi.clone(),
            phi_square: phi.mean_square(1.0),
            products: Products::single(phi)?,
            edges: edges.chain([f64::INFINITY]).collect(),
            levels: stream.levels().iter().map(|level| level / rms).collect(),
            stream_square,
        })
    }

    /// The same branch with a stream quantized by `stream`.
    pub(super) fn with(&self, stream: &StepActivation) -> Result<Self, StackError> {
        Self::new(&self.phi, stream)
    }

    /// The correlations before the first and after each block.
    pub(super) fn correlations(
        &self,
        a: f64,
        start: f64,
        blocks: u64,
    ) -> Result<Vec<f64>, StackError> {
        if start.abs() == 1.0 {
            return Ok((0..=blocks).map(|_| start).collect());
        }
        let mut pair = self.first(a, start)?;
        let mut correlations = vec![start, self.correlation(&pair)];
        for _ in 1..blocks {
            pair = self.after(a, &pair)?;
            correlations.push(self.correlation(&pair));
        }
        Ok(correlations)
    }

    /// The least number of blocks after which no more than `share` of `start` is left: up to [`PAIRS`] blocks of the pair's chain,
    /// then the rate `ln(lambda)`.
    pub(super) fn blocks_until(
        &self,
        a: f64,
        start: f64,
        share: f64,
        rate: f64,
    ) -> Result<f64, StackError> {
        let goal = share * start.abs();
        let mut pair = self.first(a, start)?;
        let mut blocks = 1.0;
        let mut left = self.correlation(&pair).abs();
        while left > goal && blocks < PAIRS {
            pair = self.after(a, &pair)?;
            left = self.correlation(&pair).abs();
            blocks += 1.0;
        }
        Ok(if left <= goal {
            blocks
        } else {
            blocks + (libm::log(goal / left) / rate).ceil()
        })
    }

    /// `1 - lambda`.
    pub(super) fn one_minus_slope(&self, a: f64) -> Result<f64, StackError> {
        const MOST_TERMS: usize = 1 << 14;
        let (law, step, transition) = self.stationary(a)?;
        let n = self.levels.len();
        let mut part = vec![0.0; n];
        for (p, edges) in law.iter().zip(step.edges.chunks_exact(n + 1)) {
            let bins = edges.iter().zip(edges.iter().skip(1));
            for (part, (low, high)) in part.iter_mut().zip(bins) {
                *part += p * (pdf(*low) - pdf(*high));
            }
        }
        let mut weights = Vec::new();
        let mut ahead = step.outputs.clone();
        let (mut terms, mut rest) = (32, f64::NAN);
        while terms <= MOST_TERMS {
            while weights.len() < terms {
                let overlap = dot(&part, &ahead);
                weights.push(overlap * overlap);
                ahead = transition
                    .chunks_exact(n)
                    .map(|row| dot(row, &ahead))
                    .collect();
            }
            let sum = |rest: f64| {
                let inverse = 1.0 / (1.0 - rest);
                let terms = weights.iter().rev();
                terms.fold(0.0, |sum, weight| (sum + weight) * inverse) - 1.0
            };
            let before = rest;
            rest = bracketed(sum, 0.0, 1.0 - weights.first().copied().unwrap_or_default());
            if (rest - before).abs() <= 4.0 * f64::EPSILON * rest {
                return Ok(rest);
            }
            terms *= 2;
        }
        Err(StackError::Frozen { branch: a })
    }

    /// The growth of squared gradients over `blocks`.
    pub(super) fn gradient_growth(
        &self,
        a: f64,
        branch: &Surrogate,
        stream: &Surrogate,
        blocks: u64,
    ) -> Result<f64, StackError> {
        let laws = self.laws(a, blocks - 1)?;
        let mut settled = blocks - laws.len() as u64;
        let mut gradient = vec![1.0; self.levels.len()];
        for law in laws.iter().rev() {
            let step = self.step(a, law)?;
            let back = self.back(&step, stream);
            let share = step.spread * step.spread / (step.output_square * step.variance);
            let square = share * branch.height() * branch.height();
            let inside = |u: &f64| *u > branch.lower() && *u < branch.upper();
            let slopes = || {
                step.inputs
                    .iter()
                    .map(|u| if inside(u) { square } else { 0.0 })
            };
            for _ in 0..std::mem::replace(&mut settled, 1) {
                let rows = back.chunks_exact(law.len());
                let skip: Vec<f64> = rows.map(|row| dot(row, &gradient)).collect();
                let mean = dot(law, &skip);
                let paths = skip.iter().zip(slopes());
                gradient = paths.map(|(skip, slope)| skip + slope * mean).collect();
            }
        }
        // The first block: a normal stream.
        let gain = (1.0 + a * branch.second_moment(1.0)? / self.phi_square) / (1.0 + a);
        let inner = self.edges.iter().map(|x| clamped(*x, stream));
        let passed: Vec<f64> = bins(&inner.collect::<Vec<f64>>()).collect();
        let height = stream.height() * stream.height() / self.stream_square;
        Ok(gain * height * dot(&passed, &gradient))
    }

    /// `E[rho_q(x)^2; x in bin k | v_i] / (r^2 E[q^2])`, `N` rows of `N`.
    fn back(&self, step: &Step, stream: &Surrogate) -> Vec<f64> {
        let scale = stream.height() * stream.height() / (step.rms * step.rms * self.stream_square);
        let rows = self.levels.iter().flat_map(|level| {
            let at = |x: &f64| (step.rms * clamped(*x, stream) - level) / step.spread;
            let edges: Vec<f64> = self.edges.iter().map(at).collect();
            bins(&edges).map(|p| scale * p).collect::<Vec<f64>>()
        });
        rows.collect()
    }

    /// The joint law of the levels after the first block.
    fn first(&self, a: f64, start: f64) -> Result<Vec<f64>, StackError> {
        if 1.0 - start.abs() < CLOSEST {
            return Err(StackError::TooNear {
                correlation: start,
                closest: CLOSEST,
            });
        }
        let correlation = (start + a * self.products.value(start)) / (1.0 + a);
        Ok(moved(&[1.0], &self.edges, correlation))
    }

    /// The joint law after one more block.
    fn after(&self, a: f64, pair: &[f64]) -> Result<Vec<f64>, StackError> {
        let n = self.levels.len();
        let law: Vec<f64> = pair.chunks_exact(n).map(|row| row.iter().sum()).collect();
        let step = self.step(a, &law)?;
        let rows = pair.chunks_exact(n).map(|row| dot(row, &step.outputs));
        let correlation: f64 = rows.zip(&step.outputs).map(|(row, f)| row * f).sum();
        Ok(moved(pair, &step.edges, correlation.clamp(-1.0, 1.0)))
    }

    fn correlation(&self, pair: &[f64]) -> f64 {
        let n = self.levels.len();
        let rows = pair.chunks_exact(n).zip(&self.levels);
        let (mut product, mut square) = (0.0, 0.0);
        for (row, v) in rows {
            product += v * dot(row, &self.levels);
            square += v * v * row.iter().sum::<f64>();
        }
        (product / square).clamp(-1.0, 1.0)
    }

    fn step(&self, a: f64, law: &[f64]) -> Result<Step, StackError> {
        let squares = law.iter().zip(&self.levels).map(|(p, v)| p * v * v);
        let variance: f64 = squares.sum();
        let inputs: Vec<f64> = self.levels.iter().map(|v| v / variance.sqrt()).collect();
        let outputs: Vec<f64> = inputs.iter().map(|u| self.phi.value(*u)).collect();
        let squares = law.iter().zip(&outputs).map(|(p, f)| p * f * f);
        let output_square: f64 = squares.sum();
        let spread = (a * output_square / self.phi_square).sqrt();
        let rms = libm::sqrt(variance + spread * spread);
        if !(spread > 0.0 && variance > 0.0) {
            return Err(StackError::Frozen { branch: a });
        }
        let edges = self
            .levels
            .iter()
            .flat_map(|v| self.edges.iter().map(move |edge| (rms * edge - v) / spread));
        Ok(Step {
            edges: edges.collect(),
            outputs: outputs.iter().map(|f| f / output_square.sqrt()).collect(),
            inputs,
            variance,
            output_square,
            spread,
            rms,
        })
    }

    /// The law of one input's levels after a block.
    fn next(&self, law: &[f64], transition: &[f64]) -> Vec<f64> {
        let mut next = vec![0.0; law.len()];
        for (p, row) in law.iter().zip(transition.chunks_exact(law.len())) {
            add(&mut next, *p, row);
        }
        next
    }

    fn transition(&self, step: &Step) -> Vec<f64> {
        let rows = step.edges.chunks_exact(self.levels.len() + 1);
        rows.flat_map(bins).collect()
    }

    /// The laws of one input's levels after the first and later blocks, `count` of them, or fewer if the last one stays.
    fn laws(&self, a: f64, count: u64) -> Result<Vec<Vec<f64>>, StackError> {
        let mut laws = Vec::new();
        let mut law: Vec<f64> = bins(&self.edges).collect();
        while (laws.len() as u64) < count.min(MOST_STEPS) {
            let next = self.next(&law, &self.transition(&self.step(a, &law)?));
            let stays = distance(&next, &law) <= SAME;
            laws.push(std::mem::replace(&mut law, next));
            if stays {
                break;
            }
        }
        Ok(laws)
    }

    /// The stationary law of one input's levels, its step, and the transition.
    fn stationary(&self, a: f64) -> Result<(Vec<f64>, Step, Vec<f64>), StackError> {
        let mut law: Vec<f64> = bins(&self.edges).collect();
        for _ in 0..MOST_STEPS {
            let step = self.step(a, &law)?;
            let transition = self.transition(&step);
            let next = self.next(&law, &transition);
            let moved = distance(&next, &law);
            law = next;
            if moved <= SAME {
                return Ok((law, step, transition));
            }
        }
        Err(StackError::Frozen { branch: a })
    }
}

/// The most blocks until a law is stationary, and how near two laws are then.
const MOST_STEPS: u64 = 5_000;
const SAME: f64 = 1e-15;

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum()
}

/// The nearest place in the window.
fn clamped(x: f64, rho: &Surrogate) -> f64 {
    x.clamp(rho.lower(), rho.upper())
}

/// The most blocks of a pair that are followed one by one until a share of its start is left; then the rate of small ones holds.
pub const PAIRS: f64 = 200.0;

/// The probabilities of the bins between these edges.
fn bins(edges: &[f64]) -> impl Iterator<Item = f64> + '_ {
    let pairs = edges.iter().zip(edges.iter().skip(1));
    pairs.map(|(low, high)| interval_probability(*low, *high))
}

/// The joint law after a step with noises of this correlation from the joint law `pair`, with a row of `edges` for each
/// level.
fn moved(pair: &[f64], edges: &[f64], correlation: f64) -> Vec<f64> {
    /// Where the density of `w` is 2e-19 of its largest value.
    const FARTHEST: f64 = 9.3;
    let from = (pair.len() as f64).sqrt() as usize;
    let width = edges.len() / from.max(1);
    let size = correlation.abs();
    let (common, own) = (size.sqrt(), (1.0 - size).max(f64::MIN_POSITIVE).sqrt());
    let h = 0.73 / (1.0 + 2.0 * size / (own * own)).sqrt();
    let given = |w: f64| -> Vec<f64> {
        let rows = edges.chunks_exact(width);
        let steps = rows.flat_map(|row| {
            let below: Vec<f64> = row
                .iter()
                .map(|edge| cdf((edge - common * w) / own))
                .collect();
            let above = below.clone();
            below
                .into_iter()
                .zip(above.into_iter().skip(1))
                .map(|(low, high)| high - low)
        });
        steps.collect()
    };
    let to = width.saturating_sub(1);
    let mut after = vec![0.0; to * to];
    let outermost = (FARTHEST / h).ceil() as i64;
    for k in -outermost..=outermost {
        let w = k as f64 * h;
        let first = given(w);
        let second = if correlation < 0.0 {
            given(-w)
        } else {
            first.clone()
        };
        let weight = h * pdf(w);
        for (row, steps) in pair.chunks_exact(from).zip(first.chunks_exact(to)) {
            let mut other = vec![0.0; to];
            for (p, steps) in row.iter().zip(second.chunks_exact(to)) {
                add(&mut other, *p, steps);
            }
            for (step, row) in steps.iter().zip(after.chunks_exact_mut(to)) {
                add(row, weight * step, &other);
            }
        }
    }
    after
}

/// `to += factor from`.
fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    if factor != 0.0 {
        for (to, from) in to.iter_mut().zip(from) {
            *to += factor * from;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
