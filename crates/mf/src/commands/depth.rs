//! `mf depth`: how deep a network can be with a number format, a quantizer or a number of levels.

mod network;
mod shown;

use anyhow::{anyhow, bail};
use clap::Args;
use clap_complete::ArgValueCandidates;

use mf_core::{Scalable, StepActivation};

use self::network::{ActivationScale, Question};
use self::shown::Shown;
use super::Outcome;
use super::named::Chosen;
use super::network::NetworkArguments;
use super::number::{FAN_IN, count, positive, short, whole};
use super::trained::{self, Trained, Training};
use crate::names;
use crate::project::File;
use crate::terminal::show;

/// Arguments of `mf depth`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The activation: a number format (`mf format list` has all), or a quantizer of pipeline.toml
    #[arg(value_name = "NAME", add = ArgValueCandidates::new(names::activations))]
    name: Option<String>,
    /// Instead of a name: this number of levels with equal steps
    #[arg(long, value_name = "N", conflicts_with = "name", allow_negative_numbers = true, value_parser = whole(2, mf_fit::MOST_STATES))]
    states: Option<u64>,
    /// The weight gain, if it is not the best one: weights are N(0, sigma_w^2 / fan_in) for levels up to 1
    #[arg(long, value_name = "GAIN", conflicts_with = "states", allow_negative_numbers = true, value_parser = positive)]
    sigma_w: Option<f64>,
    /// Say how deep networks of this width can be trained on MNIST; with --steps and --rate
    #[arg(long, value_name = "UNITS", requires_all = ["steps", "rate"], allow_negative_numbers = true, value_parser = count)]
    width: Option<u64>,
    /// Number of steps, with batches of 32 and momentum 0.5
    #[arg(long, value_name = "STEPS", requires = "width", allow_negative_numbers = true, value_parser = count)]
    steps: Option<u64>,
    /// Learning rate
    #[arg(long, value_name = "RATE", requires = "width", allow_negative_numbers = true, value_parser = positive)]
    rate: Option<f64>,
    #[command(flatten)]
    project: File,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    network: NetworkArguments,
    /// Correlation of two inputs at the start, from -1 to 1 [default: 0.5]
    #[arg(long, value_name = "CORRELATION", allow_negative_numbers = true, value_parser = correlation, help_heading = NETWORKS)]
    start: Option<f64>,
    /// Number of inputs of a unit, for scales by the largest number and fixed grids; all else is the same at each [default: 4096]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole(1, FAN_IN), help_heading = NETWORKS)]
    fan_in: Option<u64>,
    /// Scale of the activations, whose law is printed [default: tensor]
    #[arg(long, value_enum, value_name = "SCALE", help_heading = NETWORKS)]
    activation_scale: Option<ActivationScale>,
}

/// The heading of these options.
const NETWORKS: &str = "Networks with skip paths, and quantized weights";

/// The correlation of two inputs at the start if the user gives none.
const START: f64 = 0.5;

/// The most levels of a network with skip paths.
const MOST_LEVELS: u64 = 1 << 16;

const HELP: &str = "\
Examples:
  mf depth int4
  mf depth nf4 --sigma-w 1.2   at another weight gain than the best one
  mf depth --states 16         16 levels with equal steps
  mf depth int4 --width 256 --steps 400 --rate 0.0005
                               and how deep such networks can be trained
  mf depth int4 --network pre-norm --blocks 48 --weights int4 --weight-scale row
                               with skip paths and quantized weights

A small correlation of two inputs is multiplied by exp(-layers / xi); the column
`left` shows this factor. How much can be lost before training fails depends on
width, steps and learning rate: with these three, the command says at which
depth fully connected networks on MNIST still classify half of the test images
correctly, by a law that was measured with equal steps (docs/training.md has how
far number formats are from it). Outside of the measured range it says so.

Without the options of networks these are depths of plain layers, h' = B(h),
without biases (`mf init` has them where they help). With one of these options
the command says how the correlation of two inputs changes from block to block:
  pre-norm          h' = h + B(norm(h))           falls as a power of the depth
  post-norm         h' = norm(h + B(h))           xi is about (1 + a) / a longer
  quantized-stream  h' = q(norm(h + B(norm(h))))  falls nearly as in a chain
B multiplies a quantized input by weights and adds the variance a (--branch) to
the stream h. Of two products in a branch (--products mlp) each takes its part
of the signal; a gated branch takes far more, as its rectifier does. Rounded
weights change the gain to start with, but not xi. `mf init` prints the start,
also as PyTorch code. It has the options that describe a network (--network to
--centre-weights) and --fan-in; start, number of levels, gain and scale of the
activations are options of `mf depth` only.";

/// A correlation on the command line.
fn correlation(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (-1.0..=1.0).contains(&number) => Ok(number),
        _ => Err("a number from -1 to 1 is needed".to_owned()),
    }
}

impl Arguments {
    /// Prints the depths.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let mut shown = match (&self.name, self.states) {
            (Some(name), _) => self.of_activation(name)?,
            (None, Some(states)) => of_states(states)?,
            (None, None) => bail!(
                "name a format or quantizer, as in `mf depth int4`; or give a number of levels with --states"
            ),
        };
        if let (Some(width), Some(steps), Some(rate)) = (self.width, self.steps, self.rate) {
            let training = Training {
                width: width as f64,
                steps: steps as f64,
                rate,
            };
            let not_measured = |because: &str| Trained::NotMeasured {
                because: because.to_owned(),
            };
            shown.trained = Some(if shown.depth_scale < shown.best_depth_scale {
                not_measured("the depths of the law are those of the best weight gain")
            } else if !self.network.plain() || self.token() {
                not_measured(
                    "the law is that of plain layers, one product each, with weights in full precision and one constant scale of \
                     the activations (docs/networks.md has which networks were trained)",
                )
            } else {
                trained::depth(shown.depth_scale, training)?
            });
        }
        if self.network_option().is_some() {
            let mut answer = self.question(&self.unit_activation()?).answer()?;
            shown.trajectory = answer.take_trajectory();
            shown.network = Some(answer);
        }
        show(self.json, &shown, || shown.text())?;
        Ok(Outcome::Good)
    }

    /// The first option of those that ask for a network.
    fn network_option(&self) -> Option<String> {
        let own = [
            ("--start", self.start.is_some()),
            ("--fan-in", self.fan_in.is_some()),
            ("--activation-scale", self.activation_scale.is_some()),
        ];
        let own = own.iter().find(|(_, given)| *given);
        self.network
            .first()
            .or_else(|| own.map(|(name, _)| (*name).to_owned()))
    }

    /// Whether activations have a scale for each token.
    fn token(&self) -> bool {
        self.activation_scale == Some(ActivationScale::Row)
    }

    /// The activation for inputs of variance 1.
    fn unit_activation(&self) -> anyhow::Result<StepActivation> {
        if let (Some(_), Some(option)) = (self.sigma_w, self.network_option()) {
            bail!(
                "--sigma-w is an option of plain layers, and {option} one of networks, which have the best gain: leave out one of the two"
            );
        }
        match (&self.name, self.states) {
            (Some(name), _) => Chosen::named(name, &self.project)?.unit_activation(),
            (None, Some(states)) if states <= MOST_LEVELS => {
                let phi = StepActivation::uniform(states as usize)?;
                let variance = mf_fit::best_scale(&phi)?.propagation.variance;
                Ok(phi.scaled(1.0 / variance.sqrt())?)
            }
            _ => bail!(
                "a network with skip paths has up to {MOST_LEVELS} levels: give fewer --states"
            ),
        }
    }

    fn question<'a>(&'a self, phi: &'a StepActivation) -> Question<'a> {
        Question {
            arguments: &self.network,
            phi,
            start: self.start.unwrap_or(START),
            fan_in: self.fan_in,
            token: self.token(),
        }
    }

    fn of_activation(&self, name: &str) -> anyhow::Result<Shown> {
        let chosen = Chosen::named(name, &self.project)?;
        let (subject, best) = (&chosen.subject, &chosen.subject.best);
        let (sigma_w, propagation) = match self.sigma_w {
            None => (best.sigma_w, best.propagation),
            Some(sigma_w) => {
                let found = subject.propagation(sigma_w, 0.0)?;
                let died = || {
                    anyhow!(
                        "at sigma_w = {} every signal dies in the bin of 0: the best gain of {name} is {:.6}",
                        short(sigma_w),
                        best.sigma_w
                    )
                };
                (sigma_w, found.ok_or_else(died)?)
            }
        };
        let remark = chosen.block.map(|block| {
            format!(
                "These numbers are of the elements of {}, {}, at their best constant scale. With the scale of each block of {} \
                 xi is another: the table of docs/formats.md, \"A scale for each block\", has it.",
                block.name, block.element, block.block
            )
        });
        Ok(Shown {
            remark,
            elements: chosen.block.map(|block| block.element),
            ..Shown::new(
                subject.name.clone(),
                subject.states(),
                sigma_w,
                (propagation.one_minus_slope, propagation.depth_scale),
                best.propagation.depth_scale,
            )
        })
    }
}

fn of_states(states: u64) -> anyhow::Result<Shown> {
    let best = mf_fit::uniform_optimum(states)?;
    Ok(Shown::new(
        format!("{states} equal steps"),
        states,
        best.sigma_w,
        (best.one_minus_slope, best.depth_scale),
        best.depth_scale,
    ))
}
