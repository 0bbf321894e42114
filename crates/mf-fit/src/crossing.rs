//! Where curves fall below a level, by linear interpolation between their points.

use crate::error::FitError;
use crate::regression::check_values;

/// The `x` at which a curve falls below `level` for the last time, by linear interpolation. None if all points are
/// below the level, or if the last one is not.
///
/// ```
/// // Accuracy over the depth of networks: shallow ones learn slowly, deep ones not at all.
/// let (depth, accuracy) = ([2.0, 10.0, 20.0, 40.0], [0.3, 0.9, 0.6, 0.2]);
/// assert_eq!(mf_fit::last_crossing(&depth, &accuracy, 0.5)?, Some(25.0));
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Lengths`]; [`FitError::Value`] for a value that is not finite; [`FitError::Order`] unless `x` increases.
pub fn last_crossing(x: &[f64], y: &[f64], level: f64) -> Result<Option<f64>, FitError> {
    if x.len() != y.len() {
        let (x, y) = (x.len(), y.len());
        return Err(FitError::Lengths { x, y });
    }
    check_values("x", x, f64::NEG_INFINITY, "finite numbers")?;
    check_values("y", y, f64::NEG_INFINITY, "finite numbers")?;
    if let Some(before) = x.windows(2).position(|pair| pair[0] >= pair[1]) {
        let (index, value, before) = (before + 1, x[before + 1], x[before]);
        return Err(FitError::Order {
            index,
            value,
            before,
        });
    }
    let last = y.iter().rposition(|y| *y >= level);
    Ok(last.filter(|last| last + 1 < x.len()).map(|i| {
        let (above, below) = (y[i], y[i + 1]);
        x[i] + (x[i + 1] - x[i]) * (above - level) / (above - below)
    }))
}

/// The layer, counted from 0, at which the sizes of a signal first fall below `level`: 0 if the first size is below,
/// the last layer if none is. Between two layers it is interpolated. NaN if there are no sizes, or if one of them up to
/// there is NaN.
///
/// ```
/// assert_eq!(mf_fit::lifetime(&[1.0, 0.8, 0.4, 0.6], 0.5), 1.75);
/// ```
pub fn lifetime(sizes: &[f64], level: f64) -> f64 {
    let ends = |size: &f64| size.is_nan() || *size < level;
    match sizes.iter().position(ends) {
        Some(0) if sizes[0] < level => 0.0,
        Some(0) => f64::NAN,
        Some(layer) => {
            let (before, size) = (sizes[layer - 1], sizes[layer]);
            (layer - 1) as f64 + (before - level) / (before - size)
        }
        None if sizes.is_empty() => f64::NAN,
        None => (sizes.len() - 1) as f64,
    }
}

/// Half the range of some numbers, `(max - min) / 2`: the amplitude of a cosine that is sampled at its extremes. NaN if
/// there are no numbers, or if one is NaN.
///
/// ```
/// assert_eq!(mf_fit::half_range([0.25, -0.5, 0.75]), 0.625);
/// ```
pub fn half_range(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        if value.is_nan() {
            return value;
        }
        (low, high) = (value.min(low), value.max(high));
    }
    if low > high {
        f64::NAN
    } else {
        0.5 * (high - low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few units of the last place: one interpolation.
    const ROUNDING: f64 = 1e-14;

    #[test]
    fn a_crossing_is_on_the_line_between_its_neighbours() {
        // Half way between 0.8 and 0.2, so half way between ln 10 and ln 40.
        let depth = [5.0, 10.0, 40.0, 80.0].map(libm::log);
        let found = last_crossing(&depth, &[0.9, 0.8, 0.2, 0.1], 0.5).unwrap();
        assert!((found.unwrap() - libm::log(20.0)).abs() < ROUNDING);
    }

    #[test]
    fn the_last_crossing_counts() {
        let (x, y) = ([2.0, 10.0, 20.0, 40.0], [0.3, 0.9, 0.5, 0.1]);
        assert_eq!(last_crossing(&x, &y, 0.5), Ok(Some(20.0)));
    }

    #[test]
    fn a_crossing_beyond_the_points_is_none() {
        let x = [10.0, 20.0];
        assert_eq!(last_crossing(&x, &[0.9, 0.8], 0.5), Ok(None));
        assert_eq!(last_crossing(&x, &[0.2, 0.1], 0.5), Ok(None));
        assert_eq!(last_crossing(&[], &[], 0.5), Ok(None));
    }

    #[test]
    fn invalid_curves_are_refused() {
        let message = |x: &[f64], y: &[f64]| last_crossing(x, y, 0.5).unwrap_err().to_string();
        assert_eq!(
            message(&[1.0, 3.0, 2.0], &[0.9, 0.8, 0.1]),
            "x[2] is 2, after 3: give values in increasing order"
        );
        assert_eq!(
            message(&[1.0], &[f64::NAN]),
            "y[0] is NaN: give finite numbers"
        );
        assert_eq!(
            message(&[1.0], &[]),
            "1 values of x and 0 values of y: give the same number of both"
        );
    }

    #[test]
    fn a_lifetime_is_interpolated_between_two_layers() {
        let at = |level| lifetime(&[1.0, 0.8, 0.4, 0.6, 0.1], level);
        assert!((at(0.5) - 1.75).abs() < ROUNDING);
        assert!((at(0.9) - 0.5).abs() < ROUNDING);
        assert_eq!((at(0.05), at(1.5)), (4.0, 0.0));
        assert!(lifetime(&[], 0.5).is_nan());
        assert!(lifetime(&[1.0, f64::NAN, 0.1], 0.5).is_nan());
    }

    #[test]
    fn half_the_range_of_a_cosine_is_its_amplitude() {
        let cosine = (0..8).map(|k| 0.3 * libm::cos(f64::from(k) * std::f64::consts::FRAC_PI_4));
        assert!((half_range(cosine) - 0.3).abs() < ROUNDING);
        assert!(half_range([]).is_nan() && half_range([1.0, f64::NAN, 0.2]).is_nan());
    }
}
