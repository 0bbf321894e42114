//! Hermite coefficients `c_k = E[f(z) He_k(z)] / sqrt(k!)`, in which `E[f(x) g(y)] = sum_k c_k(f) c_k(g) C^k` (Mehler 1866).

use crate::gaussian::pdf;
use std::sync::OnceLock;

/// The largest `|C|` for which the Hermite series is used.
pub const SERIES_UP_TO: f64 = 0.9;

/// Number of coefficients after the mean; the next power of the correlation is at most `0.9^400 = 5e-19`.
const TERMS: usize = 400;

/// The sums `S_j = sum_i w_i He_j(a_i) n(a_i) / sqrt(j!)`, `j = 0, 1, ...`, over nodes `a` with weights `w`.
///
/// By the recurrence of the normalized Hermite functions `psi_{j+1} = (a psi_j - sqrt(j) psi_{j-1}) / sqrt(j+1)`, `psi_0 = n(a)`,
/// which stay bounded.
pub(crate) fn sums<'a>(
    nodes: &'a [f64],
    weights: impl Iterator<Item = f64>,
) -> impl Iterator<Item = f64> + 'a {
    let mut before = vec![0.0; nodes.len()];
    let mut current: Vec<f64> = nodes
        .iter()
        .zip(weights)
        .map(|(a, w)| w * pdf(*a))
        .collect();
    (0_u32..).map(move |j| {
        let sum = current.iter().sum();
        let (back, ahead) = (f64::from(j).sqrt(), 1.0 / f64::from(j + 1).sqrt());
        for ((a, old), new) in nodes.iter().zip(&mut before).zip(&mut current) {
            let next = (a * *new - back * *old) * ahead;
            *old = *new;
            *new = next;
        }
        sum
    })
}

/// The coefficients of a response, computed when they are first needed: few of them for a small correlation, else all.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Series {
    short: OnceLock<Coefficients>,
    full: OnceLock<Coefficients>,
}

impl Series {
    /// The coefficients that matter at this correlation, computed by `form`. For an odd response the even ones are set
    /// to exactly 0.
    pub(crate) fn at<I: Iterator<Item = f64>>(
        &self,
        correlation: f64,
        odd: bool,
        form: impl FnOnce() -> I,
    ) -> &Coefficients {
        const SHORT: usize = 32;
        let (kept, terms) = if powers(correlation) + 2 <= SHORT {
            (&self.short, SHORT)
        } else {
            (&self.full, TERMS + 1)
        };
        kept.get_or_init(|| {
            let formed = form().take(terms).enumerate();
            let even_is_zero = |(k, c)| if odd && k % 2 == 0 { 0.0 } else { c };
            Coefficients(formed.map(even_is_zero).collect())
        })
    }
}

/// `c_0` (the mean), `c_1`, `c_2`, ...
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Coefficients(Vec<f64>);

impl Coefficients {
    /// These coefficients, as many as matter up to a correlation of [`SERIES_UP_TO`].
    pub(crate) fn of(form: impl Iterator<Item = f64>) -> Self {
        Self(form.take(TERMS + 1).collect())
    }

    /// `sum_k a_k b_k C^k`.
    pub(crate) fn product(&self, other: &Self, correlation: f64) -> f64 {
        self.sum(0, other, correlation, |_, term| term)
    }

    /// `sum_k k a_k b_k C^(k-1)`.
    pub(crate) fn slope(&self, other: &Self, correlation: f64) -> f64 {
        self.sum(1, other, correlation, |k, term| k * term)
    }

    /// `sum_{k>=2} c_k^2 C^(k-1) (k - (k-1) C)`, which is at most `C (2 - C)` times the sum of `c_k^2`.
    pub(crate) fn below_tangent(&self, correlation: f64) -> f64 {
        let share = |k: f64, term: f64| term * (k - (k - 1.0) * correlation);
        correlation * self.sum(2, self, correlation, share)
    }

    /// `sum_{k >= first} term(k, a_k b_k) C^(k - first)`, without the terms that are too small to matter.
    fn sum(
        &self,
        first: usize,
        other: &Self,
        correlation: f64,
        term: impl Fn(f64, f64) -> f64,
    ) -> f64 {
        let products = self.0.iter().zip(&other.0).enumerate();
        let counting = products.take(first + powers(correlation)).skip(first).rev();
        counting.fold(0.0, |sum, (k, (a, b))| {
            sum * correlation + term(k as f64, a * b)
        })
    }
}

/// How many powers of `C` are above `1e-19`.
fn powers(correlation: f64) -> usize {
    const SMALLEST: f64 = -44.0;
    let size = correlation.abs();
    if size == 0.0 {
        1
    } else {
        1 + (SMALLEST / libm::log(size)) as usize
    }
}
