//! The answer in sentences.

use mf_core::network::Architecture;

use super::{Law, Shown, Traced};
use crate::commands::network::{Kind, ShownWeights};
use crate::commands::number::{counted, layers, percent, share, short};
use crate::terminal::{Align, TextTable, paragraph};

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
    if x == 0.0 {
        "0".to_owned()
    } else if (0.01..1000.0).contains(&x) {
        let text = format!("{x:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{x:.2e}")
    }
}

impl Shown {
    /// The trajectory, which JSON has at its top.
    pub(in crate::commands::depth) fn take_trajectory(&mut self) -> Vec<Traced> {
        std::mem::take(&mut self.trajectory)
    }

    pub(in crate::commands::depth) fn text(&self, trajectory: &[Traced]) -> String {
        let told = match &self.no_trajectory {
            None => table(trajectory),
            Some(why) => paragraph(&format!("No correlations block by block: {why}.")),
        };
        let mut sentences = vec![self.left_sentence(), self.half_sentence()];
        sentences.extend(
            self.gradient_growth
                .map(|growth| self.gradient_sentence(growth)),
        );
        sentences.extend(self.weights.iter().map(ShownWeights::sentence));
        sentences.extend(self.remarks.iter().cloned());
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

    fn gradient_sentence(&self, growth: f64) -> String {
        let squares = match factor(growth).as_str() {
            "1" => "keep their size".to_owned(),
            "0" => "vanish".to_owned(),
            factor if growth < 1.0 => format!("change by a factor of {factor}"),
            factor => format!("grow by a factor of {factor}"),
        };
        format!(
            "Squared gradients {squares} over {}, at the slope of `mf init`.",
            counted(self.blocks, "block")
        )
    }

    fn law_sentence(&self) -> String {
        let products = self.products.words();
        let network = match self.branch {
            None if self.products == Kind::Single => {
                format!("{} of {}", self.network, counted(self.blocks, "layer"))
            }
            None => {
                format!(
                    "{} of {}{products}",
                    self.network,
                    counted(self.blocks, "block")
                )
            }
            Some(branch) => format!(
                "{}, {}{products} that {} a variance of {}{}",
                self.network,
                counted(self.blocks, "block"),
                if self.blocks == 1 { "adds" } else { "add" },
                short(branch),
                if self.blocks == 1 { "" } else { " each" }
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
            "After {} {} of a small signal is left",
            counted(self.blocks, "block"),
            share(self.left)
        );
        if self.network == Architecture::Chain.name() {
            format!("{left}.")
        } else {
            let as_many = match self.products {
                Kind::Single => "layers",
                Kind::Mlp | Kind::Gated => "such blocks",
            };
            format!(
                "{left}; a chain of as many {as_many} leaves {}.",
                share(self.left_in_chain)
            )
        }
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
                correlation(traced.correlation),
            ]);
        }
    }
    table.render()
}

/// A correlation to six decimals, or to three digits where these are few.
fn correlation(c: f64) -> String {
    const SMALL: f64 = 1e-4;
    if c != 0.0 && c.abs() < SMALL {
        format!("{c:.2e}")
    } else {
        format!("{c:.6}")
    }
}
