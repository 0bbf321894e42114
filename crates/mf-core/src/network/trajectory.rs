//! The variance and the correlations of some inputs, layer by layer.

use crate::activation::Activation;
use crate::maps::{CorrelationError, CorrelationMap, VarianceMap};
use crate::parameter::{not_negative, positive};

/// What the theory says of the hidden states of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// `Q`, the same for all inputs.
    pub variance: f64,
    /// `C` of each pair of inputs; NaN where the variance is 0.
    pub correlations: Vec<f64>,
}

/// The layers of a chain, the start first: made by [`trajectory`].
///
/// It ends only where the variance leaves the finite numbers, which that of a quantizer does not.
#[derive(Debug, Clone)]
pub struct Trajectory<'a, A: Activation> {
    activation: &'a A,
    sigma_w: f64,
    sigma_b: f64,
    variances: VarianceMap<'a, A>,
    /// The map of the last layer, which serves on as long as the variance stays.
    map: Option<CorrelationMap<A::Response>>,
    start: Option<Layer>,
    last: Layer,
}

/// The layers of a network whose inputs have this variance and these correlations: `Q' = V(Q)` and `C' = M(C) Q / Q'`.
///
/// Identical inputs stay identical, and a variance at its fixed point stays there: rounding would let both wander.
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
