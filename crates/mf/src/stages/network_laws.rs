//! `network-laws`: how far signals travel in networks with skip paths, for quantizers or number formats.

use mf_core::network::DepthLaw;
use mf_core::quantizer::find;
use mf_data::{DataError, Table};
use mf_fit::FormatOptimum;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::architecture::{Architecture, at_unit_variance, surrogate};
use super::states::States;
use super::stop;
use super::subjects::{Subject, subjects};

/// Parameters of `network-laws`. Without `formats` and `states` the stage uses its `quantizers`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NetworkLaws {
    /// Names or aliases of number formats (`mf format list`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    formats: Vec<String>,
    /// Numbers of states N of the paper's activation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    states: Option<States>,
    /// The networks. A quantized stream needs quantizers that are the same on both sides of 0.
    #[schemars(length(min = 1))]
    architectures: Vec<Architecture>,
    /// The variance that a block adds to the stream, above 0; the stream starts with the variance 1. A chain has no branches.
    #[schemars(range(min = 1e-12))]
    branch: f64,
    /// The number of blocks for which the loss and the growth of gradients are computed.
    #[schemars(range(min = 1, max = 100_000))]
    blocks: u64,
}

/// A quantizer in a network.
struct Row {
    name: String,
    states: u64,
    architecture: Architecture,
    chain_scale: f64,
    law: DepthLaw,
    half: f64,
    left: f64,
    gradients: f64,
}

impl TypedStage for NetworkLaws {
    const KIND: &'static str = "network-laws";
    const ABOUT: &'static str = "Networks with skip paths: the law of a small signal, the blocks until half of it is left, and the growth of gradients.";

    fn check(&self) -> Result<(), ParamError> {
        for (index, name) in self.formats.iter().enumerate() {
            find(name)
                .map_err(|error| ParamError::at(&format!("formats.{index}"), error.to_string()))?;
        }
        if let Some(states) = &self.states {
            states.expand()?;
            if !self.formats.is_empty() {
                let message = "`states` and `formats` are both given";
                return Err(ParamError::at("states", message).allowed("one of the two"));
            }
        }
        if self.branch.is_finite() && self.branch > 0.0 {
            return Ok(());
        }
        let message = format!("the variance is {}", self.branch);
        Err(ParamError::at("branch", message).allowed("a number above 0"))
    }

    fn wants_quantizers(&self) -> bool {
        self.formats.is_empty() && self.states.is_none()
    }

    fn tables(&self) -> Vec<String> {
        vec!["laws".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let subjects = if self.formats.is_empty() {
            subjects(self.states.as_ref(), job)?
        } else {
            let all = self.formats.iter();
            all.map(|name| Ok(Subject::from(&FormatOptimum::of(find(name)?)?)))
                .collect::<Result<_, BoxError>>()?
        };
        let mut rows = Vec::new();
        let total = subjects.len() * self.architectures.len();
        for subject in &subjects {
            for architecture in &self.architectures {
                stop::check(job)?;
                rows.push(self.row(subject, *architecture).map_err(|error| {
                    format!("{} in {}: {error}", subject.name, architecture.name())
                })?);
                job.progress(rows.len() as u64, total as u64);
            }
        }
        Ok(Outputs::new().table("laws", table(&rows)?))
    }
}

impl NetworkLaws {
    fn row(&self, subject: &Subject, architecture: Architecture) -> Result<Row, BoxError> {
        let phi = at_unit_variance(subject)?;
        let stack = architecture.stack(&phi, self.branch)?;
        let rho = surrogate(&phi)?;
        let slopes = match architecture {
            Architecture::QuantizedStream => vec![rho, rho],
            _ => vec![rho],
        };
        Ok(Row {
            name: subject.name.clone(),
            states: subject.states(),
            architecture,
            chain_scale: subject.best.propagation.depth_scale,
            law: stack.law()?,
            half: finite(stack.blocks_until(0.5, None)?),
            left: stack.left(self.blocks)?,
            gradients: stack.gradient_growth(&slopes, self.blocks)?,
        })
    }
}

fn finite(blocks: f64) -> f64 {
    if blocks.is_finite() { blocks } else { f64::NAN }
}

impl Row {
    fn law(&self) -> (&'static str, f64, f64) {
        match self.law {
            DepthLaw::Exponential { depth_scale, .. } => ("exponential", depth_scale, f64::NAN),
            DepthLaw::Power { exponent } => ("power", f64::NAN, exponent),
            DepthLaw::Constant { .. } => ("constant", f64::NAN, 0.0),
        }
    }
}

fn table(rows: &[Row]) -> Result<Table, DataError> {
    Table::of(rows)
        .text("quantizer", "name of the format or quantizer, or uniform-N", |r| {
            r.name.as_str()
        })
        .u64("states", "1", "number of states N", |r| r.states)
        .text("network", "how a block joins the stream", |r| {
            r.architecture.name()
        })
        .f64(
            "chain_scale",
            "layers",
            "xi of a chain of layers at the best scale",
            |r| r.chain_scale,
        )
        .text(
            "law",
            "how a small signal falls with the blocks: exponential or power",
            |r| r.law().0,
        )
        .f64("depth_scale", "blocks", "xi of an exponential law; NaN of a power law", |r| r.law().1)
        .f64(
            "exponent",
            "1",
            "a small signal falls as the stream's variance to minus this power: 1 - chi; NaN of an exponential law",
            |r| r.law().2,
        )
        .f64(
            "half",
            "blocks",
            "blocks until half of a small signal is left; NaN if more than 1e300",
            |r| r.half,
        )
        .f64("left", "1", "share of a small signal after the blocks of the parameters", |r| r.left)
        .f64(
            "gradients",
            "1",
            "growth of squared gradients over these blocks, at the slope that keeps those of a chain",
            |r| r.gradients,
        )
        .build()
}
