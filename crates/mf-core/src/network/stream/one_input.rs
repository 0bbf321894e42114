//! What one input of a quantized stream tells: the rate of a small signal, and gradients.

use super::{QuantizedStream, Step, add, dot};
use crate::gaussian::{interval_probability, pdf};
use crate::network::stack_error::StackError;
use crate::root::bracketed;
use crate::surrogate::Surrogate;

/// A law has settled if it moves by less, summed over levels, ...
const SETTLED: f64 = 1e-15;

/// ... or by less than this and no less than before: by rounding errors.
const NEARLY: f64 = 1e-12;

impl QuantizedStream {
    /// `1 - lambda`.
    pub(in crate::network) fn one_minus_slope(&self, a: f64) -> Result<f64, StackError> {
        /// The most terms, and the most products of all terms.
        const MOST: (usize, usize) = (1 << 18, 1 << 30);
        let law = self.stationary(a)?;
        let step = self.step(a, &law)?;
        let n = self.levels.len();
        let rows = step.rows(&self.levels, &self.edges);
        let transition = matrix(&rows, n, probability);
        let parts = matrix(&rows, n, |from, to| pdf(from) - pdf(to));
        let part = averaged(&law, &parts);
        let mut weights = Vec::new();
        let mut ahead = step.outputs;
        let (mut terms, mut rest) = (32, f64::NAN);
        while terms <= MOST.0.min(MOST.1 / (n * n)) {
            while weights.len() < terms {
                let overlap = dot(&part, &ahead);
                weights.push(overlap * overlap);
                ahead = applied(&transition, &ahead);
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
    pub(in crate::network) fn gradient_growth(
        &self,
        a: f64,
        branch: &Surrogate,
        stream: &Surrogate,
        blocks: u64,
    ) -> Result<f64, StackError> {
        let n = self.levels.len();
        let clipped = self.edges.iter();
        let clipped = clipped.map(|edge| edge.clamp(stream.lower(), stream.upper()));
        let clipped: Vec<f64> = clipped.collect();
        let height = stream.height() * stream.height() / self.stream_square;
        let (mut gradient, mut log_size) = (vec![1.0; n], 0.0);
        let laws = self.laws(a, blocks - 1)?;
        let mut repeated = blocks - 1 - laws.len() as u64;
        for law in laws.iter().rev() {
            let step = self.step(a, law)?;
            let skip = matrix(&step.rows(&self.levels, &clipped), n, probability);
            let height = height / (step.rms * step.rms);
            let inner = step.branch_slopes(branch);
            for _ in 0..=repeated {
                let through: Vec<f64> = applied(&skip, &gradient);
                let mean = dot(law, &through);
                let both = through.iter().zip(&inner);
                gradient = both.map(|(skip, slope)| skip + slope * mean).collect();
                // In units of its largest entry, so that many blocks do not overflow.
                let largest = gradient.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
                gradient.iter_mut().for_each(|entry| *entry /= largest);
                log_size += libm::log(height * largest);
            }
            repeated = 0;
        }
        let through = dot(&matrix(&clipped, n, probability), &gradient);
        let gain = branch.second_moment(1.0)? / self.phi_square;
        Ok(libm::exp(log_size) * height / (1.0 + a) * through * (1.0 + a * gain))
    }

    /// The laws of one input's levels after the first block, the second, ... up to `most`, as long as they change.
    fn laws(&self, a: f64, most: u64) -> Result<Vec<Vec<f64>>, StackError> {
        let n = self.levels.len();
        let mut laws = Vec::new();
        let mut law = matrix(&self.edges, n, probability);
        let mut before = f64::INFINITY;
        while (laws.len() as u64) < most {
            let rows = self.step(a, &law)?.rows(&self.levels, &self.edges);
            let next = averaged(&law, &matrix(&rows, n, probability));
            let moves = next.iter().zip(&law).map(|(new, old)| (new - old).abs());
            let moved: f64 = moves.sum();
            laws.push(std::mem::replace(&mut law, next));
            if moved <= SETTLED || (moved <= NEARLY && moved >= before) {
                break;
            }
            before = moved;
        }
        Ok(laws)
    }

    /// The stationary law of one input's levels.
    fn stationary(&self, a: f64) -> Result<Vec<f64>, StackError> {
        const MOST: u64 = 5_000;
        let mut laws = self.laws(a, MOST)?;
        let found = laws.pop().filter(|_| laws.len() as u64 + 1 < MOST);
        found.ok_or(StackError::Frozen { branch: a })
    }
}

impl Step {
    /// `rho(u_i)^2 s^2 / (E_P[phi^2] E_P[v^2])` of each level.
    fn branch_slopes(&self, rho: &Surrogate) -> Vec<f64> {
        let weights = self.spread * self.spread / (self.output_square * self.variance);
        let square = weights * rho.height() * rho.height();
        let inside = |u: &f64| *u > rho.lower() && *u < rho.upper();
        let slopes = self.inputs.iter();
        slopes
            .map(|u| if inside(u) { square } else { 0.0 })
            .collect()
    }
}

/// `P(from < z < to)`, 0 where it is below `1e-20`.
fn probability(from: f64, to: f64) -> f64 {
    const FARTHEST: f64 = 9.3;
    if from > FARTHEST || to < -FARTHEST {
        0.0
    } else {
        interval_probability(from, to)
    }
}

/// `f` of the two edges of each bin, in rows of `n` bins; 0 for empty bins.
fn matrix(edges: &[f64], n: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let of = |(low, high): (&f64, &f64)| if high > low { f(*low, *high) } else { 0.0 };
    let rows = edges.chunks_exact(n + 1);
    rows.flat_map(|row| row.iter().zip(row.iter().skip(1)).map(of))
        .collect()
}

/// `law^T matrix`.
fn averaged(law: &[f64], matrix: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; law.len()];
    for (p, row) in law.iter().zip(matrix.chunks_exact(law.len())) {
        add(&mut sum, *p, row);
    }
    sum
}

/// `matrix vector`.
fn applied(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    let rows = matrix.chunks_exact(vector.len());
    rows.map(|row| dot(row, vector)).collect()
}
