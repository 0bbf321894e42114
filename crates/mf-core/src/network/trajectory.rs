//! The variance and the correlations of some inputs, layer by layer.

use crate::activation::Activation;
use crate::maps::{CorrelationError, CorrelationMap, VarianceMap};
use crate::parameter::{not_negative, positive};

/// The variance and the correlations of the hidden states of a layer.
///
/// ```
/// use mf_core::{Relu, trajectory};
///
/// // He's weights keep the variance; inputs without correlation get 1/pi.
/// let layers: Vec<_> = trajectory(&Relu, 2.0_f64.sqrt(), 0.0, 4.0, &[0.0, 1.0])?.take(2).collect();
/// assert_eq!((layers[1].variance, layers[1].correlations[1]), (4.0, 1.0));
/// assert!((layers[1].correlations[0] - 1.0 / std::f64::consts::PI).abs() < 1e-15);
/// # Ok::<(), mf_core::CorrelationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// `Q`, the same for all inputs.
    pub variance: f64,
    /// `C` of each pair of inputs; NaN where the variance is 0.
    pub correlations: Vec<f64>,
}

/// The layers of a chain, the start first: made by [`trajectory`].
///
/// It ends only if the variance becomes infinite, which cannot happen with a quantizer.
///
/// ```
/// use mf_core::{StepActivation, trajectory};
///
/// // How many layers until a correlation of 0.9 is below 0.1?
/// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
/// let mut layers = trajectory(&sign, 1.0, 0.0, 1.0, &[0.9])?;
/// assert_eq!(layers.position(|layer| layer.correlations[0] < 0.1), Some(6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Trajectory<'a, A: Activation> {
    activation: &'a A,
    sigma_w: f64,
    sigma_b: f64,
    variances: VarianceMap<'a, A>,
    /// The map of the last layer, used again as long as the variance stays the same.
    map: Option<CorrelationMap<A::Response>>,
    start: Option<Layer>,
    last: Layer,
}

/// The layers of a network whose inputs have this variance and these correlations: `Q' = V(Q)` and `C' = M(C) Q / Q'`.
///
/// Identical inputs stay identical, and a variance at its fixed point stays there, exactly: no rounding error
/// accumulates.
///
/// ```
/// use mf_core::{propagate_at_unit_variance, quantizer::lloyd_max, trajectory};
///
/// // The best three levels: a correlation of 0.3 after one layer, and after eight.
/// let phi = lloyd_max(3)?.activation;
/// let (sigma_w, _) = propagate_at_unit_variance(&phi)?;
/// let layers: Vec<_> = trajectory(&phi, sigma_w, 0.0, 1.0, &[0.3])?.take(9).collect();
/// assert!((layers[1].correlations[0] - 0.2443864824).abs() < 1e-10);
/// assert!((layers[8].correlations[0] - 0.0564322626).abs() < 1e-10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`CorrelationError`] unless `sigma_w` and `variance` are finite and above 0, `sigma_b` is finite and not negative, and
/// all correlations are from -1 to 1.
pub fn trajectory<'a, A: Activation>(
    activation: &'a A,
    sigma_w: f64,
    sigma_b: f64,
    variance: f64,
    correlations: &[f64],
) -> Result<Trajectory<'a, A>, CorrelationError> {
    positive("sigma_w", sigma_w)?;
    not_negative("sigma_b", sigma_b)?;
    positive("variance", variance)?;
    let outside = |c: &&f64| !(-1.0..=1.0).contains(*c);
    if let Some(&correlation) = correlations.iter().find(outside) {
        return Err(CorrelationError::Correlation { correlation });
    }
    let start = Layer {
        variance,
        correlations: correlations.to_vec(),
    };
    Ok(Trajectory {
        activation,
        sigma_w,
        sigma_b,
        variances: VarianceMap::new(activation, sigma_w, sigma_b)?,
        map: None,
        start: Some(start.clone()),
        last: start,
    })
}

impl<A: Activation> Trajectory<'_, A> {
    fn after_last(&mut self) -> Result<Layer, CorrelationError> {
        let here = self.last.variance;
        let mut variance = self.variances.value(here);
        if (variance - here).abs() <= 4.0 * f64::EPSILON * here {
            variance = here;
        }
        if here == 0.0 || variance == 0.0 {
            let correlations = vec![f64::NAN; self.last.correlations.len()];
            return Ok(Layer {
                variance,
                correlations,
            });
        }
        let map = match self.map.take().filter(|map| map.variance() == here) {
            Some(map) => map,
            None => CorrelationMap::new(self.activation, self.sigma_w, self.sigma_b, here)?,
        };
        let correlations = self.last.correlations.iter();
        let correlations = correlations.map(|&c| map.next(c, variance));
        let correlations = correlations.collect::<Result<_, _>>()?;
        self.map = Some(map);
        Ok(Layer {
            variance,
            correlations,
        })
    }
}

impl<A: Activation> Iterator for Trajectory<'_, A> {
    type Item = Layer;

    fn next(&mut self) -> Option<Layer> {
        if let Some(start) = self.start.take() {
            return Some(start);
        }
        self.last = self.after_last().ok()?;
        Some(self.last.clone())
    }
}
