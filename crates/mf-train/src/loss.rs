//! What the outputs are worth: negative log likelihood, its gradient, and the class they choose.

use crate::block::{Block, SAMPLES, UNITS};
use crate::dataset::CLASSES;

/// The outputs of one sample, from the first block of units.
pub(crate) fn outputs(values: &[Block], sample: usize) -> [f64; CLASSES] {
    let block = values.get(sample / SAMPLES);
    std::array::from_fn(|class| {
        block.map_or(0.0, |block| f64::from(block[class][sample % SAMPLES]))
    })
}

/// Log-softmax: `ln p_c = z_c - ln sum_j e^(z_j)`.
pub(crate) fn log_probabilities(outputs: &[f64; CLASSES]) -> [f64; CLASSES] {
    let largest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = outputs.iter().map(|z| libm::exp(z - largest)).sum();
    let logarithm = libm::log(sum);
    outputs.map(|z| (z - largest) - logarithm)
}

/// The class of the largest output; of equal ones the first, as PyTorch's `argmax` on the CPU.
pub(crate) fn choice(outputs: &[f64; CLASSES]) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, z) in outputs.iter().enumerate() {
        if *z > best.1 {
            best = (class, *z);
        }
    }
    best.0
}

/// The mean loss of a batch, and its gradient with respect to the outputs: `(p_c - [c = label]) / batch`, exactly 0 for
/// samples and units that are not there.
pub(crate) fn loss(values: &[Block], labels: &[u8], gradients: &mut [Block]) -> f64 {
    let batch = labels.len() as f64;
    let gradients = &mut gradients[..labels.len().div_ceil(SAMPLES)];
    gradients.fill([[0.0; SAMPLES]; UNITS]);
    let mut total = 0.0;
    for (sample, label) in labels.iter().enumerate() {
        let logarithms = log_probabilities(&outputs(values, sample));
        for (class, logarithm) in logarithms.into_iter().enumerate() {
            let hit = class == usize::from(*label);
            total -= if hit { logarithm } else { 0.0 };
            let excess = libm::exp(logarithm) - f64::from(u8::from(hit));
            gradients[sample / SAMPLES][class][sample % SAMPLES] = (excess / batch) as f32;
        }
    }
    total / batch
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few units of the last place of numbers up to 10.
    const ROUNDING: f64 = 1e-14;

    #[test]
    fn equal_outputs_give_equal_probabilities_and_the_first_class() {
        for z in [0.0, -1.0, 1e30] {
            let outputs = [z; CLASSES];
            for logarithm in log_probabilities(&outputs) {
                assert!((logarithm + std::f64::consts::LN_10).abs() < ROUNDING);
            }
            assert_eq!(choice(&outputs), 0);
        }
    }

    #[test]
    fn of_equal_largest_outputs_the_first_is_chosen() {
        let mut outputs = [-1.0; CLASSES];
        (outputs[7], outputs[3], outputs[9]) = (1.0, 1.0, 0.5);
        assert_eq!(choice(&outputs), 3);
        outputs[9] = 1.5;
        assert_eq!(choice(&outputs), 9);
    }

    #[test]
    fn probabilities_are_those_of_softmax() {
        // One output of 1 among zeros: e / (e + 9) and 1 / (e + 9).
        let mut outputs = [0.0; CLASSES];
        outputs[4] = 1.0;
        let logarithms = log_probabilities(&outputs);
        let e = std::f64::consts::E;
        assert!((libm::exp(logarithms[4]) - e / (e + 9.0)).abs() < ROUNDING);
        assert!((libm::exp(logarithms[0]) - 1.0 / (e + 9.0)).abs() < ROUNDING);
    }

    #[test]
    fn gradients_are_there_for_real_samples_and_classes_alone() {
        let values = vec![[[0.25; SAMPLES]; UNITS]; 2];
        let mut gradients = vec![[[7.0; SAMPLES]; UNITS]; 2];
        let labels = [2; SAMPLES + 1];
        let mean = loss(&values, &labels, &mut gradients);
        assert!((mean - std::f64::consts::LN_10).abs() < ROUNDING);
        for (strip, block) in gradients.iter().enumerate() {
            for (unit, samples) in block.iter().enumerate() {
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
