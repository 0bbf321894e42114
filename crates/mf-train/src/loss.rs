//! The loss of outputs (negative log likelihood), its gradient, and the predicted class.

use crate::dataset::CLASSES;
use crate::panel::{EMPTY, Panel, SAMPLES};

/// The outputs of one sample, from the first panel of its strip.
pub(crate) fn outputs(values: &[Panel], sample: usize) -> [f64; CLASSES] {
    let panel = &values[sample / SAMPLES];
    std::array::from_fn(|class| f64::from(panel[class][sample % SAMPLES]))
}

/// Log-softmax: `ln p_c = z_c - ln sum_j e^(z_j)`; all NaN if one output is NaN.
pub(crate) fn log_probabilities(outputs: &[f64; CLASSES]) -> [f64; CLASSES] {
    let largest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = outputs.iter().map(|z| libm::exp(z - largest)).sum();
    let logarithm = libm::log(sum);
    outputs.map(|z| (z - largest) - logarithm)
}

/// The class of the largest output; of several equal ones the first, like `argmax` of PyTorch on the CPU. None if an
/// output is NaN.
pub(crate) fn choice(outputs: &[f64; CLASSES]) -> Option<usize> {
    let largest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let known = outputs.iter().all(|z| !z.is_nan());
    outputs.iter().position(|z| *z == largest).filter(|_| known)
}

/// The mean loss of a batch, and its gradient with respect to the outputs: `(p_c - [c = label]) / batch`, exactly 0 in
/// the padding.
pub(crate) fn loss(values: &[Panel], labels: &[u8], gradients: &mut [Panel]) -> f64 {
    let batch = labels.len() as f64;
    let gradients = &mut gradients[..labels.len().div_ceil(SAMPLES)];
    gradients.fill(EMPTY);
    let mut total = 0.0;
    for (sample, label) in labels.iter().enumerate() {
        let (logarithms, label) = (log_probabilities(&outputs(values, sample)), *label);
        total -= logarithms[usize::from(label)];
        for (class, logarithm) in logarithms.into_iter().enumerate() {
            let hit = class == usize::from(label);
            let excess = libm::exp(logarithm) - f64::from(u8::from(hit));
            gradients[sample / SAMPLES][class][sample % SAMPLES] = (excess / batch) as f32;
        }
    }
    total / batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use mf_kernel::LANES;

    /// A few units of the last place of numbers up to 10.
    const ROUNDING: f64 = 1e-14;

    #[test]
    fn equal_outputs_give_equal_probabilities_and_the_first_class() {
        for z in [0.0, -1.0, 1e30] {
            let outputs = [z; CLASSES];
            for logarithm in log_probabilities(&outputs) {
                assert!((logarithm + std::f64::consts::LN_10).abs() < ROUNDING);
            }
            assert_eq!(choice(&outputs), Some(0));
        }
    }

    #[test]
    fn the_first_of_several_largest_outputs_is_chosen() {
        let mut outputs = [-1.0; CLASSES];
        (outputs[7], outputs[3], outputs[9]) = (1.0, 1.0, 0.5);
        assert_eq!(choice(&outputs), Some(3));
        outputs[9] = 1.5;
        assert_eq!(choice(&outputs), Some(9));
    }

    #[test]
    fn nan_is_neither_a_loss_nor_a_class() {
        for class in 0..CLASSES {
            let mut values = vec![EMPTY];
            values[0][class][1] = f32::NAN;
            let mut gradients = values.clone();
            let outputs = outputs(&values, 1);
            assert!(log_probabilities(&outputs).iter().all(|p| p.is_nan()));
            assert_eq!(choice(&outputs), None);
            assert!(loss(&values, &[3, 3], &mut gradients).is_nan());
        }
        assert_eq!(choice(&[f64::NAN; CLASSES]), None);
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn a_label_that_is_not_a_class_has_no_loss() {
        loss(&[EMPTY], &[CLASSES as u8], &mut [EMPTY]);
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn a_missing_sample_has_no_outputs() {
        outputs(&[EMPTY], SAMPLES);
    }

    #[test]
    fn probabilities_are_the_softmax() {
        // One output of 1 among zeros: e / (e + 9) and 1 / (e + 9).
        let mut outputs = [0.0; CLASSES];
        outputs[4] = 1.0;
        let logarithms = log_probabilities(&outputs);
        let e = std::f64::consts::E;
        assert!((libm::exp(logarithms[4]) - e / (e + 9.0)).abs() < ROUNDING);
        assert!((libm::exp(logarithms[0]) - 1.0 / (e + 9.0)).abs() < ROUNDING);
    }

    #[test]
    fn gradients_of_padding_are_zero() {
        let values = vec![[[0.25; SAMPLES]; LANES]; 2];
        let mut gradients = vec![[[7.0; SAMPLES]; LANES]; 2];
        let labels = [2; SAMPLES + 1];
        let mean = loss(&values, &labels, &mut gradients);
        assert!((mean - std::f64::consts::LN_10).abs() < ROUNDING);
        for (strip, panel) in gradients.iter().enumerate() {
            for (unit, samples) in panel.iter().enumerate() {
                for (sample, gradient) in samples.iter().enumerate() {
                    let real = unit < CLASSES && strip * SAMPLES + sample < labels.len();
                    let expected = match (real, unit) {
                        (true, 2) => -0.9 / labels.len() as f64,
                        (true, _) => 0.1 / labels.len() as f64,
                        (false, _) => 0.0,
                    };
                    // Rounding to f32.
                    assert!((f64::from(*gradient) - expected).abs() <= 1e-7 * expected.abs());
                }
            }
        }
    }
}
