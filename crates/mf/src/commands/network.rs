//! The network that `mf depth` and `mf init` are asked about: skip paths, branches, rounded weights.

use anyhow::{Context, anyhow, bail};
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use mf_core::network::{Architecture, Branch, Products, Stack};
use mf_core::{Centring, Identity, QuantizedWeights, Relu, Scale, StepActivation};
use serde::Serialize;

use super::named;
use super::number::{count, positive};
use crate::names;

/// How many blocks a network has if the user gives no number.
const BLOCKS: u64 = 64;

/// Options that describe a network.
#[derive(Debug, Args)]
#[command(next_help_heading = "Networks with skip paths, and quantized weights")]
pub(crate) struct NetworkArguments {
    /// How a block joins the stream [default: chain]
    #[arg(long, value_name = "NETWORK", value_parser = architecture())]
    network: Option<Architecture>,
    /// Number of blocks (layers of a chain) [default: 64]
    #[arg(long, value_name = "BLOCKS", allow_negative_numbers = true, value_parser = count)]
    blocks: Option<u64>,
    /// Variance that a block adds to the stream, whose variance is 1 at the start [default: 1]
    #[arg(long, value_name = "VARIANCE", allow_negative_numbers = true, value_parser = positive)]
    branch: Option<f64>,
    /// Divide the variance of a branch by the number of blocks: branches scaled by 1/sqrt(blocks)
    #[arg(long)]
    over_depth: bool,
    /// What a branch computes
    #[arg(long, value_enum, value_name = "PRODUCTS")]
    products: Option<Kind>,
    /// Number format of the weights (`mf format list` has all)
    #[arg(long, value_name = "FORMAT", add = ArgValueCandidates::new(names::activations))]
    weights: Option<String>,
    /// Scale of the weights: tensor (one constant, the best for normal weights), tensor-absmax (the largest weight), row
    /// (the largest of each row), mean (the mean size), or a number (a fixed grid) [default: tensor]
    #[arg(long, value_name = "SCALE", requires = "weights", allow_negative_numbers = true, value_parser = weight_scale)]
    weight_scale: Option<WeightScale>,
    /// Subtract the mean of the rounded weights, for formats that are not the same on both sides of 0
    #[arg(long, requires = "weights")]
    centre_weights: bool,
}

/// What a branch computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// One product of weights with a quantized input
    Single,
    /// Two of them, one after the other
    Mlp,
    /// Two side by side, one of them rectified, are multiplied and quantized (after a rotation) for a third
    Gated,
}

/// The scale of quantized weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WeightScale {
    /// One constant, the best for normal weights.
    Tensor,
    /// The largest weight of the tensor.
    TensorLargest,
    /// The largest weight of each row.
    Row,
    /// The mean size of the weights.
    Mean,
    /// A fixed grid: this number times the format's values.
    Fixed(f64),
}

impl WeightScale {
    /// The word that users give.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Tensor => "tensor".to_owned(),
            Self::TensorLargest => "tensor-absmax".to_owned(),
            Self::Row => "row".to_owned(),
            Self::Mean => "mean".to_owned(),
            Self::Fixed(unit) => unit.to_string(),
        }
    }
}

fn architecture() -> impl TypedValueParser<Value = Architecture> {
    let names = PossibleValuesParser::new(Architecture::ALL.map(Architecture::name));
    names.try_map(|name| Architecture::find(&name))
}

fn weight_scale(text: &str) -> Result<WeightScale, String> {
    match text {
        "tensor" => Ok(WeightScale::Tensor),
        "tensor-absmax" => Ok(WeightScale::TensorLargest),
        "row" => Ok(WeightScale::Row),
        "mean" => Ok(WeightScale::Mean),
        number => positive(number).map(WeightScale::Fixed).map_err(|_| {
            "give tensor, tensor-absmax, row, mean, or a number above 0 for a fixed grid".to_owned()
        }),
    }
}

/// A network of an activation.
pub(crate) struct Network {
    pub(crate) architecture: Architecture,
    pub(crate) blocks: u64,
    /// None for a chain.
    pub(crate) branch: Option<Branch>,
    pub(crate) kind: Kind,
    pub(crate) stack: Stack,
}

/// Quantized weights of a layer.
pub(crate) struct Weights {
    pub(crate) format: String,
    pub(crate) scale: WeightScale,
    /// The format's values and thresholds.
    pub(crate) phi: StepActivation,
    /// For the best constant scale: that many standard deviations.
    pub(crate) constant: Option<f64>,
    pub(crate) centred: bool,
    pub(crate) law: QuantizedWeights,
}

impl NetworkArguments {
    /// Whether the user described a network or its weights.
    pub(crate) fn given(&self) -> bool {
        self.network.is_some()
            || self.blocks.is_some()
            || self.branch.is_some()
            || self.over_depth
            || self.products.is_some()
            || self.weights.is_some()
    }

    /// The network of an activation whose thresholds are in units of the root mean square.
    ///
    /// # Errors
    /// Options that do not fit the network, or an activation that the theory of the network does not cover.
    pub(crate) fn network(&self, phi: &StepActivation) -> anyhow::Result<Network> {
        let architecture = self.network.unwrap_or(Architecture::Chain);
        let blocks = self.blocks.unwrap_or(BLOCKS);
        let kind = self.products.unwrap_or(Kind::Single);
        let given = self.branch.is_some() || self.over_depth;
        if given && architecture == Architecture::Chain {
            bail!(
                "a chain has no skip path, so no branch: leave out --branch and --over-depth, or give --network pre-norm"
            );
        }
        let variance = self.branch.unwrap_or(1.0);
        let branch = if self.over_depth {
            Branch::OverDepth(variance)
        } else {
            Branch::Constant(variance)
        };
        let branch = (architecture != Architecture::Chain).then_some(branch);
        let single = || Products::single(phi);
        let stack = match kind {
            Kind::Single => Stack::new(architecture, phi, branch),
            Kind::Mlp => single()
                .and_then(|one| one.then(phi))
                .and_then(|both| Stack::of(architecture, both, branch)),
            Kind::Gated => single()
                .and_then(|one| one.gated(&Relu, &Identity))
                .and_then(|gated| gated.then(phi))
                .and_then(|all| Stack::of(architecture, all, branch)),
        };
        Ok(Network {
            architecture,
            blocks,
            branch,
            kind,
            stack: stack?,
        })
    }

    /// The quantized weights of units with `fan_in` inputs, if the user gave a format. A fixed grid is against weights of
    /// standard deviation `deviation` at the start.
    ///
    /// # Errors
    /// No such format, or weights that cannot be quantized so.
    pub(crate) fn weights(&self, fan_in: u64, deviation: f64) -> anyhow::Result<Option<Weights>> {
        let Some(name) = &self.weights else {
            return Ok(None);
        };
        let (found, _) = named::format(name)?;
        if let Some(block) = found.block {
            bail!(
                "{} has a scale for each block, which is not a scale of weights here: for its elements with a scale for \
                 each row, give --weights {} --weight-scale row",
                block.name,
                block.element
            );
        }
        let phi = found.format.build()?.activation;
        let scale = self.weight_scale.unwrap_or(WeightScale::Tensor);
        let constant = match scale {
            WeightScale::Tensor => Some(mf_fit::best_weight_scale(&phi)?),
            WeightScale::Fixed(unit) => Some(unit / deviation),
            _ => None,
        };
        let law = match (scale, constant) {
            (WeightScale::TensorLargest, _) => {
                Scale::LargestOf(fan_in.checked_mul(fan_in).unwrap_or(u64::MAX))
            }
            (WeightScale::Row, _) => Scale::LargestOf(fan_in),
            (_, Some(constant)) => Scale::Constant(constant),
            (_, None) => Scale::MeanSize,
        };
        let centring = if self.centre_weights {
            Centring::Subtract
        } else {
            Centring::Refuse
        };
        let law = QuantizedWeights::new(&phi, law, centring, fan_in)
            .map_err(|error| anyhow!(error))
            .with_context(|| match scale {
                WeightScale::Fixed(unit) => format!(
                    "weights in {name} on a grid of {unit}, from a start of standard deviation {deviation:.6} (1 / sqrt(fan-in))"
                ),
                _ => format!("weights in {name}, scale `{}`", scale.name()),
            })?;
        Ok(Some(Weights {
            format: found.name().to_owned(),
            scale,
            phi,
            constant,
            centred: self.centre_weights,
            law,
        }))
    }
}
