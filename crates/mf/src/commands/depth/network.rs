//! `mf depth` for a network with skip paths, or with quantized weights.

use anyhow::Context;
use mf_core::network::{Architecture, Block, DepthLaw, StackError};
use mf_core::{Scale, StepActivation, Surrogate};
use serde::Serialize;

use crate::commands::network::{Kind, Network, NetworkArguments, Weights};
use crate::commands::number::{layers, percent, short};
use crate::terminal::{Align, TextTable};

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
    /// Blocks until half of a small signal is left; none if it never is.
    half: Option<f64>,
    /// By which squared gradients grow over the blocks, at the slope that keeps those of a chain.
    gradient_growth: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<ShownWeights>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
    #[serde(skip)]
    trajectory: Vec<Traced>,
}

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

#[derive(Debug, Serialize)]
struct ShownWeights {
    format: String,
    scale: String,
    fan_in: u64,
    /// Squared correlation of the weights before and after rounding.
    chi: f64,
    /// By how much the weights before rounding are larger than those of a network that does not round.
    gain: f64,
    /// The share of the weights that round to 0.
    zero_share: f64,
    /// The correlation of the first layer's outputs with those of the network that does not round.
    likeness: f64,
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
        let weights = self.weights()?;
        let Network {
            architecture,
            blocks,
            branch,
            kind,
            ref stack,
        } = network;
        let trajectory = stack.trajectory(self.start, blocks)?;
        let chain = mf_core::network::Stack::new(Architecture::Chain, self.phi, None)?;
        let half = stack.blocks_until(0.5, None)?;
        Ok(Shown {
            network: architecture.name(),
            blocks,
            branch: branch.map(|branch| branch.variance(blocks)),
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
            weights: weights.map(|weights| ShownWeights {
                chi: 1.0 - weights.law.one_minus_chi(),
                gain: weights.law.gain(),
                zero_share: 1.0 - weights.law.rounding().nonzero_share,
                likeness: weights.law.correlation(),
                fan_in: self.fan_in,
                scale: weights.scale.name(),
                format: weights.format,
            }),
            token: self.of_token()?,
            trajectory: trajectory.into_iter().map(Traced::from).collect(),
        })
    }

    /// A fixed grid is against the usual start, 1 / sqrt(fan-in).
    fn weights(&self) -> anyhow::Result<Option<Weights>> {
        let usual = 1.0 / (self.fan_in as f64).sqrt();
        self.arguments.weights(self.fan_in, usual)
    }

    fn of_token(&self) -> anyhow::Result<Option<Token>> {
        if !self.token {
            return Ok(None);
        }
        let rounding = Scale::LargestOf(self.fan_in).rounding(self.phi)?;
        let depth_scale = rounding.depth_scale().with_context(
            || "a scale for each token: leave out --activation-scale for this activation",
        )?;
        Ok(Some(Token {
            units: self.fan_in,
            one_minus_chi: rounding.distortion.mean_squared_error,
            depth_scale,
        }))
    }
}

/// The growth of squared gradients, at the slopes that keep those of a chain.
fn gradients(network: &Network, phi: &StepActivation) -> anyhow::Result<f64> {
    let last = phi.levels().last().copied().unwrap_or(f64::NAN);
    let sigma_w = 1.0 / mf_core::Activation::mean_square(phi, 1.0).sqrt();
    let rho = Surrogate::even(phi.offset(), last, sigma_w, 1.0)?;
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
        format!("{x:.3}")
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
        let mut lines = vec![
            self.law_sentence(),
            String::new(),
            table(trajectory),
            String::new(),
        ];
        lines.push(self.left_sentence());
        lines.push(match self.half {
            Some(half) if half > 1.0 => {
                format!(
                    "Half of a small signal is left after {} blocks.",
                    blocks(half)
                )
            }
            Some(_) => "Less than half of a small signal is left after one block.".to_owned(),
            None => "More than half of a small signal is left at every depth.".to_owned(),
        });
        lines.push(format!(
            "Squared gradients grow by a factor of {} over {} blocks, at the slope of `mf init`.",
            factor(self.gradient_growth),
            self.blocks
        ));
        lines.extend(self.token.iter().map(Token::sentence));
        lines.extend(self.weights.iter().map(ShownWeights::sentence));
        lines.join("\n")
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
            percent(self.left)
        );
        if self.network == Architecture::Chain.name() {
            format!("{left}.")
        } else {
            format!(
                "{left}; a chain of as many layers leaves {}.",
                percent(self.left_in_chain)
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

impl ShownWeights {
    fn sentence(&self) -> String {
        let Self {
            format,
            fan_in,
            gain,
            likeness,
            ..
        } = self;
        let scale = match self.scale.as_str() {
            "tensor" => "one constant scale".to_owned(),
            "tensor-absmax" => "the scale of the largest weight".to_owned(),
            "row" => format!("a scale for each row, its largest of {fan_in}"),
            "mean" => "the scale of the mean size".to_owned(),
            unit => format!("a fixed grid of {unit}"),
        };
        format!(
            "Weights in {format}, {scale}: {} of them round to 0. Start with weights {gain:.6} times those of full precision;\n\
             the depth is then the same. The first layer's outputs correlate with unrounded ones by {likeness:.4}.",
            percent(self.zero_share),
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
