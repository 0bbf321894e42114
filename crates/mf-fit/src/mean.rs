//! Averages over seeds with their standard errors.

/// A running mean with its standard error, by Welford's recurrence (Technometrics 4, 1962), which does not cancel.
///
/// ```
/// let mean: mf_fit::Mean = [2.0, 4.0, 6.0].into_iter().collect();
/// assert_eq!((mean.count(), mean.mean(), mean.variance()), (3, 4.0, 4.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Mean {
    count: u64,
    mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
}

impl Mean {
    /// Adds a value.
    ///
    /// ```
    /// let mut mean = mf_fit::Mean::default();
    /// [1.0, 2.0, 6.0].map(|value| mean.push(value));
    /// assert_eq!(mean.mean(), 3.0);
    /// ```
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (value - self.mean);
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean; NaN if there are no values.
    pub fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// The unbiased variance of the values; NaN for fewer than two.
    pub fn variance(&self) -> f64 {
        if self.count < 2 {
            f64::NAN
        } else {
            self.squares / (self.count - 1) as f64
        }
    }

    /// The standard error of the mean, `sqrt(variance / count)`; NaN for fewer than two values.
    ///
    /// ```
    /// // The variance of 1, 3, 5, 7 is 20/3.
    /// let mean: mf_fit::Mean = [1.0, 3.0, 5.0, 7.0].into_iter().collect();
    /// assert!((mean.standard_error() - (5.0_f64 / 3.0).sqrt()).abs() < 1e-15);
    /// ```
    pub fn standard_error(&self) -> f64 {
        (self.variance() / self.count as f64).sqrt()
    }

    /// `(mean - theory) / standard error`; NaN if the standard error is 0 or NaN.
    ///
    /// ```
    /// // 5 ± 1 is two standard errors above 3.
    /// let mean: mf_fit::Mean = [4.0, 6.0].into_iter().collect();
    /// assert!((mean.deviation(3.0) - 2.0).abs() < 1e-15);
    /// ```
    pub fn deviation(&self, theory: f64) -> f64 {
        let deviation = (self.mean() - theory) / self.standard_error();
        if deviation.is_finite() {
            deviation
        } else {
            f64::NAN
        }
    }
}

impl Extend<f64> for Mean {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl FromIterator<f64> for Mean {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut mean = Self::default();
        mean.extend(values);
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_have_their_standard_errors() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sum of squared deviations 32.
        let mean: Mean = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
            .into_iter()
            .collect();
        assert_eq!((mean.count(), mean.mean()), (8, 5.0));
        assert!((mean.variance() - 32.0 / 7.0).abs() < 1e-14);
        assert!((mean.standard_error() - (32.0_f64 / 7.0 / 8.0).sqrt()).abs() < 1e-14);
        let mut none = Mean::default();
        assert!(none.mean().is_nan() && none.standard_error().is_nan());
        none.push(3.0);
        assert!(none.mean() == 3.0 && none.standard_error().is_nan());
    }

    /// Far from 0 a plain sum of squares would lose every digit.
    #[test]
    fn means_do_not_cancel() {
        let mean: Mean = [4.0, 7.0, 13.0, 16.0]
            .into_iter()
            .map(|x| x + 1e9)
            .collect();
        assert_eq!((mean.mean(), mean.variance()), (1e9 + 10.0, 30.0));
    }
}
