//! `mf depth` for a network with skip paths, or with quantized weights.

mod sentences;
mod token;

use mf_core::StepActivation;
use mf_core::Surrogate;
use mf_core::network::{Architecture, Block, DepthLaw, StackError};
use serde::Serialize;

use self::token::Token;
use crate::commands::network::{Kind, Network, NetworkArguments, ShownWeights, Weights};
use crate::stages::architecture;

/// What `mf depth` prints of a network.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    network: &'static str,
    blocks: u64,
    /// What a block adds to the variance of the stream; a chain has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<f64>,
    products: Kind,
    law: Law,
    /// The correlation that every pair of different inputs ends at.
    fixed_point: f64,
    /// The share of a small signal that is left after the blocks.
    left: f64,
    /// The share that a chain of as many such blocks leaves.
    left_in_chain: f64,
    /// Blocks until half of a small signal is left; none if it never is, or beyond the range of numbers.
    half: Option<f64>,
    /// By which squared gradients grow over the blocks, at the slope that keeps those of a chain; none with a scale for each
    /// token, which `mf init` does not start.
    #[serde(skip_serializing_if = "Option::is_none")]
    gradient_growth: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<ShownWeights>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<Token>,
    /// Why there is no trajectory.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_trajectory: Option<String>,
    /// What to know about these numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    #[serde(skip)]
    trajectory: Vec<Traced>,
}

/// The pair of a quantized stream is followed up to this many levels, and up to as many blocks as take seconds.
const PAIR_LEVELS: u64 = 32;
const PAIR_WORK: u64 = 500 * PAIR_LEVELS * PAIR_LEVELS;

/// The stream after a block.
#[derive(Debug, Serialize)]
pub(super) struct Traced {
    block: u64,
    stream_variance: f64,
    correlation: f64,
}

impl From<Block> for Traced {
    fn from(block: Block) -> Self {
        Self {
            block: block.block,
            stream_variance: block.stream_variance,
            correlation: block.correlation,
        }
    }
}

/// How a small signal falls with the blocks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Law {
    Exponential { depth_scale: f64 },
    Power { exponent: f64 },
    Constant { left: f64 },
}

/// The question.
pub(super) struct Question<'a> {
    pub(super) arguments: &'a NetworkArguments,
    /// In units of the root mean square.
    pub(super) phi: &'a StepActivation,
    pub(super) start: f64,
    pub(super) fan_in: Option<u64>,
    pub(super) token: bool,
}

/// Inputs of a unit if the user gives no number.
const FAN_IN: u64 = 4096;

impl Question<'_> {
    pub(super) fn answer(&self) -> anyhow::Result<Shown> {
        let fan_in = self.fan_in.unwrap_or(FAN_IN);
        let network = self.arguments.network(self.phi)?;
        let weights = self.arguments.weights(fan_in)?;
        let token = self
            .token
            .then(|| Token::of(self.phi, fan_in))
            .transpose()?;
        let Network {
            architecture,
            blocks,
            kind,
            ..
        } = network;
        let products = match &token {
            Some(token) => token.products(&network)?,
            None => kind.products(self.phi)?,
        };
        let stack = match &token {
            Some(_) => &network.of(products.clone())?,
            None => &network.stack,
        };
        let no_trajectory = match &token {
            Some(_) => Some(
                "with a scale for each token only the law of small signals is computed".to_owned(),
            ),
            None => self.no_trajectory(architecture, blocks),
        };
        let trajectory = match no_trajectory {
            None => stack.trajectory(self.start, blocks)?,
            Some(_) => Vec::new(),
        };
        let half = stack.blocks_until(0.5, None)?;
        Ok(Shown {
            network: architecture.name(),
            blocks,
            branch: network.branch_variance(),
            products: kind,
            law: match stack.law()? {
                DepthLaw::Exponential { depth_scale, .. } => Law::Exponential { depth_scale },
                DepthLaw::Power { exponent } => Law::Power { exponent },
                DepthLaw::Constant { left } => Law::Constant { left },
            },
            fixed_point: stack.fixed_point()?,
            left: stack.left(blocks)?,
            left_in_chain: network.left_in_chain(products)?,
            half: half.is_finite().then_some(half),
            gradient_growth: match &token {
                Some(_) => None,
                None => Some(gradients(&network, self.phi)?),
            },
            remarks: self.remarks(weights.as_ref()),
            weights: weights.map(|weights| weights.shown),
            token,
            no_trajectory,
            trajectory: trajectory.into_iter().map(Traced::from).collect(),
        })
    }

    /// What to know about finite width, and about options that change nothing.
    fn remarks(&self, weights: Option<&Weights>) -> Vec<String> {
        let lattice = weights.and_then(|weights| weights.lattice(self.phi));
        let used = self.token || weights.is_some_and(Weights::follow_fan_in);
        let idle = (self.fan_in.is_some() && !used).then(|| {
"No law and no gain depends on the fan-in here: those of scales by the largest number and of fixed grids do.".to_owned()
        });
        lattice.into_iter().chain(idle).collect()
    }

    /// Why the two inputs of a quantized stream are not followed: the time grows with the square of its levels.
    fn no_trajectory(&self, architecture: Architecture, blocks: u64) -> Option<String> {
        let levels = self.phi.states() as u64;
        let most = PAIR_WORK / (levels * levels);
        if architecture != Architecture::QuantizedStream {
            None
        } else if levels > PAIR_LEVELS {
            Some(format!(
                "two inputs of a quantized stream are followed block by block for up to {PAIR_LEVELS} levels; of these {levels} \
                 only the law is computed"
            ))
        } else if blocks > most {
            Some(format!(
                "two inputs of a quantized stream of {levels} levels are followed for up to {most} blocks; of more only the \
                 law is computed"
            ))
        } else {
            None
        }
    }
}

/// The growth of squared gradients, at the slopes that keep those of a chain.
fn gradients(network: &Network, phi: &StepActivation) -> anyhow::Result<f64> {
    let rho = architecture::surrogate(phi)?;
    // A rectifier has its own derivative, 1 above 0, and the other factor of a gate passes gradients as they are.
    let rectifier = Surrogate::new(1.0, 0.0, f64::INFINITY)?;
    let identity = Surrogate::new(1.0, f64::NEG_INFINITY, f64::INFINITY)?;
    let slopes = match (network.kind, network.architecture) {
        (Kind::Single, Architecture::QuantizedStream) | (Kind::Mlp, _) => vec![rho, rho],
        (Kind::Single, _) => vec![rho],
        (Kind::Gated, _) => vec![rho, rectifier, identity, rho],
    };
    let growth: Result<f64, StackError> = network.stack.gradient_growth(&slopes, network.blocks);
    Ok(growth?)
}

/// The scale of activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ActivationScale {
    /// One constant, the best one
    Tensor,
    /// The largest size of each token (row), whose units are --fan-in
    Row,
}
