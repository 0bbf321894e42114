//! `kernel-regression`: how well the kernels of deep networks predict the classes of test images, against the depth in units of xi.

mod errors;
mod reach;

use mf_core::kernel::KernelTable;
use mf_data::{DataError, Table};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::architecture::Architecture;
use super::kernel::{self, Kernel, Network};
use super::states::States;
use super::subjects::subjects;
use super::training;
use super::{stop, threads};
use errors::{Errors, SQUARED_CHANCE};

/// Parameters of `kernel-regression`. The outputs of ten classes are fitted to 0.9 for the class of a training image and -0.1 for others, by
/// least squares with a tangent kernel; images are scaled to one norm. The memory is four matrices of the training images with all images
/// for each thread.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Regression {
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
    /// Number of training images of a regression.
    #[schemars(range(min = 1, max = 10_000))]
    training: usize,
    /// Number of test images: the first ones of the test set.
    #[schemars(range(min = 1, max = 10_000))]
    test: usize,
    /// Number of regressions at each depth, each on training images of its own: their spread is the error.
    #[schemars(range(min = 2, max = 100))]
    parts: usize,
    /// Added to the diagonal of a kernel, in units of its mean; 0 or more.
    #[schemars(range(min = 0.0))]
    ridge: f64,
    /// The share of the chance level that counts as chance, between 0 and 1: the depths are found at which the squared error, and the
    /// share of wrong classes from random outputs, reach it.
    #[schemars(range(min = 0.01, max = 0.9999))]
    level: f64,
}

/// A regression.
struct Row<'a> {
    network: &'a Network<'a>,
    kernel: Kernel,
    blocks: usize,
    part: usize,
    /// None if the kernel is singular.
    errors: Option<Errors>,
}

impl TypedStage for Regression {
    const KIND: &'static str = "kernel-regression";
    const ABOUT: &'static str = "Test error of regression with the tangent kernels of deep networks, against the depth in units of xi.";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        kernel::check(&self.architectures, self.branch, &self.depths)?;
        let range = 1..=10_000;
        for (key, images) in [("training", self.training), ("test", self.test)] {
            training::allow(key, images, range.contains(&images), "1 to 10000")?;
        }
        training::allow("parts", self.parts, self.parts >= 2, "2 or more")?;
        let good = self.ridge >= 0.0 && self.ridge.is_finite();
        training::allow("ridge", self.ridge, good, "a number that is 0 or more")?;
        let good = self.level > 0.0 && self.level < 1.0;
        training::allow("level", self.level, good, "a number between 0 and 1")?;
        training::check_pixels(self.mean, self.deviation)
    }

    fn inputs(&self) -> Vec<(String, String)> {
        training::files(&self.data)
    }

    fn wants_quantizers(&self) -> bool {
        self.states.is_none()
    }

    fn tables(&self) -> Vec<String> {
        vec!["errors".into(), "reach".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let data = training::images(job)?;
        let counts = [self.training * self.parts, self.test];
        let inputs = kernel::inputs(&data, counts, [self.mean, self.deviation])?;
        let inputs = kernel::of_unit_norm(inputs)?;
        let labels = data.first_labels(counts);
        let parts: Vec<usize> = (0..self.parts).collect();
        let test = counts[0]..counts[0] + self.test;
        let cores = job.workers(self.parts, 0);
        // Of each part, the training images and then the test images with the training images.
        let correlations = threads::each(cores.count(), &parts, |part| {
            let training: Vec<usize> = (0..self.training)
                .map(|i| part * self.training + i)
                .collect();
            let rows: Vec<usize> = training.iter().copied().chain(test.clone()).collect();
            let labels = rows.iter().map(|row| labels[*row]).collect();
            Ok(Part {
                labels,
                correlations: kernel::correlations(&inputs, &rows, &training),
            })
        })?;
        drop(cores);
        let subjects = subjects(self.states.as_ref(), job)?;
        let networks = kernel::networks(&subjects, &self.architectures, self.branch, &self.depths)?;
        let entries = correlations.iter().flat_map(|part| &part.correlations);
        let tables = kernel::tables(&networks, kernel::least_angle(entries), job)?;
        let mut rows = Vec::new();
        for (done, (network, table)) in (1_u64..).zip(networks.iter().zip(&tables)) {
            rows.extend(self.rows(network, table, &correlations, job)?);
            job.progress(done, networks.len() as u64);
        }
        let reach = reach::table(&networks, &rows, self.level)?;
        Ok(Outputs::new()
            .table("errors", table(&rows)?)
            .table("reach", reach))
    }
}

/// Training images, test images, and their correlations with the training images.
struct Part {
    labels: Vec<u8>,
    correlations: Vec<Vec<f64>>,
}

const KERNELS: [Kernel; 2] = [Kernel::Surrogate, Kernel::Mixed];

impl Regression {
    fn rows<'a>(
        &self,
        network: &'a Network<'a>,
        table: &KernelTable,
        parts: &[Part],
        job: &Job<'_>,
    ) -> Result<Vec<Row<'a>>, BoxError> {
        let mut work = Vec::new();
        for (place, &blocks) in network.blocks.iter().enumerate() {
            work.extend(parts.iter().enumerate().map(|part| (place, blocks, part)));
        }
        let matrix = 8 * self.training * (self.training + self.test);
        let workers = job.workers(work.len(), 4 * matrix as u64);
        let rows = threads::each(
            workers.count(),
            &work,
            |&(place, blocks, (part, images))| {
                let matrix = |kernel: Kernel, unit: f64| {
                    let entry = |c: &f64| kernel.value(table, place, *c) / unit;
                    let rows = images.correlations.iter();
                    rows.map(|row| row.iter().map(entry).collect())
                        .collect::<Vec<Vec<f64>>>()
                };
                let start = matrix(Kernel::Covariance, 1.0);
                let mut rows = Vec::new();
                for kernel in KERNELS {
                    stop::check(job)?;
                    let matrix = matrix(kernel, kernel.diagonal(table, place));
                    rows.push(Row {
                        network,
                        kernel,
                        blocks,
                        part,
                        errors: Errors::of(&matrix, &start, &images.labels, self.ridge)?,
                    });
                }
                Ok(rows)
            },
        )?;
        Ok(rows.into_iter().flatten().collect())
    }
}

impl Row<'_> {
    fn depth(&self) -> f64 {
        self.network.depth(self.blocks)
    }

    /// One of the errors, NaN of a singular kernel.
    fn of(&self, error: fn(&Errors) -> f64) -> f64 {
        self.errors.as_ref().map_or(f64::NAN, error)
    }
}

fn table(rows: &[Row<'_>]) -> Result<Table, DataError> {
    let rows = kernel::named(Table::of(rows), |r| r.network).text(
        "kernel",
        "tangent kernel: surrogate or mixed",
        |r| r.kernel.name(),
    );
    kernel::at_depth(rows, |r| r.network, |r| r.blocks)
        .u64("part", "1", "number of the set of training images, from 0", |r| r.part as u64)
        .f64("wrong", "1", "share of the test images that are classified wrongly, from outputs of 0; NaN of a singular kernel", |r| r.of(|e| e.wrong))
        .f64("wrong_from_random", "1", "the same from random outputs with the covariance of the network, expected over networks; NaN of a singular kernel", |r| r.of(|e| e.wrong_from_random))
        .f64("squared_error", "1", "mean squared error of the test images over that of outputs of 0, from outputs of 0; NaN of a singular kernel", |r| r.of(|e| e.squared / SQUARED_CHANCE))
        .u64("singular", "1", "1 if the kernel of the training images is singular in double precision, 0 otherwise", |r| u64::from(r.errors.is_none()))
        .build()
}
