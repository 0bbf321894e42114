//! `block-grid`: networks with skip paths trained on images, with quantized activations and weights.

mod plan;
mod runs;

use mf_pipeline::{BoxError, Cell, CellStage, Job, Outputs, ParamError, TypedStage};
use mf_train::{BlockModel, Dataset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::plan::Plan;
use super::architecture::{self, Architecture, Weights};
use super::states::States;
use super::subjects::subjects;
use super::training::{self, Kept, Rates, Settings, Steps, Training};
use super::{distinct, numbers};

/// Parameters of `block-grid`. The first layer and the last one have full precision; between them are equal blocks.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct BlockGrid {
    /// Folder of the images, relative to pipeline.toml: the four files of MNIST, compressed by gzip, and `MD5SUMS`.
    data: String,
    /// Mean of the pixels as numbers from 0 to 1; it is subtracted from each pixel.
    mean: f64,
    /// Standard deviation of the pixels, above 0; after the subtraction each pixel is divided by it.
    deviation: f64,
    /// Numbers of states N of the paper's activation. If it is left out, the stage uses its `quantizers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    states: Option<States>,
    /// The networks: `chain`, `pre-norm`, `post-norm`.
    #[schemars(length(min = 1))]
    architectures: Vec<Architecture>,
    /// The weights of blocks; by default `full-precision` alone.
    #[serde(default = "architecture::full_precision")]
    #[schemars(length(min = 1))]
    weights: Vec<Weights>,
    /// The variance that a block adds to the stream, above 0; the stream starts with the variance 1. A chain has no branches.
    #[schemars(range(min = 1e-12))]
    branch: f64,
    /// Numbers of blocks between the first layer and the last.
    #[schemars(length(min = 1), inner(range(min = 1, max = 498)))]
    blocks: Vec<usize>,
    /// Number of networks of each setting. They differ in their initial weights and in the order of the images.
    #[schemars(range(min = 1, max = 1000))]
    seeds: u32,
    /// Units of the stream.
    #[schemars(range(min = 2))]
    width: usize,
    /// Number of images of a training step.
    #[schemars(range(min = 1))]
    batch: usize,
    /// Learning rates: by depth, or from a learning speed. Layers are the blocks.
    learning_rates: Rates,
    /// Momentum of gradient descent: v = momentum v + gradient, w = w - rate v; from 0 to below 1.
    #[schemars(range(min = 0.0, max = 0.999_999))]
    momentum: f64,
    /// Numbers of steps after which a network is tested; the last one ends the training.
    steps: Steps,
    /// Number of images of a test: the first ones of the test set.
    #[schemars(range(min = 1))]
    test_images: usize,
}

impl TypedStage for BlockGrid {
    const KIND: &'static str = "block-grid";
    const ABOUT: &'static str = "Networks with skip paths trained on images, with quantized activations and weights, over the number of blocks.";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        training::some("architectures", &self.architectures)?;
        let mut architectures = self.architectures.iter();
        if let Some(index) = architectures.position(|a| *a == Architecture::QuantizedStream) {
            let key = format!("architectures.{index}");
            let message = "networks with a quantized stream are not trained";
            return Err(ParamError::at(&key, message).allowed("chain, pre-norm or post-norm"));
        }
        for (index, weights) in self.weights.iter().enumerate() {
            weights.check(&format!("weights.{index}"))?;
        }
        let branch = self.branch;
        training::allow(
            "branch",
            branch,
            branch.is_finite() && branch > 0.0,
            "a number above 0",
        )?;
        let most = mf_train::MOST_BLOCKS;
        training::some("blocks", &self.blocks)?;
        for (index, blocks) in self.blocks.iter().enumerate() {
            let (key, good) = (format!("blocks.{index}"), (1..=most).contains(blocks));
            training::allow(&key, blocks, good, &format!("1 to {most}"))?;
        }
        distinct::check("blocks", &self.blocks)?;
        let (width, most) = (self.width, mf_train::MOST_WIDTH);
        training::allow(
            "width",
            width,
            (2..=most).contains(&width),
            &format!("2 to {most}"),
        )?;
        self.learning_rates
            .check(self.blocks.iter().copied().min().unwrap_or(1))?;
        self.settings().check()
    }

    fn inputs(&self) -> Vec<(String, String)> {
        self.settings().files()
    }

    fn wants_quantizers(&self) -> bool {
        self.states.is_none()
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        vec!["runs".into()]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(training::NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        mf_pipeline::collect(self, job)
    }
}

impl CellStage for BlockGrid {
    type Recipe = Training<BlockModel>;
    type Shared = Dataset;
    type Kept = Kept;

    fn behaviour() -> Result<Value, BoxError> {
        training::behaviour(mf_train::behaviour::blocks()?)
    }

    fn cells(&self, job: &Job<'_>) -> Result<Vec<Cell<Self::Recipe>>, BoxError> {
        let subjects = subjects(self.states.as_ref(), job)?;
        let data = training::sums(job)?;
        let cell = |plan: Plan<'_>| {
            let label = plan.label();
            let training = Training {
                data: data.clone(),
                model: plan.model,
                schedule: plan.schedule,
                seed: plan.seed,
            };
            training.cell(label)
        };
        Ok(self.plans(&subjects, job)?.into_iter().map(cell).collect())
    }

    fn shared(job: &Job<'_>) -> Result<Dataset, BoxError> {
        training::images(job)
    }

    fn compute(training: &Self::Recipe, data: &Dataset, job: &Job<'_>) -> Result<Kept, BoxError> {
        training.compute(data, job)
    }

    fn seconds_per_cost(
        cells: &[Cell<Self::Recipe>],
        data: &Dataset,
        _job: &Job<'_>,
    ) -> Option<f64> {
        Training::seconds_per_cost(cells, data)
    }

    fn collect(&self, kept: Vec<Kept>, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let subjects = subjects(self.states.as_ref(), job)?;
        let plans = self.plans(&subjects, job)?;
        let outputs = Outputs::new().table("runs", runs::table(&plans, &kept)?);
        Ok(numbers::of(&kept, training::NUMBERS, outputs))
    }
}

impl BlockGrid {
    fn settings(&self) -> Settings<'_> {
        Settings {
            data: &self.data,
            mean: self.mean,
            deviation: self.deviation,
            seeds: self.seeds,
            batch: self.batch,
            momentum: self.momentum,
            steps: &self.steps,
            test_images: self.test_images,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash of [`BlockGrid::behaviour`]. If it changes, every kept network becomes invalid and is trained again. Change it
    /// only on purpose, and say so in the changelog.
    const BEHAVIOUR: &str = "ad4f1ba8546032d2a7104caf75844dafb656abc8606ccf7626b34ec2c7ddad35";

    #[test]
    fn trainings_behave_as_they_did() {
        let learned = BlockGrid::behaviour().unwrap();
        let all = learned.as_array().unwrap();
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
        assert_eq!(mf_pipeline::Hash::of_json(&learned).as_str(), BEHAVIOUR);
    }
}
