//! `block-formats`: formats whose blocks have a scale each, beside their elements at one ideal scale.

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
    /// Batches of 32,768 random numbers of which the expectation over a block is a mean.
    #[schemars(range(min = 2))]
    batches: usize,
    /// Standard deviations of the pre-activations within an octave at which it is taken.
    #[schemars(range(min = 1, max = 64))]
    phases: u32,
    /// Random networks of which the decay rate is measured.
    #[schemars(range(min = 4))]
    networks: u64,
    /// Their width, rounded up to a multiple of 64.
    #[schemars(range(min = 64))]
    width: usize,
    /// Correlation of two inputs at the start; small, so that the map is close to its slope.
    #[schemars(range(min = 0.001, max = 0.999))]
    start: f64,
    /// Their depth in units of xi.
    #[schemars(range(min = 0.01, max = 10.0))]
    depth_scales: f64,
    /// Their most layers.
    #[schemars(range(min = 3))]
    layers: usize,
}

/// A format, and what is measured of it.
struct Row {
    format: &'static BlockFormat,
    /// `1 - chi` of its elements at the best constant scale.
    ideal: f64,
    /// At the best standard deviation of an octave.
    best: Phase,
    /// At the worst one.
    worst: Phase,
    layers: usize,
    decay: Mean,
    /// Of the decay from chi.
    deviation: f64,
}

/// What blocks do to pre-activations of a standard deviation.
#[derive(Clone, Copy)]
struct Phase {
    deviation: f64,
    error: BlockError,
}

impl TypedStage for BlockFormats {
    const KIND: &'static str = "block-formats";
    const ABOUT: &'static str = "Block-scaled number formats: 1 - chi with a scale for each block, by expectation and in random networks (theory 8).";

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
            return Err("there are no phases".into());
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

    /// The weight gain that keeps the variance.
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
        .f64("one_minus_chi", "1", "1 - chi with a scale for each block, expectation over a block, best standard deviation of an octave", |r| r.best.error())
        .f64("error", "1", "its standard error", |r| r.best.error.one_minus_slope.standard_error())
        .f64("worst_one_minus_chi", "1", "the same at the worst standard deviation of an octave", |r| r.worst.error())
        .f64("best_deviation", "1", "the best standard deviation of pre-activations, from 1 to 2; a power of two times it does as well", |r| r.best.deviation)
        .f64("sigma_w", "1", "weight gain that keeps the variance there", |r| r.best.sigma_w())
        .f64("ideal_depth_scale", "layers", "xi of the elements at the best constant scale", |r| depth_scale(r.ideal))
        .f64("depth_scale", "layers", "xi with a scale for each block", |r| depth_scale(r.best.error()))
        .u64("layers", "layers", "depth of the random networks", |r| r.layers as u64)
        .f64("measured", "1", "decay of correlations a layer in random networks", |r| r.decay.mean())
        .f64("measured_error", "1", "standard error over the networks (jackknife)", |r| r.decay.standard_error())
        .f64("deviation", "standard errors", "measured minus chi", |r| r.deviation)
        .build()
}
