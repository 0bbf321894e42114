//! `mf format list` and `mf format show`: the number formats at their best scale.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use mf_core::StochasticActivation;
use mf_core::block::{BLOCK_FORMATS, BlockFormat, BlockScale, Named};
use mf_fit::{FitError, FormatOptimum};
use serde::Serialize;

use super::Outcome;
use super::named;
use super::number::{layers, list, short};
use crate::formats::OFF;
use crate::names;
use crate::stages::subjects::Subject;
use crate::terminal::{Align, TextTable, entry, say, show};

/// Arguments of `mf format`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every format at its best scale, fewest bits first
    #[command(after_help = LIST_HELP)]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// One format: values, best scale, depth, gradients, and the depth at other scales
    #[command(after_help = SHOW_HELP)]
    Show(Show),
}

const LIST_HELP: &str = "\
A small correlation of two inputs decays as exp(-layers / xi). How many xi can
be trained depends on width, steps and learning rate.
sigma_w is for values divided by the largest: levels in [-1, 1].";

const SHOW_HELP: &str = "\
Examples:
  mf format show fp8-e4m3fn
  mf format show int4 --stochastic   also with stochastic rounding
  mf format show mxfp4               a block-scaled format: its elements

See also `mf depth NAME` and `mf init NAME --fan-in N`.";

#[derive(Debug, Args)]
struct Show {
    /// The format, such as int4, fp4-e2m1, nf4 (`mf format list` has all)
    #[arg(add = ArgValueCandidates::new(names::formats))]
    name: String,
    /// Also with stochastic rounding
    #[arg(long)]
    stochastic: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Prints the list, or the format.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        match &self.command {
            Command::List { json } => print_list(*json)?,
            Command::Show(show) => show.run()?,
        }
        Ok(Outcome::Good)
    }
}

/// A row of the list.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    /// The name.
    pub(crate) format: &'static str,
    /// Other names of it.
    pub(crate) aliases: &'static [&'static str],
    /// Bits of a stored number.
    pub(crate) bits: u32,
    /// Number of different values.
    pub(crate) states: u64,
    /// 1 - chi at the best scale.
    pub(crate) one_minus_chi: f64,
    /// xi, in layers.
    pub(crate) depth_scale: f64,
    /// The largest value in standard deviations of the pre-activations.
    pub(crate) reach: f64,
    /// The weight gain for values divided by the largest.
    pub(crate) sigma_w: f64,
}

impl Listed {
    /// The row of a format.
    fn of(optimum: &FormatOptimum) -> Self {
        let (format, best) = (optimum.format, &optimum.best);
        Self {
            format: format.name,
            aliases: format.aliases,
            bits: format.bits,
            states: optimum.phi.states() as u64,
            one_minus_chi: best.propagation.one_minus_slope,
            depth_scale: best.propagation.depth_scale,
            reach: best.scale,
            sigma_w: best.sigma_w,
        }
    }

    /// Every format, fewest bits first, then the deepest.
    ///
    /// # Errors
    /// As [`FormatOptimum::all`].
    pub(crate) fn all() -> Result<Vec<Self>, FitError> {
        Ok(FormatOptimum::all()?.iter().map(Self::of).collect())
    }
}

const LEGEND: &str = "
At the best scale, without biases. reach: the largest value in standard
deviations of the pre-activations. sigma_w: weights are N(0, sigma_w^2 / fan_in)
for values divided by the largest.";

fn print_list(json: bool) -> anyhow::Result<()> {
    let all = Listed::all()?;
    if json {
        say(serde_json::to_string_pretty(&serde_json::json!({
            "formats": all,
            "block_formats": BLOCK_FORMATS.iter().map(|block| serde_json::json!({
                "format": block.name, "element": block.element, "block": block.block, "source": block.source,
            })).collect::<Vec<_>>(),
        }))?);
        return Ok(());
    }
    let right = |name| (name, Align::Right);
    let mut table = TextTable::new(&[
        ("format", Align::Left),
        right("bits"),
        right("values"),
        right("1 - chi"),
        right("xi (layers)"),
        right("reach"),
        right("sigma_w"),
    ]);
    for row in &all {
        table.row([
            row.format.to_owned(),
            row.bits.to_string(),
            row.states.to_string(),
            format!("{:.3e}", row.one_minus_chi),
            layers(row.depth_scale),
            format!("{:.4}", row.reach),
            format!("{:.4}", row.sigma_w),
        ]);
    }
    say(table.render());
    say(LEGEND);
    say("\nBlock-scaled: these elements, with a scale for each block");
    let mut blocks = TextTable::new(&[
        ("format", Align::Left),
        ("elements", Align::Left),
        right("block"),
    ]);
    for block in BLOCK_FORMATS {
        blocks.row([
            block.name.to_owned(),
            block.element.to_owned(),
            block.block.to_string(),
        ]);
    }
    say(blocks.render());
    Ok(())
}

/// Multiples of xi that are lines in figure 3 of the paper.
const MULTIPLES: [u32; 3] = [4, 6, 9];

/// What `mf format show` prints.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    listed: Listed,
    family: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<Block>,
    source: String,
    /// The values, as the format has them.
    values: Vec<f64>,
    /// The thresholds between the values, in the same units.
    thresholds: Vec<f64>,
    /// The factor on the format's values for pre-activations of unit variance.
    scale: f64,
    chi: f64,
    correlation: f64,
    depths: BTreeMap<String, f64>,
    /// The straight-through slope at which gradients keep their size; and the factor by which slope 1 changes squared
    /// gradients in a layer.
    slope: f64,
    gain_of_plain_slope: f64,
    off: Vec<Off>,
    #[serde(skip_serializing_if = "Option::is_none")]
    biased: Option<Biased>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stochastic: Option<Stochastic>,
}

#[derive(Debug, Serialize)]
struct Block {
    format: &'static str,
    size: usize,
    source: &'static str,
    rule: String,
}

#[derive(Debug, Serialize)]
struct Off {
    factor: f64,
    depth_scale: f64,
}

#[derive(Debug, Serialize)]
struct Biased {
    sigma_b: f64,
    sigma_w: f64,
    reach: f64,
    depth_scale: f64,
}

#[derive(Debug, Serialize)]
struct Stochastic {
    one_minus_chi: f64,
    depth_scale: f64,
    reach: f64,
    sigma_w: f64,
}

impl Show {
    fn run(&self) -> anyhow::Result<()> {
        let (named, optimum) = named::format(&self.name)?;
        let shown = self.shown(named, &optimum)?;
        show(self.json, &shown, || shown.text())
    }

    fn shown(&self, named: Named, optimum: &FormatOptimum) -> anyhow::Result<Shown> {
        let listed = Listed::of(optimum);
        let best = &optimum.best;
        let own = &optimum.quantizer.activation;
        let slope = Subject::from(optimum)
            .surrogate(best.sigma_w, best.propagation.variance)?
            .height();
        let biased = optimum.biased()?;
        let off = OFF.iter().map(|(_, factor)| {
            Ok(Off {
                factor: *factor,
                depth_scale: optimum.depth_scale_at(*factor)?,
            })
        });
        let stochastic = if self.stochastic {
            let best = mf_fit::best_scale(&StochasticActivation::new(&optimum.phi))?;
            Some(Stochastic {
                one_minus_chi: best.propagation.one_minus_slope,
                depth_scale: best.propagation.depth_scale,
                reach: best.scale,
                sigma_w: best.sigma_w,
            })
        } else {
            None
        };
        let block = named.block.map(|block| Block {
            format: block.name,
            size: block.block,
            source: block.source,
            rule: rule(block),
        });
        let xi = listed.depth_scale;
        Ok(Shown {
            family: optimum.format.family,
            block,
            source: optimum.quantizer.source.clone(),
            values: own.levels().to_vec(),
            thresholds: own.thresholds().to_vec(),
            scale: best.scale / own.largest_level(),
            chi: best.propagation.slope,
            correlation: best.propagation.correlation,
            depths: MULTIPLES
                .iter()
                .map(|k| (format!("{k} xi"), f64::from(*k) * xi))
                .collect(),
            slope,
            gain_of_plain_slope: 1.0 / (slope * slope),
            off: off.collect::<Result<_, FitError>>()?,
            biased: (biased.sigma_b > 0.0).then_some(Biased {
                sigma_b: biased.sigma_b,
                sigma_w: biased.sigma_w,
                reach: biased.scale,
                depth_scale: biased.propagation.depth_scale,
            }),
            stochastic,
            listed,
        })
    }
}

/// The scale of a block, in words.
fn rule(block: &BlockFormat) -> String {
    match block.scale {
        BlockScale::PowerOfTwo => format!(
            "{} numbers share a scale that is a power of two (E8M0): 2^(floor(log2 of the largest) - floor(log2 of the \
             largest element)); what exceeds the largest element saturates",
            block.block
        ),
        BlockScale::E4m3 => format!(
            "{} numbers share a scale in FP8 E4M3: the largest of them over the largest element, rounded to nearest",
            block.block
        ),
    }
}

impl Shown {
    fn text(&self) -> String {
        let row = &self.listed;
        let mut lines = Vec::new();
        if let Some(block) = &self.block {
            lines.extend([
                format!("{}: {} in blocks of {}", block.format, row.format, block.size),
                entry("source", block.source),
                entry("scale", &block.rule),
                entry(
                    "theory",
                    "the units of a block depend on each other by their scale: chi is then an expectation over a block \
                     (docs/formats.md, \"A scale for each block\", has this xi). The numbers below are of the elements at one constant scale, the best one",
                ),
                String::new(),
            ]);
        }
        let number = |x: f64| format!("{x:.10}");
        lines.extend([
            format!(
                "{}: {} bits, {} values (family {})",
                row.format, row.bits, row.states, self.family
            ),
            entry("source", &self.source),
        ]);
        if !row.aliases.is_empty() {
            lines.push(entry("also called", &row.aliases.join(", ")));
        }
        lines.extend([
            entry("values", &list(&self.values)),
            entry("thresholds", &list(&self.thresholds)),
            "at the best scale, without biases".to_owned(),
            entry(
                "reach",
                &format!(
                    "{:.6}, the largest value in standard deviations of the pre-activations",
                    row.reach
                ),
            ),
            entry(
                "scale",
                &format!(
                    "{}, times the values: the levels for pre-activations of unit variance",
                    short(self.scale)
                ),
            ),
            entry(
                "sigma_w",
                &format!(
                    "{}, for values divided by the largest; weights are N(0, sigma_w^2 / fan_in)",
                    number(row.sigma_w)
                ),
            ),
            entry(
                "C*",
                &format!(
                    "{}, the correlation where every pair of inputs ends",
                    number(self.correlation)
                ),
            ),
            entry("1 - chi", &format!("{:.10e}", row.one_minus_chi)),
            entry("xi", &format!("{} layers", short(row.depth_scale))),
        ]);
        let depths = self.depths.iter();
        let depths: Vec<String> = depths
            .map(|(k, depth)| format!("{k} = {}", layers(*depth)))
            .collect();
        lines.push(entry("depth", &format!("{} layers", depths.join(", "))));
        lines.push(entry(
            "gradients",
            &format!(
                "straight-through slope {} keeps their size; slope 1 changes their squares by a factor {} a layer",
                short(self.slope),
                short(self.gain_of_plain_slope)
            ),
        ));
        lines.push("at other scales".to_owned());
        for off in &self.off {
            let kept = off.depth_scale / row.depth_scale;
            let label = format!("scale x {}", off.factor);
            lines.push(if off.depth_scale > 0.0 {
                entry(
                    &label,
                    &format!(
                        "xi {} layers, {:.1} % of the best",
                        layers(off.depth_scale),
                        100.0 * kept
                    ),
                )
            } else {
                entry(&label, "signals die")
            });
        }
        lines.push(match &self.biased {
            None => entry("biases", "do not help: 0 is best"),
            Some(b) => entry(
                "biases",
                &format!(
                    "N(0, {:.5}^2) with sigma_w {:.6} and reach {:.5}: xi {} layers",
                    b.sigma_b,
                    b.sigma_w,
                    b.reach,
                    layers(b.depth_scale)
                ),
            ),
        });
        if let Some(s) = &self.stochastic {
            lines.push("with stochastic rounding, at its best scale".to_owned());
            lines.push(entry("reach", &number(s.reach)));
            lines.push(entry("sigma_w", &number(s.sigma_w)));
            lines.push(entry("1 - chi", &format!("{:.10e}", s.one_minus_chi)));
            lines.push(entry("xi", &format!("{} layers", short(s.depth_scale))));
        }
        lines.join("\n")
    }
}
