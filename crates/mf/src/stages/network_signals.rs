//! `network-signals`: correlation and variance of the stream after some blocks, in random networks and by theory.

use mf_core::network::Block;
use mf_data::{DataError, Table};
use mf_fit::{Agreement, Deviations, Mean, agreement};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use mf_sim::skip::{self, SkipNetwork, Stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::architecture::{self, Architecture, Rounding, WeightScale, Weights};
use super::numbers::{self, Numbers};
use super::states::States;
use super::subjects::{self, Subject};
use super::{deviation, distinct, ensemble, stop};

/// Parameters of `network-signals`. Each row of its table has networks of its own, so that rows are independent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NetworkSignals {
    /// Numbers of states N of the paper's activation. If it is left out, the stage uses its `quantizers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    states: Option<States>,
    /// The networks. A quantized stream needs quantizers that are the same on both sides of 0, of up to 32 states.
    #[schemars(length(min = 1))]
    architectures: Vec<Architecture>,
    /// The weights of blocks; by default `full-precision` alone, which is drawn without weights, by the exact law of the next
    /// layer.
    #[serde(default = "architecture::full_precision")]
    #[schemars(length(min = 1))]
    weights: Vec<Weights>,
    /// The variance that a block adds to the stream, above 0; the stream starts with the variance 1. A chain has no branches.
    #[schemars(range(min = 1e-12))]
    branch: f64,
    /// The correlation that two inputs start with, between -1 and 1.
    #[schemars(range(min = -0.999, max = 0.999))]
    start: f64,
    /// Numbers of blocks after which the stream is measured.
    #[schemars(length(min = 1), inner(range(min = 1, max = 10_000)))]
    blocks: Vec<u64>,
    /// Units of the stream.
    #[schemars(length(min = 1), inner(range(min = 2)))]
    widths: Vec<usize>,
    /// Number of networks at the largest width, for each number of blocks. At a smaller width there are more, in inverse
    /// proportion to the width, for the same precision.
    #[schemars(range(min = 2))]
    networks: u32,
}

/// What networks of a width give after some blocks.
struct Row<'a> {
    subject: &'a Subject,
    architecture: Architecture,
    weights: &'a Weights,
    width: usize,
    theory: Block,
    variance: Mean,
    correlation: Mean,
    deviation: f64,
}

/// The networks of one setting, and their theory.
struct Setting<'a> {
    subject: &'a Subject,
    architecture: Architecture,
    weights: &'a Weights,
    trajectory: Vec<Block>,
}

impl TypedStage for NetworkSignals {
    const KIND: &'static str = "network-signals";
    const ABOUT: &'static str = "Correlation of two inputs after some blocks of random networks with skip paths, beside theory.";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        distinct::check("blocks", &self.blocks)?;
        distinct::check("widths", &self.widths)?;
        for (index, weights) in self.weights.iter().enumerate() {
            weights.check(&format!("weights.{index}"))?;
        }
        let range = |key: &str, value: f64, good: bool, allowed: &str| match good {
            true => Ok(()),
            false => Err(ParamError::at(key, format!("the value is {value}")).allowed(allowed)),
        };
        let (branch, start) = (self.branch, self.start);
        let good = branch.is_finite() && branch > 0.0;
        range("branch", branch, good, "a number above 0")?;
        range(
            "start",
            start,
            start.abs() < 1.0,
            "a number between -1 and 1",
        )
    }

    fn wants_quantizers(&self) -> bool {
        self.states.is_none()
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        vec!["signals".into()]
    }

    fn numbers(&self) -> Vec<String> {
        [numbers::names(deviation::NUMBERS), numbers::names(NUMBERS)].concat()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let subjects = subjects::subjects(self.states.as_ref(), job)?;
        let last = self.blocks.iter().copied().max().unwrap_or(1);
        let mut settings = Vec::new();
        for subject in &subjects {
            let phi = architecture::at_unit_variance(subject)?;
            for &architecture in &self.architectures {
                let stack = architecture.stack(&phi, self.branch)?;
                let trajectory = stack.trajectory(self.start, last).map_err(|error| {
                    format!("{} in {}: {error}", subject.name, architecture.name())
                })?;
                for weights in &self.weights {
                    settings.push(Setting {
                        subject,
                        architecture,
                        weights,
                        trajectory: trajectory.clone(),
                    });
                }
            }
        }
        let mut rows = Vec::new();
        let mut deviations = Deviations::default();
        let total = settings.len() * self.widths.len();
        for setting in &settings {
            for &width in &self.widths {
                rows.extend(self.measure(setting, width, &mut deviations, job)?);
                job.progress((rows.len() / self.blocks.len()) as u64, total as u64);
            }
        }
        let outputs = Outputs::new().table("signals", table(&rows)?);
        let outputs = numbers::of(&deviations, deviation::NUMBERS, outputs);
        Ok(numbers::of(&self.widest(&rows)?, NUMBERS, outputs))
    }
}

const NUMBERS: &Numbers<Agreement> = &[
    (
        "chi-square",
        "1",
        "sum of the squared deviations at the largest width",
        |all| all.chi_square,
    ),
    (
        "values",
        "1",
        "number of these deviations, which are independent",
        |all| all.freedom as f64,
    ),
    (
        "p-value",
        "1",
        "how likely a sum as large or larger is by chance, if the theory is right",
        |all| all.probability,
    ),
];

impl NetworkSignals {
    /// The agreement of the correlations at the largest width.
    fn widest(&self, rows: &[Row<'_>]) -> Result<Agreement, BoxError> {
        let widest = self.widths.iter().copied().max();
        let rows = || rows.iter().filter(|row| Some(row.width) == widest);
        let values: Vec<f64> = rows().map(|row| row.correlation.mean()).collect();
        let errors: Vec<f64> = rows().map(|row| row.correlation.standard_error()).collect();
        let theory: Vec<f64> = rows().map(|row| row.theory.correlation).collect();
        Ok(agreement(&values, &errors, &theory)?)
    }

    fn measure<'a>(
        &self,
        setting: &Setting<'a>,
        width: usize,
        deviations: &mut Deviations,
        job: &Job<'_>,
    ) -> Result<Vec<Row<'a>>, BoxError> {
        stop::check(job)?;
        let Setting {
            subject,
            architecture,
            weights,
            ref trajectory,
        } = *setting;
        let widest = self.widths.iter().copied().fold(width, usize::max);
        let count = self.networks as usize * widest / width;
        let phi = architecture::at_unit_variance(subject)?;
        let last = self.blocks.iter().copied().max().unwrap_or(1);
        let drawn = match weights.rounding(width)? {
            None => skip::Weights::Law,
            Some(rounding) => skip::Weights::Rounded(simulated(&rounding)?),
        };
        let stream = self.stream(architecture);
        let network = SkipNetwork::new(stream, &phi, drawn, width, last as usize)?;
        let seed = job.seed(&json!({
            "kind": Self::KIND,
            "activation": subjects::steps(&phi),
            "network": architecture.name(),
            "branch": self.branch,
            "weights": weights.name(),
            "start": self.start,
            "width": width,
        }))?;
        let workers = ensemble::workers(job, 2, width);
        let run = ensemble::run(job, seed, &workers);
        let blocks: Vec<usize> = self.blocks.iter().map(|block| *block as usize).collect();
        let found = skip::correlations(&network, self.start, 1.0, &blocks, count, &run)?;
        let row = |found: skip::BlockStatistics| {
            let theory = *trajectory.get(found.block)?;
            Some(Row {
                subject,
                architecture,
                weights,
                width,
                theory,
                variance: found.variance,
                correlation: found.correlation,
                deviation: deviations.judge(&found.correlation, theory.correlation),
            })
        };
        Ok(found.into_iter().filter_map(row).collect())
    }

    fn stream(&self, architecture: Architecture) -> Stream {
        let branch = self.branch;
        match architecture {
            Architecture::Chain => Stream::Chain,
            Architecture::PreNorm => Stream::PreNorm { branch },
            Architecture::PostNorm => Stream::PostNorm { branch },
            Architecture::QuantizedStream => Stream::Quantized {
                branch,
                quantizer: None,
            },
        }
    }
}

/// The format of weights in a simulation.
fn simulated(rounding: &Rounding) -> Result<mf_sim::WeightFormat, BoxError> {
    let (format, scale) = match rounding.scale {
        WeightScale::Tensor => (
            mf_core::Scalable::scaled(&rounding.phi, rounding.best)?,
            mf_sim::WeightScale::Deviation,
        ),
        WeightScale::Row => (
            rounding.phi.clone(),
            mf_sim::WeightScale::Largest(mf_sim::Group::Row),
        ),
        WeightScale::Mean => (
            rounding.phi.clone(),
            mf_sim::WeightScale::MeanSize(mf_sim::Group::Tensor),
        ),
    };
    Ok(mf_sim::WeightFormat { format, scale })
}

fn table(rows: &[Row<'_>]) -> Result<Table, DataError> {
    Table::of(rows)
        .text("quantizer", "name in pipeline.toml, or uniform-N", |r| {
            r.subject.name.as_str()
        })
        .u64("states", "1", "number of states N", |r| r.subject.states())
        .text("network", "how a block joins the stream", |r| {
            r.architecture.name()
        })
        .text(
            "weights",
            "full-precision, or a format and its scale",
            |r| r.weights.name(),
        )
        .u64("width", "units", "units of the stream", |r| r.width as u64)
        .u64("networks", "1", "number of networks", |r| {
            r.correlation.count()
        })
        .u64(
            "block",
            "blocks",
            "number of blocks before the measurement",
            |r| r.theory.block,
        )
        .f64(
            "variance_theory",
            "1",
            "variance of the stream by theory",
            |r| r.theory.stream_variance,
        )
        .f64("variance", "1", "mean square of the stream", |r| {
            r.variance.mean()
        })
        .f64("variance_error", "1", "its standard error", |r| {
            r.variance.standard_error()
        })
        .f64(
            "theory",
            "1",
            "correlation by theory, at infinite width",
            |r| r.theory.correlation,
        )
        .f64("correlation", "1", "correlation of the two inputs", |r| {
            r.correlation.mean()
        })
        .f64("error", "1", "its standard error", |r| {
            r.correlation.standard_error()
        })
        .f64(
            "deviation",
            "standard errors",
            "correlation minus theory",
            |r| r.deviation,
        )
        .build()
}
