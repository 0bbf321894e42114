//! `training-grid`: quantized networks trained on images, one for each quantizer, initialization, depth and seed.

use std::fmt::Display;
use std::ops::ControlFlow;
use std::path::Path;

use mf_data::{DataError, Table};
use mf_pipeline::{BoxError, Cell, CellStage, Job, Outputs, ParamError, TypedStage};
use mf_train::{Dataset, Initialization, Model, Outcome, Point, Schedule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::states::States;
use super::subjects::{Subject, subjects};
use super::{gains, stop, subjects};

/// Parameters of `training-grid`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TrainingGrid {
    /// Folder of the images: MNIST's four files, compressed by gzip, and `MD5SUMS`.
    data: String,
    /// Mean of the pixels as numbers in [0, 1]: it is subtracted.
    mean: f64,
    /// Standard deviation of the pixels: what is left is divided by it.
    deviation: f64,
    /// Numbers of states of the paper's activation; without it the stage works on its `quantizers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    states: Option<States>,
    /// Numbers of layers, each a product with weights; either these or `depth-scales`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(range(min = 2, max = 500)))]
    layers: Vec<usize>,
    /// Instead of `layers`: depths in units of xi, for each quantizer and gain its own, rounded to whole layers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    depth_scales: Vec<f64>,
    /// How weights start.
    #[serde(default = "mean_field")]
    #[schemars(length(min = 1))]
    initializations: Vec<Start>,
    /// Weight gains of the mean-field start, in units of the best one.
    #[serde(default = "gains::best")]
    #[schemars(length(min = 1))]
    gains: gains::Gains,
    /// Networks of each kind, which differ in their weights and in the order of the data.
    #[schemars(range(min = 1, max = 1000))]
    seeds: u32,
    /// Units of a hidden layer.
    #[schemars(range(min = 1))]
    width: usize,
    /// Images of a step.
    #[schemars(range(min = 1))]
    batch: usize,
    /// Learning rates by depth: the last entry that begins at or below a network's layers is its own.
    #[schemars(length(min = 1))]
    learning_rates: Vec<Rate>,
    /// Momentum of the gradient descent: v = momentum v + gradient, w = w - rate v.
    #[schemars(range(min = 0.0, max = 0.999_999))]
    momentum: f64,
    /// Steps after which the network is tested; the last one ends the training.
    steps: Steps,
    /// Images of the test set that are used, the first so many.
    #[schemars(range(min = 1))]
    test_images: usize,
}

/// When networks are tested.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Steps {
    /// After each of these numbers of steps, in rising order.
    List(#[schemars(length(min = 1))] Vec<u32>),
    /// After every so many steps.
    Even(Even),
}

/// Every so many steps, up to a number of them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Even {
    /// Steps between two tests.
    #[schemars(range(min = 1))]
    every: u32,
    /// Steps of the training.
    #[schemars(range(min = 1))]
    to: u32,
}

impl Steps {
    fn expand(&self) -> Vec<u32> {
        match self {
            Self::List(steps) => steps.clone(),
            Self::Even(Even { every, to }) => (1..=to / every.max(&1)).map(|i| i * every).collect(),
        }
    }
}

/// How weights and biases start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Start {
    /// Normal weights of variance sigma_w^2 / fan-in, biases 0: the theory's.
    MeanField,
    /// Weights and biases uniform in +-1/sqrt(fan-in): PyTorch's default (Keras and Flax have others).
    FanInUniform,
}

/// The learning rate of networks of so many layers and more.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Rate {
    /// The fewest layers.
    from_layers: usize,
    /// The learning rate.
    rate: f64,
}

fn mean_field() -> Vec<Start> {
    vec![Start::MeanField]
}

/// One network of the grid.
struct Plan<'a> {
    subject: &'a Subject,
    start: Start,
    gain: f64,
    sigma_w: f64,
    depth_scale: f64,
    seed_index: u32,
    seed: u64,
    model: Model,
    schedule: Schedule,
}

/// What is kept of a network.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    points: Vec<Tested>,
    diverged_at: Option<u32>,
}

impl From<Outcome> for Kept {
    fn from(outcome: Outcome) -> Self {
        Self {
            points: outcome.points.into_iter().map(Tested::from).collect(),
            diverged_at: outcome.diverged_at,
        }
    }
}

/// A test during the training.
#[derive(Serialize, Deserialize)]
struct Tested {
    step: u32,
    train_loss: f64,
    test_loss: f64,
    accuracy: f64,
}

impl From<Point> for Tested {
    fn from(point: Point) -> Self {
        Self {
            step: point.step,
            train_loss: point.train_loss,
            test_loss: point.test_loss,
            accuracy: point.test_accuracy,
        }
    }
}

/// A start, and what the theory says of it.
struct Begun {
    initialization: Initialization,
    sigma_w: f64,
    depth_scale: f64,
    slope: f64,
}

/// The hidden layer and the classes.
const FEWEST_LAYERS: usize = 2;

impl TypedStage for TrainingGrid {
    const KIND: &'static str = "training-grid";
    const ABOUT: &'static str = "Quantized networks trained on images, over quantizers, gains, depths and seeds (figure 3).";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        gains::expand(&self.gains)?;
        if self.initializations.is_empty() {
            let empty = ParamError::at("initializations", "the list is empty");
            return Err(empty.allowed("one entry or more"));
        }
        self.check_depths()?;
        self.check_rates()?;
        self.check_sizes()?;
        let momentum = self.momentum;
        allow(
            "momentum",
            momentum,
            (0.0..1.0).contains(&momentum),
            "a number from 0 to below 1",
        )?;
        allow("mean", self.mean, self.mean.is_finite(), "a finite number")?;
        let deviation = self.deviation;
        allow(
            "deviation",
            deviation,
            deviation.is_finite() && deviation > 0.0,
            "a number above 0",
        )
    }

    fn inputs(&self) -> Vec<(String, String)> {
        let file = |name: &str| (name.to_owned(), format!("file:{}", self.path(name)));
        mf_train::FILES
            .into_iter()
            .chain([mf_train::SUMS])
            .map(file)
            .collect()
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
        ["networks", "diverged"].map(str::to_owned).into()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        mf_pipeline::collect(self, job)
    }
}

/// What a network's weights and accuracy depend on.
#[derive(Serialize)]
pub(crate) struct Training {
    /// The sums of the image files: they are checked against them, so the sums stand for them.
    data: String,
    model: Model,
    schedule: Schedule,
    seed: u64,
}

impl CellStage for TrainingGrid {
    type Recipe = Training;
    type Shared = Dataset;
    type Kept = Kept;

    /// What small networks learn, one for each way that a training can go (`mf_train::behaviour`).
    fn behaviour() -> Result<Value, BoxError> {
        let data = mf_train::behaviour::dataset();
        let mut learned = Vec::new();
        for member in mf_train::behaviour::members()? {
            let go_on = &mut |_| ControlFlow::Continue(());
            let outcome =
                mf_train::train(&member.model, &member.schedule, &data, member.seed, go_on)?;
            learned.push(serde_json::to_value(Kept::from(outcome))?);
        }
        Ok(Value::Array(learned))
    }

    fn cells(&self, job: &Job<'_>) -> Result<Vec<Cell<Training>>, BoxError> {
        let subjects = subjects(self.states.as_ref(), job)?;
        let (_, sums) = job.file(mf_train::SUMS)?;
        let data = String::from_utf8_lossy(sums).into_owned();
        let cell = |plan: Plan<'_>| Cell {
            label: plan.label(),
            cost: cost(&plan.model, &plan.schedule),
            memory: mf_train::memory_needed(&plan.model, &plan.schedule, PIXELS),
            recipe: Training {
                data: data.clone(),
                model: plan.model,
                schedule: plan.schedule,
                seed: plan.seed,
            },
        };
        Ok(self.plans(&subjects, job)?.into_iter().map(cell).collect())
    }

    fn shared(job: &Job<'_>) -> Result<Dataset, BoxError> {
        let [a, b, c, d] = mf_train::FILES.map(|name| job.file(name));
        let files = [named(a?), named(b?), named(c?), named(d?)];
        let (path, sums) = named(job.file(mf_train::SUMS)?);
        let sums = String::from_utf8_lossy(sums);
        Ok(Dataset::from_idx(files, (path, &sums))?)
    }

    fn compute(training: &Training, data: &Dataset, job: &Job<'_>) -> Result<Kept, BoxError> {
        let go_on = &mut |_| stop::go_on(job);
        let Training {
            model,
            schedule,
            seed,
            ..
        } = training;
        Ok(mf_train::train(model, schedule, data, *seed, go_on)?.into())
    }

    /// Times a few steps of the network whose cost is in the middle.
    fn seconds_per_cost(cells: &[Cell<Training>], data: &Dataset, _job: &Job<'_>) -> Option<f64> {
        let mut order: Vec<&Cell<Training>> = cells.iter().collect();
        order.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let Training {
            model, schedule, ..
        } = &order.get(order.len() / 2)?.recipe;
        let seconds = mf_train::seconds_per_step(model, schedule, data).ok()?;
        Some(seconds / mf_train::step_cost(model, schedule.batch, PIXELS))
    }

    fn collect(&self, kept: Vec<Kept>, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let subjects = subjects(self.states.as_ref(), job)?;
        let plans = self.plans(&subjects, job)?;
        let diverged = kept.iter().filter(|kept| kept.diverged_at.is_some());
        let diverged = diverged.count() as f64;
        let about = "networks whose loss or weights left the finite numbers";
        Ok(Outputs::new()
            .table("runs", self.table(&plans, &kept)?)
            .number(
                "networks",
                kept.len() as f64,
                "1",
                "networks that were trained",
            )
            .number("diverged", diverged, "1", about))
    }
}

/// A file with its path as text, for messages.
fn named<'a>((path, bytes): (&'a Path, &'a [u8])) -> (&'a str, &'a [u8]) {
    (path.to_str().unwrap_or("a file of the images"), bytes)
}

/// Refuses a parameter that is not as allowed.
fn allow(key: &str, value: impl Display, good: bool, allowed: &str) -> Result<(), ParamError> {
    if good {
        return Ok(());
    }
    Err(ParamError::at(key, format!("the value is {value}")).allowed(allowed))
}

impl TrainingGrid {
    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.data.trim_end_matches('/'))
    }

    fn check_rates(&self) -> Result<(), ParamError> {
        for (index, Rate { rate, .. }) in self.learning_rates.iter().enumerate() {
            if !(rate.is_finite() && *rate > 0.0) {
                let message = format!("the learning rate is {rate}: nothing would be learned");
                return Err(
                    ParamError::at(&format!("learning-rates.{index}.rate"), message)
                        .allowed("a number above 0"),
                );
            }
        }
        let first = self.learning_rates.first().map(|rate| rate.from_layers);
        let fewest = self.layers.iter().copied().min().unwrap_or(FEWEST_LAYERS);
        if first.is_none_or(|first| first > fewest) {
            let message = format!("no learning rate is given for networks of {fewest} layers");
            return Err(ParamError::at("learning-rates", message)
                .allowed(format!("a first entry with `from-layers` {fewest} or less")));
        }
        if !self
            .learning_rates
            .is_sorted_by(|a, b| a.from_layers < b.from_layers)
        {
            let message = "the entries are not in the order of `from-layers`";
            return Err(ParamError::at("learning-rates", message).allowed("rising `from-layers`"));
        }
        Ok(())
    }

    fn check_depths(&self) -> Result<(), ParamError> {
        for (index, &layers) in self.layers.iter().enumerate() {
            let good = (FEWEST_LAYERS..=mf_train::MOST_LAYERS).contains(&layers);
            let allowed = format!("{FEWEST_LAYERS} to {}", mf_train::MOST_LAYERS);
            allow(&format!("layers.{index}"), layers, good, &allowed)?;
        }
        for (index, &depth) in self.depth_scales.iter().enumerate() {
            let good = depth.is_finite() && depth > 0.0;
            allow(
                &format!("depth-scales.{index}"),
                depth,
                good,
                "a number above 0, in units of xi",
            )?;
        }
        if self.layers.is_empty() == self.depth_scales.is_empty() {
            let message = "a grid has either `layers` or `depth-scales`";
            return Err(ParamError::at("layers", message).allowed("one of the two"));
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), ParamError> {
        let good = (1..=mf_train::MOST_WIDTH).contains(&self.width);
        allow(
            "width",
            self.width,
            good,
            &format!("1 to {}", mf_train::MOST_WIDTH),
        )?;
        allow(
            "batch",
            self.batch,
            self.batch > 0,
            "1 or more, up to the images there are",
        )?;
        allow("seeds", self.seeds, self.seeds > 0, "1 or more")?;
        let images = self.test_images;
        allow(
            "test-images",
            images,
            images > 0,
            "1 or more, up to the images there are",
        )?;
        let steps = self.steps.expand();
        let last = steps.last().copied().unwrap_or_default();
        let rising =
            steps.is_sorted_by(|a, b| a < b) && steps.first().is_some_and(|&step| step > 0);
        allow(
            "steps",
            last,
            rising,
            "numbers of steps above 0 in rising order, or `every` up to `to`",
        )
    }

    fn rate(&self, layers: usize) -> f64 {
        let below = self
            .learning_rates
            .iter()
            .take_while(|rate| rate.from_layers <= layers);
        below.last().map_or(0.0, |rate| rate.rate)
    }

    fn schedule(&self, learning_rate: f64) -> Schedule {
        Schedule {
            batch: self.batch,
            learning_rate,
            momentum: self.momentum,
            checkpoints: self.steps.expand(),
            mean: self.mean,
            deviation: self.deviation,
            test_images: self.test_images,
        }
    }

    /// The depths that are trained where the depth scale is `xi`.
    fn depths(&self, xi: f64) -> Result<Vec<usize>, BoxError> {
        let mut depths = self.layers.clone();
        for factor in &self.depth_scales {
            let layers = (factor * xi).round().max(FEWEST_LAYERS as f64);
            if layers > mf_train::MOST_LAYERS as f64 {
                let most = mf_train::MOST_LAYERS;
                return Err(format!("`depth-scales` has {factor}, which is {layers} layers at xi = {xi:.1}, and {most} is the most: leave out the largest").into());
            }
            depths.push(layers as usize);
        }
        depths.dedup();
        Ok(depths)
    }

    /// Every network of the grid, in the order of the table.
    fn plans<'a>(&self, subjects: &'a [Subject], job: &Job<'_>) -> Result<Vec<Plan<'a>>, BoxError> {
        let gains = gains::expand(&self.gains)?;
        let mut plans = Vec::new();
        for subject in subjects {
            for &start in &self.initializations {
                let gains = match start {
                    Start::MeanField => gains.as_slice(),
                    Start::FanInUniform => &[f64::NAN],
                };
                for &gain in gains {
                    let xi = self.start(subject, start, gain)?.depth_scale;
                    for layers in self.depths(xi)? {
                        for seed_index in 0..self.seeds {
                            plans.push(self.plan(subject, start, gain, layers, seed_index, job)?);
                        }
                    }
                }
            }
        }
        Ok(plans)
    }

    fn start(&self, subject: &Subject, start: Start, gain: f64) -> Result<Begun, BoxError> {
        let best = &subject.best;
        let (sigma_w, sigma_b, initialization) = match start {
            Start::MeanField => {
                let (sigma_w, sigma_b) = (gain * best.sigma_w, 0.0);
                (
                    sigma_w,
                    sigma_b,
                    Initialization::Normal { sigma_w, sigma_b },
                )
            }
            // Uniform numbers in +-a have variance a^2 / 3.
            Start::FanInUniform => {
                let third = (1.0_f64 / 3.0).sqrt();
                (
                    third,
                    third / (self.width as f64).sqrt(),
                    Initialization::UniformFanIn,
                )
            }
        };
        let propagation = subject.propagation(sigma_w, sigma_b)?;
        // The activation is the same whatever the library's start; the theory's start goes with the theory's slope.
        let slope = match (start, propagation) {
            (Start::MeanField, Some(found)) => subject.even_slope(sigma_w, found.variance),
            (Start::MeanField, None) => 1.0 / sigma_w,
            (Start::FanInUniform, _) => subject.even_slope(best.sigma_w, best.propagation.variance),
        };
        let depth_scale = propagation.map_or(0.0, |found| found.depth_scale);
        Ok(Begun {
            initialization,
            sigma_w,
            depth_scale,
            slope,
        })
    }

    fn plan<'a>(
        &self,
        subject: &'a Subject,
        start: Start,
        gain: f64,
        layers: usize,
        seed_index: u32,
        job: &Job<'_>,
    ) -> Result<Plan<'a>, BoxError> {
        let Begun {
            initialization,
            sigma_w,
            depth_scale,
            slope,
        } = self.start(subject, start, gain)?;
        let model = Model {
            activation: subject.phi.clone(),
            slope,
            window: subject.window(),
            width: self.width,
            layers,
            initialization,
        };
        let seed = job.seed(&json!({
            "kind": Self::KIND,
            "activation": subjects::steps(&model.activation),
            "width": model.width,
            "layers": model.layers,
            "initialization": model.initialization,
            "network": seed_index,
        }))?;
        Ok(Plan {
            subject,
            start,
            gain,
            sigma_w,
            depth_scale,
            seed_index,
            seed,
            model,
            schedule: self.schedule(self.rate(layers)),
        })
    }

    fn table(&self, plans: &[Plan<'_>], kept: &[Kept]) -> Result<Table, DataError> {
        let rows: Vec<Row<'_>> = plans
            .iter()
            .zip(kept)
            .flat_map(|(plan, kept)| {
                let steps = plan.schedule.checkpoints.iter().enumerate();
                steps.map(move |(index, &step)| Row {
                    plan,
                    step,
                    tested: kept.points.get(index),
                })
            })
            .collect();
        let number = |value: fn(&Row<'_>) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
        let count = |value: fn(&Row<'_>) -> u64| rows.iter().map(value).collect::<Vec<u64>>();
        Table::builder()
            .text(
                "quantizer",
                "name in pipeline.toml, or uniform-N",
                rows.iter().map(|r| r.plan.subject.name.clone()).collect(),
            )
            .u64(
                "states",
                "1",
                "number of states N",
                count(|r| r.plan.subject.states()),
            )
            .text(
                "start",
                "how weights start",
                rows.iter()
                    .map(|r| r.plan.start.name().to_owned())
                    .collect(),
            )
            .f64(
                "gain",
                "sigma_w_opt",
                "weight gain in units of the best one",
                number(|r| r.gain()),
            )
            .f64(
                "sigma_w",
                "1",
                "weight gain, for levels whose largest is 1",
                number(|r| r.plan.sigma_w),
            )
            .f64(
                "depth_scale",
                "layers",
                "xi at this gain; 0 if signals die",
                number(|r| r.plan.depth_scale),
            )
            .u64(
                "layers",
                "layers",
                "depth",
                count(|r| r.plan.model.layers as u64),
            )
            .u64(
                "seed",
                "1",
                "number of the network",
                count(|r| u64::from(r.plan.seed_index)),
            )
            .u64(
                "step",
                "steps",
                "steps of training",
                count(|r| u64::from(r.step)),
            )
            .f64(
                "accuracy",
                "1",
                "share of the test images told right; 0 if diverged",
                number(|r| r.value(|t| t.accuracy, 0.0)),
            )
            .f64(
                "test_loss",
                "nats",
                "mean loss on the test images; NaN if diverged",
                number(|r| r.value(|t| t.test_loss, f64::NAN)),
            )
            .f64(
                "train_loss",
                "nats",
                "mean loss of the steps since the last test; NaN if diverged",
                number(|r| r.value(|t| t.train_loss, f64::NAN)),
            )
            .u64(
                "diverged",
                "1",
                "1 if the loss or a weight left the finite numbers",
                count(|r| u64::from(r.tested.is_none())),
            )
            .build()
    }
}

/// Pixels of an image, for costs and memory before the files are read.
const PIXELS: usize = 28 * 28;

/// Multiply-adds of a network's training and tests.
fn cost(model: &Model, schedule: &Schedule) -> f64 {
    let steps = f64::from(schedule.checkpoints.last().copied().unwrap_or_default());
    let tests = schedule.checkpoints.len() as f64;
    steps * mf_train::step_cost(model, schedule.batch, PIXELS)
        + tests * mf_train::evaluation_cost(model, schedule.test_images, PIXELS)
}

/// A network at a step.
struct Row<'a> {
    plan: &'a Plan<'a>,
    step: u32,
    tested: Option<&'a Tested>,
}

impl Row<'_> {
    fn value(&self, of: fn(&Tested) -> f64, diverged: f64) -> f64 {
        self.tested.map_or(diverged, of)
    }

    /// In units of the best one, for the library's start too.
    fn gain(&self) -> f64 {
        match self.plan.start {
            Start::MeanField => self.plan.gain,
            Start::FanInUniform => self.plan.sigma_w / self.plan.subject.best.sigma_w,
        }
    }
}

impl Start {
    fn name(self) -> &'static str {
        match self {
            Self::MeanField => "mean-field",
            Self::FanInUniform => "fan-in-uniform",
        }
    }
}

impl Plan<'_> {
    fn label(&self) -> String {
        let (name, layers) = (&self.subject.name, self.model.layers);
        let start = match self.start {
            Start::MeanField => format!("gain {:.3}", self.gain),
            Start::FanInUniform => "fan-in-uniform".to_owned(),
        };
        format!("{name}, {layers} layers, {start}, seed {}", self.seed_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How trainings behave. If this changes, every network that was ever kept is trained anew: change it only if that is
    /// meant, and say so in the changelog.
    const BEHAVIOUR: &str = "0313ee3015b87625391bfbe996a62b30fa76c254a577e83d0fd6ba886f0f3a5d";

    /// The keys of a recipe. A field that is new may not show in the recipe of an older network, or that is trained anew:
    /// leave it out where it has the value of then (`skip_serializing_if`).
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
        assert_eq!(serde_json::to_value(&training).unwrap(), expected);
    }

    #[test]
    fn trainings_behave_as_they_did() {
        let learned = TrainingGrid::behaviour().unwrap();
        let learned = learned.as_array().unwrap();
        assert_eq!(learned.len(), 14);
        // One of them diverges, and no two learn the same.
        let diverged = learned.iter().filter(|kept| !kept["diverged_at"].is_null());
        assert_eq!(diverged.count(), 1);
        for (index, one) in learned.iter().enumerate() {
            assert!(!learned[..index].contains(one), "{index}");
        }
        let found = mf_pipeline::Hash::of_json(&Value::Array(learned.clone()));
        assert_eq!(found.as_str(), BEHAVIOUR);
    }
}
