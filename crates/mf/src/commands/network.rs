//! The network that `mf depth` and `mf init` are asked about: skip paths, branches, rounded weights.

mod weights;

use anyhow::bail;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use mf_core::network::{Architecture, Branch, MOST_BLOCKS, Products, Stack};
use mf_core::{Activation, Identity, Relu, StepActivation};
use serde::Serialize;

use self::weights::weight_scale;
pub(crate) use self::weights::{ShownWeights, WeightScale, Weights};
use super::number::{count, positive};
use crate::names;

/// How many blocks a network has if the user gives no number.
const BLOCKS: u64 = 64;

/// The most levels of a quantized stream, whose law takes the square of their number in memory.
const MOST_STREAM_LEVELS: usize = 256;

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

impl Kind {
    /// The word that users give.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Mlp => "mlp",
            Self::Gated => "gated",
        }
    }
}

fn architecture() -> impl TypedValueParser<Value = Architecture> {
    let names = PossibleValuesParser::new(Architecture::ALL.map(Architecture::name));
    names.try_map(|name| Architecture::find(&name))
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

impl Network {
    /// What a block does, in symbols.
    pub(crate) fn formula(&self) -> &'static str {
        match self.architecture {
            Architecture::Chain => "h' = B(h)",
            Architecture::PreNorm => "h' = h + B(norm(h))",
            Architecture::PostNorm => "h' = norm(h + B(h))",
            Architecture::QuantizedStream => "h' = q(norm(h + B(norm(h))))",
        }
    }

    /// The variance that a block adds to the stream; none for a chain.
    pub(crate) fn branch_variance(&self) -> Option<f64> {
        self.branch.map(|branch| branch.variance(self.blocks))
    }
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

    /// The options as they are typed.
    pub(crate) fn typed(&self) -> String {
        let mut typed = String::new();
        let mut option = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                typed += &format!(" --{name} {value}");
            }
        };
        option(
            "network",
            self.network.map(|network| network.name().to_owned()),
        );
        option("blocks", self.blocks.map(|blocks| blocks.to_string()));
        option("branch", self.branch.map(|branch| branch.to_string()));
        option("products", self.products.map(|kind| kind.name().to_owned()));
        option("weights", self.weights.clone());
        option("weight-scale", self.weight_scale.map(WeightScale::name));
        for (name, given) in [
            ("over-depth", self.over_depth),
            ("centre-weights", self.centre_weights),
        ] {
            if given {
                typed += &format!(" --{name}");
            }
        }
        typed
    }

    /// The network of an activation whose thresholds are in units of the root mean square.
    ///
    /// # Errors
    /// Options that do not fit the network, or an activation that the theory of the network does not cover.
    pub(crate) fn network(&self, phi: &StepActivation) -> anyhow::Result<Network> {
        let architecture = self.network.unwrap_or(Architecture::Chain);
        let blocks = self.blocks.unwrap_or(BLOCKS);
        let kind = self.products.unwrap_or(Kind::Single);
        if (1..=MOST_BLOCKS).contains(&blocks) {
            self.fitting(architecture, kind, blocks, phi)?;
        } else {
            bail!("{blocks} blocks: give --blocks from 1 to {MOST_BLOCKS}");
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

    /// Refuses what does not go together.
    fn fitting(
        &self,
        architecture: Architecture,
        kind: Kind,
        blocks: u64,
        phi: &StepActivation,
    ) -> anyhow::Result<()> {
        let given = self.branch.is_some() || self.over_depth;
        if given && architecture == Architecture::Chain {
            bail!(
                "a chain has no skip path, so no branch: leave out --branch and --over-depth, or give --network pre-norm"
            );
        }
        if architecture != Architecture::QuantizedStream {
            return Ok(());
        }
        if kind != Kind::Single {
            bail!(
                "branches of several products are computed for streams in full precision: leave out --products, or give \
                 --network pre-norm"
            );
        }
        if self.over_depth {
            bail!(
                "a quantized stream has a law for branches of one variance at every depth: leave out --over-depth; \
                 for {blocks} blocks alone, give --branch {}",
                self.branch.unwrap_or(1.0) / blocks as f64
            );
        }
        if phi.states() > MOST_STREAM_LEVELS {
            bail!(
                "the activation has {} values: a quantized stream is computed for up to {MOST_STREAM_LEVELS}; give fewer, or \
                 --network pre-norm, whose stream has full precision",
                phi.states()
            );
        }
        if !phi.is_odd() {
            bail!(
                "the activation is not the same on both sides of 0, and a quantized stream is solved only for those that are: \
                 give such a format, as int4, or --network pre-norm"
            );
        }
        Ok(())
    }
}
