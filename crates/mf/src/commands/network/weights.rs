//! Quantized weights, as a user of `mf depth` and `mf init` describes them.

use anyhow::bail;
use mf_core::network::MOST_NUMBERS;
use mf_core::{Centring, QuantizedWeights, Scale, StepActivation, WeightsError};
use serde::Serialize;

use super::{NetworkArguments, grid};
use crate::commands::named;
use crate::commands::number::{percent, positive, share};

/// The scale of quantized weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WeightScale {
    /// One constant, the best for normal weights.
    Tensor,
    /// The largest weight of the tensor.
    TensorLargest,
    /// The largest weight of each row.
    Row,
    /// The mean size of the weights.
    Mean,
    /// A fixed grid: this number times the format's values.
    Fixed(f64),
}

impl WeightScale {
    /// The word that users give.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Tensor => "tensor".to_owned(),
            Self::TensorLargest => "tensor-absmax".to_owned(),
            Self::Row => "row".to_owned(),
            Self::Mean => "mean".to_owned(),
            Self::Fixed(unit) => unit.to_string(),
        }
    }
}

/// A scale on the command line.
///
/// # Errors
/// What is allowed.
pub(super) fn weight_scale(text: &str) -> Result<WeightScale, String> {
    match text {
        "tensor" => Ok(WeightScale::Tensor),
        "tensor-absmax" => Ok(WeightScale::TensorLargest),
        "row" => Ok(WeightScale::Row),
        "mean" => Ok(WeightScale::Mean),
        number => positive(number).map(WeightScale::Fixed).map_err(|_| {
            "give tensor, tensor-absmax, row, mean, or a number above 0 for a fixed grid".to_owned()
        }),
    }
}

/// Quantized weights of a layer.
pub(crate) struct Weights {
    pub(crate) scale: WeightScale,
    /// The format's values and thresholds.
    pub(crate) phi: StepActivation,
    /// What multiplies the format's values, if that is a constant, of weights that act as `sigma_w = 1`.
    pub(crate) unit: Option<f64>,
    pub(crate) centred: bool,
    pub(crate) law: QuantizedWeights,
    pub(crate) shown: ShownWeights,
}

/// Up to this many values of weights, with three of the activation, sums of products are on a coarse lattice.
const FEW_VALUES: usize = 3;

impl Weights {
    /// Whether what is said of the weights depends on the fan-in.
    pub(crate) fn follow_fan_in(&self) -> bool {
        let few = self.shown.inputs < FEW_INPUTS;
        few || !matches!(self.scale, WeightScale::Tensor | WeightScale::Mean)
    }

    /// What differs at finite width, if activation and weights both have few values.
    pub(crate) fn lattice(&self, phi: &StepActivation) -> Option<String> {
        let few = phi.states() == FEW_VALUES && self.phi.states() <= FEW_VALUES;
        few.then(|| {
            "Sums of products of so few values are multiples of one number. For that at a finite fan-in the variance is off by some \
             percent, and squared gradients by some percent in each layer, up or down, about as 1 / sqrt(fan-in); correlations \
             agree."
                .to_owned()
        })
    }
}

/// What is printed of quantized weights.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ShownWeights {
    pub(crate) format: String,
    pub(crate) scale: String,
    fan_in: u64,
    /// Squared correlation of the weights before and after rounding.
    chi: f64,
    /// By how much the weights before rounding are larger than those of a network that does not round.
    pub(crate) gain: f64,
    /// The share of the weights that round to 0.
    zero_share: f64,
    /// The correlation of the first layer's outputs with those of the network that does not round.
    likeness: f64,
    /// The relative standard deviation of the gain's square from unit to unit, as far as it comes from the scale of a row.
    spread: f64,
    /// The mean number of weights of a unit that do not round to 0.
    inputs: f64,
    /// The share of units whose weights all round to 0.
    units_without_input: f64,
    /// The same at the usual start on a fixed grid, a standard deviation of 1 / sqrt(fan-in).
    #[serde(skip_serializing_if = "Option::is_none")]
    units_without_input_at_usual_start: Option<f64>,
}

/// From this spread on the text says what it costs.
const SPREAD: f64 = 0.01;

/// From this gain on most weights round to the largest values, unless most round to 0.
const LARGE_GAIN: f64 = 2.0;

/// Below this mean number of inputs of a unit the text says that the theory needs more.
const FEW_INPUTS: f64 = 30.0;

impl ShownWeights {
    fn new(
        format: &str,
        phi: &StepActivation,
        scale: WeightScale,
        law: &QuantizedWeights,
        fan_in: u64,
    ) -> Self {
        let rounding = law.rounding();
        let has_zero = phi.levels().contains(&0.0);
        let rows = scale == WeightScale::Row;
        Self {
            format: format.to_owned(),
            scale: scale.name(),
            fan_in,
            chi: 1.0 - law.one_minus_chi(),
            gain: law.gain(),
            zero_share: if has_zero {
                1.0 - rounding.nonzero_share
            } else {
                0.0
            },
            likeness: law.correlation(),
            spread: if rows { rounding.spread } else { 0.0 },
            inputs: law.inputs(),
            units_without_input: without_input(rounding.nonzero_share, fan_in),
            units_without_input_at_usual_start: None,
        }
    }

    /// The scale, in words.
    pub(crate) fn scale_words(&self) -> String {
        match self.scale.as_str() {
            "tensor" => "one constant scale, the best for normal weights".to_owned(),
            "tensor-absmax" => "scaled by the largest weight of the tensor".to_owned(),
            "row" => format!(
                "scaled by the largest weight of each row of {}",
                self.fan_in
            ),
            "mean" => "scaled by the mean size of the weights".to_owned(),
            unit => format!("on a fixed grid, {unit} times the format's values"),
        }
    }

    /// How many weights are 0, and what that does.
    pub(crate) fn zeros(&self) -> String {
        let mut said = vec![format!(
            "{} of the weights round to 0",
            share(self.zero_share)
        )];
        if self.gain > LARGE_GAIN && self.zero_share < 0.5 {
            let most = "most weights round to the largest values, as the grid is small: a larger one changes them less";
            said.push(most.to_owned());
        }
        if self.inputs < FEW_INPUTS {
            said.push(format!(
                "a unit has only {:.1} inputs on average that do not, where the theory is that of many",
                self.inputs
            ));
        }
        if self.units_without_input > 0.01 {
            said.push(format!(
                "{} of the units have none",
                percent(self.units_without_input)
            ));
        }
        if let Some(usual) = self.units_without_input_at_usual_start
            && usual > 0.01
        {
            let started =
                "at the usual standard deviation, 1 / sqrt(fan-in), the start is nearly dead";
            said.push(format!(
                "{started}: {} of the units have no input",
                percent(usual)
            ));
        }
        said.join("; ")
    }

    /// What the rounding costs in depth.
    pub(crate) fn cost(&self) -> String {
        if self.spread > SPREAD {
            format!(
                "sigma_w^2 differs from row to row by {}, as the largest weights do: that costs up to some percent of xi; \
                 apart from it xi is unchanged",
                percent(self.spread)
            )
        } else {
            "xi is unchanged".to_owned()
        }
    }

    /// All of it.
    pub(crate) fn sentence(&self) -> String {
        format!(
            "Weights in {}, {}: {}. Start with weights {:.6} times those of full precision (a gain, before rounding); {}. The \
             first layer's outputs correlate with unrounded ones by {:.4}.",
            self.format,
            self.scale_words(),
            self.zeros(),
            self.gain,
            self.cost(),
            self.likeness
        )
    }
}

impl NetworkArguments {
    /// The quantized weights of units with `fan_in` inputs, if the user gave a format.
    ///
    /// # Errors
    /// No such format, weights that cannot be quantized so, or a start that is dead on a fixed grid.
    pub(crate) fn weights(&self, fan_in: u64) -> anyhow::Result<Option<Weights>> {
        let Some(name) = &self.weights else {
            return Ok(None);
        };
        if fan_in < 2 {
            bail!(
                "--fan-in is {fan_in}: give 2 or more, as the theory is that of units with many inputs"
            );
        }
        let (found, _) = named::format(name)?;
        if let Some(block) = found.block {
            bail!(
                "{} has a scale for each block, which is not a scale of weights here: for its elements with a scale for \
                 each row, give --weights {} --weight-scale row",
                block.name,
                block.element
            );
        }
        let phi = found.format.build()?.activation;
        let scale = self.weight_scale.unwrap_or(WeightScale::Tensor);
        let centring = if self.centre_weights {
            Centring::Subtract
        } else {
            Centring::Refuse
        };
        let mut usual_start = None;
        let of = |scale| Ok(QuantizedWeights::new(&phi, scale, centring, fan_in)?);
        let law = match scale {
            WeightScale::Fixed(unit) => {
                usual_start = Some(grid::silent_units(found.name(), &phi, unit, fan_in)?);
                grid::start(found.name(), &phi, unit, centring, fan_in)
            }
            WeightScale::Tensor => of(Scale::Constant(mf_fit::best_weight_scale(&phi)?)),
            WeightScale::TensorLargest => {
                let all = fan_in.saturating_mul(fan_in).min(MOST_NUMBERS);
                of(Scale::LargestOf(all))
            }
            WeightScale::Row => of(Scale::LargestOf(fan_in)),
            WeightScale::Mean => of(Scale::MeanSize),
        };
        let law = law.map_err(|error: anyhow::Error| {
            let remedy = match error.downcast_ref() {
                Some(WeightsError::Mean { .. }) => {
                    ": give --centre-weights, which subtracts their mean, or a format that is the same on both sides of 0"
                }
                Some(_) => "",
                None => return error,
            };
            let about = format!(
                "{} weights at --weight-scale {} have no start{remedy}",
                found.name(),
                scale.name()
            );
            error.context(about)
        })?;
        let unit = match scale {
            WeightScale::Fixed(unit) => Some(unit),
            WeightScale::Tensor => Some(mf_fit::best_weight_scale(&phi)? * law.deviation(1.0)?),
            _ => None,
        };
        Ok(Some(Weights {
            scale,
            unit,
            centred: self.centre_weights,
            shown: ShownWeights {
                units_without_input_at_usual_start: usual_start,
                ..ShownWeights::new(found.name(), &phi, scale, &law, fan_in)
            },
            phi,
            law,
        }))
    }
}

/// The probability that all inputs of a unit have a weight of 0.
fn without_input(nonzero_share: f64, fan_in: u64) -> f64 {
    libm::exp(fan_in as f64 * libm::log1p(-nonzero_share))
}
