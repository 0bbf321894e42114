//! How well the outputs of a regression tell the classes of test images.

use mf_core::gaussian;
use mf_fit::{KernelRegression, variances_after_training};
use mf_pipeline::BoxError;
use mf_train::CLASSES;

/// The squared error of outputs of 0: the mean over classes of 0.9^2 once and 0.1^2 nine times.
pub(super) const SQUARED_CHANCE: f64 = 0.09;

/// The share of wrong classes of outputs that say nothing.
pub(super) const WRONG_CHANCE: f64 = 1.0 - 1.0 / CLASSES as f64;

/// Errors over the test images.
pub(super) struct Errors {
    /// Share of wrong classes, from outputs of 0.
    pub(super) wrong: f64,
    /// Mean squared error of an output, from outputs of 0.
    pub(super) squared: f64,
    /// Share of wrong classes from random outputs, expected over networks.
    pub(super) wrong_from_random: f64,
}

impl Errors {
    /// Of the regression with the first rows of a kernel, as many as it has columns, for the images of the other rows. `start` is the
    /// covariance of the outputs before training, of images of one norm. None if the kernel is singular.
    ///
    /// # Errors
    /// A kernel that is not finite.
    pub(super) fn of(
        kernel: &[Vec<f64>],
        start: &[Vec<f64>],
        labels: &[u8],
        ridge: f64,
    ) -> Result<Option<Self>, BoxError> {
        let training = kernel.first().map_or(0, Vec::len);
        let (among, rows) = kernel.split_at(training);
        let (start_among, start_rows) = start.split_at(training);
        let (trained, tested) = labels.split_at(training);
        let regression = KernelRegression::new(training, &among.concat(), ridge)?;
        let Some(weights) = regression.weights(rows) else {
            return Ok(None);
        };
        let own = start_among[0][0];
        let variances = variances_after_training(&weights, own, start_rows, start_among)
            .ok_or("the kernel and the covariance have other sizes")?;
        let (mut wrong, mut squares, mut wrong_from_random) = (0_usize, 0.0, 0.0);
        for ((weights, variance), &label) in weights.iter().zip(variances).zip(tested) {
            let class = usize::from(label);
            let outputs = outputs(weights, trained);
            let largest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            wrong += usize::from(outputs.iter().position(|o| *o == largest) != Some(class));
            for (index, output) in outputs.iter().enumerate() {
                let off = output - target(index == class);
                squares += off * off;
            }
            wrong_from_random += wrong_of_random(&outputs, class, variance.max(0.0).sqrt());
        }
        let images = tested.len() as f64;
        Ok(Some(Self {
            wrong: wrong as f64 / images,
            squared: squares / (images * CLASSES as f64),
            wrong_from_random: wrong_from_random / images,
        }))
    }
}

/// What an output is fitted to.
fn target(of_its_class: bool) -> f64 {
    match of_its_class {
        true => 0.9,
        false => -0.1,
    }
}

/// The outputs of the classes, of an image that the targets of the training images enter with these weights.
fn outputs(weights: &[f64], labels: &[u8]) -> [f64; CLASSES] {
    let mut outputs = [0.0; CLASSES];
    for (class, output) in outputs.iter_mut().enumerate() {
        let targets = labels
            .iter()
            .map(|label| target(usize::from(*label) == class));
        *output = weights.iter().zip(targets).map(|(w, t)| w * t).sum();
    }
    outputs
}

/// The probability that another output than that of `class` is the largest, if each has this standard deviation about its mean:
/// `1 - int n(z) prod_c Phi(z + (m_class - m_c) / deviation) dz` over the other classes `c`.
///
/// The integrand is entire, so equal steps converge exponentially: with steps of 1/4 the error is near `exp(-(8 pi)^2 / 20) = 2e-14`.
fn wrong_of_random(means: &[f64; CLASSES], class: usize, deviation: f64) -> f64 {
    const STEPS: i32 = 32;
    const STEP: f64 = 0.25;
    let deviation = deviation.max(f64::MIN_POSITIVE);
    let leads = means.map(|mean| (means[class] - mean) / deviation);
    let mut right = 0.0;
    for step in -STEPS..=STEPS {
        let z = STEP * f64::from(step);
        let others = leads
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != class);
        right += gaussian::pdf(z)
            * others
                .map(|(_, lead)| gaussian::cdf(z + lead))
                .product::<f64>();
    }
    1.0 - STEP * right
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps' error and the tails behind 8 standard deviations.
    const QUADRATURE: f64 = 1e-13;

    #[test]
    fn random_outputs_of_one_mean_are_wrong_by_chance() {
        let found = wrong_of_random(&[0.3; CLASSES], 4, 0.7);
        assert!((found - 0.9).abs() < QUADRATURE, "{found}");
    }

    /// With one other class that matters, the difference of two outputs is a Gaussian of twice the variance.
    #[test]
    fn two_random_outputs_are_wrong_as_their_difference_says() {
        for lead in [-2.0, -0.5, 0.0, 0.1, 1.0, 3.0] {
            let mut means = [-1e6; CLASSES];
            means[2] = lead;
            means[7] = 0.0;
            let found = wrong_of_random(&means, 2, 0.8);
            let expected = gaussian::cdf(-lead / (0.8 * std::f64::consts::SQRT_2));
            assert!(
                (found - expected).abs() < QUADRATURE,
                "{lead}: {found} {expected}"
            );
        }
    }

    #[test]
    fn outputs_that_are_not_random_are_right_or_wrong() {
        let means = std::array::from_fn(|class| class as f64);
        assert_eq!(wrong_of_random(&means, 3, 0.0), 1.0);
        assert!(wrong_of_random(&means, 9, 0.0) < QUADRATURE);
    }
}
