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
        UniformOptimum::at(
            states,
            self.best(states, |d| Ok(uniform::slope(states, d)?))?,
        )
    }

    /// [`SpacingScan::optimum`] in single precision: every term and every sum of `chi` is an f32, and the largest of these
    /// `chi` wins. `1 - chi` is 1 minus that f32, so it is a multiple of `2^-24`.
    ///
    /// Rounding depends on the order of the sums, which a library of arrays chooses. Compare orders.
    ///
    /// ```
    /// use mf_fit::{SpacingScan, Summation};
    ///
    /// // 1 - chi = 7.1e-6 at 1024 states, and f32 numbers below 1 are 6e-8 apart: few digits are left.
    /// let scan = SpacingScan::authors();
    /// let found = scan.optimum_in_f32(1024, Summation::InOrder)?.one_minus_slope;
    /// let error = (found / scan.optimum(1024)?.one_minus_slope - 1.0).abs();
    /// assert!(error > 0.01 && error < 0.5);
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// As [`SpacingScan::optimum`].
    pub fn optimum_in_f32(&self, states: u64, sums: Summation) -> Result<UniformOptimum, FitError> {
        let slope = |spacing| Ok(slope_in_f32(states, spacing, sums));
        let best = UniformOptimum::at(states, self.best(states, slope)?)?;
        let slope = slope_in_f32(states, best.spacing, sums);
        let one_minus_slope = 1.0 - slope;
        Ok(UniformOptimum {
            one_minus_slope,
            slope,
            depth_scale: depth_scale(one_minus_slope),
            ..best
        })
    }

    /// The spacing of the scan at which `slope` is largest.
    fn best(
        &self,
        states: u64,
        slope_at: impl Fn(f64) -> Result<f64, FitError>,
    ) -> Result<f64, FitError> {
        self.check()?;
        if !(3..=MOST_STATES).contains(&states) {
            return Err(FitError::States {
                states,
                least: 3,
                most: MOST_STATES,
            });
        }
        let (mut first, mut last) = (f64::NAN, f64::NAN);
        let (mut best, mut largest) = (f64::NAN, f64::NEG_INFINITY);
        for spacing in self.spacings() {
            let slope = slope_at(spacing)?;
            if slope > largest {
                (best, largest) = (spacing, slope);
            }
            if first.is_nan() {
                first = spacing;
            }
            last = spacing;
        }
        if best == first || best == last {
            return Err(FitError::ScanEnd {
                states,
                spacing: best,
            });
        }
        Ok(best)
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

/// The order in which single numbers are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summation {
    /// One after the other.
    InOrder,
    /// In halves, each of them in halves: the rounding error grows with the logarithm of the number of terms.
    Pairwise,
}

impl Summation {
    fn sum(self, terms: &[f32]) -> f32 {
        match (self, terms.len()) {
            (Summation::InOrder, _) | (_, 0..=2) => terms.iter().sum(),
            (Summation::Pairwise, count) => {
                let (low, high) = terms.split_at(count / 2);
                self.sum(low) + self.sum(high)
            }
        }
    }
}

/// `chi = (sum_i n(a_i))^2 / sum_ij Psi(-max(a_i, a_j)) Psi(min(a_i, a_j))` at the thresholds `a_i`, in f32. The sum over
/// the smaller of a pair always runs in order.
fn slope_in_f32(states: u64, spacing: f64, sums: Summation) -> f64 {
    let thresholds =
        || (1..states).map(|i| (i as f64 - 0.5 * states as f64) as f32 * spacing as f32);
    let psi = |a: f32| 0.5 * libm::erfcf(-a * std::f32::consts::FRAC_1_SQRT_2);
    let density: Vec<f32> = thresholds()
        .map(|a| PDF_AT_ZERO as f32 * libm::expf(-0.5 * a * a))
        .collect();
    let mut below = 0.0_f32;
    let squares: Vec<f32> = thresholds()
        .map(|a| {
            let here = psi(a);
            let term = psi(-a) * (2.0 * below + here);
            below += here;
            term
        })
        .collect();
    let sum = sums.sum(&density);
    f64::from(sum * sum / sums.sum(&squares))
}
