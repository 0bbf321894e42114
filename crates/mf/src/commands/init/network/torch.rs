//! The network as a PyTorch module: `network.py` with its numbers, and the lines that differ between networks.

use anyhow::bail;
use mf_core::network::Architecture;

use super::super::python_list;
use super::Start;
use crate::commands::network::{Kind, WeightScale, Weights};
use crate::terminal::paragraph;

const MODULE: &str = include_str!("../network.py");

impl Start {
    /// The module.
    ///
    /// # Errors
    /// A gated branch at a fan-in without a Hadamard matrix.
    pub(in crate::commands::init) fn torch(&self) -> anyhow::Result<String> {
        if self.products == Kind::Gated && !self.fan_in.is_power_of_two() {
            bail!(
                "--fan-in is {}: the printed module of a gated branch rotates by a Hadamard matrix, whose size is a power of 2; \
                 give such a fan-in, as {}",
                self.fan_in,
                self.fan_in.next_power_of_two()
            );
        }
        let weights = self.quantized.as_ref();
        let [from, to] = self.window;
        let branch = match self.branch_factor {
            Some(factor) => format!(
                "BRANCH = {factor:?}  # on what a block adds to the stream: its variance is the square\n"
            ),
            None => String::new(),
        };
        let command = format!("mf init {} {} --emit torch", self.name, self.options);
        Ok(MODULE
            .replace(
                "@title",
                &comment(&format!("Activations in {}: {}.", self.name, self.title())),
            )
            .replace("@version", env!("CARGO_PKG_VERSION"))
            .replace("@command", &command)
            .replace("@name", &self.name)
            .replace("@levels", &python_list(&self.values))
            .replace("@thresholds", &python_list(&self.thresholds))
            .replace("@window", &format!("({from:?}, {to:?})"))
            .replace("@slope", &format!("{:?}", self.slope))
            .replace("@fan_in", &self.fan_in.to_string())
            .replace("@blocks", &self.blocks.to_string())
            .replace("@branch\n", &branch)
            .replace("@weight_std", &format!("{:?}", self.weight_std))
            .replace("@weights\n", &weights.map_or_else(String::new, numbers))
            .replace("@rounding\n", &weights.map_or_else(String::new, rounding))
            .replace(
                "@used",
                if weights.is_some() {
                    "rounded(self.weight)"
                } else {
                    "self.weight"
                },
            )
            .replace(
                "@rotation\n",
                if self.products == Kind::Gated {
                    ROTATION
                } else {
                    ""
                },
            )
            .replace("@layers", self.layers())
            .replace("@products", self.body())
            .replace("@formula", self.asked.formula())
            .replace("@forward", self.forward())
            .trim_end()
            .to_owned())
    }

    /// The layers of a branch.
    fn layers(&self) -> &'static str {
        match self.products {
            Kind::Single => "self.linear = Linear()",
            Kind::Mlp => "self.first, self.second = Linear(), Linear()",
            Kind::Gated => "self.gate, self.up, self.down = Linear(), Linear(), Linear()",
        }
    }

    /// What a branch computes.
    fn body(&self) -> &'static str {
        match self.products {
            Kind::Single => "return self.linear(self.quantize(x))",
            Kind::Mlp => "return self.second(self.quantize(self.first(self.quantize(x))))",
            Kind::Gated => {
                "x = self.quantize(x)
        gated = normalize(torch.relu(self.gate(x)) * self.up(x))
        return self.down(self.quantize(rotated(gated)))"
            }
        }
    }

    /// What a block does with it.
    fn forward(&self) -> &'static str {
        match self.asked.architecture {
            Architecture::Chain => "return self.branch(h)",
            Architecture::PreNorm => "return h + BRANCH * self.branch(normalize(h))",
            Architecture::PostNorm => "return normalize(h + BRANCH * self.branch(h))",
            Architecture::QuantizedStream => {
                "return self.quantize(normalize(h + BRANCH * self.branch(normalize(h))))"
            }
        }
    }
}

/// Lines of a comment.
fn comment(text: &str) -> String {
    let lines = paragraph(text);
    let lines = lines.lines().map(|line| format!("# {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The format of the weights.
fn numbers(weights: &Weights) -> String {
    let about = format!(
        "The values of {}, to which weights are rounded ({}): {} times these.",
        weights.shown.format,
        weights.shown.zeros(),
        unit_words(weights.scale)
    );
    let mut numbers = format!(
        "\n{}\nWEIGHT_LEVELS = {}\nWEIGHT_THRESHOLDS = {}\n",
        comment(&about),
        python_list(weights.phi.levels()),
        python_list(weights.phi.thresholds())
    );
    if let Some(unit) = weights.unit {
        numbers += &format!("WEIGHT_UNIT = {unit:?}\n");
    }
    numbers
}

fn unit_words(scale: WeightScale) -> &'static str {
    match scale {
        WeightScale::Tensor | WeightScale::Fixed(_) => "WEIGHT_UNIT",
        WeightScale::TensorLargest => "the largest weight over the largest value",
        WeightScale::Row => "the largest weight of the row over the largest value",
        WeightScale::Mean => "the mean size of the weights",
    }
}

/// The function that rounds weights.
fn rounding(weights: &Weights) -> String {
    let largest = weights.phi.largest_level();
    let unit = match weights.scale {
        WeightScale::Tensor | WeightScale::Fixed(_) => "WEIGHT_UNIT".to_owned(),
        WeightScale::TensorLargest => format!("weight.detach().abs().amax() / {largest:?}"),
        WeightScale::Row => {
            format!("weight.detach().abs().amax(dim=1, keepdim=True) / {largest:?}")
        }
        WeightScale::Mean => "weight.detach().abs().mean()".to_owned(),
    };
    let centre = if weights.centred {
        "    near = near - near.mean()\n"
    } else {
        ""
    };
    ROUNDING
        .replace("@unit", &unit)
        .replace("@centre\n", centre)
}

const ROUNDING: &str = r#"
def rounded(weight):
    """The rounded weights; their gradient is passed to the weights as it is."""
    unit = @unit
    levels = torch.tensor(WEIGHT_LEVELS, device=weight.device)
    thresholds = torch.tensor(WEIGHT_THRESHOLDS, device=weight.device)
    near = unit * levels[torch.bucketize((weight / unit).detach().float().contiguous(), thresholds)]
@centre
    return near.to(weight.dtype) + (weight - weight.detach())

"#;

const ROTATION: &str = r#"
def rotated(x):
    """Each row times a Hadamard matrix: products of a gate become sums of many, which are normal."""
    size = x.shape[-1]
    y, half = x.reshape(-1, size), 1
    while half < size:
        a, b = y.reshape(-1, size // (2 * half), 2, half).unbind(dim=2)
        y, half = torch.stack((a + b, a - b), dim=2).reshape(-1, size), 2 * half
    return y.reshape(x.shape) * size**-0.5

"#;
