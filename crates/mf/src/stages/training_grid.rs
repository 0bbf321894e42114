//! `training-grid`: quantized networks trained on images, one for each quantizer, initialization, gain, depth and seed.

mod plan;
mod runs;

use mf_pipeline::{BoxError, Cell, CellStage, Job, Outputs, ParamError, TypedStage};
use mf_train::{Dataset, Model};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::plan::Plan;
use super::states::States;
use super::subjects::subjects;
use super::training::{self, Kept, Rates, Settings, Steps, Training, Widths};
use super::{gains, numbers};

/// Parameters of `training-grid`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TrainingGrid {
    /// Folder of the images, relative to pipeline.toml: the four files of MNIST, compressed by gzip, and `MD5SUMS`.
    data: String,
    /// Mean of the pixels as numbers from 0 to 1; it is subtracted from each pixel.
    mean: f64,
    /// Standard deviation of the pixels, above 0; after the subtraction each pixel is divided by it.
    deviation: f64,
    /// Numbers of states N of the paper's activation. If it is left out, the stage uses its `quantizers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    states: Option<States>,
    /// Depths: numbers of layers with weights, the last layer included. Give either `layers` or `depth-scales`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 2, max = 500)))]
    layers: Vec<usize>,
    /// Depths in units of the depth scale xi of each quantizer and gain, rounded to whole layers; instead of `layers`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    depth_scales: Vec<f64>,
    /// How weights and biases start; by default `mean-field`.
    #[serde(default = "mean_field")]
    #[schemars(length(min = 1))]
    initializations: Vec<Start>,
    /// Weight gains sigma_w of the mean-field initialization, in units of the best one; by default the best one alone.
    #[serde(default = "gains::best")]
    #[schemars(length(min = 1))]
    gains: gains::Gains,
    /// Number of networks for each quantizer, initialization, gain and depth. They differ in their initial weights and in the
    /// order of the images.
    #[schemars(range(min = 1, max = 1000))]
    seeds: u32,
    /// Units of a hidden layer: a number, or a list of several.
    width: Widths,
    /// Number of images of a training step.
    #[schemars(range(min = 1))]
    batch: usize,
    /// Learning rates: by depth, or from a learning speed.
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

/// How weights and biases start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Start {
    /// Normal weights of variance sigma_w^2 / fan-in and biases 0, as in the theory.
    MeanField,
    /// Weights and biases uniform in +-1/sqrt(fan-in): the default of PyTorch's `Linear` (Keras and Flax have other defaults).
    FanInUniform,
}

fn mean_field() -> Vec<Start> {
    vec![Start::MeanField]
}

impl TypedStage for TrainingGrid {
    const KIND: &'static str = "training-grid";
    const ABOUT: &'static str = "Quantized networks trained on images, over quantizers, initializations, gains, depths and seeds (figure 3 of the paper).";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        gains::expand(&self.gains)?;
        training::some("initializations", &self.initializations)?;
        self.check_depths()?;
        let fewest = self.layers.iter().copied().min();
        self.learning_rates
            .check(fewest.unwrap_or(plan::FEWEST_LAYERS))?;
        self.width.check()?;
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

impl CellStage for TrainingGrid {
    type Recipe = Training<Model>;
    type Shared = Dataset;
    type Kept = Kept;

    fn behaviour() -> Result<Value, BoxError> {
        training::behaviour(mf_train::behaviour::members()?)
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

impl TrainingGrid {
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

    fn check_depths(&self) -> Result<(), ParamError> {
        let (fewest, most) = (plan::FEWEST_LAYERS, mf_train::MOST_LAYERS);
        for (index, layers) in self.layers.iter().enumerate() {
            let (key, good) = (format!("layers.{index}"), (fewest..=most).contains(layers));
            training::allow(&key, layers, good, &format!("{fewest} to {most}"))?;
        }
        for (index, depth) in self.depth_scales.iter().enumerate() {
            let good = depth.is_finite() && *depth > 0.0;
            let key = format!("depth-scales.{index}");
            training::allow(&key, depth, good, "a number above 0, in units of xi")?;
        }
        if self.layers.is_empty() == self.depth_scales.is_empty() {
            let message = if self.layers.is_empty() {
                "neither `layers` nor `depth-scales` is given"
            } else {
                "`layers` and `depth-scales` are both given"
            };
            return Err(ParamError::at("layers", message).allowed("one of the two"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The hash of [`TrainingGrid::behaviour`]. If it changes, every kept network becomes invalid and is trained again. Change
    /// it only on purpose, and say so in the changelog.
    const BEHAVIOUR: &str = "0313ee3015b87625391bfbe996a62b30fa76c254a577e83d0fd6ba886f0f3a5d";

    /// The recipe of a network of older versions does not change, or the network would be trained again. So a new field is left
    /// out of the recipe if it has the value that means the old computation (`skip_serializing_if`).
    #[test]
    fn recipes_have_the_fields_that_they_had() {
        let member = mf_train::behaviour::members().unwrap().swap_remove(0);
        let training = Training {
            data: "sums".into(),
            model: member.model,
            schedule: member.schedule,
            seed: 1,
        };
        let expected = json!({
            "data": "sums",
            "model": {
                "activation": { "levels": [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0], "thresholds": [-2.0 / 3.0, 0.0, 2.0 / 3.0] },
                "slope": 1.01,
                "window": [-1.0, 1.0],
                "width": 40,
                "layers": 3,
                "initialization": { "normal": { "sigma-w": 1.07, "sigma-b": 0.0 } },
            },
            "schedule": {
                "batch": 16,
                "learning-rate": 0.02,
                "momentum": 0.5,
                "checkpoints": [1, 3, 9],
                "mean": 0.3,
                "deviation": 0.25,
                "test-images": 33,
            },
            "seed": 1,
        });
        // The same text: the order of the fields counts too.
        assert_eq!(
            serde_json::to_string(&training).unwrap(),
            expected.to_string()
        );
    }

    #[test]
    fn trainings_behave_as_they_did() {
        let learned = TrainingGrid::behaviour().unwrap();
        let learned = learned.as_array().unwrap();
        assert_eq!(learned.len(), 14);
        // One diverges, and all results are different.
        let diverged = learned.iter().filter(|kept| !kept["diverged_at"].is_null());
        assert_eq!(diverged.count(), 1);
        for (index, one) in learned.iter().enumerate() {
            assert!(!learned[..index].contains(one), "{index}");
        }
        let found = mf_pipeline::Hash::of_json(&Value::Array(learned.clone()));
        assert_eq!(found.as_str(), BEHAVIOUR);
    }
}
