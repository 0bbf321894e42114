//! Small trainings, one for each path through the code. Their results characterize the behaviour of this crate.
//!
//! Trained networks in the cache stay valid as long as these trainings give the same bits.

use mf_core::{StepActivation, Surrogate};

use crate::blocks::{BlockModel, RoundedWeights, WeightScale};
use crate::dataset::{CLASSES, Dataset};
use crate::error::TrainError;
use crate::model::{Initialization, Model, Schedule};

/// One of the trainings, of a [`Model`] or a [`BlockModel`].
#[derive(Debug, Clone, PartialEq)]
pub struct Member<M = Model> {
    /// Its difference from the first one, for people.
    pub name: &'static str,
    /// The network.
    pub model: M,
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

/// The trainings of perceptrons. The name of each is its difference from the first one.
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

/// The trainings of networks of blocks. The name of each is its difference from the first one.
///
/// # Errors
/// If an activation, a window or a rounding is invalid, which a test excludes.
pub fn blocks() -> Result<Vec<Member<BlockModel>>, TrainError> {
    use mf_core::Architecture::{Chain, PostNorm, PreNorm};
    let surrogate = Surrogate::new(1.01, -1.2, 1.2)?;
    let vanishing = Surrogate::new(1e-9, -1.0, 1.0)?;
    let exploding = Surrogate::new(1e12, f64::NEG_INFINITY, f64::INFINITY)?;
    let ternary = StepActivation::halfway(vec![-1.0, 0.0, 1.0])?;
    let rounded = |steps: &StepActivation, scale| {
        let steps = steps.clone();
        Some(RoundedWeights { steps, scale })
    };
    let base = Member {
        name: "pre-norm",
        model: BlockModel {
            architecture: PreNorm,
            activation: StepActivation::new(vec![-0.6, 0.6], vec![-1.0, 0.0, 1.0])?,
            surrogate,
            width: 40,
            blocks: 3,
            sigma_w: 1.35,
            branch: 1.0,
            weights: None,
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
    let mut add = |name, change: &dyn Fn(&mut Member<BlockModel>)| {
        let mut member = base.clone();
        member.name = name;
        change(&mut member);
        members.push(member);
    };
    add("pre-norm", &|_| {});
    add("post-norm", &|m| m.model.architecture = PostNorm);
    add("chain", &|m| m.model.architecture = Chain);
    let many = StepActivation::uniform(70)?;
    add("many thresholds, a smaller branch", &|m| {
        (m.model.activation, m.model.branch) = (many.clone(), 0.3);
    });
    add("post-norm, a larger branch", &|m| {
        (m.model.architecture, m.model.branch) = (PostNorm, 2.5);
    });
    add("one block, one unit", &|m| {
        (m.model.blocks, m.model.width) = (1, 1);
    });
    add("more strips than one, a width beyond whole rows", &|m| {
        (m.schedule.batch, m.model.width) = (37, 70);
    });
    add("weights rounded by a constant", &|m| {
        m.model.weights = rounded(&ternary, WeightScale::Start(1.2));
    });
    add("a chain, weights rounded by their mean", &|m| {
        m.model.architecture = Chain;
        m.model.weights = rounded(&ternary, WeightScale::Mean);
    });
    add("weights rounded by rows, to many levels", &|m| {
        m.model.width = 70;
        m.model.weights = rounded(&many, WeightScale::RowMaximum);
    });
    add("gradients that vanish on their way", &|m| {
        (m.model.architecture, m.model.blocks, m.model.surrogate) = (Chain, 8, vanishing);
    });
    add("a rate at which it diverges", &|m| {
        (m.model.surrogate, m.schedule.learning_rate) = (exploding, 1e15);
        m.schedule.checkpoints = vec![1, 30];
    });
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::any_model::AnyModel;
    use crate::training::{Training, train};
    use mf_kernel::machines;
    use pulp::Arch;
    use std::ops::ControlFlow;

    /// A checksum (FNV-1a) of the bits of all weights, biases and velocities when the trainings end. The results of
    /// trainings follow from these, so it may change only on purpose: together with the `BEHAVIOUR` of the stage kind
    /// `training-grid`, which makes every network in the cache be trained again.
    const WEIGHTS: u64 = 0x25ee_3e15_1944_66aa;

    /// The same of the networks of blocks.
    const WEIGHTS_OF_BLOCKS: u64 = 0x2644_a1ff_6e00_1c8d;

    /// The checksum of all trainings of a list.
    fn checksum<M>(members: &[Member<M>], machine: Arch) -> u64
    where
        for<'m> &'m M: Into<AnyModel<'m>>,
    {
        let data = dataset();
        let mut sum = 0xcbf2_9ce4_8422_2325_u64;
        for member in members {
            let Member {
                model,
                schedule,
                seed,
                ..
            } = member;
            let mut training = Training::new(model, schedule, &data, *seed, machine).unwrap();
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
        sum
    }

    #[test]
    fn final_weights_have_not_changed() {
        let (perceptrons, blocks) = (members().unwrap(), blocks().unwrap());
        for machine in machines() {
            let sum = checksum(&perceptrons, machine);
            assert_eq!(sum, WEIGHTS, "{machine:?}: {sum:#018x}");
            let sum = checksum(&blocks, machine);
            assert_eq!(sum, WEIGHTS_OF_BLOCKS, "{machine:?}: {sum:#018x}");
        }
    }

    #[test]
    fn one_training_of_each_list_diverges_and_the_others_do_not() {
        let data = dataset();
        let go_on = &mut |_| ControlFlow::Continue(());
        let mut count = [0; 2];
        for m in members().unwrap() {
            let outcome = train(&m.model, &m.schedule, &data, m.seed, go_on).unwrap();
            count[0] += usize::from(outcome.diverged_at.is_some());
        }
        for m in blocks().unwrap() {
            let outcome = train(&m.model, &m.schedule, &data, m.seed, go_on).unwrap();
            count[1] += usize::from(outcome.diverged_at.is_some());
        }
        assert_eq!(count, [1, 1]);
    }
}
