//! Small trainings, one for each path through the code. Their results characterize the behaviour of this crate.
//!
//! Trained networks in the cache stay valid as long as these trainings give the same bits.

use mf_core::{StepActivation, Surrogate};

use crate::dataset::{CLASSES, Dataset};
use crate::error::TrainError;
use crate::model::{Initialization, Model, Schedule};

/// One of the trainings.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its difference from the first one, for people.
    pub name: &'static str,
    /// The network.
    pub model: Model,
    /// Its training.
    pub schedule: Schedule,
    /// The seed of its weights and of the order of its images.
    pub seed: u64,
}

/// Generated images: a bright stripe for each class, and a different pattern for each image.
///
/// An image has 83 pixels: more than the units of a panel, and not a multiple of any vector length.
#[must_use]
pub fn dataset() -> Dataset {
    const PIXELS: usize = 83;
    const TRAINING: usize = 61;
    const TEST: usize = 40;
    let image = |index: usize| -> Vec<u8> {
        let class = index % CLASSES;
        let pixel = |place: usize| -> u8 {
            let pattern = (index * 37 + place * place * 11 + place * 5) % 97;
            let bright = if place % CLASSES == class { 150 } else { 0 };
            pattern as u8 + bright
        };
        (0..PIXELS).map(pixel).collect()
    };
    let labels = |count: usize| (0..count).map(|index| (index % CLASSES) as u8).collect();
    let pixels = |first: usize, count: usize| (first..first + count).flat_map(image).collect();
    Dataset::generated(
        PIXELS,
        (pixels(0, TRAINING), labels(TRAINING)),
        (pixels(TRAINING, TEST), labels(TEST)),
    )
}

/// The trainings. The name of each is its difference from the first one.
///
/// # Errors
/// If an activation or a window is invalid, which a test excludes.
pub fn members() -> Result<Vec<Member>, TrainError> {
    let uniform = StepActivation::uniform;
    // Outputs are levels: with so many of them, the last bits of weights change the results.
    let fine = || uniform(1 << 18);
    let steps = |thresholds: &[f64], levels: &[f64]| {
        StepActivation::new(thresholds.to_vec(), levels.to_vec())
    };
    let clamp = Surrogate::new(1.01, -1.0, 1.0)?;
    let wide = Surrogate::new(1.01, -1.4, 1.2)?;
    let vanishing = Surrogate::new(1e-9, -1.0, 1.0)?;
    let exploding = Surrogate::new(1e12, f64::NEG_INFINITY, f64::INFINITY)?;
    let base = |activation: StepActivation| Member {
        name: "equal steps",
        model: Model {
            activation,
            surrogate: clamp,
            width: 40,
            layers: 3,
            initialization: Initialization::Normal {
                sigma_w: 1.07,
                sigma_b: 0.0,
            },
        },
        schedule: Schedule {
            batch: 16,
            learning_rate: 0.02,
            momentum: 0.5,
            checkpoints: vec![1, 3, 9],
            mean: 0.3,
            deviation: 0.25,
            test_images: 33,
        },
        seed: 5,
    };
    let mut members = Vec::new();
    let mut add = |name, activation, change: &dyn Fn(&mut Member)| {
        let mut member = base(activation);
        member.name = name;
        change(&mut member);
        members.push(member);
    };
    add("equal steps", uniform(4)?, &|_| {});
    add("an odd number of steps, another seed", uniform(7)?, &|m| {
        m.seed = 6
    });
    add("sign", uniform(2)?, &|_| {});
    add("many thresholds", uniform(70)?, &|_| {});
    add(
        "unequal steps without symmetry",
        steps(&[-0.6, -0.1, 0.2, 0.9], &[-1.2, -0.4, 0.0, 0.5, 1.0])?,
        &|m| m.model.surrogate = wide,
    );
    add("uniform start", fine()?, &|m| {
        m.model.initialization = Initialization::UniformFanIn;
    });
    add("biases at the start", fine()?, &|m| {
        m.model.initialization = Initialization::Normal {
            sigma_w: 1.2,
            sigma_b: 0.3,
        };
    });
    add("two layers, one unit", uniform(4)?, &|m| {
        (m.model.layers, m.model.width) = (2, 1);
    });
    add("a width of whole rows, deeper", uniform(8)?, &|m| {
        (m.model.layers, m.model.width) = (6, 128);
    });
    add("a width beyond whole rows", fine()?, &|m| {
        m.model.width = 70
    });
    add("batches of one, several epochs", fine()?, &|m| {
        m.schedule.batch = 1;
        m.schedule.checkpoints = vec![130];
    });
    add("a batch beyond whole rows, no momentum", fine()?, &|m| {
        (m.schedule.batch, m.schedule.momentum) = (37, 0.0);
    });
    add("gradients that vanish on their way", uniform(4)?, &|m| {
        (m.model.layers, m.model.surrogate) = (8, vanishing);
    });
    add("a rate at which it diverges", uniform(4)?, &|m| {
        (m.model.surrogate, m.model.layers, m.schedule.learning_rate) = (exploding, 2, 1e15);
        m.schedule.checkpoints = vec![1, 30];
    });
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Training;
    use mf_kernel::machines;

    /// A checksum (FNV-1a) of the bits of all weights, biases and velocities when the trainings end. The results of
    /// trainings follow from these, so it may change only on purpose: together with the `BEHAVIOUR` of the stage kind
    /// `training-grid`, which makes every network in the cache be trained again.
    const WEIGHTS: u64 = 0x25ee_3e15_1944_66aa;

    #[test]
    fn final_weights_have_not_changed() {
        let data = dataset();
        for machine in machines() {
            let mut sum = 0xcbf2_9ce4_8422_2325_u64;
            for member in members().unwrap() {
                let Member {
                    model,
                    schedule,
                    seed,
                    ..
                } = member;
                let mut training = Training::new(&model, &schedule, &data, seed, machine).unwrap();
                let steps = schedule.checkpoints.last().copied().unwrap();
                // Not the training that diverges: processors differ in the bits of NaN.
                if !(0..steps).all(|_| training.step().is_some()) {
                    continue;
                }
                for layer in &training.network.layers {
                    for (weights, bias) in layer.parts() {
                        for number in weights.into_iter().flatten().chain(bias) {
                            for byte in number.to_bits().to_le_bytes() {
                                sum = (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
                            }
                        }
                    }
                }
            }
            assert_eq!(sum, WEIGHTS, "{machine:?}: {sum:#018x}");
        }
    }
}
