//! A number format at its best scale, and at other scales.

use mf_core::quantizer::{FORMATS, Format, Quantizer};
use mf_core::{PropagationError, Scalable, StepActivation, propagate_at_unit_variance};

use crate::bias::{BiasOptimum, best_scale_and_bias};
use crate::error::FitError;
use crate::scale::{ScaleOptimum, best_scale};

/// A number format at its best scale.
///
/// ```
/// use mf_core::quantizer::find;
/// use mf_fit::FormatOptimum;
///
/// // Two formats of four bits: the depth scale of NF4 is 100 layers, that of FP4 E2M1 is 78.
/// let [nf4, fp4] = [FormatOptimum::of(find("nf4")?)?, FormatOptimum::of(find("fp4-e2m1")?)?];
/// assert!((nf4.depth_scale() - 100.5).abs() < 0.05 && (fp4.depth_scale() - 78.33).abs() < 0.005);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FormatOptimum {
    /// The format.
    pub format: &'static Format,
    /// Its quantizer, with the levels and thresholds of the format.
    pub quantizer: Quantizer,
    /// The same activation with its largest level at 1.
    pub phi: StepActivation,
    /// The best scale of `phi`.
    pub best: ScaleOptimum,
}

impl FormatOptimum {
    /// The optimum of a format.
    ///
    /// ```
    /// // NF4 is published with its largest level at 1.
    /// let nf4 = mf_fit::FormatOptimum::of(mf_core::quantizer::find("nf4")?)?;
    /// assert_eq!((nf4.phi.states(), nf4.phi.largest_level()), (16, 1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    /// The optima of all formats, sorted by bits, then from the largest depth scale down.
    ///
    /// ```
    /// use mf_fit::FormatOptimum;
    ///
    /// // The deepest formats of four bits: Lloyd-Max, then the two that were designed for Gaussian numbers.
    /// let all = FormatOptimum::all()?;
    /// let four = all.iter().filter(|found| found.format.bits == 4).map(|found| found.format.name);
    /// assert!(four.take(3).eq(["lloyd-max-4-bit", "nf4", "af4"]));
    /// # Ok::<(), mf_fit::FitError>(())
    /// ```
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
    ///
    /// ```
    /// // Three levels: 1 - chi = 0.1902.
    /// let ternary = mf_fit::FormatOptimum::of(mf_core::quantizer::find("ternary")?)?;
    /// assert!((ternary.depth_scale() - 4.741).abs() < 5e-4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn depth_scale(&self) -> f64 {
        self.best.propagation.depth_scale
    }

    /// `xi` at `factor` times the best scale, in layers; 0 if signals die there.
    ///
    /// ```
    /// // Twice the best scale costs FP8 little, as its levels nearly repeat, and INT4 more than half of its depth.
    /// let kept = |name| {
    ///     let format = mf_fit::FormatOptimum::of(mf_core::quantizer::find(name)?)?;
    ///     Ok::<_, Box<dyn std::error::Error>>(format.depth_scale_at(2.0)? / format.depth_scale())
    /// };
    /// assert!(kept("fp8-e4m3fn")? > 0.9 && kept("int4")? < 0.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FitError::Activation`] unless `factor` is finite and above 0; [`FitError::Propagation`] for other errors of
    /// the theory.
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
    /// ```
    /// // Biases increase the depth scale of a rectifier of 16 levels.
    /// let relu4 = mf_fit::FormatOptimum::of(mf_core::quantizer::find("relu4")?)?;
    /// assert!(relu4.biased()?.propagation.depth_scale > relu4.depth_scale());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`best_scale_and_bias`].
    pub fn biased(&self) -> Result<BiasOptimum, FitError> {
        best_scale_and_bias(&self.phi)
    }
}
