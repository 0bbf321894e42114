//! The authors' recipe: the best of evenly spaced spacings.

use mf_core::depth_scale;
use mf_core::gaussian::PDF_AT_ZERO;
use mf_core::uniform;

use crate::error::FitError;
use crate::optimum::{MOST_STATES, UniformOptimum};

/// A scan of `chi` over `points` normalized spacings, evenly from `from` to `to`, both included.
///
/// ```
/// // A finer scan of 16 states finds the best spacing to within its step.
/// let scan = mf_fit::SpacingScan { points: 5001, from: 0.3, to: 0.35 };
/// assert!((scan.optimum(16)?.spacing - mf_fit::uniform_optimum(16)?.spacing).abs() < 1e-5);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpacingScan {
    /// Number of spacings, 2 or more.
    pub points: usize,
    /// First spacing, 0 or more; the spacing 0 itself is left out.
    pub from: f64,
    /// Last spacing.
    pub to: f64,
}

impl SpacingScan {
    /// The paper's scan: 2,000 spacings of `[0, 2]`, a step of 2/1999 (the authors' public code).
    ///
    /// ```
    /// // The result of the paper's recipe at N = 1024; the best spacing is 0.008785.
    /// let read = mf_fit::SpacingScan::authors().optimum(1024)?.spacing;
    /// assert!((read - 0.009005).abs() < 5e-7);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    pub fn authors() -> Self {
        Self {
            points: 2000,
            from: 0.0,
            to: 2.0,
        }
    }

    /// The distance between spacings: the resolution of the best one.
    ///
    /// ```
    /// assert_eq!(mf_fit::SpacingScan::authors().step(), 2.0 / 1999.0);
    /// ```
    pub fn step(&self) -> f64 {
        (self.to - self.from) / (self.points as f64 - 1.0)
    }

    /// The spacings above 0.
    ///
    /// ```
    /// let scan = mf_fit::SpacingScan { points: 5, from: 0.0, to: 1.0 };
    /// assert!(scan.spacings().eq([0.25, 0.5, 0.75, 1.0]));
    /// ```
    pub fn spacings(&self) -> impl Iterator<Item = f64> {
        let (scan, step) = (*self, self.step());
        (0..scan.points)
            .map(move |index| {
                if index + 1 == scan.points {
                    scan.to
                } else {
                    scan.from + index as f64 * step
                }
            })
            .filter(|spacing| *spacing > 0.0)
    }

    /// The spacing of the scan with the largest `chi`, by the direct formula; the first one if several are equal.
    ///
    /// ```
    /// // Nine spacings miss the best one, 0.9957 for four states, by less than a step.
    /// let scan = mf_fit::SpacingScan { points: 9, from: 0.2, to: 1.8 };
    /// assert!((scan.optimum(4)?.spacing - 0.9957).abs() < scan.step());
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// [`FitError::Scan`] unless `points >= 2` and `0 <= from < to`, both finite; [`FitError::States`] unless
    /// `3 <= states <= `[`MOST_STATES`] (two states have the same `chi` everywhere); [`FitError::ScanEnd`] if the best
    /// spacing is at an end of the scan.
    pub fn optimum(&self, states: u64) -> Result<UniformOptimum, FitError> {
        let best = self.best(states, 1, |spacing| {
            Ok(vec![uniform::slope(states, spacing)?])
        })?;
        UniformOptimum::at(states, best[0].0)
    }

    /// [`SpacingScan::optimum`] in single precision, for sums with 1, 2, ... `accumulators` accumulators: every term and every
    /// sum of `chi` is an f32, and the largest of these `chi` wins. `1 - chi` is 1 minus that f32, a multiple of `2^-24`.
    ///
    /// A library of arrays adds with as many accumulators as its vector unit has lanes: term `i` goes to accumulator `i` modulo
    /// their number, and these are added in order. Their number decides how sums are rounded, and which of two spacings with
    /// almost the same `chi` wins.
    ///
    /// ```
    /// // At 515 states two neighbouring spacings differ by 2e-7 in chi, a few units of the last place below 1.
    /// let scan = mf_fit::SpacingScan::authors();
    /// let mut read: Vec<f64> = scan.optima_in_f32(515, 16)?.iter().map(|o| o.spacing).collect();
    /// read.dedup();
    /// assert!(read.len() > 1);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// As [`SpacingScan::optimum`].
    pub fn optima_in_f32(
        &self,
        states: u64,
        accumulators: usize,
    ) -> Result<Vec<UniformOptimum>, FitError> {
        let best = self.best(states, accumulators, |spacing| {
            let terms = SingleTerms::of(states, spacing);
            Ok((1..=accumulators).map(|lanes| terms.slope(lanes)).collect())
        })?;
        let of = |(spacing, slope)| {
            let one_minus_slope = 1.0 - slope;
            Ok(UniformOptimum {
                one_minus_slope,
                slope,
                depth_scale: depth_scale(one_minus_slope),
                ..UniformOptimum::at(states, spacing)?
            })
        };
        best.into_iter().map(of).collect()
    }

    /// The spacings of the scan at which each of `count` slopes is largest, with that slope.
    fn best(
        &self,
        states: u64,
        count: usize,
        slopes_at: impl Fn(f64) -> Result<Vec<f64>, FitError>,
    ) -> Result<Vec<(f64, f64)>, FitError> {
        self.check()?;
        if !(3..=MOST_STATES).contains(&states) {
            return Err(FitError::States {
                states,
                least: 3,
                most: MOST_STATES,
            });
        }
        let (mut first, mut last) = (f64::NAN, f64::NAN);
        let mut best = vec![(f64::NAN, f64::NEG_INFINITY); count];
        for spacing in self.spacings() {
            for (best, slope) in best.iter_mut().zip(slopes_at(spacing)?) {
                if slope > best.1 {
                    *best = (spacing, slope);
                }
            }
            if first.is_nan() {
                first = spacing;
            }
            last = spacing;
        }
        match best.iter().find(|(at, _)| *at == first || *at == last) {
            Some(&(spacing, _)) => Err(FitError::ScanEnd { states, spacing }),
            None => Ok(best),
        }
    }

    fn check(&self) -> Result<(), FitError> {
        let Self { points, from, to } = *self;
        if points >= 2 && from >= 0.0 && from < to && to.is_finite() {
            Ok(())
        } else {
            Err(FitError::Scan { points, from, to })
        }
    }
}

/// The terms of `chi = (sum_i n(a_i))^2 / sum_ij Psi(-max(a_i, a_j)) Psi(min(a_i, a_j))` at the thresholds `a_i`, in f32.
struct SingleTerms {
    densities: Vec<f32>,
    /// By the larger of a pair; the sum over the smaller one runs in order.
    squares: Vec<f32>,
}

impl SingleTerms {
    fn of(states: u64, spacing: f64) -> Self {
        let thresholds =
            || (1..states).map(|i| (i as f64 - 0.5 * states as f64) as f32 * spacing as f32);
        let psi = |a: f32| 0.5 * libm::erfcf(-a * std::f32::consts::FRAC_1_SQRT_2);
        let density = |a: f32| PDF_AT_ZERO as f32 * libm::expf(-0.5 * a * a);
        let mut below = 0.0_f32;
        let squares = thresholds().map(|a| {
            let here = psi(a);
            let term = psi(-a) * (2.0 * below + here);
            below += here;
            term
        });
        Self {
            squares: squares.collect(),
            densities: thresholds().map(density).collect(),
        }
    }

    fn slope(&self, accumulators: usize) -> f64 {
        let sum = sum_in_f32(&self.densities, accumulators);
        f64::from(sum * sum / sum_in_f32(&self.squares, accumulators))
    }
}

/// The sum with this many accumulators, which are added in order.
fn sum_in_f32(terms: &[f32], accumulators: usize) -> f32 {
    let mut sums = vec![0.0_f32; accumulators];
    for terms in terms.chunks(accumulators) {
        for (sum, term) in sums.iter_mut().zip(terms) {
            *sum += term;
        }
    }
    sums.iter().sum()
}
