//! `block-formats`: number formats with a scale for each block, beside their elements at the best constant scale.

use mf_core::block::{BLOCK_FORMATS, BlockFormat};
use mf_core::depth_scale;
use mf_data::{DataError, Table};
use mf_fit::{Deviations, Mean, decay_factor_of_mean};
use mf_pipeline::{BoxError, Job, Outputs, TypedStage};
use mf_sim::{BlockActivation, BlockError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{deviation, numbers, stop};

/// Parameters of `block-formats`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct BlockFormats {
    /// Number of batches of 32,768 normal random numbers. The expectation over a block is a mean over the batches.
    #[schemars(range(min = 2))]
    batches: usize,
    /// Number of standard deviations of the pre-activations at which the expectation is computed: 2^(k / `phases`) for k = 0,
    /// 1, ..., from 1 to below 2.
    #[schemars(range(min = 1, max = 64))]
    phases: u32,
    /// Number of random networks in which the decay rate is measured.
    #[schemars(range(min = 4))]
    networks: u64,
    /// Units of a layer of these networks, rounded up to a multiple of 64.
    #[schemars(range(min = 64))]
    width: usize,
    /// Correlation of the two inputs. A small one keeps the correlation map close to a straight line of slope chi.
    #[schemars(range(min = 0.001, max = 0.999))]
    start: f64,
    /// Depth of these networks in units of the depth scale xi; at least 3 layers, at most `layers`.
    #[schemars(range(min = 0.01, max = 10.0))]
    depth_scales: f64,
    /// The largest depth of these networks, in layers.
    #[schemars(range(min = 3))]
    layers: usize,
}

/// A format and its results.
struct Row {
    format: &'static BlockFormat,
    /// `1 - chi` of its elements at the best constant scale, by mean field theory.
    ideal: f64,
    /// The standard deviation with the smallest `1 - chi`.
    best: Phase,
    /// The standard deviation with the largest `1 - chi`.
    worst: Phase,
    layers: usize,
    decay: Mean,
    /// Measured decay minus chi, in standard errors.
    deviation: f64,
}

/// The error of the block format at one standard deviation of the pre-activations.
#[derive(Clone, Copy)]
struct Phase {
    deviation: f64,
    error: BlockError,
}

impl TypedStage for BlockFormats {
    const KIND: &'static str = "block-formats";
    const ABOUT: &'static str = "Number formats with a scale for each block: 1 - chi as an expectation over a block, beside the decay rate of correlations in random networks.";

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        vec!["blocks".into()]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(deviation::NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut rows = Vec::with_capacity(BLOCK_FORMATS.len());
        let mut deviations = Deviations::default();
        for format in BLOCK_FORMATS {
            rows.push(self.row(format, &mut deviations, job)?);
            job.progress(rows.len() as u64, BLOCK_FORMATS.len() as u64);
        }
        let outputs = Outputs::new().table("blocks", table(&rows)?);
        Ok(numbers::of(&deviations, deviation::NUMBERS, outputs))
    }
}

impl BlockFormats {
    fn row(
        &self,
        format: &'static BlockFormat,
        deviations: &mut Deviations,
        job: &Job<'_>,
    ) -> Result<Row, BoxError> {
        let element = &format.element()?.build()?.activation;
        let blocks = BlockActivation::new(element, format.scale, format.block)?;
        let of = |network: Option<u64>| json!({ "kind": Self::KIND, "format": format.name, "network": network });
        let seed = job.seed(&of(None))?;
        let _one = job.workers(1, 0);
        let mut phases = Vec::new();
        for phase in 0..self.phases {
            stop::check(job)?;
            let deviation = libm::exp2(f64::from(phase) / f64::from(self.phases));
            let error = blocks.error(deviation, self.batches, seed)?;
            phases.push(Phase { deviation, error });
        }
        phases.sort_by(|a, b| a.error().total_cmp(&b.error()));
        let (Some(&best), Some(&worst)) = (phases.first(), phases.last()) else {
            return Err("`phases` is 0: 1 or more are needed".into());
        };
        let xi = depth_scale(best.error());
        let layers = ((self.depth_scales * xi).ceil() as usize).clamp(3, self.layers);
        let sigma_w = best.sigma_w();
        let rows = self.width.div_ceil(mf_sim::LANES);
        let mut networks = Vec::new();
        for network in 0..self.networks {
            stop::check(job)?;
            let seed = job.seed(&of(Some(network)))?;
            let start = self.start;
            networks.push(blocks.correlations(
                start,
                best.deviation,
                sigma_w,
                rows,
                layers,
                seed,
            )?);
        }
        let decay = decay_factor_of_mean(&networks);
        Ok(Row {
            format,
            ideal: mf_fit::best_scale(element)?.propagation.one_minus_slope,
            best,
            worst,
            layers,
            decay,
            deviation: deviations.judge(&decay, 1.0 - best.error()),
        })
    }
}

impl Phase {
    fn error(&self) -> f64 {
        self.error.one_minus_slope.mean()
    }

    /// The weight gain that keeps the variance of the pre-activations.
    fn sigma_w(&self) -> f64 {
        1.0 / self.error.power.mean().sqrt()
    }
}

fn table(rows: &[Row]) -> Result<Table, DataError> {
    Table::of(rows)
        .text("format", "name of the block-scaled format", |r| r.format.name)
        .text("element", "format of its elements", |r| r.format.element)
        .u64("block", "1", "numbers that share a scale", |r| r.format.block as u64)
        .f64("ideal_one_minus_chi", "1", "1 - chi of the elements at the best constant scale (mean field)", |r| r.ideal)
        .f64("one_minus_chi", "1", "1 - chi with a scale for each block: expectation over a block at the best standard deviation", |r| r.best.error())
        .f64("error", "1", "standard error of one_minus_chi over the batches", |r| r.best.error.one_minus_slope.standard_error())
        .f64("worst_one_minus_chi", "1", "1 - chi with a scale for each block, at the worst standard deviation", |r| r.worst.error())
        .f64("best_deviation", "1", "best standard deviation of the pre-activations, from 1 to 2; a power of two times it gives the same 1 - chi", |r| r.best.deviation)
        .f64("sigma_w", "1", "weight gain that keeps the variance at the best standard deviation", |r| r.best.sigma_w())
        .f64("ideal_depth_scale", "layers", "xi of the elements at the best constant scale", |r| depth_scale(r.ideal))
        .f64("depth_scale", "layers", "xi with a scale for each block", |r| depth_scale(r.best.error()))
        .u64("layers", "layers", "depth of the random networks", |r| r.layers as u64)
        .f64("measured", "1", "factor per layer by which correlations decay in random networks", |r| r.decay.mean())
        .f64("measured_error", "1", "standard error of the decay over the networks (jackknife)", |r| r.decay.standard_error())
        .f64("deviation", "standard errors", "measured minus chi", |r| r.deviation)
        .build()
}
