//! The network that `mf depth` and `mf init` are asked about: skip paths, branches, rounded weights.

mod grid;
mod weights;

use std::fmt::Debug;

use anyhow::bail;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use mf_core::network::{Architecture, Branch, MOST_BLOCKS, Products, Stack, StackError};
use mf_core::{Activation, Identity, Relu, StepActivation};
use serde::Serialize;

use self::weights::weight_scale;
pub(crate) use self::weights::{ShownWeights, WeightScale, Weights};
use super::number::{positive_within, whole};
use crate::names;

/// How many blocks a network has if the user gives no number.
const BLOCKS: u64 = 64;

/// The variances of a branch: one beyond them leaves next to nothing of the stream, or of the branch.
const VARIANCES: [f64; 2] = [1e-9, 1e9];

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
    #[arg(long, value_name = "BLOCKS", allow_negative_numbers = true, value_parser = whole(1, MOST_BLOCKS))]
    blocks: Option<u64>,
    /// Variance that a block adds to the stream, whose variance is 1 at the start [default: 1]
    #[arg(long, value_name = "VARIANCE", allow_negative_numbers = true, value_parser = positive_within(VARIANCES))]
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

    /// The products of a branch, as words after "blocks"; none for one product.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Single => "",
            Self::Mlp => " of two products (mlp)",
            Self::Gated => " of three products (gated)",
        }
    }

    /// The products of a branch whose inputs are quantized by `phi`.
    ///
    /// # Errors
    /// An activation that is 0 on every input.
    pub(crate) fn products<A: Activation>(self, phi: &A) -> Result<Products, StackError>
    where
        A::Response: Debug + Send + Sync + 'static,
    {
        let single = Products::single(phi)?;
        match self {
            Self::Single => Ok(single),
            Self::Mlp => single.then(phi),
            Self::Gated => single.gated(&Relu, &Identity)?.then(phi),
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

    /// The same blocks with other products.
    ///
    /// # Errors
    /// A quantized stream.
    pub(crate) fn of(&self, products: Products) -> Result<Stack, StackError> {
        Stack::of(self.architecture, products, self.branch)
    }

    /// A chain of as many blocks of the same products leaves this share of a small signal.
    ///
    /// # Errors
    /// A fixed point next to 1.
    pub(crate) fn left_in_chain(&self, products: Products) -> Result<f64, StackError> {
        Stack::of(Architecture::Chain, products, None)?.left(self.blocks)
    }

    /// The variance that a block adds to the stream; none for a chain.
    pub(crate) fn branch_variance(&self) -> Option<f64> {
        self.branch.map(|branch| branch.variance(self.blocks))
    }
}

impl NetworkArguments {
    /// The first option that describes a network or its weights, if there is one.
    pub(crate) fn first(&self) -> Option<String> {
        let typed = self.typed();
        typed.split_whitespace().next().map(str::to_owned)
    }

    /// Whether the options describe plain layers: a chain of single products with weights in full precision.
    pub(crate) fn plain(&self) -> bool {
        matches!(self.network, None | Some(Architecture::Chain))
            && matches!(self.products, None | Some(Kind::Single))
            && self.weights.is_none()
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
        self.fitting(architecture, kind, blocks, phi)?;
        let variance = self.branch.unwrap_or(1.0);
        let branch = if self.over_depth {
            Branch::OverDepth(variance)
        } else {
            Branch::Constant(variance)
        };
        let branch = (architecture != Architecture::Chain).then_some(branch);
        let stack = if architecture == Architecture::QuantizedStream {
            Stack::new(architecture, phi, branch)?
        } else {
            Stack::of(architecture, kind.products(phi)?, branch)?
        };
        Ok(Network {
            architecture,
            blocks,
            branch,
            kind,
            stack,
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
