//! How fast a signal decays in networks of finite width, and how far it deviates from the theory by chance.

use mf_core::StepActivation;
use mf_core::activation::{PairMoments, SUMMED_UP_TO};

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

/// The mean squared distance of a correlation from the theory after `layers` layers of `width` units, to first order in
/// `1/width`. Two inputs start at the correlation `start`, exactly, and at the variance `Q` that the weights keep:
/// `sigma_w^2 E[phi(sqrt(Q) z)^2] = Q`. There are no biases.
///
/// The kernels `Q1, Q2 = sigma_w^2 mean(phi^2)` and `K = sigma_w^2 mean(phi phi)` of a layer are means over `width` units of
/// the layer before. Every layer adds noise to them, of covariance `sigma_w^4 Cov(f^2, g^2, f g) / width`. The noise then
/// follows the linearized maps: with `v = dQ'/dQ`, `chi = dK'/dK` and `t = dK'/dQ1`, the noise `q` of `Q1 + Q2` and `k` of
/// `K` become `v q` and `t q + chi k`. The inputs are exact, so the first layer adds less: as if the noise of a mean over
/// units of `u1^2`, `u2^2`, `u1 u2` were taken away. The covariance of the last layer's states is another such mean.
/// It is measured in units of `Q`.
///
/// Terms of order `(xi / width)^2` are left out: the variances, which fluctuate too, change `v`, `t` and `chi`.
///
/// ```
/// // A layer of signs: 2 - (2/pi)^2 (1 - c^2), in units of 1/width.
/// let sign = mf_core::StepActivation::halfway(vec![-1.0, 1.0])?;
/// let noise = mf_fit::finite_width_noise(&sign, (1.0, 1.0), 0.5, 1, 500)?;
/// let expected = 2.0 - (2.0 / std::f64::consts::PI).powi(2) * 0.75;
/// assert!((noise * 500.0 - expected).abs() < 1e-13);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`FitError::Parameter`] unless `sigma_w` and the variance are above 0, `start` is from -0.9 to 0.9, `layers >= 1` and
/// `width >= 1`.
pub fn finite_width_noise(
    phi: &StepActivation,
    (sigma_w, variance): (f64, f64),
    start: f64,
    layers: usize,
    width: usize,
) -> Result<f64, FitError> {
    let allow = |good: bool, name, value, allowed| {
        let refused = FitError::Parameter {
            name,
            value,
            allowed,
        };
        good.then_some(()).ok_or(refused)
    };
    let (depth, units) = (layers as f64, width as f64);
    let above = |x: f64| x > 0.0 && x.is_finite();
    allow(above(sigma_w), "sigma_w", sigma_w, "a number above 0")?;
    allow(above(variance), "variance", variance, "a number above 0")?;
    let series = (-SUMMED_UP_TO..=SUMMED_UP_TO).contains(&start);
    allow(series, "start", start, "a number from -0.9 to 0.9")?;
    allow(layers >= 1, "layers", depth, "1 or more")?;
    allow(width >= 1, "width", units, "1 or more")?;
    let moments = PairMoments::new(phi, variance);
    let weight = sigma_w * sigma_w;
    let growth = weight * moments.mean_square_slope();
    let square = weight * moments.mean_square();
    let fourth = weight * weight * moments.mean_fourth();
    // Covariances of the means over units of u1^2 + u2^2 and u1 u2, for normal u1, u2 of covariance k.
    let of_states = |k: f64| {
        let (q, k) = (variance, k);
        (4.0 * (q * q + k * k), 4.0 * q * k, q * q + k * k)
    };
    let mut covariance = start * variance;
    let (sums, mixed, products) = of_states(covariance);
    let (mut sums, mut mixed, mut products) = (-sums, -mixed, -products);
    for _ in 0..layers {
        let at = moments.at(covariance / variance);
        let (slope, tilt) = (weight * at.slope, weight * at.tilt);
        let (squares, cube) = (weight * weight * at.squares, weight * weight * at.cube);
        covariance = weight * at.product;
        products =
            tilt * tilt * sums + 2.0 * tilt * slope * mixed + slope * slope * products + squares
                - covariance * covariance;
        mixed = growth * (tilt * sums + slope * mixed) + 2.0 * (cube - square * covariance);
        sums = growth * growth * sums + 2.0 * (fourth + squares - 2.0 * square * square);
    }
    let (_, _, last) = of_states(covariance);
    Ok((products + last) / (variance * variance * units))
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

    /// Values of an independent program: covariances of (Q1, Q2, K) as matrices, derivatives by the second derivative of phi.
    #[test]
    fn noise_adds_up_layer_by_layer() {
        // The program's optimum of the scale has eight digits.
        const PROGRAM: f64 = 1e-6;
        for (states, layers, expected) in [
            (3, 8, 0.003_764_651_167_401_286_8),
            (4, 12, 0.005_189_187_524_483_49),
            (8, 40, 0.013_819_609_371_884_095),
            (16, 130, 0.041_992_833_447_643_04),
        ] {
            let phi = StepActivation::uniform(states).unwrap();
            let best = crate::best_scale(&phi).unwrap();
            let at = (best.sigma_w, best.propagation.variance);
            let found = finite_width_noise(&phi, at, 0.2, layers, 1000).unwrap();
            assert!((found / expected - 1.0).abs() < PROGRAM, "{states} {found}");
        }
    }

    #[test]
    fn invalid_networks_are_refused() {
        let sign = StepActivation::uniform(2).unwrap();
        let message = |sigma_w, start, layers, width| {
            let error = finite_width_noise(&sign, (sigma_w, 1.0), start, layers, width);
            error.unwrap_err().to_string()
        };
        assert_eq!(
            message(1.0, 0.95, 5, 64),
            "start is 0.95: give a number from -0.9 to 0.9"
        );
        assert_eq!(
            message(0.0, 0.5, 5, 64),
            "sigma_w is 0: give a number above 0"
        );
        assert_eq!(message(1.0, 0.5, 0, 64), "layers is 0: give 1 or more");
        assert_eq!(message(1.0, 0.5, 5, 0), "width is 0: give 1 or more");
    }
}
