//! Weights that are rounded to a format.
//!
//! Normal numbers `z` are divided by a scale, rounded to the levels of the format, and multiplied by the scale. Only the
//! second moment `E[q(z)^2]` enters at infinite width, so rounded weights of the wanted variance act as normal ones.

use crate::error::{SimError, not_dead};
use mf_core::gaussian::upper_tail;
use mf_core::{Activation, StepActivation};

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
///
/// ```
/// use mf_core::StepActivation;
/// use mf_sim::{Rounding, WeightScale};
///
/// // Ternary weights with thresholds 0.612: a share 0.540 of them is not 0 (Max 1960: the best three levels).
/// let ternary = StepActivation::new(vec![-0.612, 0.612], vec![-1.0, 0.0, 1.0])?;
/// let rounding = Rounding::new(ternary, WeightScale::Deviation)?;
/// assert!((rounding.mean_square(1024) - 0.5405).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rounding {
    format: StepActivation,
    scale: WeightScale,
}

impl Rounding {
    /// Weights that are rounded to `format`.
    ///
    /// # Errors
    /// [`SimError::NotOdd`] unless the format is symmetric about 0: a mean of the weights would add a term that all units
    /// share. [`SimError::Parameter`] if normal weights (nearly) never leave the level 0.
    pub fn new(format: StepActivation, scale: WeightScale) -> Result<Self, SimError> {
        if !format.is_odd() {
            return Err(SimError::NotOdd {
                mean: format.mean(1.0),
            });
        }
        let rounding = Self { format, scale };
        not_dead("E[q(z)^2] of the weights", rounding.mean_square(2))?;
        Ok(rounding)
    }

    /// The levels and thresholds.
    pub fn format(&self) -> &StepActivation {
        &self.format
    }

    /// The rule of the scale.
    pub fn scale(&self) -> WeightScale {
        self.scale
    }

    /// `E[q(z)^2]` of normal numbers `z` with `fan_in` weights of a unit and as many units.
    ///
    /// With the scale of the largest weight of `n`, by the law of the maximum `M`: one number is it, and stays as it is; the
    /// others are below it,
    ///
    /// ```text
    /// E[q(z)^2] = E_M[M^2 + (n - 1) E[q_M(z)^2 | |z| < M]] / n,   P(M < m) = (1 - 2 P(z > m))^n,
    /// ```
    ///
    /// by the midpoint rule over `m`, to about 1e-5. With the mean size, in the limit of large groups, where it is
    /// `sqrt(2/pi)`; a group of `n` weights adds a relative error of the order `1/n`.
    pub fn mean_square(&self, fan_in: usize) -> f64 {
        let count = |group| {
            let row = fan_in as f64;
            match group {
                Group::Row => row,
                Group::Tensor => row * row,
            }
        };
        match self.scale {
            WeightScale::Deviation => self.format.mean_square(1.0),
            WeightScale::MeanSize(_) => self.by_factor((2.0 * std::f64::consts::FRAC_1_PI).sqrt()),
            WeightScale::Largest(group) => self.by_largest(count(group)),
        }
    }

    /// `E[q(z)^2]` of a constant scale: that of `factor q(z / factor)`.
    fn by_factor(&self, factor: f64) -> f64 {
        factor * factor * self.format.mean_square(1.0 / (factor * factor))
    }

    fn by_largest(&self, count: f64) -> f64 {
        /// The largest of 1e19 numbers is below it.
        const FARTHEST: f64 = 10.0;
        const PARTS: usize = 1000;
        let level = self.format.largest_level();
        let below = |m: f64| libm::exp(count * libm::log1p(-2.0 * upper_tail(m)));
        let step = FARTHEST / PARTS as f64;
        let mut sum = 0.0;
        let mut before = 0.0;
        for part in 0..PARTS {
            let up_to = below((part + 1) as f64 * step);
            let share = up_to - before;
            before = up_to;
            if share > 0.0 {
                let most = (part as f64 + 0.5) * step;
                let beyond = 2.0 * upper_tail(most);
                let all = self.by_factor(most / level);
                let others = (all - most * most * beyond) / (1.0 - beyond);
                sum += share * (most * most + (count - 1.0) * others) / count;
            }
        }
        sum
    }
}
