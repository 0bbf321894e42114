//! `mf depth` for a network with skip paths, or with quantized weights.

use anyhow::bail;
use mf_core::network::{Architecture, Block, DepthLaw, StackError};
use mf_core::{Activation, Scale, StepActivation, Surrogate};
use serde::Serialize;

use crate::commands::network::{Kind, Network, NetworkArguments, ShownWeights};
use crate::commands::number::{layers, percent, share, short};
use crate::stages::architecture;
use crate::terminal::{Align, TextTable, paragraph};

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
    /// The share that a chain of as many layers leaves.
    left_in_chain: f64,
    /// Blocks until half of a small signal is left; none if it never is, or beyond the range of numbers.
    half: Option<f64>,
    /// By which squared gradients grow over the blocks, at the slope that keeps those of a chain.
    gradient_growth: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<ShownWeights>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
    /// Why there is no trajectory.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_trajectory: Option<String>,
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

/// An activation that is scaled by the largest number of a token.
#[derive(Debug, Serialize)]
struct Token {
    units: u64,
    one_minus_chi: f64,
    depth_scale: f64,
}

/// The question.
pub(super) struct Question<'a> {
    pub(super) arguments: &'a NetworkArguments,
    /// In units of the root mean square.
    pub(super) phi: &'a StepActivation,
    pub(super) start: f64,
    pub(super) fan_in: u64,
    pub(super) token: bool,
}

impl Question<'_> {
    pub(super) fn answer(&self) -> anyhow::Result<Shown> {
        let network = self.arguments.network(self.phi)?;
        let weights = self.arguments.weights(self.fan_in)?;
        let Network {
            architecture,
            blocks,
            kind,
            ref stack,
            ..
        } = network;
        let no_trajectory = self.no_trajectory(architecture, blocks);
        let trajectory = match no_trajectory {
            None => stack.trajectory(self.start, blocks)?,
            Some(_) => Vec::new(),
        };
        let chain = mf_core::network::Stack::new(Architecture::Chain, self.phi, None)?;
        let half = stack.blocks_until(0.5, None)?;
        Ok(Shown {
            network: architecture.name(),
            blocks,
            branch: network.branch_variance(),
            products: kind,
            law: match stack.law() {
                Ok(DepthLaw::Exponential { depth_scale, .. }) => Law::Exponential { depth_scale },
                Ok(DepthLaw::Power { exponent }) => Law::Power { exponent },
                Ok(DepthLaw::Constant { left }) => Law::Constant { left },
                Err(error) => return Err(error.into()),
            },
            fixed_point: stack.fixed_point()?,
            left: stack.left(blocks)?,
            left_in_chain: chain.left(blocks)?,
            half: half.is_finite().then_some(half),
            gradient_growth: gradients(&network, self.phi)?,
            weights: weights.map(|weights| weights.shown),
            token: self.of_token()?,
            no_trajectory,
            trajectory: trajectory.into_iter().map(Traced::from).collect(),
        })
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

    fn of_token(&self) -> anyhow::Result<Option<Token>> {
        if !self.token {
            return Ok(None);
        }
        if !self.phi.is_odd() {
            bail!(
                "a scale for each token is computed for activations that are the same on both sides of 0: leave out \
                 --activation-scale for this one"
            );
        }
        let rounding = Scale::LargestOf(self.fan_in).rounding(self.phi)?;
        let depth_scale = rounding.depth_scale()?;
        Ok(Some(Token {
            units: self.fan_in,
            one_minus_chi: rounding.distortion.mean_squared_error,
            depth_scale,
        }))
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

/// Blocks, to a person.
fn blocks(count: f64) -> String {
    if count < 1e6 {
        format!("{count:.0}")
    } else {
        format!("{count:.1e}")
    }
}

/// A factor, to a person.
fn factor(x: f64) -> String {
    if (0.01..1000.0).contains(&x) {
        let text = format!("{x:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{x:.2e}")
    }
}

impl Shown {
    /// The trajectory, which JSON has at its top.
    pub(super) fn take_trajectory(&mut self) -> Vec<Traced> {
        std::mem::take(&mut self.trajectory)
    }

    pub(super) fn text(&self, trajectory: &[Traced]) -> String {
        let told = match &self.no_trajectory {
            None => table(trajectory),
            Some(why) => paragraph(&format!("No correlations block by block: {why}.")),
        };
        let mut sentences = vec![
            self.left_sentence(),
            self.half_sentence(),
            self.gradient_sentence(),
        ];
        sentences.extend(self.token.iter().map(Token::sentence));
        sentences.extend(self.weights.iter().map(ShownWeights::sentence));
        let sentences = sentences.iter().map(|sentence| paragraph(sentence));
        [
            paragraph(&self.law_sentence()),
            String::new(),
            told,
            String::new(),
        ]
        .into_iter()
        .chain(sentences)
        .collect::<Vec<_>>()
        .join("\n")
    }

    fn half_sentence(&self) -> String {
        match self.half {
            Some(half) if half > 1.0 => {
                format!(
                    "Half of a small signal is left after {} blocks.",
                    blocks(half)
                )
            }
            Some(_) => "Less than half of a small signal is left after one block.".to_owned(),
            None if matches!(self.law, Law::Power { .. }) => {
                "Half of a small signal is left after more than 1e300 blocks.".to_owned()
            }
            None => "More than half of a small signal is left at every depth.".to_owned(),
        }
    }

    fn gradient_sentence(&self) -> String {
        let growth = factor(self.gradient_growth);
        let squares = if growth == "1" {
            format!(
                "Squared gradients keep their size over {} blocks",
                self.blocks
            )
        } else {
            let verb = if self.gradient_growth < 1.0 {
                "change"
            } else {
                "grow"
            };
            format!(
                "Squared gradients {verb} by a factor of {growth} over {} blocks",
                self.blocks
            )
        };
        format!("{squares}, at the slope of `mf init`.")
    }

    fn law_sentence(&self) -> String {
        let network = match self.branch {
            None => format!("{} of {} layers", self.network, self.blocks),
            Some(branch) => format!(
                "{}, {} blocks that add a variance of {} each",
                self.network,
                self.blocks,
                short(branch)
            ),
        };
        let law = match &self.law {
            Law::Exponential { depth_scale } => {
                format!(
                    "a small signal falls as exp(-blocks / {})",
                    layers(*depth_scale)
                )
            }
            Law::Power { exponent } => format!(
                "no depth scale: a small signal falls as (K / K_0)^-{}, a power of the stream's variance K",
                short(*exponent)
            ),
            Law::Constant { left } => format!(
                "{} of a small signal is left in networks of any large number of blocks",
                percent(*left)
            ),
        };
        let end = if self.fixed_point == 0.0 {
            String::new()
        } else {
            format!(
                "; the signal is the distance from the correlation {}",
                short(self.fixed_point)
            )
        };
        format!("{network}: {law}{end}")
    }

    fn left_sentence(&self) -> String {
        let left = format!(
            "After {} blocks {} of a small signal is left",
            self.blocks,
            share(self.left)
        );
        if self.network == Architecture::Chain.name() {
            format!("{left}.")
        } else {
            format!(
                "{left}; a chain of as many layers leaves {}.",
                share(self.left_in_chain)
            )
        }
    }
}

impl Token {
    fn sentence(&self) -> String {
        format!(
            "With a scale for each token, the largest of its {} units, a chain has xi = {} layers (1 - chi = {:.4e}).",
            self.units,
            layers(self.depth_scale),
            self.one_minus_chi
        )
    }
}

/// Some blocks of a trajectory: powers of two, and the last.
fn table(trajectory: &[Traced]) -> String {
    let mut table = TextTable::new(&[
        ("block", Align::Right),
        ("stream variance", Align::Right),
        ("correlation", Align::Right),
    ]);
    let last = trajectory.len().saturating_sub(1) as u64;
    for traced in trajectory {
        let block = traced.block;
        if block == last || block == 0 || block.is_power_of_two() {
            table.row([
                block.to_string(),
                short(traced.stream_variance),
                format!("{:.6}", traced.correlation),
            ]);
        }
    }
    table.render()
}

/// The scale of activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ActivationScale {
    /// One constant, the best one
    Tensor,
    /// The largest size of each token (row), whose units are --fan-in
    Row,
}
