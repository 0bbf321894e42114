//! `mf init` for a network with skip paths, or with quantized weights.

mod torch;

use anyhow::bail;
use mf_core::network::Architecture;
use mf_core::{Activation, Surrogate};
use serde::Serialize;

use crate::commands::named::Chosen;
use crate::commands::network::{Kind, Network, NetworkArguments, ShownWeights, Weights};
use crate::commands::number::{counted, list, short};
use crate::terminal::{entry, paragraph};

/// How to start a network. Activations have the root mean square 1 at an input of root mean square 1.
#[derive(Serialize)]
pub(super) struct Start {
    name: String,
    fan_in: u64,
    network: &'static str,
    blocks: u64,
    products: Kind,
    /// Where one value of the activation changes to the next, in units of the root mean square of its input.
    thresholds: Vec<f64>,
    /// The values of the activation, whose root mean square is 1.
    values: Vec<f64>,
    /// Where the gradient of the activation is not 0, in units of the root mean square of its input.
    window: [f64; 2],
    /// The gradient of the activation there.
    slope: f64,
    /// What a block adds to the variance of the stream; a chain has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<f64>,
    /// Its square root, which multiplies the branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_factor: Option<f64>,
    /// The standard deviation of the weights of a block, before they are rounded.
    weight_std: f64,
    /// What multiplies the format's values, if it is one constant.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_unit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<ShownWeights>,
    biases: f64,
    /// Of a last layer in full precision, whose inputs are the stream divided by its root mean square.
    last_weight_std: f64,
    /// What to know about these numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    #[serde(skip)]
    quantized: Option<Weights>,
    #[serde(skip)]
    asked: Network,
    /// The options as they were typed.
    #[serde(skip)]
    options: String,
}

impl Start {
    /// The start of the network that the user described.
    ///
    /// # Errors
    /// Options that do not fit together, or that have no start.
    pub(super) fn new(
        chosen: &Chosen,
        arguments: &NetworkArguments,
        fan_in: u64,
    ) -> anyhow::Result<Self> {
        if fan_in < 2 {
            bail!(
                "--fan-in is {fan_in}: give 2 or more, as the theory is that of units with many inputs"
            );
        }
        let phi = chosen.unit_activation()?;
        let asked = arguments.network(&phi)?;
        let quantized = arguments.weights(fan_in)?;
        let spread = phi.mean_square(1.0).sqrt();
        let window = [
            phi.offset(),
            phi.levels().last().copied().unwrap_or(f64::NAN),
        ];
        let usual = 1.0 / (fan_in as f64).sqrt();
        let branch = asked.branch_variance();
        Ok(Self {
            name: chosen.subject.name.clone(),
            fan_in,
            network: asked.architecture.name(),
            blocks: asked.blocks,
            products: asked.kind,
            thresholds: phi.thresholds().to_vec(),
            values: phi.levels().iter().map(|level| level / spread).collect(),
            slope: Surrogate::even(window[0], window[1], 1.0, 1.0)?.height(),
            window,
            branch,
            branch_factor: branch.map(f64::sqrt),
            weight_std: match &quantized {
                Some(weights) => weights.law.deviation(1.0)?,
                None => usual,
            },
            weight_unit: quantized.as_ref().and_then(|weights| weights.unit),
            weights: quantized.as_ref().map(|weights| weights.shown.clone()),
            biases: 0.0,
            last_weight_std: usual,
            remark: quantized.as_ref().and_then(|weights| weights.lattice(&phi)),
            quantized,
            asked,
            options: format!("--fan-in {fan_in}{}", arguments.typed()),
        })
    }

    /// The network in a line.
    fn title(&self) -> String {
        let branch = match self.branch {
            None => String::new(),
            Some(branch) => format!(", B of variance {}", short(branch)),
        };
        let chain = self.asked.architecture == Architecture::Chain;
        let unit = if chain && self.products == Kind::Single {
            "layer"
        } else {
            "block"
        };
        format!(
            "{}, {} of {}{branch}",
            self.network,
            counted(self.blocks, unit),
            self.asked.formula()
        )
    }

    /// What a branch computes, with the quantizer `Q`.
    fn products(&self) -> &'static str {
        match self.products {
            Kind::Single => "B(x) = W Q(x)",
            Kind::Mlp => "B(x) = W2 Q(W1 Q(x))",
            Kind::Gated => {
                "B(x) = W3 Q(R norm(relu(W1 Q(x)) * W2 Q(x))), with Hadamard's rotation R"
            }
        }
    }

    pub(super) fn text(&self) -> String {
        let mut lines = vec![
            paragraph(&format!(
                "{}, fan-in {}: {}",
                self.name,
                self.fan_in,
                self.title()
            )),
            entry("block", self.products()),
            entry(
                "activation",
                &format!(
                    "Q has thresholds, for inputs of root mean square 1, at {}",
                    list(&self.thresholds)
                ),
            ),
            entry(
                "",
                &format!(
                    "and the values {}, whose root mean square is 1",
                    list(&self.values)
                ),
            ),
        ];
        lines.extend(self.weight_lines());
        if let (Some(factor), Some(branch)) = (self.branch_factor, self.branch) {
            let variance = short(branch);
            lines.push(entry(
                "branch",
                &format!("B times {factor:.6}: adds the variance {variance} to a stream that starts with 1"),
            ));
        }
        let [from, to] = self.window;
        lines.extend([
            entry(
                "gradient",
                &format!(
                    "of Q: {:.6} for inputs from {} to {}, 0 beyond (straight-through): keeps the size of gradients",
                    self.slope,
                    short(from),
                    short(to)
                ),
            ),
            entry("biases", "0"),
            entry(
                "first layer",
                "full precision, weights N(0, 1 / inputs) for inputs of root mean square 1: the stream starts with the variance 1",
            ),
            entry(
                "last layer",
                &format!("full precision, weights N(0, {:.8}^2), on the stream divided by its root mean square", self.last_weight_std),
            ),
            String::new(),
        ]);
        lines.extend(self.remark.iter().map(|remark| paragraph(remark)));
        lines.push(paragraph(
            "The same options show with `mf depth` what is left of a signal, and with --emit torch they print a PyTorch module.",
        ));
        lines.join("\n")
    }

    fn weight_lines(&self) -> Vec<String> {
        let deviation = self.weight_std;
        let Some(weights) = &self.weights else {
            return vec![entry(
                "weights",
                &format!("N(0, {deviation:.8}^2): 1 over sqrt(fan-in)"),
            )];
        };
        let unit = match self.weight_unit {
            Some(unit) => format!(": {unit:.8} times the format's values"),
            None => String::new(),
        };
        let mean = if self
            .quantized
            .as_ref()
            .is_some_and(|weights| weights.centred)
        {
            "; the mean of the rounded weights is subtracted"
        } else {
            ""
        };
        vec![
            entry(
                "weights",
                &format!(
                    "N(0, {deviation:.8}^2) before rounding: {:.6} over sqrt(fan-in), the gain that makes them act as 1 over \
                     sqrt(fan-in) once they are rounded; {}",
                    weights.gain,
                    weights.cost()
                ),
            ),
            entry(
                "rounding",
                &format!(
                    "to {}, {}{unit}{mean}; {}",
                    weights.format,
                    weights.scale_words(),
                    weights.zeros()
                ),
            ),
            entry(
                "",
                "gradients pass to the weights before rounding as they are (straight-through)",
            ),
        ]
    }
}
