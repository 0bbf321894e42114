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
    let logarithm = largest + libm::log(sum);
    outputs.map(|z| z - logarithm)
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
