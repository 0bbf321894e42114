//! `mf levels`: how many levels a network of some depth needs, and which number formats suffice.

use clap::Args;
use mf_core::propagate_at_unit_variance;
use mf_core::quantizer::{Quantizer, lloyd_max};
use serde::Serialize;

use super::Outcome;
use super::format::Listed;
use super::number::{count, layers, positive};
use crate::terminal::{Align, TextTable, show};

/// Arguments of `mf levels`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The number of layers
    #[arg(long, value_name = "LAYERS", allow_negative_numbers = true, value_parser = count)]
    depth: u64,
    /// How many xi the network may be deep; exp(-K) of a small correlation is left at its end
    #[arg(long, value_name = "K", default_value = "4", allow_negative_numbers = true, value_parser = positive)]
    multiple: f64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Examples:
  mf levels --depth 100
  mf levels --depth 100 --multiple 2   with room to spare

How many xi can be trained depends on width, steps and learning rate. The
paper's figure 3 draws 4, 6 and 9 xi.";

/// Most levels of a Lloyd-Max quantizer that are tried.
const MOST_LLOYD_MAX: u64 = 4096;

/// What `mf levels` prints.
#[derive(Debug, Serialize)]
struct Shown {
    depth: u64,
    multiple: f64,
    /// The least xi.
    needed: f64,
    /// None if more than [`mf_fit::MOST_STATES`] are needed.
    equal_steps: Option<Fewest>,
    /// None if more than [`MOST_LLOYD_MAX`] are needed.
    lloyd_max: Option<Fewest>,
    /// Fewest bits first.
    formats: Vec<Listed>,
}

/// The fewest levels that suffice, and xi with them.
#[derive(Debug, Serialize)]
struct Fewest {
    states: u64,
    depth_scale: f64,
}

impl Arguments {
    /// Prints the numbers of levels and the formats.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let needed = self.depth as f64 / self.multiple;
        let equal_steps = fewest(needed, mf_fit::MOST_STATES, |states| {
            Ok(mf_fit::uniform_optimum(states)?.depth_scale)
        })?;
        // Levels and thresholds are for a unit Gaussian: the best scale is 1.
        let lloyd_max = fewest(needed, MOST_LLOYD_MAX, |states| {
            let quantizer = lloyd_max(states)?;
            Ok(propagate_at_unit_variance(quantizer.activation())?
                .1
                .depth_scale)
        })?;
        let mut formats = Listed::all()?;
        formats.retain(|format| format.depth_scale >= needed);
        let shown = Shown {
            depth: self.depth,
            multiple: self.multiple,
            needed,
            equal_steps,
            lloyd_max,
            formats,
        };
        show(self.json, &shown, || shown.text())?;
        Ok(Outcome::Good)
    }
}

/// The fewest levels from 2 to `most` whose xi is at least `needed`, by bisection: xi grows with every level.
fn fewest(
    needed: f64,
    most: u64,
    depth_scale: impl Fn(u64) -> anyhow::Result<f64>,
) -> anyhow::Result<Option<Fewest>> {
    if depth_scale(most)? < needed {
        return Ok(None);
    }
    let (mut least, mut enough) = (2, most);
    while least < enough {
        let middle = least + (enough - least) / 2;
        if depth_scale(middle)? < needed {
            least = middle + 1;
        } else {
            enough = middle;
        }
    }
    Ok(Some(Fewest {
        states: enough,
        depth_scale: depth_scale(enough)?,
    }))
}

impl Shown {
    fn text(&self) -> String {
        let found = |fewest: &Option<Fewest>, most: u64| {
            fewest.as_ref().map_or_else(
                || format!("more than {most}"),
                |f| format!("{} (xi {})", f.states, layers(f.depth_scale)),
            )
        };
        let mut lines = vec![
            format!(
                "{} layers within {} xi need xi of {} or more",
                self.depth,
                self.multiple,
                layers(self.needed)
            ),
            format!(
                "  levels in equal steps  {}",
                found(&self.equal_steps, mf_fit::MOST_STATES)
            ),
            format!(
                "  levels of Lloyd-Max    {}",
                found(&self.lloyd_max, MOST_LLOYD_MAX)
            ),
        ];
        if self.formats.is_empty() {
            lines.push("No number format of up to 8 bits carries that far.".to_owned());
            return lines.join("\n");
        }
        lines.push("\nnumber formats that suffice, fewest bits first:".to_owned());
        let right = |name| (name, Align::Right);
        let mut table = TextTable::new(&[
            ("format", Align::Left),
            right("bits"),
            right("values"),
            right("xi (layers)"),
            right("depth / xi"),
            right("sigma_w"),
        ]);
        for format in &self.formats {
            table.row([
                format.format.to_owned(),
                format.bits.to_string(),
                format.states.to_string(),
                layers(format.depth_scale),
                format!("{:.2}", self.depth as f64 / format.depth_scale),
                format!("{:.4}", format.sigma_w),
            ]);
        }
        lines.push(table.render());
        lines.join("\n")
    }
}
