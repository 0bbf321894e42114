//! The best quantizer of a Gaussian.
//!
//! Least mean squared error asks that every level is the mean of its bin and every threshold half way between two levels
//! (Lloyd 1957 and 1982, Max 1960). With the levels `y_i` as unknowns, thresholds `t_i = (y_i + y_{i+1})/2` and the
//! means `c(a, b) = ∫_a^b z n(z) dz / P(a < z < b)`, that is
//!
//! ```text
//! F_i(y) = y_i - c(t_{i-1}, t_i) = 0,   dc/da = n(a) (c - a) / P,   dc/db = n(b) (b - c) / P.
//! ```
//!
//! The derivative of `F` has three diagonals, and as `dc/da + dc/db < 1` for a density whose logarithm is concave, each
//! row is dominated by its diagonal: Newton's method takes `O(N)` a step. For such densities there is only one solution
//! (Fleischer 1964), so it is the best quantizer. The start is the companding density of Panter & Dite (1951),
//! `n^(1/3)`: levels at the quantiles of a Gaussian of standard deviation `sqrt(3)`. From there five steps reach
//! rounding accuracy for every `N`. Lloyd's own iteration, means and midpoints in turn, needs `O(N^2)` sweeps.

use super::arguments::within;
use super::codebook::with_opposites;
use super::{BestScale, Family, Members, Parameter, Quantizer, QuantizerError};
use crate::activation::StepActivation;
use crate::gaussian::{pdf, tail_moments, upper_tail};
use crate::quadrature::panels;
use crate::root::bracketed;
use std::f64::consts::PI;

/// The family of Lloyd-Max quantizers.
pub const FAMILY: Family = Family {
    name: "lloyd-max",
    about: "the N levels of least mean squared error on a unit Gaussian: the largest chi that N states can have",
    source: "levels at the means of their bins, thresholds half way (Max, IRE Trans. Inf. Theory 6, 1960; Lloyd, IEEE \
             Trans. Inf. Theory 28, 1982)",
    parameters: &[Parameter::integer(
        "states",
        2,
        MOST_STATES,
        "the number of levels N",
    )],
    build: |given| lloyd_max(given.integer("states")?),
    members: Some(MEMBERS),
};

/// Its members by their number of levels.
///
/// ```
/// use mf_core::quantizer::lloyd_max::{MEMBERS, lloyd_max};
///
/// // Panter and Dite: 2.7207 / N^2, at 32 levels 6 % above the error, 0.002505.
/// let asymptote = MEMBERS.asymptote.map_or(f64::NAN, |law| law(32.0));
/// assert!((32.0 * 32.0 * asymptote - 2.7207).abs() < 5e-5);
/// let error = lloyd_max(32)?.activation.distortion().mean_squared_error;
/// assert!((error - 0.00250467).abs() < 5e-9 && (asymptote / error - 1.06).abs() < 0.005);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
pub const MEMBERS: Members = Members {
    most: MOST_STATES,
    build: lloyd_max,
    best_scale: BestScale::One,
    // Panter and Dite 1951.
    asymptote: Some(|n| 3.0_f64.sqrt() * PI / (2.0 * n * n)),
};

/// The largest number of levels of a member; building it takes 0.1 s.
pub const MOST_STATES: u64 = 1 << 16;

/// The quantizer of `states` levels with the least mean squared error on a unit Gaussian.
///
/// It is odd to the last bit. Its error, [`crate::StepActivation::distortion`], is that of the exact quantizer to
/// `1e-12` relative: rounding errors of the levels (`1e-16 N^2` in the worst direction) enter in second order.
///
/// ```
/// // Max 1960, table I: levels 0.4528 and 1.510, thresholds 0 and 0.9816.
/// let phi = mf_core::quantizer::lloyd_max(4)?.activation;
/// assert!((phi.levels()[2] - 0.4528).abs() < 5e-5 && (phi.levels()[3] - 1.510).abs() < 5e-4);
/// assert!(phi.thresholds()[1] == 0.0 && (phi.thresholds()[2] - 0.9816).abs() < 5e-5);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
///
/// # Errors
/// [`QuantizerError::Outside`] unless `2 <= states <= `[`MOST_STATES`].
pub fn lloyd_max(states: u64) -> Result<Quantizer, QuantizerError> {
    let states = within("states", states, 2, MOST_STATES)?;
    let odd = states % 2 == 1;
    let middle: &[f64] = if odd { &[0.0] } else { &[] };
    let levels = with_opposites(middle, &positive_levels(states, odd));
    Ok(FAMILY.member(states, StepActivation::halfway(levels)?))
}

/// The levels above 0, by Newton's method until rounding errors keep its steps from shrinking.
fn positive_levels(states: u64, odd: bool) -> Vec<f64> {
    const MOST_STEPS: usize = 30;
    let mut levels = companding_levels(states);
    let mut before = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let step = newton_step(&levels, odd);
        let size = step
            .iter()
            .fold(0.0, |most: f64, change| most.max(change.abs()));
        if size >= 0.5 * before {
            break;
        }
        for (level, change) in levels.iter_mut().zip(step) {
            *level += change;
        }
        before = size;
    }
    levels
}

/// `sqrt(3) x_k` with `P(z > x_k) = (k + 1/2) / N`, the largest last.
fn companding_levels(states: u64) -> Vec<f64> {
    const FARTHEST: f64 = 10.0;
    (0..states / 2)
        .rev()
        .map(|k| (k as f64 + 0.5) / states as f64)
        .map(|tail| 3.0_f64.sqrt() * bracketed(|x| upper_tail(x) - tail, 0.0, FARTHEST))
        .collect()
}

/// A row of Newton's equations: `left s_{i-1} + diagonal s_i + right s_{i+1} = deficit`.
struct Row {
    left: f64,
    diagonal: f64,
    right: f64,
    /// `c - y`, the mean of the bin minus the level.
    deficit: f64,
}

/// The step `s` from `levels`, by elimination without pivoting.
fn newton_step(levels: &[f64], odd: bool) -> Vec<f64> {
    let mut solved = Vec::with_capacity(levels.len());
    let (mut ratio, mut value) = (0.0, 0.0);
    for row in rows(levels, odd) {
        let pivot = row.diagonal - row.left * ratio;
        value = (row.deficit - row.left * value) / pivot;
        ratio = row.right / pivot;
        solved.push((ratio, value));
    }
    let mut after = 0.0;
    let mut step: Vec<f64> = solved
        .iter()
        .rev()
        .map(|(ratio, value)| {
            after = value - ratio * after;
            after
        })
        .collect();
    step.reverse();
    step
}

fn rows(levels: &[f64], odd: bool) -> impl Iterator<Item = Row> {
    let nexts = levels.iter().skip(1).map(|next| Some(*next));
    let nexts = nexts.chain(std::iter::once(None));
    let mut from = match levels.first() {
        // Half way to the level 0.
        Some(first) if odd => 0.5 * first,
        _ => 0.0,
    };
    levels
        .iter()
        .zip(nexts)
        .enumerate()
        .map(move |(i, (&level, next))| {
            let (mass, moment, right) = match next {
                Some(next) => {
                    let to = 0.5 * level + 0.5 * next;
                    let (mass, moment) = inner_bin(from, to, level);
                    let mean = level + moment / mass;
                    (mass, moment, 0.5 * pdf(to) * (to - mean) / mass)
                }
                None => {
                    let [mass, above] = tail_moments::<2>(from);
                    (mass, above + (from - level) * mass, 0.0)
                }
            };
            let deficit = moment / mass;
            let left = 0.5 * pdf(from) * (level + deficit - from) / mass;
            // The lowest threshold follows one level only, or none where it stays at 0.
            let own = if i > 0 || odd { left } else { 0.0 };
            from = next.map_or(from, |next| 0.5 * level + 0.5 * next);
            Row {
                left: if i > 0 { -left } else { 0.0 },
                diagonal: 1.0 - own - right,
                right: -right,
                deficit,
            }
        })
}

/// `∫ n` and `∫ (z - level) n` over a bin: the moment about the level itself keeps its digits as it vanishes.
fn inner_bin(from: f64, to: f64, level: f64) -> (f64, f64) {
    const WIDEST_PANEL: f64 = 0.5;
    (
        panels(from, to, WIDEST_PANEL, pdf),
        panels(from, to, WIDEST_PANEL, |z| (z - level) * pdf(z)),
    )
}
