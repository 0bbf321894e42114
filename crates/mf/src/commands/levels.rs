//! `mf levels`: how many levels a network of some depth needs, and which number formats suffice.

use clap::Args;
use mf_core::quantizer::{Members, lloyd_max, uniform};
use mf_fit::{FitError, fewest_states};
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
    #[arg(value_name = "LAYERS", allow_negative_numbers = true, value_parser = count)]
    depth: u64,
    /// The depth of the network in units of xi; exp(-K) of a small correlation is left at its end
    #[arg(long, value_name = "K", default_value = "4", allow_negative_numbers = true, value_parser = positive)]
    multiple: f64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Examples:
  mf levels 100
  mf levels 100 --multiple 2   a safer choice

How many xi can be trained depends on width, steps and learning rate. The
paper's figure 3 draws 4, 6 and 9 xi.";

/// What `mf levels` prints.
#[derive(Debug, Serialize)]
struct Shown {
    depth: u64,
    multiple: f64,
    /// The least xi.
    needed: f64,
    /// None if no number of levels suffices.
    equal_steps: Option<Fewest>,
    /// None if no number of levels suffices.
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
        let mut formats = Listed::all()?;
        formats.retain(|format| format.depth_scale >= needed);
        let shown = Shown {
            depth: self.depth,
            multiple: self.multiple,
            needed,
            equal_steps: fewest(&uniform::MEMBERS, needed)?,
            lloyd_max: fewest(&lloyd_max::MEMBERS, needed)?,
            formats,
        };
        show(self.json, &shown, || shown.text())?;
        Ok(Outcome::Good)
    }
}

fn fewest(members: &Members, needed: f64) -> Result<Option<Fewest>, FitError> {
    let found = fewest_states(members, needed)?;
    Ok(found.map(|(states, depth_scale)| Fewest {
        states,
        depth_scale,
    }))
}

impl Shown {
    fn text(&self) -> String {
        let found = |fewest: &Option<Fewest>, members: &Members| match fewest {
            Some(fewest) => format!("{} (xi {})", fewest.states, layers(fewest.depth_scale)),
            None => format!("more than {}", members.most),
        };
        let mut lines = vec![
            format!(
                "for {} layers to be at most {} xi, xi must be {} or more",
                self.depth,
                self.multiple,
                layers(self.needed)
            ),
            format!(
                "  levels, equal steps    {}",
                found(&self.equal_steps, &uniform::MEMBERS)
            ),
            format!(
                "  optimal (Lloyd-Max)    {}",
                found(&self.lloyd_max, &lloyd_max::MEMBERS)
            ),
        ];
        if self.formats.is_empty() {
            lines.push("No number format of up to 8 bits suffices.".to_owned());
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
