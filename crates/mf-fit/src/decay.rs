//! How fast a signal decays in networks of finite width, and how far it deviates from the theory by chance.

use crate::error::FitError;
use crate::{Mean, jackknife};

/// The factor per layer by which values decay: `exp` of the least squares slope of their logarithms over the layers.
/// NaN for fewer than two values, or if one is not above 0.
///
/// ```
/// let factor = mf_fit::decay_factor(&[8.0, 4.0, 2.0]);
/// assert!((factor - 0.5).abs() < 1e-15);
/// ```
pub fn decay_factor(values: &[f64]) -> f64 {
    if values.iter().any(|value| *value <= 0.0) {
        return f64::NAN;
    }
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let (mut above, mut below) = (0.0, 0.0);
    for (layer, value) in values.iter().enumerate() {
        let x = layer as f64 - middle;
        above += x * libm::log(*value);
        below += x * x;
    }
    libm::exp(above / below)
}

/// [`decay_factor`] of the mean over networks, by the [`jackknife`]. Each network, of two or more, is a row of values,
/// one for each layer.
///
/// ```
/// // Two networks with different starts and the same decay.
/// let networks = [vec![1.0, 0.5, 0.25], vec![2.0, 1.0, 0.5]];
/// let factor = mf_fit::decay_factor_of_mean(&networks);
/// assert!((factor.mean() - 0.5).abs() < 1e-15 && factor.standard_error() < 1e-15);
/// ```
pub fn decay_factor_of_mean(networks: &[Vec<f64>]) -> Mean {
    // A factor does not depend on the unit: the sum gives the same as the mean.
    jackknife(networks, |sum, _| decay_factor(sum))
}

/// The mean squared distance of a correlation from the theory after `layers` layers of `width` units, where correlations
/// decay by `chi` a layer towards 0, to first order in `1/width`.
///
/// The kernel `sigma_w^2 mean(phi phi)` is a mean over `width` units: every layer adds noise of variance `1/width` to
/// it, which then decays by `chi` like a signal. The first layer adds only `1 - chi^2` of that, since the covariance of
/// the inputs is exact. The covariance of the last layer's states is another mean over units:
///
/// ```text
/// (1 + (1 - s^(L-1)) / (1 - s) + s^(L-1) (1 - s)) / width,   s = chi^2,   L = layers.
/// ```
///
/// ```
/// // At chi = 0 only the noise of the last kernel and of the last mean is left.
/// assert_eq!(mf_fit::finite_width_noise(0.0, 10, 500)?, 2.0 / 500.0);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Parameter`] unless `0 <= chi < 1`, `layers >= 1` and `width >= 1`.
pub fn finite_width_noise(chi: f64, layers: usize, width: usize) -> Result<f64, FitError> {
    let allow = |good: bool, name, value, allowed| {
        let refused = FitError::Parameter {
            name,
            value,
            allowed,
        };
        good.then_some(()).ok_or(refused)
    };
    let (depth, units) = (layers as f64, width as f64);
    allow(
        (0.0..1.0).contains(&chi),
        "chi",
        chi,
        "a number from 0 to below 1",
    )?;
    allow(layers >= 1, "layers", depth, "1 or more")?;
    allow(width >= 1, "width", units, "1 or more")?;
    let square = chi * chi;
    let first = libm::pow(square, depth - 1.0);
    Ok((1.0 + (1.0 - first) / (1.0 - square) + first * (1.0 - square)) / units)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of some ten terms, each to a few units of the last place.
    const ROUNDING: f64 = 1e-14;

    #[test]
    fn the_factor_of_a_geometric_sequence_is_its_ratio() {
        let decay: Vec<f64> = (0..10)
            .map(|l| 0.3 * libm::pow(0.9, f64::from(l)))
            .collect();
        assert!((decay_factor(&decay) - 0.9).abs() < ROUNDING);
        // Two networks whose sum decays by this factor, though neither does alone.
        let part = |share: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let layers = decay.iter().enumerate();
            layers.map(|(l, value)| value * share(l)).collect()
        };
        let uneven = |l: usize| 0.5 + 0.1 * (l % 3) as f64;
        let networks = [part(&uneven), part(&|l| 1.0 - uneven(l))];
        let found = decay_factor_of_mean(&networks);
        // For two networks the jackknife is 2 f(both) - (f(one) + f(other)) / 2.
        let halves = (decay_factor(&networks[0]) + decay_factor(&networks[1])) / 2.0;
        assert!((found.mean() - (2.0 * 0.9 - halves)).abs() < ROUNDING);
    }

    #[test]
    fn values_without_logarithm_have_no_factor() {
        for values in [&[0.5, 0.0][..], &[0.5, -0.1], &[0.5], &[]] {
            assert!(decay_factor(values).is_nan(), "{values:?}");
        }
    }

    #[test]
    fn noise_adds_up_layer_by_layer() {
        for (chi, layers, width) in [(0.9, 1, 64), (0.9, 2, 64), (0.5, 7, 100), (0.99, 40, 1000)] {
            let mut noise = 1.0 - chi * chi;
            for _ in 1..layers {
                noise = chi * chi * noise + 1.0;
            }
            let expected = (noise + 1.0) / width as f64;
            let found = finite_width_noise(chi, layers, width).unwrap();
            assert!((found / expected - 1.0).abs() < ROUNDING, "{chi} {layers}");
        }
    }

    #[test]
    fn invalid_networks_are_refused() {
        let message = |chi, layers, width| {
            let error = finite_width_noise(chi, layers, width).unwrap_err();
            error.to_string()
        };
        assert_eq!(
            message(1.0, 5, 64),
            "chi is 1: give a number from 0 to below 1"
        );
        assert_eq!(message(0.5, 0, 64), "layers is 0: give 1 or more");
        assert_eq!(message(0.5, 5, 0), "width is 0: give 1 or more");
    }
}
