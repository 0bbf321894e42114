//! `decay-rate`: how fast correlations decay in random networks, beside chi, and what a finite width adds to them.

use mf_core::{CorrelationMap, Propagation, StepActivation};
use mf_data::{DataError, Table};
use mf_fit::ScaleOptimum;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use mf_sim::{Inputs, Mean, Network, jackknife, law};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deviation::{self, Deviations};
use super::ensemble;
use super::stop;
use crate::families;

/// Parameters of `decay-rate`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DecayRate {
    /// Widths, each a row of the tables.
    #[schemars(length(min = 1))]
    widths: Vec<usize>,
    /// Networks at the largest width; narrower ones get more in proportion, for the same precision.
    #[schemars(range(min = 4))]
    networks: u32,
    /// Inputs that are compared with the first one.
    #[schemars(range(min = 1))]
    pairs: usize,
    /// Correlation at the start; small, so that the map is close to its slope.
    #[schemars(range(min = 0.001, max = 0.999))]
    start: f64,
    /// Layers, in units of xi.
    #[schemars(range(min = 0.1, max = 10.0))]
    depth_scales: f64,
}

/// A rate needs a line, and a line three points.
const FEWEST_LAYERS: usize = 3;

/// A quantizer at a width.
struct Row<'a> {
    quantizer: &'a str,
    width: usize,
    theory: Propagation,
    /// Per layer.
    expected: Vec<f64>,
    /// Per network and layer, averaged over the pairs.
    correlations: Vec<Vec<f64>>,
    /// Of the last layer, over networks: mean over the pairs of the squared distance from the theory.
    spread: Mean,
}

impl TypedStage for DecayRate {
    const KIND: &'static str = "decay-rate";
    const ABOUT: &'static str = "Decay rate of correlations in random networks beside chi, and their spread at finite width (theory 1, 4).";

    fn check(&self) -> Result<(), ParamError> {
        match self.widths.iter().find(|&&width| width <= self.pairs + 1) {
            Some(width) => {
                let message = format!("{} pairs need more units than {width}", self.pairs);
                Err(ParamError::at("widths", message)
                    .allowed(format!("{} or more", self.pairs + 2)))
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
        deviation::names()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut rows = Vec::new();
        for definition in job.quantizers() {
            let quantizer = families::build(definition)?;
            let phi = quantizer.activation();
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
        Ok(deviations.numbers(outputs))
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
        let map = CorrelationMap::new(phi, best.sigma_w, 0.0, theory.variance)?;
        let mut expected = vec![self.start];
        for layer in 0..depth {
            let before = expected.get(layer).copied().unwrap_or_default();
            expected.push(map.next(before, theory.variance)?);
        }
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

/// `exp` of the least squares slope of `ln C` on the layer: the factor per layer. NaN if a value is not positive.
fn factor(correlations: &[f64]) -> f64 {
    let middle = (correlations.len() - 1) as f64 / 2.0;
    let (mut above, mut below) = (0.0, 0.0);
    for (layer, c) in correlations.iter().enumerate() {
        let x = layer as f64 - middle;
        above += x * libm::log(*c);
        below += x * x;
    }
    libm::exp(above / below)
}

/// The factor per layer of the mean correlation; for each network a row of correlations, layer by layer.
pub(crate) fn measured(networks: &[Vec<f64>]) -> Mean {
    jackknife(networks, |sum, _| factor(sum))
}

/// The rate of a row, by networks and by theory.
struct Rate<'a> {
    row: &'a Row<'a>,
    measured: Mean,
    /// The same fit on the iterated map.
    expected: f64,
    deviation: f64,
}

impl<'a> Rate<'a> {
    fn of(row: &'a Row<'a>, deviations: &mut Deviations) -> Self {
        let (measured, expected) = (measured(&row.correlations), factor(&row.expected));
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
        .u64("networks", "1", "networks that were averaged", |r| {
            r.row.correlations.len() as u64
        })
        .u64("layers", "layers", "depth", |r| {
            r.row.expected.len() as u64 - 1
        })
        .f64("chi", "1", "slope of the correlation map at C* = 0", |r| {
            r.row.theory.slope
        })
        .f64(
            "expected",
            "1",
            "the same fit on the iterated map, which is not quite straight",
            |r| r.expected,
        )
        .f64(
            "measured",
            "1",
            "factor per layer of the mean correlation, by least squares of its logarithm",
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
    // The kernel sigma_w^2 mean(phi phi) is a mean over `width` units: every layer adds noise of variance 1/width to it,
    // which then decays by chi like a signal. The first layer adds 1 - chi^2 of that, since the inputs' own covariance
    // is exact, and the covariance of the last layer's states is once more a mean over units.
    let theory = |row: &Row<'_>| {
        let square = row.theory.slope * row.theory.slope;
        let first = libm::pow(square, (row.expected.len() - 2) as f64);
        (1.0 + (1.0 - first) / (1.0 - square) + first * (1.0 - square)) / row.width as f64
    };
    Table::of(rows)
        .text("quantizer", "name in pipeline.toml", |r| r.quantizer)
        .u64("width", "units", "width of the networks", |r| {
            r.width as u64
        })
        .f64(
            "measured",
            "1",
            "mean squared distance of the last layer's correlations from theory",
            |r| r.spread.mean(),
        )
        .f64("error", "1", "standard error over the networks", |r| {
            r.spread.standard_error()
        })
        .f64(
            "theory",
            "1",
            "noise of 1/width from every layer, decaying by chi",
            theory,
        )
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_of_a_geometric_sequence_is_its_ratio() {
        let decay: Vec<f64> = (0..10)
            .map(|l| 0.3 * libm::pow(0.9, f64::from(l)))
            .collect();
        // Ten logarithms and their sums, each to a few units of the last place.
        assert!((factor(&decay) - 0.9).abs() < 1e-14);
    }
}
