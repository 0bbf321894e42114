//! How far measurements are from theory, in standard errors.

use crate::Mean;

/// Beyond this many standard errors a measurement counts as off.
const OFF: f64 = 3.0;

/// Counts of measurements that were compared with theory, and of those that are off by more than three standard errors.
///
/// ```
/// use mf_fit::{Deviations, Mean};
///
/// // Means of 2, 4, 6 (their standard error is 2/sqrt(3)) and of one value, which has no standard error.
/// let (three, one): (Mean, Mean) = ([2.0, 4.0, 6.0].into_iter().collect(), [4.0].into_iter().collect());
/// let mut deviations = Deviations::default();
/// assert!((deviations.judge(&three, 0.0) - 12.0_f64.sqrt()).abs() < 1e-15);
/// assert!((deviations.judge(&three, 5.0) + 0.75_f64.sqrt()).abs() < 1e-15);
/// assert!(deviations.judge(&one, 0.0).is_nan());
/// assert_eq!((deviations.count(), deviations.share_within()), (2, 0.5));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deviations {
    count: u64,
    off: u64,
    largest: f64,
}

impl Deviations {
    /// The [`deviation`](Mean::deviation) of a measurement, counted if `theory` is not NaN and there is a standard
    /// error. A measurement that is NaN counts as off.
    pub fn judge(&mut self, measured: &Mean, theory: f64) -> f64 {
        let deviation = measured.deviation(theory);
        if !theory.is_nan() && (!deviation.is_nan() || measured.mean().is_nan()) {
            self.count += 1;
            let within = deviation.abs() <= OFF;
            self.off += u64::from(!within);
            self.largest = self.largest.max(deviation.abs());
        }
        deviation
    }

    /// The number of measurements that were compared.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The share of them within three standard errors of the theory; NaN if there are none.
    pub fn share_within(&self) -> f64 {
        (self.count - self.off) as f64 / self.count as f64
    }

    /// The largest distance of a measurement from the theory, in its standard errors; 0 if there are none.
    ///
    /// ```
    /// use mf_fit::{Deviations, Mean};
    ///
    /// // A mean of 1 with the standard error 1, against theories 0.5 and 3.
    /// let measured: Mean = [0.0, 2.0].into_iter().collect();
    /// let mut deviations = Deviations::default();
    /// [0.5, 3.0].map(|theory| deviations.judge(&measured, theory));
    /// assert_eq!(deviations.largest(), 2.0);
    /// ```
    pub fn largest(&self) -> f64 {
        self.largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_standard_errors_are_the_limit() {
        // 0 and 2: mean 1, standard error 1.
        let measured: Mean = [0.0, 2.0].into_iter().collect();
        let mut deviations = Deviations::default();
        assert!(deviations.share_within().is_nan());
        let found = [4.0, -2.0, 5.5, 1.0].map(|theory| deviations.judge(&measured, theory));
        assert_eq!(found, [-3.0, 3.0, -4.5, 0.0]);
        assert_eq!(deviations.share_within(), 0.75);
        assert_eq!((deviations.count(), deviations.largest()), (4, 4.5));
    }

    #[test]
    fn a_measurement_that_is_nan_is_off() {
        let failed: Mean = [1.0, f64::NAN, 1.2].into_iter().collect();
        let mut deviations = Deviations::default();
        assert!(deviations.judge(&failed, 1.0).is_nan());
        assert!(deviations.judge(&failed, f64::NAN).is_nan());
        assert_eq!((deviations.count(), deviations.share_within()), (1, 0.0));
    }

    #[test]
    fn without_scatter_there_is_no_deviation() {
        let exact: Mean = [1.0, 1.0].into_iter().collect();
        let mut deviations = Deviations::default();
        assert!(deviations.judge(&exact, 2.0).is_nan());
        assert!(deviations.judge(&exact, 1.0).is_nan());
        assert_eq!(deviations, Deviations::default());
    }
}
