//! A number format at its best scale, and beside it.

use mf_core::quantizer::{FORMATS, Format, Quantizer};
use mf_core::{PropagationError, Scalable, StepActivation, propagate_at_unit_variance};

use crate::bias::{BiasOptimum, best_scale_and_bias};
use crate::error::FitError;
use crate::scale::{ScaleOptimum, best_scale};

/// A number format at its best scale.
#[derive(Debug, Clone)]
pub struct FormatOptimum {
    /// The format.
    pub format: &'static Format,
    /// Its quantizer: values and thresholds as the format has them.
    pub quantizer: Quantizer,
    /// The same activation with its largest level at 1.
    pub phi: StepActivation,
    /// The best scale of `phi`.
    pub best: ScaleOptimum,
}

impl FormatOptimum {
    /// The optimum of a format.
    ///
    /// # Errors
    /// None for a format of [`FORMATS`]; otherwise as [`best_scale`].
    pub fn of(format: &'static Format) -> Result<Self, FitError> {
        let quantizer = format.build()?;
        let phi = &quantizer.activation;
        let phi = phi.scaled(1.0 / phi.largest_level())?;
        Ok(Self {
            format,
            best: best_scale(&phi)?,
            phi,
            quantizer,
        })
    }

    /// Every format, fewest bits first, then the deepest.
    ///
    /// # Errors
    /// As [`FormatOptimum::of`].
    pub fn all() -> Result<Vec<Self>, FitError> {
        let mut all: Vec<Self> = FORMATS.iter().map(Self::of).collect::<Result<_, _>>()?;
        all.sort_by(|a, b| {
            let bits = a.format.bits.cmp(&b.format.bits);
            bits.then(b.depth_scale().total_cmp(&a.depth_scale()))
        });
        Ok(all)
    }

    /// `xi` at the best scale, in layers.
    pub fn depth_scale(&self) -> f64 {
        self.best.propagation.depth_scale
    }

    /// `xi` at `factor` times the best scale, in layers; 0 where signals die.
    ///
    /// # Errors
    /// [`FitError::Activation`] unless `factor` is finite and above 0; [`FitError::Propagation`].
    pub fn depth_scale_at(&self, factor: f64) -> Result<f64, FitError> {
        let scaled = self.phi.stretched(self.best.scale * factor)?;
        match propagate_at_unit_variance(&scaled) {
            Ok((_, found)) => Ok(found.depth_scale),
            Err(PropagationError::Silent | PropagationError::Correlation(_)) => Ok(0.0),
            Err(error) => Err(error.into()),
        }
    }

    /// The best scale and biases of `phi` together; without biases if they do not help.
    ///
    /// # Errors
    /// As [`best_scale_and_bias`].
    pub fn biased(&self) -> Result<BiasOptimum, FitError> {
        best_scale_and_bias(&self.phi)
    }
}
