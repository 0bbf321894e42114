//! `mf init`: how to initialize a network whose activations are numbers of a format.

mod network;

use anyhow::bail;
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use serde::Serialize;

use super::Outcome;
use super::named::Chosen;
use super::network::NetworkArguments;
use super::number::{FAN_IN, layers, whole};
use crate::names;
use crate::project::File;
use crate::terminal::{entry, say, show};

/// Arguments of `mf init`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The activation: a number format (`mf format list` has all), or a quantizer of pipeline.toml
    #[arg(value_name = "NAME", add = ArgValueCandidates::new(names::activations))]
    name: String,
    /// The number of inputs of a unit: the columns of a weight matrix
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole(1, FAN_IN))]
    fan_in: u64,
    /// Print code that applies it, instead of numbers
    #[arg(long, value_name = "LIBRARY", conflicts_with = "json")]
    emit: Option<Emit>,
    #[command(flatten)]
    project: File,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    network: NetworkArguments,
}

const HELP: &str = "\
Examples:
  mf init int4 --fan-in 4096
  mf init int4 --fan-in 4096 --emit torch > int4.py
  mf init int4 --fan-in 4096 --network pre-norm --blocks 48 \\
    --weights int4 --weight-scale row
                               with skip paths and quantized weights

Without --network or --weights, the start of plain layers: the activation is
phi(x) = cast(x * largest) / largest, values divided by the largest, so that
they are in [-1, 1]. If you multiply the values by c, multiply sigma_b by c too.
Do not change the weights.

With one of them, the start of a network (--weights alone: of a chain). Its
quantizers take inputs whose root mean square is 1, as a norm makes them, and
their values are scaled so that the outputs have the root mean square 1 too:
then weights have the variance 1 / fan-in, and a branch is multiplied by the
square root of its variance (--branch). Rounded weights need a gain, which
depends on their format and scale. `mf depth` has the same options, and says
what is left of a signal.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// PyTorch: the activation with its gradient, and a function that initializes a layer; of a network a module
    Torch,
}

/// What `mf init` prints.
#[derive(Debug, Serialize)]
struct Start {
    name: String,
    fan_in: u64,
    /// The format's largest value.
    largest: f64,
    /// The largest level in standard deviations of the pre-activations.
    reach: f64,
    sigma_w: f64,
    weight_std: f64,
    sigma_b: f64,
    /// sqrt(Q*): the standard deviation at which pre-activations settle.
    spread: f64,
    /// Of the weights of a first layer whose inputs have unit variance: times the root of its own fan-in.
    first_sigma_w: f64,
    /// Of such a layer with as many inputs as the others.
    first_weight_std: f64,
    slope: f64,
    depth_scale: f64,
    /// Divided by the largest.
    levels: Vec<f64>,
    thresholds: Vec<f64>,
}

impl Arguments {
    /// Prints the numbers, or the code.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let chosen = Chosen::named(&self.name, &self.project)?;
        if let Some(block) = chosen.block {
            bail!(
                "{} divides every block by its own scale, so there is no best scale to start at. For the elements at one \
                 constant scale: mf init {} --fan-in {}{}",
                block.name,
                block.element,
                self.fan_in,
                self.network.typed()
            );
        }
        if self.network.first().is_some() {
            return self.of_network(&chosen);
        }
        let start = Start::new(&chosen, self.fan_in)?;
        match self.emit {
            Some(Emit::Torch) => say(start.torch()),
            None => show(self.json, &start, || start.text())?,
        }
        Ok(Outcome::Good)
    }

    fn of_network(&self, chosen: &Chosen) -> anyhow::Result<Outcome> {
        let start = network::Start::new(chosen, &self.network, self.fan_in)?;
        match self.emit {
            Some(Emit::Torch) => say(start.torch()?),
            None => show(self.json, &start, || start.text())?,
        }
        Ok(Outcome::Good)
    }
}

impl Start {
    fn new(chosen: &Chosen, fan_in: u64) -> anyhow::Result<Self> {
        let subject = &chosen.subject;
        let best = mf_fit::best_scale_and_bias(&subject.phi)?;
        let width = (fan_in as f64).sqrt();
        let variance = best.propagation.variance;
        let first_sigma_w = (variance - best.sigma_b * best.sigma_b).max(0.0).sqrt();
        Ok(Self {
            name: subject.name.clone(),
            fan_in,
            largest: chosen.quantizer.activation.largest_level(),
            reach: best.scale,
            sigma_w: best.sigma_w,
            weight_std: best.sigma_w / width,
            sigma_b: best.sigma_b,
            spread: variance.sqrt(),
            first_sigma_w,
            first_weight_std: first_sigma_w / width,
            slope: subject.surrogate(best.sigma_w, variance)?.height(),
            depth_scale: best.propagation.depth_scale,
            levels: subject.phi.levels().to_vec(),
            thresholds: subject.phi.thresholds().to_vec(),
        })
    }

    fn biases(&self) -> String {
        if self.sigma_b > 0.0 {
            format!(
                "N(0, {:.6}^2): xi is larger than without biases",
                self.sigma_b
            )
        } else {
            "0".to_owned()
        }
    }

    fn text(&self) -> String {
        [
            format!("{}, fan-in {}: xi = {} layers", self.name, self.fan_in, layers(self.depth_scale)),
            entry("activation", &format!("phi(x) = cast(x * {0}) / {0}: values divided by the largest", self.largest)),
            entry("weights", &format!("N(0, {:.8}^2): sigma_w {:.6} over sqrt(fan-in)", self.weight_std, self.sigma_w)),
            entry("biases", &self.biases()),
            entry("first layer", &format!("for inputs of unit variance, weights N(0, {:.6}^2 / number of inputs)", self.first_sigma_w)),
            entry(
                "scale",
                &format!(
                    "pre-activations then have the standard deviation {:.6}, and the largest value is {:.4} times that",
                    self.spread, self.reach
                ),
            ),
            entry(
                "gradient",
                &format!(
                    "{:.6} between the outer levels, 0 beyond (straight-through): keeps the size of gradients",
                    self.slope
                ),
            ),
            String::new(),
            format!("as PyTorch code: mf init {} --fan-in {} --emit torch", self.name, self.fan_in),
        ]
        .join("\n")
    }

    /// PyTorch code without anything but torch.
    fn torch(&self) -> String {
        let biases = if self.sigma_b > 0.0 {
            format!("torch.nn.init.normal_(layer.bias, std={:?})", self.sigma_b)
        } else {
            "torch.nn.init.zeros_(layer.bias)".to_owned()
        };
        TORCH
            .replace("@name", &self.name)
            .replace("@fan_in", &self.fan_in.to_string())
            .replace("@version", env!("CARGO_PKG_VERSION"))
            .replace("@depth", &layers(self.depth_scale))
            .replace("@levels", &python_list(&self.levels))
            .replace("@thresholds", &python_list(&self.thresholds))
            .replace("@slope", &format!("{:?}", self.slope))
            .replace("@sigma_w", &format!("{:?}", self.sigma_w))
            .replace("@first_sigma_w", &format!("{:?}", self.first_sigma_w))
            .replace("@biases", &biases)
    }
}

/// The code around the numbers.
const TORCH: &str = "\
# Activations in @name at their best scale; the depth scale is @depth layers.
# Printed by mf @version:
# mf init @name --fan-in @fan_in --emit torch
import torch

# The values of @name divided by the largest, and where one changes to the next.
LEVELS = @levels
THRESHOLDS = @thresholds
SLOPE = @slope  # of the straight-through estimator: keeps the size of gradients
# The standard deviation of weights times the root of a layer's fan-in.
SIGMA_W = @sigma_w
FIRST_SIGMA_W = @first_sigma_w  # of a first layer with inputs of unit variance


class Quantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        levels = torch.tensor(LEVELS, device=x.device)
        thresholds = torch.tensor(THRESHOLDS, device=x.device)
        near = levels[torch.bucketize(x.float().contiguous(), thresholds)].to(x.dtype)
        return torch.where(x.isnan(), x, near)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        inside = (x > LEVELS[0]) & (x < LEVELS[-1])
        return gradient * inside * SLOPE


class Activation(torch.nn.Module):
    def forward(self, x):
        return Quantize.apply(x)


def initialize(layer, first=False):
    fan_in = layer.weight[0].numel()
    sigma_w = FIRST_SIGMA_W if first else SIGMA_W
    torch.nn.init.normal_(layer.weight, std=sigma_w * fan_in**-0.5)
    if layer.bias is not None:
        @biases";

/// A list in Python, a few numbers a line.
fn python_list(all: &[f64]) -> String {
    const A_LINE: usize = 4;
    let lines: Vec<String> = all
        .chunks(A_LINE)
        .map(|chunk| {
            let numbers: Vec<String> = chunk.iter().map(|x| format!("{x:?}")).collect();
            format!("    {},\n", numbers.join(", "))
        })
        .collect();
    format!("[\n{}]", lines.concat())
}
