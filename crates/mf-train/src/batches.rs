//! The order of images, and their conversion into inputs.

use crate::dataset::{Dataset, Images};
use crate::network::Memory;
use crate::panel::SAMPLES;
use mf_kernel::{LANES, Purpose, Random};

/// The order of the training data: shuffled again for each epoch, without the incomplete last batch.
#[derive(Clone)]
pub(crate) struct Batches {
    seed: u64,
    epoch: usize,
    order: Vec<u32>,
    used: usize,
    batch: usize,
}

impl Batches {
    pub(crate) fn new(seed: u64, images: usize, batch: usize) -> Self {
        Self {
            seed,
            epoch: 0,
            order: shuffled(seed, 0, images),
            used: 0,
            batch,
        }
    }

    /// The images of the next step.
    pub(crate) fn next(&mut self) -> &[u32] {
        if self.used + self.batch > self.order.len() {
            self.epoch += 1;
            self.order = shuffled(self.seed, self.epoch, self.order.len());
            self.used = 0;
        }
        let first = self.used;
        self.used += self.batch;
        &self.order[first..self.used]
    }
}

fn shuffled(seed: u64, epoch: usize, images: usize) -> Vec<u32> {
    // The files count images in u32.
    Random::new(seed, Purpose::Order, [epoch, 0, 0]).permutation(images as u32)
}

/// The input of each value of a byte: `(byte / 255 - mean) / deviation`.
pub(crate) struct Normalization([f32; 256]);

impl Normalization {
    pub(crate) fn new(mean: f64, deviation: f64) -> Self {
        let value = |byte: usize| ((byte as f64 / 255.0 - mean) / deviation) as f32;
        Self(std::array::from_fn(value))
    }

    /// The inputs of these pixels.
    pub(crate) fn inputs(&self, pixels: &[u8]) -> impl Iterator<Item = f32> {
        pixels.iter().map(|pixel| self.0[usize::from(*pixel)])
    }

    /// Writes the chosen images into `memory` as inputs, and their classes into `labels`.
    pub(crate) fn load(
        &self,
        images: &Images,
        chosen: impl Iterator<Item = usize>,
        memory: &mut Memory,
        labels: &mut Vec<u8>,
    ) {
        labels.clear();
        let (strips, inputs) = (memory.strips, memory.inputs());
        for (sample, image) in chosen.enumerate() {
            let (pixels, label) = images.get(image);
            labels.push(label);
            let (strip, sample) = (sample / SAMPLES, sample % SAMPLES);
            for (panel, pixels) in pixels.chunks(LANES).enumerate() {
                let row = &mut inputs[panel * strips + strip][sample];
                for (place, input) in row.iter_mut().zip(self.inputs(pixels)) {
                    *place = input;
                }
            }
        }
    }
}

/// The inputs of the first training images, then of the first test images, as networks see them: at most all images.
///
/// Each image is a list of `(pixel / 255 - mean) / deviation`.
pub fn first_inputs(
    data: &Dataset,
    [training, test]: [usize; 2],
    mean: f64,
    deviation: f64,
) -> Vec<Vec<f32>> {
    let normalization = Normalization::new(mean, deviation);
    let sets = [(data.training(), training), (data.test(), test)];
    let images = sets.into_iter().flat_map(|(images, count)| {
        (0..count.min(images.len())).map(move |image| images.get(image).0)
    });
    images
        .map(|pixels| normalization.inputs(pixels).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_uses_every_image_at_most_once() {
        const IMAGES: usize = 103;
        const BATCH: usize = 10;
        let mut batches = Batches::new(1, IMAGES, BATCH);
        let mut epoch = || -> Vec<u32> {
            (0..IMAGES / BATCH)
                .flat_map(|_| batches.next().to_vec())
                .collect()
        };
        let (first, second) = (epoch(), epoch());
        assert_ne!(first, second);
        for mut order in [first.clone(), second] {
            order.sort_unstable();
            order.dedup();
            assert_eq!(order.len(), 100);
            assert!(order.iter().all(|image| *image < 103));
        }
        let other = Batches::new(2, IMAGES, BATCH).next().to_vec();
        assert_ne!(other, first[..BATCH]);
    }

    #[test]
    fn all_training_data_can_be_one_batch() {
        let mut batches = Batches::new(1, 7, 7);
        for _ in 0..3 {
            let mut order = batches.next().to_vec();
            order.sort_unstable();
            assert!(order.into_iter().eq(0..7));
        }
    }

    #[test]
    fn bytes_are_normalized() {
        let Normalization(values) = Normalization::new(0.1307, 0.3081);
        // The extremes of MNIST in PyTorch's examples: -0.4242 and 2.8215.
        assert!((values[0] + 0.4242).abs() < 5e-5 && (values[255] - 2.8215).abs() < 5e-5);
    }
}
