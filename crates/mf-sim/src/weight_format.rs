//! Weights that are rounded to a format.
//!
//! Normal numbers `z` are divided by a scale, rounded to the levels of the format, and multiplied by the scale. Only the
//! second moment `E[q(z)^2]` enters at infinite width, so rounded weights of the wanted variance act as normal ones.

use mf_core::{Centring, QuantizedWeights, Scale, StepActivation, WeightsError};

/// The numbers that share a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The weights of one unit.
    Row,
    /// The weights of one layer.
    Tensor,
}

/// What the scale of a group of weights is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightScale {
    /// The standard deviation of the weights before rounding: the format's levels and thresholds are in this unit.
    Deviation,
    /// The largest size of a weight of the group, divided by the largest level ("absmax").
    Largest(Group),
    /// The mean size of a weight of the group; with ternary levels that of BitNet b1.58 (Ma et al. 2024,
    /// arXiv:2402.17764).
    MeanSize(Group),
}

/// A format of weights with the rule of its scale.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightFormat {
    /// The levels and thresholds.
    pub format: StepActivation,
    /// The rule of the scale.
    pub scale: WeightScale,
}

impl WeightFormat {
    /// The law of the weights of a layer with `fan_in` weights of a unit and as many units.
    ///
    /// ```
    /// use mf_core::StepActivation;
    /// use mf_sim::{WeightFormat, WeightScale};
    ///
    /// // Ternary weights with thresholds 0.612: a share 0.540 of them is not 0 (Max 1960: the best three levels).
    /// let ternary = StepActivation::new(vec![-0.612, 0.612], vec![-1.0, 0.0, 1.0])?;
    /// let weights = WeightFormat { format: ternary, scale: WeightScale::Deviation };
    /// assert!((weights.law(1024)?.power() - 0.5405).abs() < 1e-4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WeightsError`] if the rounded weights have a mean, which would add a term that all units share, if nearly no
    /// weight leaves the level 0, or if there are too few or too many.
    pub fn law(&self, fan_in: usize) -> Result<QuantizedWeights, WeightsError> {
        let row = fan_in as u64;
        let scale = match self.scale {
            WeightScale::Deviation => Scale::Constant(1.0),
            WeightScale::MeanSize(_) => Scale::MeanSize,
            WeightScale::Largest(Group::Row) => Scale::LargestOf(row),
            WeightScale::Largest(Group::Tensor) => Scale::LargestOf(row.saturating_mul(row)),
        };
        QuantizedWeights::new(&self.format, scale, Centring::Refuse, row)
    }
}
