//! `kernel-descent`: the first steps of training of real networks, beside those of their mixed kernel at infinite width.

mod changes;

use mf_core::Activation;
use mf_core::kernel::{Parametrization, Row, Tangent};
use mf_fit::Deviations;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use mf_train::{BlockModel, Dataset, Schedule, first_steps, kernel_descent, mean_loss};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::changes::{Change, Step, changes_table, table};
use super::architecture::Architecture;
use super::kernel::{self, Network};
use super::states::States;
use super::subjects::{self, subjects};
use super::training;
use super::{deviation, numbers, stop, threads};

/// Parameters of `kernel-descent`. Every step is on all training images. The kernel is that of the network's own weights of variance 1 /
/// width, and starts from the outputs of the real network. The memory is three matrices of all images by the training images.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct KernelDescent {
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
    /// The variance that a block adds to the stream, above 0; the stream starts with the variance 1. A chain has no branches.
    #[schemars(range(min = 1e-12))]
    branch: f64,
    /// Rising numbers of blocks, in units of the depth scale xi of a chain.
    #[schemars(length(min = 1))]
    depths: Vec<f64>,
    /// Number of training images: the first ones.
    #[schemars(range(min = 1, max = 10_000))]
    training: usize,
    /// Number of test images: the first ones.
    #[schemars(range(min = 1, max = 10_000))]
    test: usize,
    /// Units of the stream.
    #[schemars(range(min = 2))]
    width: usize,
    /// Number of networks of each depth.
    #[schemars(range(min = 2, max = 1000))]
    seeds: u32,
    /// Learning speed, above 0: rate times width times blocks.
    #[schemars(range(min = 1e-9))]
    speed: f64,
    /// Number of steps.
    #[schemars(range(min = 1, max = 1000))]
    steps: u32,
}

impl TypedStage for KernelDescent {
    const KIND: &'static str = "kernel-descent";
    const ABOUT: &'static str = "The first steps of training of real networks beside those of their mixed kernel, against the depth in units of xi.";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        kernel::check(&self.architectures, self.branch, &self.depths)?;
        let range = 1..=10_000;
        for (key, images) in [("training", self.training), ("test", self.test)] {
            training::allow(key, images, range.contains(&images), "1 to 10000")?;
        }
        let (width, most) = (self.width, mf_train::MOST_WIDTH);
        let allowed = format!("2 to {most}");
        training::allow("width", width, (2..=most).contains(&width), &allowed)?;
        training::allow("seeds", self.seeds, self.seeds >= 2, "2 or more")?;
        training::positive(
            std::iter::once(self.speed),
            |_| "speed".into(),
            "learning speed",
        )?;
        training::allow("steps", self.steps, self.steps >= 1, "1 or more")?;
        training::check_pixels(self.mean, self.deviation)
    }

    fn inputs(&self) -> Vec<(String, String)> {
        training::files(&self.data)
    }

    fn wants_quantizers(&self) -> bool {
        self.states.is_none()
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        vec!["steps".into(), "changes".into()]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(deviation::NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let data = training::images(job)?;
        let counts = [self.training, self.test];
        let inputs = kernel::inputs(&data, counts, [self.mean, self.deviation])?;
        let labels = data.first_labels(counts);
        let data = data.with_training(self.training);
        let subjects = subjects(self.states.as_ref(), job)?;
        let networks = kernel::networks(&subjects, &self.architectures, self.branch, &self.depths)?;
        let matrix = 8 * (inputs.len() * self.training) as u64;
        let workers = job.workers(usize::MAX, 3 * matrix);
        let images = Images {
            data,
            inputs,
            labels,
            threads: workers.count(),
        };
        let total = networks
            .iter()
            .map(|network| network.blocks.len())
            .sum::<usize>() as u64;
        let mut steps = Vec::new();
        for network in &networks {
            let descend = |blocks: usize, kernel: &[Vec<f64>]| {
                let found = self.descend(network, blocks, kernel, &images, job)?;
                steps.extend(found);
                job.progress((steps.len() / self.seeds as usize) as u64, total);
                Ok(())
            };
            self.kernels(network, &images, job, descend)?;
        }
        let outputs = Outputs::new().table("steps", table(&steps)?);
        let changes: Vec<&[Step<'_>]> = steps.chunks(self.seeds as usize).collect();
        let mut deviations = Deviations::default();
        let changes = changes
            .into_iter()
            .map(|steps| Change::new(steps, &mut deviations));
        let changes: Vec<Change<'_>> = changes.collect();
        let outputs = outputs.table("changes", changes_table(&changes)?);
        Ok(numbers::of(&deviations, deviation::NUMBERS, outputs))
    }
}

/// The images of a stage: training images, then test images.
struct Images {
    data: Dataset,
    inputs: Vec<Vec<f64>>,
    labels: Vec<u8>,
    threads: usize,
}

impl KernelDescent {
    /// Calls `at` with every number of blocks and the mixed kernel of the outputs there: of all images with the training images.
    fn kernels(
        &self,
        network: &Network<'_>,
        images: &Images,
        job: &Job<'_>,
        mut at: impl FnMut(usize, &[Vec<f64>]) -> Result<(), BoxError>,
    ) -> Result<(), BoxError> {
        let (inputs, width) = (images.data.inputs(), self.width);
        let wide = network.wide(&[Tangent::Mixed(network.surrogate)])?;
        let wide = wide.with_parametrization(Parametrization::Standard { inputs, width });
        let squares = images.inputs.iter().map(|x| kernel::covariance(x, x));
        let mut layer = wide.start(&squares.collect::<Vec<_>>())?;
        let training = &images.inputs[..self.training];
        let row = |(index, x): (usize, &Vec<f64>)| {
            let covariances = training.iter().map(|other| kernel::covariance(x, other));
            Ok(wide.row(index, &covariances.collect::<Vec<_>>())?)
        };
        let rows = images.inputs.iter().enumerate().map(row);
        let mut rows = rows.collect::<Result<Vec<Row>, BoxError>>()?;
        for blocks in 1..=network.blocks.last().copied().unwrap_or_default() {
            stop::check(job)?;
            threads::each_mut(images.threads, &mut rows, |row| layer.advance(row));
            layer = layer.next()?;
            if network.blocks.contains(&blocks) {
                let outputs = rows.iter().flat_map(|row| layer.outputs(row).tangents);
                at(blocks, &outputs.collect::<Vec<_>>())?;
            }
        }
        Ok(())
    }

    /// The first steps of all networks of a depth.
    fn descend<'a>(
        &self,
        network: &'a Network<'a>,
        blocks: usize,
        kernel: &[Vec<f64>],
        images: &Images,
        job: &Job<'_>,
    ) -> Result<Vec<Step<'a>>, BoxError> {
        let model = BlockModel {
            architecture: network.architecture.into(),
            activation: network.phi.clone(),
            surrogate: network.surrogate,
            width: self.width,
            blocks,
            sigma_w: 1.0 / network.phi.mean_square(1.0).sqrt(),
            branch: network.branch().unwrap_or(1.0),
            weights: None,
        };
        let schedule = Schedule {
            batch: self.training,
            learning_rate: self.speed / (self.width * blocks) as f64,
            momentum: 0.0,
            checkpoints: vec![self.steps],
            mean: self.mean,
            deviation: self.deviation,
            test_images: self.test,
        };
        let numbers: Vec<u32> = (0..self.seeds).collect();
        threads::each(images.threads, &numbers, |&number| {
            let seed = job.seed(&json!({
                "kind": Self::KIND,
                "activation": subjects::steps(&network.phi),
                "network": network.architecture.name(),
                "branch": model.branch,
                "width": self.width,
                "blocks": blocks,
                "number": number,
            }))?;
            let go_on = &mut |_| stop::go_on(job);
            let outputs = first_steps(&model, &schedule, &images.data, seed, go_on)?;
            let [start, end] = outputs.as_slice() else {
                return Err("a training without its last checkpoint".into());
            };
            let trained = &images.labels[..self.training];
            let rate = schedule.learning_rate;
            let predicted = kernel_descent(kernel, start, trained, rate, self.steps)?;
            let losses = |from: usize, until: usize| {
                let labels = &images.labels[from..until];
                [start, end, &predicted].map(|outputs| mean_loss(&outputs[from..until], labels))
            };
            Ok(Step {
                network,
                blocks,
                number,
                test: losses(self.training, images.labels.len()),
                training: losses(0, self.training),
            })
        })
    }
}
