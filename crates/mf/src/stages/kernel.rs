//! Kernels of networks of blocks on images: what the kinds about kernels share.

use mf_core::kernel::{KernelNetwork, KernelTable, Tangent};
use mf_core::{StepActivation, Surrogate};
use mf_data::Rows;
use mf_pipeline::{BoxError, Job, ParamError};
use mf_train::Dataset;

use super::architecture::{self, Architecture};
use super::subjects::Subject;
use super::{stop, threads, training};

/// The kernels of a network with straight-through slopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    Covariance,
    Surrogate,
    Mixed,
    Exact,
}

impl Kernel {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Covariance => "covariance",
            Self::Surrogate => "surrogate",
            Self::Mixed => "mixed",
            Self::Exact => "exact",
        }
    }

    /// The entry of two images of this correlation.
    pub(crate) fn value(self, table: &KernelTable, place: usize, correlation: f64) -> f64 {
        match self {
            Self::Covariance => table.covariance(place, correlation),
            Self::Surrogate => table.tangent(place, 0, correlation),
            Self::Mixed => table.tangent(place, 1, correlation),
            Self::Exact => table.tangent(place, 2, correlation),
        }
    }

    /// The entry of an image with itself; of the exact kernel, where it is infinite, that of the mixed one.
    pub(crate) fn diagonal(self, table: &KernelTable, place: usize) -> f64 {
        match self {
            Self::Exact => Self::Mixed.value(table, place, 1.0),
            kernel => kernel.value(table, place, 1.0),
        }
    }
}

/// A network of blocks with a quantizer, and the depths at which its kernels are computed.
pub(crate) struct Network<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) architecture: Architecture,
    pub(crate) phi: StepActivation,
    pub(crate) surrogate: Surrogate,
    /// `xi` of a chain.
    pub(crate) depth_scale: f64,
    /// Rising numbers of blocks.
    pub(crate) blocks: Vec<usize>,
    branch: f64,
}

/// The networks of a stage: every subject in every architecture. A depth in units of `xi` is rounded to whole blocks, at least one; depths
/// that round to the same number are one.
///
/// # Errors
/// None are expected: the best scale is finite and above 0.
pub(crate) fn networks<'a>(
    subjects: &'a [Subject],
    architectures: &[Architecture],
    branch: f64,
    depths: &[f64],
) -> Result<Vec<Network<'a>>, BoxError> {
    let mut networks = Vec::new();
    for subject in subjects {
        let phi = architecture::at_unit_variance(subject)?;
        let surrogate = architecture::surrogate(&phi)?;
        let depth_scale = subject.best.propagation.depth_scale;
        let blocks = depths
            .iter()
            .map(|depth| (depth * depth_scale).round().max(1.0) as usize);
        let mut blocks: Vec<usize> = blocks.collect();
        blocks.dedup();
        for &architecture in architectures {
            networks.push(Network {
                subject,
                architecture,
                phi: phi.clone(),
                surrogate,
                depth_scale,
                blocks: blocks.clone(),
                branch,
            });
        }
    }
    Ok(networks)
}

impl Network<'_> {
    /// A number of blocks in units of `xi`.
    pub(crate) fn depth(&self, blocks: usize) -> f64 {
        blocks as f64 / self.depth_scale
    }

    /// The variance that a block adds, which a chain does not have.
    pub(crate) fn branch(&self) -> Option<f64> {
        (self.architecture != Architecture::Chain).then_some(self.branch)
    }

    /// The network at infinite width, with these tangent kernels.
    ///
    /// # Errors
    /// None are expected for parameters that were checked.
    pub(crate) fn wide(
        &self,
        tangents: &[Tangent],
    ) -> Result<KernelNetwork<'_, StepActivation>, BoxError> {
        let wide = KernelNetwork::blocks(self.architecture.into(), &self.phi, self.branch())?;
        Ok(wide.with_tangents(tangents))
    }

    /// Its kernels for images of one norm, whose angles are this one or larger.
    fn table(&self, least_angle: f64) -> Result<KernelTable, BoxError> {
        let rho = self.surrogate;
        let wide = self.wide(&[Tangent::Surrogate(rho), Tangent::Mixed(rho), Tangent::Exact])?;
        Ok(KernelTable::new(&wide, &self.blocks, least_angle)?)
    }
}

/// The kernels of all networks for images of one norm, whose angles are this one or larger.
///
/// # Errors
/// None are expected for parameters that were checked.
pub(crate) fn tables(
    networks: &[Network<'_>],
    least_angle: f64,
    job: &Job<'_>,
) -> Result<Vec<KernelTable>, BoxError> {
    let workers = job.workers(networks.len(), 0);
    threads::each(workers.count(), networks, |network| {
        stop::check(job)?;
        network.table(least_angle)
    })
}

/// The smallest angle of two different images, a little less as angles are rounded.
pub(crate) fn least_angle<'a>(correlations: impl IntoIterator<Item = &'a Vec<f64>>) -> f64 {
    let all = correlations.into_iter().flatten();
    let nearest = all
        .filter(|c| **c < 1.0)
        .fold(-1.0, |most: f64, c| most.max(*c));
    (0.999 * libm::acos(nearest)).min(1.0)
}

/// The columns that name the network of a row.
pub(crate) fn named<'a, R>(rows: Rows<'a, R>, network: fn(&R) -> &Network<'_>) -> Rows<'a, R> {
    rows.text(
        "quantizer",
        "name in pipeline.toml, or uniform-N",
        move |r| network(r).subject.name.clone(),
    )
    .u64("states", "1", "number of states N", move |r| {
        network(r).subject.states()
    })
    .text("network", "how a block joins the stream", move |r| {
        network(r).architecture.name()
    })
}

/// The columns of the depth of a row.
pub(crate) fn at_depth<'a, R>(
    rows: Rows<'a, R>,
    network: fn(&R) -> &Network<'_>,
    blocks: fn(&R) -> usize,
) -> Rows<'a, R> {
    rows.f64("depth_scale", "layers", "xi of a chain", move |r| {
        network(r).depth_scale
    })
    .u64("layers", "blocks", "number of blocks", move |r| {
        blocks(r) as u64
    })
    .f64(
        "depth",
        "xi",
        "number of blocks in units of xi of a chain",
        move |r| network(r).depth(blocks(r)),
    )
}

/// Checks the architectures, the branch and the depths of a stage.
///
/// # Errors
/// The first one that is not allowed.
pub(crate) fn check(
    architectures: &[Architecture],
    branch: f64,
    depths: &[f64],
) -> Result<(), ParamError> {
    training::some("architectures", architectures)?;
    let stream = architectures
        .iter()
        .position(|a| *a == Architecture::QuantizedStream);
    if let Some(index) = stream {
        let key = format!("architectures.{index}");
        let message = "the kernels of a quantized stream are not known";
        return Err(ParamError::at(&key, message).allowed("chain, pre-norm or post-norm"));
    }
    let good = branch.is_finite() && branch > 0.0;
    training::allow("branch", branch, good, "a number above 0")?;
    training::some("depths", depths)?;
    training::positive(
        depths.iter().copied(),
        |index| format!("depths.{index}"),
        "depth",
    )?;
    let rising = depths.is_sorted_by(|a, b| a < b);
    training::allow("depths", format!("{depths:?}"), rising, "rising numbers")
}

/// The inputs of the first images of both sets, as networks see them.
///
/// # Errors
/// More images than there are.
pub(crate) fn inputs(
    data: &Dataset,
    [training, test]: [usize; 2],
    [mean, deviation]: [f64; 2],
) -> Result<Vec<Vec<f64>>, BoxError> {
    for (key, wanted, there) in [
        ("training", training, data.train_len()),
        ("test", test, data.test_len()),
    ] {
        if wanted > there {
            return Err(format!(
                "{wanted} {key} images are wanted, but there are {there}: give fewer"
            )
            .into());
        }
    }
    let inputs = mf_train::first_inputs(data, [training, test], mean, deviation);
    let wide = |image: Vec<f32>| image.into_iter().map(f64::from).collect();
    Ok(inputs.into_iter().map(wide).collect())
}

/// The inputs, each divided by the root of its mean square.
///
/// # Errors
/// An image whose pixels are all 0.
pub(crate) fn of_unit_norm(mut inputs: Vec<Vec<f64>>) -> Result<Vec<Vec<f64>>, BoxError> {
    for (index, image) in inputs.iter_mut().enumerate() {
        let root = covariance(image, image).sqrt();
        if root == 0.0 {
            return Err(format!("image {index} has inputs of 0 alone: change `mean`").into());
        }
        image.iter_mut().for_each(|input| *input /= root);
    }
    Ok(inputs)
}

/// `x.x' / inputs`, in one order of sums.
pub(crate) fn covariance(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let (heads, tails) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in heads.0.iter().zip(tails.0) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f64 = heads.1.iter().zip(tails.1).map(|(a, b)| a * b).sum();
    (sums.iter().sum::<f64>() + rest) / a.len() as f64
}

/// The correlations of inputs of unit norm: a row for each of the first `rows`, with the first `columns`. That of an input with itself is 1.
pub(crate) fn correlations(
    inputs: &[Vec<f64>],
    rows: &[usize],
    columns: &[usize],
) -> Vec<Vec<f64>> {
    let entry = |i: usize, j: usize| match i == j {
        true => 1.0,
        false => covariance(&inputs[i], &inputs[j]).clamp(-1.0, 1.0),
    };
    rows.iter()
        .map(|&i| columns.iter().map(|&j| entry(i, j)).collect())
        .collect()
}
