//! What a training takes, before it runs.

use crate::block::{Block, SAMPLES, Tile, UNITS};
use crate::dataset::{CLASSES, Dataset};
use crate::error::TrainError;
use crate::model::{Model, Schedule};
use crate::training::{TESTED, Training};
use pulp::Arch;
use std::time::Instant;

/// Multiply-adds of the products of a step on `batch` images of `inputs` pixels: forward, gradients, and all but the
/// first layer's backward.
pub fn step_cost(model: &Model, batch: usize, inputs: usize) -> f64 {
    let all = weights(model, inputs);
    let first = inputs as f64 * model.width as f64;
    (3.0 * all - first) * batch as f64
}

/// Multiply-adds of the products of a test on `images` images of `inputs` pixels. They run about as fast as those of a
/// step.
pub fn evaluation_cost(model: &Model, images: usize, inputs: usize) -> f64 {
    weights(model, inputs) * images as f64
}

fn weights(model: &Model, inputs: usize) -> f64 {
    let shapes = model.shapes(inputs, CLASSES);
    shapes.map(|[from, to]| from as f64 * to as f64).sum()
}

/// Bytes that a training on images of `inputs` pixels holds, beside the data set.
pub fn memory_needed(model: &Model, schedule: &Schedule, inputs: usize) -> u64 {
    let (tile, block) = (size_of::<Tile>() as u64, size_of::<Block>() as u64);
    let strips = schedule.batch.div_ceil(SAMPLES) as u64;
    let (mut weights, mut states, mut widest) = (0_u64, 0_u64, 0);
    for shape in model.shapes(inputs, CLASSES) {
        let [from, to] = shape.map(|units| units.div_ceil(UNITS) as u64);
        weights = weights.saturating_add(from.saturating_mul(to));
        states = states.saturating_add(from + to);
        widest = widest.max(from).max(to);
    }
    // Beside the layers' states and inputs, a batch has values and gradients of one layer; a test, values and states.
    let batch = states.saturating_add(3 * widest).saturating_mul(strips);
    let test = 2 * widest * TESTED as u64;
    let activations = batch.saturating_add(test).saturating_mul(block);
    weights.saturating_mul(2 * tile).saturating_add(activations)
}

/// Seconds that a step takes here, alone on a core: the least of a few, after one to warm up. For estimates; this is the
/// one function of the crate that reads a clock.
///
/// # Errors
/// [`TrainError`] as in [`crate::train()`].
pub fn seconds_per_step(
    model: &Model,
    schedule: &Schedule,
    data: &Dataset,
) -> Result<f64, TrainError> {
    const PROBES: usize = 3;
    let mut training = Training::new(model, schedule, data, 0, Arch::new())?;
    training.step();
    let probes = (0..PROBES).map(|_| {
        let start = Instant::now();
        training.step();
        start.elapsed().as_secs_f64()
    });
    Ok(probes.fold(f64::INFINITY, f64::min))
}
