//! The best scale and bias of an activation that is not odd.
//!
//! Take `Q* = 1`. Of this variance, `beta` comes from the biases and `1 - beta` from the weights. With `f` the
//! correlation map without biases, `f(1) = 1`,
//!
//! ```text
//! M(C) = (1 - beta) f(C) + beta,   M(C*) = C*   =>   1 - beta = (1 - C*) / (1 - f(C*)),
//! chi = (1 - beta) f'(C*) = (1 - C*) f'(C*) / (1 - f(C*)).
//! ```
//!
//! So biases move `C*` up from the fixed point of `f`, and `chi` is a function of `C*`: the slope of `f` divided by the
//! slope of its chord to `(1, 1)`. Both slopes grow with `C`. At the fixed point of `f`,
//! `d ln chi / dC = f''/f' - (1 - chi)/(1 - C*)`: biases help where the curvature of `f` is large, as for a rectifier
//! of three bits or more. They never help where `f` is odd, since `f'' = 0` at `C* = 0`.

use std::cell::Cell;

use mf_core::{
    CorrelationError, CorrelationMap, FixedPoint, Propagation, Scalable, Stability, VarianceMap,
    propagate_at,
};

use crate::error::FitError;
use crate::scale::{ScaleOptimum, best_scale};
use crate::solve::minimum;

/// An activation at the scale and with the biases of the largest depth scale.
///
/// ```
/// use mf_core::quantizer::relu;
///
/// // The mean of a rectifier takes a part of Q*: C* is far from 0, and biases move it further.
/// let best = mf_fit::best_scale_and_bias(&relu(4, 1.0)?.activation)?;
/// assert!(best.sigma_b > 0.0 && best.propagation.correlation > 0.5);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BiasOptimum {
    /// `1 / sqrt(Q*)`: the thresholds in units of the fixed point are this times the given ones.
    pub scale: f64,
    /// The scale of the weights, for the activation as given.
    pub sigma_w: f64,
    /// The scale of the biases in the given activation's own units; 0 if biases do not help.
    pub sigma_b: f64,
    /// `Q* = 1 / scale^2`, `C*`, `chi` at `C*`, `xi`.
    pub propagation: Propagation,
}

/// The scale and the biases that maximize `chi` at `C*`, starting from [`best_scale`].
///
/// For each scale Brent's method finds the best `C*` (see the module), and around that the best scale: `1 - chi` to
/// about `1e-10` relative, the scale and `sigma_b` to about `1e-4`. For an odd activation the best biases are 0, by
/// symmetry.
///
/// ```
/// use mf_core::StepActivation;
///
/// // Biases do not help an odd activation.
/// let best = mf_fit::best_scale_and_bias(&StepActivation::uniform(4)?)?;
/// assert_eq!(best.sigma_b, 0.0);
/// assert!((best.sigma_w - 1.0653053398).abs() < 1e-9);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// As [`best_scale`].
pub fn best_scale_and_bias<A: Scalable>(phi: &A) -> Result<BiasOptimum, FitError> {
    let without = best_scale(phi)?;
    if phi.is_odd() {
        return Ok(BiasOptimum::without_bias(&without));
    }
    let start = libm::log(without.scale);
    let guess = Cell::new(without.propagation.correlation);
    let objective = |x: f64| {
        let best = at_scale(phi, libm::exp(x), &guess)?;
        Ok(best.map_or(0.0, |best| libm::log(best.one_minus_slope)))
    };
    let mut x = start;
    let mut value = libm::log(without.propagation.one_minus_slope);
    // With biases a smaller scale is best, as the mean takes a part of Q*: step down while that helps.
    loop {
        let next = objective(x - STEP)?;
        if next >= value {
            break;
        }
        (x, value) = (x - STEP, next);
    }
    x = minimum(objective, x - STEP, x + STEP)?;
    let scale = libm::exp(x);
    match at_scale(phi, scale, &guess)? {
        Some(best)
            if best.bias > 0.0 && best.one_minus_slope < without.propagation.one_minus_slope =>
        {
            let sigma_w = ((1.0 - best.bias) / phi.scaled(scale)?.mean_square(1.0)).sqrt();
            let sigma_b = best.bias.sqrt() / scale;
            let point = FixedPoint {
                variance: 1.0 / (scale * scale),
                slope: (1.0 - best.bias) * best.variance_slope,
                stability: Stability::Stable,
            };
            Ok(BiasOptimum {
                scale,
                sigma_w,
                sigma_b,
                propagation: propagate_at(phi, sigma_w, sigma_b, &point)?,
            })
        }
        _ => Ok(BiasOptimum::without_bias(&without)),
    }
}

/// Step of `ln(scale)`.
const STEP: f64 = 0.1;

/// The largest `ln((1 - C*) / (1 - C))` that is tried. There `chi` is near 1/2, its value at `C = 1`.
const FARTHEST: f64 = 4.0;

impl BiasOptimum {
    fn without_bias(best: &ScaleOptimum) -> Self {
        Self {
            scale: best.scale,
            sigma_w: best.sigma_w,
            sigma_b: 0.0,
            propagation: best.propagation,
        }
    }
}

/// The best bias at a scale.
struct AtScale {
    one_minus_slope: f64,
    /// `beta`, in units of `Q*`.
    bias: f64,
    /// `dV/dQ` of the variance map without biases.
    variance_slope: f64,
}

/// The best bias at a scale; none if the activation is 0 on every input or nearly constant, or if the fixed point does
/// not attract.
fn at_scale<A: Scalable>(
    phi: &A,
    scale: f64,
    guess: &Cell<f64>,
) -> Result<Option<AtScale>, FitError> {
    let phi = phi.stretched(scale)?;
    let square = phi.mean_square(1.0);
    if square <= 0.0 {
        return Ok(None);
    }
    let sigma_w = 1.0 / square.sqrt();
    let parameters = mf_core::PropagationError::from;
    let variance_slope = VarianceMap::new(&phi, sigma_w, 0.0)
        .map_err(parameters)?
        .slope(1.0);
    let map = CorrelationMap::new(&phi, sigma_w, 0.0, 1.0).map_err(parameters)?;
    let refused = |error: CorrelationError| FitError::from(mf_core::PropagationError::from(error));
    let lowest = match map.fixed_point_near(guess.get()) {
        Ok(correlation) => correlation,
        Err(CorrelationError::NextToOne) => return Ok(None),
        Err(other) => return Err(refused(other)),
    };
    guess.set(lowest);
    if variance_slope >= 1.0 {
        return Ok(None);
    }
    let correlation = |y: f64| 1.0 - (1.0 - lowest) * libm::exp(-y);
    let one_minus_slope = |y: f64| {
        let c = correlation(y);
        let rest = 1.0 - map.value(c).map_err(refused)?;
        let slope = map.slope(c).map_err(refused)?;
        Ok((rest - (1.0 - c) * slope) / rest)
    };
    let y = minimum(one_minus_slope, 0.0, FARTHEST)?;
    let (without, with) = (one_minus_slope(0.0)?, one_minus_slope(y)?);
    let y = if with < without { y } else { 0.0 };
    let c = correlation(y);
    let image = map.value(c).map_err(refused)?;
    Ok(Some(AtScale {
        one_minus_slope: with.min(without),
        bias: if y > 0.0 {
            (c - image) / (1.0 - image)
        } else {
            0.0
        },
        variance_slope,
    }))
}
