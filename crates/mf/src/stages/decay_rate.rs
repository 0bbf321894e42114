//! `decay-rate`: how fast correlations decay in random networks, beside chi, and their spread at finite width.

use mf_core::{Propagation, StepActivation, trajectory};
use mf_data::{DataError, Table};
use mf_fit::{Deviations, Mean, ScaleOptimum, decay_factor, decay_factor_of_mean};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use mf_sim::{Inputs, Network, law};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{deviation, distinct, ensemble, numbers, stop};
use crate::families;

/// Parameters of `decay-rate`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DecayRate {
    /// Widths of the networks (units of a layer); a row of the tables for each.
    #[schemars(length(min = 1))]
    widths: Vec<usize>,
    /// Number of networks at the largest width. At a smaller width there are more, in inverse proportion to the width, for the
    /// same precision.
    #[schemars(range(min = 4))]
    networks: u32,
    /// Number of inputs that are compared with the first one.
    #[schemars(range(min = 1))]
    pairs: usize,
    /// Correlation of the inputs. A small one keeps the correlation map close to a straight line of slope chi.
    #[schemars(range(min = 0.001, max = 0.9))]
    start: f64,
    /// Depth of the networks in units of the depth scale xi; at least 3 layers.
    #[schemars(range(min = 0.1, max = 10.0))]
    depth_scales: f64,
}

/// The fewest layers: the rate is the slope of a line, with an error from three points or more.
const FEWEST_LAYERS: usize = 3;

/// A quantizer at a width.
struct Row<'a> {
    quantizer: &'a str,
    width: usize,
    theory: Propagation,
    /// Correlation by theory, per layer.
    expected: Vec<f64>,
    /// Correlation per network and layer, averaged over the pairs.
    correlations: Vec<Vec<f64>>,
    /// Squared difference from theory in the last layer, averaged over the pairs; mean over the networks.
    spread: Mean,
    /// The same by theory, to first order in 1/width.
    noise: f64,
}

impl TypedStage for DecayRate {
    const KIND: &'static str = "decay-rate";
    const ABOUT: &'static str = "Decay rate of correlations in random networks beside chi, and the spread of the correlations at finite width.";

    fn check(&self) -> Result<(), ParamError> {
        distinct::check("widths", &self.widths)?;
        let mut widths = self.widths.iter().enumerate();
        match widths.find(|(_, width)| **width <= self.pairs + 1) {
            Some((index, width)) => {
                let message = format!("the width {width} is too small for {} pairs", self.pairs);
                let allowed = format!("{} or more: two units more than `pairs`", self.pairs + 2);
                Err(ParamError::at(&format!("widths.{index}"), message).allowed(allowed))
            }
            None => Ok(()),
        }
    }

    fn wants_quantizers(&self) -> bool {
        true
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        ["rates", "spread"].map(str::to_owned).into()
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(deviation::NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut rows = Vec::new();
        for definition in job.quantizers() {
            let quantizer = families::build(definition)?;
            let phi = &quantizer.activation;
            let best = mf_fit::best_scale(phi)?;
            for &width in &self.widths {
                rows.push(self.simulate(&definition.name, phi, &best, width, job)?);
                job.progress(
                    rows.len() as u64,
                    (job.quantizers().len() * self.widths.len()) as u64,
                );
            }
        }
        let mut deviations = Deviations::default();
        let of_rows: Vec<Rate<'_>> = rows
            .iter()
            .map(|row| Rate::of(row, &mut deviations))
            .collect();
        let outputs = Outputs::new()
            .table("rates", rates(&of_rows)?)
            .table("spread", spread(&rows)?);
        Ok(numbers::of(&deviations, deviation::NUMBERS, outputs))
    }
}

impl DecayRate {
    fn simulate<'a>(
        &self,
        quantizer: &'a str,
        phi: &StepActivation,
        best: &ScaleOptimum,
        width: usize,
        job: &Job<'_>,
    ) -> Result<Row<'a>, BoxError> {
        let theory = best.propagation;
        let depth = ((self.depth_scales * theory.depth_scale).ceil() as usize).max(FEWEST_LAYERS);
        let layers = trajectory(phi, best.sigma_w, 0.0, theory.variance, &[self.start])?;
        let layers = layers.take(depth + 1);
        let expected = layers.flat_map(|layer| layer.correlations).collect();
        let network = Network::new(phi.clone(), best.sigma_w, 0.0, width, depth)?;
        let widest = self.widths.iter().copied().fold(width, usize::max);
        let networks = u64::from(self.networks) * widest as u64 / width as u64;
        let mut row = Row {
            quantizer,
            width,
            theory,
            expected,
            correlations: Vec::new(),
            spread: Mean::default(),
            noise: mf_fit::finite_width_noise(
                phi,
                (best.sigma_w, theory.variance),
                self.start,
                depth,
                width,
            )?,
        };
        let worker = ensemble::worker(job, self.pairs + 1, width);
        for index in 0..networks {
            let seed = ensemble::seed(job, Self::KIND, phi, width, index)?;
            let inputs = Inputs::with_correlations(
                &vec![self.start; self.pairs],
                width,
                theory.variance,
                seed,
            )?;
            let mut layers = Vec::with_capacity(depth + 1);
            let mut last = Mean::default();
            let run = ensemble::run(job, seed, &worker);
            law::forward(&network, &inputs, &run, &mut |layer, hidden| {
                let of_pair = |pair| hidden.covariance(0, pair + 1) / theory.variance;
                layers.push((0..self.pairs).map(of_pair).sum::<f64>() / self.pairs as f64);
                if let Some(expected) = row.expected.get(layer).filter(|_| layer == depth) {
                    (0..self.pairs)
                        .map(of_pair)
                        .for_each(|c| last.push((c - expected) * (c - expected)));
                }
                stop::go_on(job)
            })?;
            stop::check(job)?;
            row.correlations.push(layers);
            row.spread.push(last.mean());
        }
        Ok(row)
    }
}

/// The decay factor of a row, by networks and by theory.
struct Rate<'a> {
    row: &'a Row<'a>,
    measured: Mean,
    /// The same fit to the iterated correlation map.
    expected: f64,
    deviation: f64,
}

impl<'a> Rate<'a> {
    fn of(row: &'a Row<'a>, deviations: &mut Deviations) -> Self {
        let (measured, expected) = (
            decay_factor_of_mean(&row.correlations),
            decay_factor(&row.expected),
        );
        Self {
            row,
            measured,
            expected,
            deviation: deviations.judge(&measured, expected),
        }
    }
}

fn rates(rates: &[Rate<'_>]) -> Result<Table, DataError> {
    Table::of(rates)
        .text("quantizer", "name in pipeline.toml", |r| r.row.quantizer)
        .u64("width", "units", "width of the networks", |r| {
            r.row.width as u64
        })
        .u64("networks", "1", "number of networks", |r| {
            r.row.correlations.len() as u64
        })
        .u64("layers", "layers", "depth of the networks", |r| {
            r.row.expected.len() as u64 - 1
        })
        .f64("chi", "1", "slope of the correlation map at C* = 0", |r| {
            r.row.theory.slope
        })
        .f64(
            "expected",
            "1",
            "the same fit to the iterated correlation map, which is not exactly a power of chi",
            |r| r.expected,
        )
        .f64(
            "measured",
            "1",
            "factor per layer by which the mean correlation decays, by least squares of its logarithm",
            |r| r.measured.mean(),
        )
        .f64(
            "error",
            "1",
            "standard error over the networks (jackknife)",
            |r| r.measured.standard_error(),
        )
        .f64(
            "deviation",
            "standard errors",
            "measured minus expected",
            |r| r.deviation,
        )
        .build()
}

fn spread(rows: &[Row<'_>]) -> Result<Table, DataError> {
    Table::of(rows)
        .text("quantizer", "name in pipeline.toml", |r| r.quantizer)
        .u64("width", "units", "width of the networks", |r| {
            r.width as u64
        })
        .f64(
            "measured",
            "1",
            "mean squared difference of the last layer's correlations from theory",
            |r| r.spread.mean(),
        )
        .f64("error", "1", "standard error over the networks", |r| {
            r.spread.standard_error()
        })
        .f64(
            "theory",
            "1",
            "by theory, to first order in 1/width: the linearized noise of the kernels of all layers",
            |r| r.noise,
        )
        .f64(
            "deviation",
            "standard errors",
            "measured minus theory",
            |r| r.spread.deviation(r.noise),
        )
        .f64(
            "times_width",
            "1",
            "measured times the width",
            |r| r.width as f64 * r.spread.mean(),
        )
        .f64("times_width_error", "1", "its standard error", |r| {
            r.width as f64 * r.spread.standard_error()
        })
        .f64(
            "times_width_theory",
            "1",
            "theory times the width: the same at every width",
            |r| r.width as f64 * r.noise,
        )
        .build()
}
