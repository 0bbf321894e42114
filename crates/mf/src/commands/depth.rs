//! `mf depth`: how deep a number format, or a number of levels, carries.

use anyhow::{anyhow, bail};
use clap::Args;
use serde::Serialize;

use super::Outcome;
use super::number::{count, layers, percent, positive, short};
use crate::formats::named;
use crate::stages::subjects::Subject;
use crate::terminal::{Align, TextTable, show};

/// Multiples of xi, and where they are from.
const MULTIPLES: [(f64, &str); 5] = [
    (1.0, "xi itself"),
    (2.0, ""),
    (4.0, "a line of the paper's figure 3"),
    (
        6.0,
        "another; for smooth networks see Schoenholz et al. 2017",
    ),
    (9.0, "the last one"),
];

/// Arguments of `mf depth`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The number format of the activations (`mf format list` has all)
    #[arg(long, value_name = "NAME", required_unless_present = "states")]
    format: Option<String>,
    /// Instead of a format: so many levels with equal steps
    #[arg(long, value_name = "N", conflicts_with = "format", allow_negative_numbers = true, value_parser = count)]
    states: Option<u64>,
    /// The weight gain, if it is not the best one: weights are N(0, sigma_w^2 / fan_in) for levels up to 1
    #[arg(long, value_name = "GAIN", conflicts_with = "states", allow_negative_numbers = true, value_parser = positive)]
    sigma_w: Option<f64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Examples:
  mf depth --format int4
  mf depth --format nf4 --sigma-w 1.2   at a weight gain of your own
  mf depth --states 16                  16 levels with equal steps

What is left is the factor exp(-layers / xi) on a small correlation of two
inputs. How much of that a network can be trained through depends on its width,
its steps and its learning rate.

Depths are those of plain layers. What carries signals around them, such as
residual connections, is not in this theory.";

/// What `mf depth` prints.
#[derive(Debug, Serialize)]
struct Shown {
    format: String,
    states: u64,
    sigma_w: f64,
    one_minus_chi: f64,
    depth_scale: f64,
    /// xi at the best weight gain.
    best_depth_scale: f64,
    depths: Vec<Depth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
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
        let shown = match (&self.format, self.states) {
            (Some(name), _) => self.of_format(name)?,
            (None, Some(states)) => of_states(states)?,
            (None, None) => bail!("give --format or --states"),
        };
        show(self.json, &shown, || shown.text())?;
        Ok(Outcome::Good)
    }

    fn of_format(&self, name: &str) -> anyhow::Result<Shown> {
        let (named, optimum) = named(name)?;
        let (subject, best) = (Subject::from(&optimum), &optimum.best);
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
        let remark = named.block.map(|block| {
            format!(
                "{}: of {} at one ideal scale; the scale of each block departs from it (`mf format show {0}`)",
                block.name, block.element
            )
        });
        Ok(Shown {
            remark,
            ..Shown::new(
                named.name().to_owned(),
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

impl Shown {
    fn new(
        format: String,
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
            format,
            states,
            sigma_w,
            one_minus_chi,
            depth_scale,
            best_depth_scale,
            depths: depths.collect(),
            remark: None,
        }
    }

    fn text(&self) -> String {
        let mut lines = vec![format!(
            "{}, {} values: xi = {} layers at sigma_w = {}",
            self.format,
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
        lines.extend(self.remark.iter().map(|remark| format!("\n{remark}")));
        lines.join("\n")
    }
}
