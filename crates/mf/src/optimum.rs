//! A declared quantizer at its best scale: the row of the table and of `mf quantizer`.

use mf_core::Quantizer;
use mf_fit::FitError;
use mf_pipeline::QuantizerDefinition;
use serde::Serialize;

/// What the theory says of a quantizer at its best scale, with sigma_b = 0.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct QuantizerOptimum {
    /// Its name in pipeline.toml.
    pub(crate) name: String,
    /// Its family.
    pub(crate) family: String,
    /// The number of states N.
    pub(crate) states: u64,
    /// The best factor on the thresholds, in units of sqrt(Q*): `threshold * scale` meets a unit Gaussian.
    pub(crate) scale: f64,
    /// 1 - chi, formed without cancellation.
    pub(crate) one_minus_chi: f64,
    /// The slope chi of the correlation map at C*.
    pub(crate) chi: f64,
    /// xi = -1/ln(chi), in layers.
    pub(crate) depth_scale: f64,
    /// C*.
    pub(crate) correlation: f64,
    /// The weight gain at which Q* = 1/scale^2 is the fixed point of the variance.
    pub(crate) sigma_w: f64,
}

impl QuantizerOptimum {
    /// The optimum of a quantizer.
    ///
    /// # Errors
    /// No scale lets a signal through.
    pub(crate) fn of(
        definition: &QuantizerDefinition,
        quantizer: &dyn Quantizer,
    ) -> Result<Self, FitError> {
        let phi = quantizer.activation();
        let best = mf_fit::best_scale(phi)?;
        Ok(Self {
            name: definition.name.clone(),
            family: definition.family.clone(),
            states: phi.states() as u64,
            scale: best.scale,
            one_minus_chi: best.propagation.one_minus_slope,
            chi: best.propagation.slope,
            depth_scale: best.propagation.depth_scale,
            correlation: best.propagation.correlation,
            sigma_w: best.sigma_w,
        })
    }
}
