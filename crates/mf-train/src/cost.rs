//! Time and memory of a training, before it runs.

use crate::any_model::AnyModel;
use crate::dataset::{CLASSES, Dataset};
use crate::error::TrainError;
use crate::model::Schedule;
use crate::norm::Samples;
use crate::panel::{Panel, SAMPLES};
use crate::training::{TESTED, Training};
use mf_kernel::{LANES, Row, Tile};
use pulp::Arch;
use std::time::Instant;

/// Multiply-adds of the products of a step on `batch` images of `inputs` pixels: forward, gradients of the weights, and
/// backward (except for the first layer).
pub fn step_cost<'m>(model: impl Into<AnyModel<'m>>, batch: usize, inputs: usize) -> f64 {
    let model = model.into();
    let all = weights(model, inputs);
    let first = inputs as f64 * model.width() as f64;
    (3.0 * all - first) * batch as f64
}

/// Multiply-adds of the products of a test on `images` images of `inputs` pixels. They run about as fast as those of a
/// step.
pub fn evaluation_cost<'m>(model: impl Into<AnyModel<'m>>, images: usize, inputs: usize) -> f64 {
    weights(model.into(), inputs) * images as f64
}

fn weights(model: AnyModel<'_>, inputs: usize) -> f64 {
    let shapes = model.shapes(inputs, CLASSES);
    shapes.map(|[from, to]| from as f64 * to as f64).sum()
}

/// Bytes of the weights and activations of a training on images of `inputs` pixels. Apart from these and the data set
/// it needs little memory.
pub fn memory_needed<'m>(
    model: impl Into<AnyModel<'m>>,
    schedule: &Schedule,
    inputs: usize,
) -> u64 {
    let model = model.into();
    let (tile, panel) = (size_of::<Tile>() as u64, size_of::<Panel>() as u64);
    let strips = schedule.batch.div_ceil(SAMPLES) as u64;
    let (mut weights, mut states) = (0_u64, 0_u64);
    let first = inputs.div_ceil(LANES) as u64;
    let (mut inputs_most, mut outputs_most) = (0, 0);
    for shape in model.shapes(inputs, CLASSES) {
        let [from, to] = shape.map(|units| units.div_ceil(LANES) as u64);
        weights = weights.saturating_add(from.saturating_mul(to));
        states = states.saturating_add(from + to);
        (inputs_most, outputs_most) = (from.max(inputs_most), to.max(outputs_most));
    }
    // A batch keeps the states and inputs of every layer, and the values and two gradients of one layer. A test keeps
    // the inputs of the first layer, and the values and states of one.
    let values = inputs_most.max(outputs_most);
    let batch = states.saturating_add(values + 2 * outputs_most);
    let test = first + values + outputs_most;
    let mut parts = vec![
        (2, weights, tile),
        (strips, batch, panel),
        (TESTED as u64, test, panel),
    ];
    if let Some(blocks) = model.blocks() {
        let width = blocks.width.div_ceil(LANES) as u64;
        let (blocks, rounded) = (blocks.blocks as u64, u64::from(blocks.weights.is_some()));
        // The stream, the scale of each sample in every norm, and those of rounded weights.
        let scales = size_of::<Samples>() as u64;
        parts.extend([
            (strips + TESTED as u64, width, panel),
            (strips, blocks + 1, scales),
            (TESTED as u64, 1, scales),
            (rounded * blocks, width, size_of::<Row>() as u64),
        ]);
    }
    let bytes =
        |(times, count, size): (u64, u64, u64)| times.saturating_mul(count).saturating_mul(size);
    parts.into_iter().map(bytes).fold(0, u64::saturating_add)
}

/// Seconds of a step on this machine: the least of three steps, after one to warm up. For estimates. This is the only
/// function of the crate that reads a clock.
///
/// # Errors
/// [`TrainError`] as in [`crate::train()`].
pub fn seconds_per_step<'m>(
    model: impl Into<AnyModel<'m>>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Initialization, Model};
    use mf_core::{StepActivation, Surrogate};

    fn setting(width: usize, layers: usize, batch: usize) -> (Model, Schedule) {
        let model = Model {
            activation: StepActivation::uniform(4).unwrap(),
            surrogate: Surrogate::new(1.0, -1.0, 1.0).unwrap(),
            width,
            layers,
            initialization: Initialization::UniformFanIn,
        };
        let schedule = Schedule {
            batch,
            learning_rate: 0.1,
            momentum: 0.5,
            checkpoints: vec![1],
            mean: 0.0,
            deviation: 1.0,
            test_images: 1,
        };
        (model, schedule)
    }

    #[test]
    fn a_step_costs_three_products_except_for_the_first_layer() {
        let (model, _) = setting(256, 50, 32);
        // 784 x 256, 48 times 256 x 256, 256 x 10.
        let weights = 200_704.0 + 3_145_728.0 + 2_560.0;
        let step = 32.0 * (2.0 * 200_704.0 + 3.0 * (3_145_728.0 + 2_560.0));
        assert_eq!(step_cost(&model, 32, 784), step);
        assert_eq!(evaluation_cost(&model, 100, 784), 100.0 * weights);
    }

    #[test]
    fn the_memory_estimate_is_exact() {
        for (width, layers, batch, inputs) in [(70, 3, 33, 150), (5, 2, 3, 784), (200, 4, 64, 10)] {
            let (model, schedule) = setting(width, layers, batch);
            let data = Dataset::random(inputs, 100, 1);
            let training = Training::new(&model, &schedule, &data, 1, Arch::new()).unwrap();
            let estimated = memory_needed(&model, &schedule, inputs);
            assert_eq!(estimated, training.bytes());
        }
    }

    #[test]
    fn the_memory_estimate_of_blocks_is_exact() {
        for (width, blocks, batch, inputs) in [(70, 3, 33, 150), (5, 1, 3, 784), (200, 4, 64, 10)] {
            let (_, schedule) = setting(width, 2, batch);
            let data = Dataset::random(inputs, 100, 1);
            for mut model in crate::behaviour::blocks()
                .unwrap()
                .into_iter()
                .map(|m| m.model)
            {
                (model.width, model.blocks) = (width, blocks);
                let training = Training::new(&model, &schedule, &data, 1, Arch::new()).unwrap();
                let estimated = memory_needed(&model, &schedule, inputs);
                assert_eq!(estimated, training.bytes(), "{model:?}");
            }
        }
    }

    #[test]
    fn a_probe_takes_some_time_and_checks_its_arguments() {
        let (model, mut schedule) = setting(20, 2, 5);
        let data = Dataset::random(30, 10, 1);
        assert!(seconds_per_step(&model, &schedule, &data).unwrap() > 0.0);
        schedule.batch = 11;
        assert!(seconds_per_step(&model, &schedule, &data).is_err());
    }
}
