//! `mf depth`: how deep a network can be with a number format, a quantizer or a number of levels.

mod network;

use anyhow::{anyhow, bail};
use clap::Args;
use clap_complete::ArgValueCandidates;
use serde::Serialize;

use mf_core::{Scalable, StepActivation};

use self::network::{ActivationScale, Question, Traced};
use super::Outcome;
use super::named::Chosen;
use super::network::NetworkArguments;
use super::number::{count, layers, percent, positive, short};
use super::trained::{self, Trained, Training};
use crate::names;
use crate::project::File;
use crate::terminal::{Align, TextTable, show};

/// Multiples of xi, and where they are from.
const MULTIPLES: [(f64, &str); 5] = [
    (1.0, ""),
    (2.0, ""),
    (4.0, "line in figure 3 of the paper"),
    (6.0, "line in figure 3; also Schoenholz et al. 2017"),
    (9.0, "line in figure 3 of the paper"),
];

/// Arguments of `mf depth`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The activation: a number format (`mf format list` has all), or a quantizer of pipeline.toml
    #[arg(value_name = "NAME", add = ArgValueCandidates::new(names::activations))]
    name: Option<String>,
    /// Instead of a name: this number of levels with equal steps
    #[arg(long, value_name = "N", conflicts_with = "name", allow_negative_numbers = true, value_parser = count)]
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
    network: NetworkArguments,
    /// Correlation of two inputs at the start, from -1 to 1 [default: 0.5]
    #[arg(long, value_name = "CORRELATION", allow_negative_numbers = true, value_parser = correlation, help_heading = NETWORKS)]
    start: Option<f64>,
    /// Number of inputs of a unit, for scales by rows and fixed grids [default: 4096]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count, help_heading = NETWORKS)]
    fan_in: Option<u64>,
    /// Scale of the activations [default: tensor]
    #[arg(long, value_enum, value_name = "SCALE", help_heading = NETWORKS)]
    activation_scale: Option<ActivationScale>,
    #[command(flatten)]
    project: File,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The heading of these options.
const NETWORKS: &str = "Networks with skip paths, and quantized weights";

/// Inputs of a unit if the user gives no number.
const FAN_IN: u64 = 4096;

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

Without --network these are depths of plain layers, h' = B(h). With it, the
command says how the correlation of two inputs changes from block to block:
  pre-norm          h' = h + B(norm(h))           falls as a power of the depth
  post-norm         h' = norm(h + B(h))           xi is about (1 + a) / a longer
  quantized-stream  h' = q(norm(h + B(norm(h))))  falls nearly as in a chain
B multiplies a quantized input by weights and adds the variance a (--branch) to
the stream h. Rounded weights change the gain to start with, but not xi; `mf
init` with the same options prints this start, also as PyTorch code.";

/// A correlation on the command line.
fn correlation(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (-1.0..=1.0).contains(&number) => Ok(number),
        _ => Err("a number from -1 to 1 is needed".to_owned()),
    }
}

/// What `mf depth` prints.
#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    states: u64,
    sigma_w: f64,
    one_minus_chi: f64,
    depth_scale: f64,
    /// xi at the best weight gain.
    best_depth_scale: f64,
    depths: Vec<Depth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trained: Option<Trained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    network: Option<network::Shown>,
    /// The stream block by block, the start first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trajectory: Vec<Traced>,
}

#[derive(Debug, Serialize)]
struct Depth {
    multiple: f64,
    layers: f64,
    /// The factor on a small correlation.
    left: f64,
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
            shown.trained = Some(if shown.depth_scale < shown.best_depth_scale {
                let because = "the depths of the law are those of the best weight gain".to_owned();
                Trained::NotMeasured { because }
            } else {
                trained::depth(shown.depth_scale, training)?
            });
        }
        if self.of_network() {
            let mut answer = self.question(&self.unit_activation()?).answer()?;
            shown.trajectory = answer.take_trajectory();
            shown.network = Some(answer);
        }
        show(self.json, &shown, || shown.text())?;
        Ok(Outcome::Good)
    }

    /// Whether the question is about more than a plain chain.
    fn of_network(&self) -> bool {
        let more = self.start.is_some() || self.fan_in.is_some() || self.activation_scale.is_some();
        self.network.given() || more
    }

    /// The activation for inputs of variance 1.
    fn unit_activation(&self) -> anyhow::Result<StepActivation> {
        if self.sigma_w.is_some() {
            bail!(
                "--sigma-w is for plain chains: a network with skip paths has the best gain; leave it out, or leave out --network"
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
            fan_in: self.fan_in.unwrap_or(FAN_IN),
            token: self.activation_scale == Some(ActivationScale::Row),
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
                        "at sigma_w = {sigma_w} every signal dies in the bin of 0: the best gain of {name} is {:.6}",
                        best.sigma_w
                    )
                };
                (sigma_w, found.ok_or_else(died)?)
            }
        };
        let remark = chosen.block.map(|block| {
            format!(
                "{}: of {} at one ideal scale; the scale of each block departs from it (`mf format show {0}`)",
                block.name, block.element
            )
        });
        Ok(Shown {
            remark,
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

/// What was measured, in words.
fn sentence(trained: &Trained) -> String {
    match trained {
        Trained::Measured {
            layers: depth,
            ratio,
            learning_time,
            scatter,
        } => format!(
            "\nBy the law of equal steps on MNIST half of the test images are right up to {} layers, {ratio:.2} xi\n(learning time {learning_time:.0}; measured depths scatter by {} about it; number formats differ, see docs/training.md)",
            layers(*depth),
            percent(*scatter)
        ),
        Trained::NotMeasured { because } => {
            format!("\nHow deep such networks can be trained was not measured: {because}")
        }
    }
}

impl Shown {
    fn new(
        name: String,
        states: u64,
        sigma_w: f64,
        (one_minus_chi, depth_scale): (f64, f64),
        best_depth_scale: f64,
    ) -> Self {
        let depths = MULTIPLES.iter().map(|(multiple, _)| Depth {
            multiple: *multiple,
            layers: multiple * depth_scale,
            left: libm::exp(-multiple),
        });
        Self {
            name,
            states,
            sigma_w,
            one_minus_chi,
            depth_scale,
            best_depth_scale,
            depths: depths.collect(),
            trained: None,
            remark: None,
            network: None,
            trajectory: Vec::new(),
        }
    }

    fn text(&self) -> String {
        let chain = match self.network {
            Some(_) => "a chain has ",
            None => "",
        };
        let mut lines = vec![format!(
            "{}, {} values: {chain}xi = {} layers at sigma_w = {}",
            self.name,
            self.states,
            layers(self.depth_scale),
            short(self.sigma_w)
        )];
        if self.depth_scale < self.best_depth_scale {
            lines.push(format!(
                "({:.1} % of the {} layers at the best gain)",
                100.0 * self.depth_scale / self.best_depth_scale,
                layers(self.best_depth_scale)
            ));
        }
        lines.push(String::new());
        if let Some(network) = &self.network {
            lines.push(network.text(&self.trajectory));
            lines.extend(self.trained.iter().map(sentence));
            lines.extend(self.remark.iter().map(|remark| format!("\n{remark}")));
            return lines.join("\n");
        }
        let mut table = TextTable::new(&[
            ("layers", Align::Right),
            ("", Align::Right),
            ("left", Align::Right),
            ("", Align::Left),
        ]);
        for (depth, (_, meaning)) in self.depths.iter().zip(MULTIPLES) {
            table.row([
                layers(depth.layers),
                format!("{} xi", depth.multiple),
                percent(depth.left),
                meaning.to_owned(),
            ]);
        }
        lines.push(table.render());
        lines.extend(self.trained.iter().map(sentence));
        lines.extend(self.remark.iter().map(|remark| format!("\n{remark}")));
        lines.join("\n")
    }
}
