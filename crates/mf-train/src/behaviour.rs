//! Small trainings, one for each way that a training can go: what they learn is how this crate behaves.
//!
//! Networks that took hours to train stay valid while these learn the same, bit for bit, whatever was edited.

use mf_core::{StepActivation, Surrogate};

use crate::dataset::{CLASSES, Dataset};
use crate::model::{Initialization, Model, Schedule};

/// A training of the behaviour: a name for people, and what is trained from which seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// What is particular to it.
    pub name: &'static str,
    /// The network.
    pub model: Model,
    /// Its training.
    pub schedule: Schedule,
    /// Where its weights and the order of its images come from.
    pub seed: u64,
}

/// Images that are made, not read: a bright stripe for each class, and a pattern that is particular to each image.
///
/// An image has 83 pixels, more than a block of units and no whole number of vectors of any processor.
#[must_use]
pub fn dataset() -> Dataset {
    const PIXELS: usize = 83;
    const TRAINING: usize = 61;
    const TEST: usize = 40;
    let image = |index: usize| -> Vec<u8> {
        let class = index % CLASSES;
        let pixel = |place: usize| {
            let pattern = (index * 37 + place * place * 11 + place * 5) % 97;
            let bright = if place % CLASSES == class { 150 } else { 0 };
            u8::try_from(pattern + bright).unwrap_or(u8::MAX)
        };
        (0..PIXELS).map(pixel).collect()
    };
    let labels = |count: usize| (0..count).map(|index| (index % CLASSES) as u8).collect();
    let pixels = |first: usize, count: usize| (first..first + count).flat_map(image).collect();
    Dataset::made(
        PIXELS,
        (pixels(0, TRAINING), labels(TRAINING)),
        (pixels(TRAINING, TEST), labels(TEST)),
    )
}

/// The trainings. Each departs from the first one in what its name says.
#[must_use]
pub fn members() -> Vec<Member> {
    /// Height, lower and upper end of the window.
    const CLAMP: [f64; 3] = [1.01, -1.0, 1.0];
    let with = |activation: Option<StepActivation>, [height, lower, upper]: [f64; 3]| {
        Some((activation?, Surrogate::new(height, lower, upper).ok()?))
    };
    let uniform = |states: usize| with(StepActivation::uniform(states).ok(), CLAMP);
    // Outputs are levels: with so many of them, the last bits of weights show in what is learned.
    let fine = || uniform(1 << 18);
    let base = |(activation, surrogate)| Member {
        name: "equal steps",
        model: Model {
            activation,
            surrogate,
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
    let mut add = |name: &'static str,
                   passes: Option<(StepActivation, Surrogate)>,
                   change: &dyn Fn(&mut Member)| {
        if let Some(passes) = passes {
            let mut member = Member {
                name,
                ..base(passes)
            };
            change(&mut member);
            members.push(member);
        }
    };
    add("equal steps", uniform(4), &|_| {});
    add("an odd number of steps, another seed", uniform(7), &|m| {
        m.seed = 6
    });
    add("sign", uniform(2), &|_| {});
    add("many thresholds", uniform(70), &|_| {});
    let levels = vec![-1.2, -0.4, 0.0, 0.5, 1.0];
    let uneven = StepActivation::new(vec![-0.6, -0.1, 0.2, 0.9], levels).ok();
    add(
        "unequal steps without symmetry",
        with(uneven, [1.01, -1.4, 1.2]),
        &|_| {},
    );
    add("uniform start", fine(), &|m| {
        m.model.initialization = Initialization::UniformFanIn;
    });
    add("biases at the start", fine(), &|m| {
        m.model.initialization = Initialization::Normal {
            sigma_w: 1.2,
            sigma_b: 0.3,
        };
    });
    add("two layers, one unit", uniform(4), &|m| {
        (m.model.layers, m.model.width) = (2, 1);
    });
    add("a width of whole rows, deeper", uniform(8), &|m| {
        (m.model.layers, m.model.width) = (6, 128);
    });
    add("a width beyond whole rows", fine(), &|m| m.model.width = 70);
    add("batches of one, several epochs", fine(), &|m| {
        m.schedule.batch = 1;
        m.schedule.checkpoints = vec![130];
    });
    add("a batch beyond whole rows, no momentum", fine(), &|m| {
        (m.schedule.batch, m.schedule.momentum) = (37, 0.0);
    });
    let four = || StepActivation::uniform(4).ok();
    add(
        "gradients that vanish on their way",
        with(four(), [1e-9, -1.0, 1.0]),
        &|m| m.model.layers = 8,
    );
    add(
        "a rate at which it diverges",
        with(four(), [1e12, f64::NEG_INFINITY, f64::INFINITY]),
        &|m| {
            (m.model.layers, m.schedule.learning_rate) = (2, 1e15);
            m.schedule.checkpoints = vec![1, 30];
        },
    );
    members
}
