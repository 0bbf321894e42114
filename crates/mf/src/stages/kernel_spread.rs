//! `kernel-spread`: how different the kernels of different images still are, against the depth in units of xi.

use mf_core::kernel::KernelTable;
use mf_data::{DataError, Table};
use mf_fit::{Mean, condition_number, power_law};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::architecture::Architecture;
use super::kernel::{self, Kernel, Network};
use super::states::States;
use super::subjects::subjects;
use super::training;
use super::window::Window;
use super::{stop, threads};

/// Parameters of `kernel-spread`. Kernels are those of the outputs of networks of blocks at infinite width, with the parametrization of the
/// neural tangent kernel; images are scaled to one norm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct KernelSpread {
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
    /// Number of images, the first ones of the training set: all their pairs enter the spread.
    #[schemars(range(min = 3, max = 10_000))]
    images: usize,
    /// Number of images, the first ones, of the matrices whose condition number is computed: its time grows as their cube.
    #[schemars(range(min = 2, max = 5000))]
    condition_images: usize,
    /// The depths, in units of xi, at which the decay of the spread is fitted: four or more.
    window: Window,
}

/// A kernel at a depth.
struct Row<'a> {
    network: &'a Network<'a>,
    kernel: Kernel,
    blocks: usize,
    diagonal: f64,
    entries: Mean,
    condition: f64,
}

/// The decay of the spread of a kernel.
struct Decay<'a> {
    network: &'a Network<'a>,
    kernel: Kernel,
    fold: f64,
    error: f64,
    points: u64,
}

impl TypedStage for KernelSpread {
    const KIND: &'static str = "kernel-spread";
    const ABOUT: &'static str = "Spread of the kernels of different images, and their condition number, against the depth in units of xi.";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        kernel::check(&self.architectures, self.branch, &self.depths)?;
        self.window.check()?;
        let (images, condition) = (self.images, self.condition_images);
        training::allow(
            "images",
            images,
            (3..=10_000).contains(&images),
            "3 to 10000",
        )?;
        let good = (2..=images.min(5000)).contains(&condition);
        training::allow(
            "condition-images",
            condition,
            good,
            "2 to `images`, at most 5000",
        )?;
        let inside = self
            .depths
            .iter()
            .filter(|depth| self.window.holds(**depth))
            .count();
        let allowed = "a window with four of the depths or more";
        training::allow("window", format!("{inside} depths"), inside >= 4, allowed)?;
        training::check_pixels(self.mean, self.deviation)
    }

    fn inputs(&self) -> Vec<(String, String)> {
        training::files(&self.data)
    }

    fn wants_quantizers(&self) -> bool {
        self.states.is_none()
    }

    fn tables(&self) -> Vec<String> {
        vec!["kernels".into(), "decay".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let data = training::images(job)?;
        let inputs = kernel::inputs(&data, [self.images, 0], [self.mean, self.deviation])?;
        let inputs = kernel::of_unit_norm(inputs)?;
        let all: Vec<usize> = (0..inputs.len()).collect();
        let correlations = kernel::correlations(&inputs, &all, &all);
        let subjects = subjects(self.states.as_ref(), job)?;
        let networks = kernel::networks(&subjects, &self.architectures, self.branch, &self.depths)?;
        let tables = kernel::tables(&networks, kernel::least_angle(&correlations), job)?;
        let (mut rows, mut decays) = (Vec::new(), Vec::new());
        for (done, (network, table)) in (1_u64..).zip(networks.iter().zip(&tables)) {
            let found = self.rows(network, table, &correlations, job)?;
            decays.extend(self.decays(network, &found)?);
            rows.extend(found);
            job.progress(done, networks.len() as u64);
        }
        let outputs = Outputs::new().table("kernels", table(&rows)?);
        Ok(outputs.table("decay", decay_table(&decays)?))
    }
}

impl KernelSpread {
    /// All kernels of a network at all depths.
    fn rows<'a>(
        &self,
        network: &'a Network<'a>,
        table: &KernelTable,
        correlations: &[Vec<f64>],
        job: &Job<'_>,
    ) -> Result<Vec<Row<'a>>, BoxError> {
        let kernels = [
            Kernel::Covariance,
            Kernel::Surrogate,
            Kernel::Mixed,
            Kernel::Exact,
        ];
        let places = network.blocks.iter().enumerate();
        let work: Vec<(usize, usize, Kernel)> = places
            .flat_map(|(place, &blocks)| kernels.map(|kernel| (place, blocks, kernel)))
            .collect();
        let matrix = 8 * (self.condition_images * self.condition_images) as u64;
        let workers = job.workers(work.len(), 3 * matrix);
        threads::each(workers.count(), &work, |&(place, blocks, kernel)| {
            stop::check(job)?;
            let diagonal = kernel.diagonal(table, place);
            let entry = |c: f64| kernel.value(table, place, c) / diagonal;
            let above = correlations.iter().enumerate();
            let pairs = above.flat_map(|(i, row)| row.iter().skip(i + 1));
            Ok(Row {
                network,
                kernel,
                blocks,
                diagonal,
                entries: pairs.map(|c| entry(*c)).collect(),
                condition: match kernel {
                    Kernel::Exact => f64::NAN,
                    _ => self.condition(correlations, entry)?,
                },
            })
        })
    }

    fn condition(
        &self,
        correlations: &[Vec<f64>],
        entry: impl Fn(f64) -> f64,
    ) -> Result<f64, BoxError> {
        let images = self.condition_images;
        let rows = correlations.iter().take(images);
        let entries = rows.flat_map(|row| row.iter().take(images));
        let matrix: Vec<f64> = entries.map(|c| entry(*c)).collect();
        Ok(condition_number(images, &matrix)?)
    }

    /// The decay of each kernel over the depths of the window; none if depths that round to the same number leave fewer than four, or a
    /// spread is 0.
    fn decays<'a>(
        &self,
        network: &'a Network<'a>,
        rows: &[Row<'a>],
    ) -> Result<Vec<Decay<'a>>, BoxError> {
        let mut decays = Vec::new();
        for kernel in [
            Kernel::Covariance,
            Kernel::Surrogate,
            Kernel::Mixed,
            Kernel::Exact,
        ] {
            let rows = rows.iter().filter(|row| row.kernel == kernel);
            let points = rows.filter(|row| self.window.holds(row.depth()) && row.spread() > 0.0);
            // An exponential in x is a power law of e^x.
            let points = points.map(|row| (libm::exp(row.depth()), row.spread()));
            let (x, y): (Vec<f64>, Vec<f64>) = points.unzip();
            if x.len() >= 4 {
                let line = power_law(&x, &y)?;
                decays.push(Decay {
                    network,
                    kernel,
                    fold: -1.0 / line.slope,
                    error: line.slope_error / (line.slope * line.slope),
                    points: x.len() as u64,
                });
            }
        }
        Ok(decays)
    }
}

impl Row<'_> {
    fn depth(&self) -> f64 {
        self.network.depth(self.blocks)
    }

    fn spread(&self) -> f64 {
        self.entries.variance().sqrt()
    }
}

fn table(rows: &[Row<'_>]) -> Result<Table, DataError> {
    let rows = kernel::named(Table::of(rows), |r| r.network).text(
        "kernel",
        "covariance of outputs, or a tangent kernel: surrogate, mixed, exact",
        |r| r.kernel.name(),
    );
    kernel::at_depth(rows, |r| r.network, |r| r.blocks)
        .f64("diagonal", "1", "kernel of an image with itself; of the exact kernel, where it is infinite, that of the mixed one", |r| r.diagonal)
        .f64("mean", "1", "mean over pairs of different images, in units of the diagonal", |r| r.entries.mean())
        .f64("spread", "1", "standard deviation over pairs of different images, in units of the diagonal", Row::spread)
        .f64("condition", "1", "condition number of the matrix of the first images; NaN for the exact kernel", |r| r.condition)
        .build()
}

fn decay_table(rows: &[Decay<'_>]) -> Result<Table, DataError> {
    kernel::named(Table::of(rows), |r| r.network)
        .text(
            "kernel",
            "covariance of outputs, or a tangent kernel: surrogate, mixed, exact",
            |r| r.kernel.name(),
        )
        .f64(
            "fold",
            "xi",
            "depth over which the spread falls by a factor of e, by least squares in the window",
            |r| r.fold,
        )
        .f64(
            "error",
            "xi",
            "its standard error from the scatter about the exponential",
            |r| r.error,
        )
        .u64("points", "1", "number of depths in the window", |r| {
            r.points
        })
        .build()
}
