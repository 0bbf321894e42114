//! A plain chain of layers: `Q*`, `C*`, `chi` and `xi` from an activation and the scales of weights and biases.

use crate::activation::{Activation, Response};
use crate::maps::{CorrelationError, CorrelationMap, FixedPoint, Stability, VarianceMap};
use crate::parameter::{ParameterError, not_negative, positive};
use thiserror::Error;

/// How signals travel through a deep network, at its fixed point.
///
/// ```
/// use mf_core::{StepActivation, propagate};
///
/// // With biases, two inputs of a network of signs end at the correlation 0.79.
/// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
/// let signals = propagate(&sign, 1.0, 1.0)?;
/// assert_eq!(signals.variance, 2.0);
/// assert!((signals.correlation - 0.789833).abs() < 1e-6);
/// assert!((signals.depth_scale - 1.524703).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Propagation {
    /// `Q*`, the variance of the hidden states.
    pub variance: f64,
    /// `C*`, the correlation that every pair of different inputs ends at.
    pub correlation: f64,
    /// `chi = dM/dC` at `C*`: the factor by which a deviation from `C*` shrinks per layer.
    pub slope: f64,
    /// `1 - chi`, computed without cancellation: see [`CorrelationMap::one_minus_slope`].
    pub one_minus_slope: f64,
    /// `xi = -1 / ln(chi)`, in layers.
    pub depth_scale: f64,
    /// `dV/dQ` at `Q*`; the fixed point attracts if `|dV/dQ| < 1`.
    pub variance_slope: f64,
}

/// Why the propagation cannot be computed.
///
/// ```
/// use mf_core::{StepActivation, propagate};
///
/// let ternary = StepActivation::uniform(3)?;
/// let error = propagate(&ternary, 0.5, 0.0).unwrap_err();
/// assert!(error.to_string().starts_with("the signal dies at sigma_w = 0.5"));
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PropagationError {
    /// A scale is outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// An error of the correlation map.
    #[error(transparent)]
    Correlation(#[from] CorrelationError),
    /// The variance of the signal falls to 0.
    #[error(
        "the signal dies at sigma_w = {sigma_w}: its variance falls to 0; \
         raise sigma_w or sigma_b, narrow the dead zone around 0, or start with a larger signal if larger ones survive"
    )]
    SignalDies {
        /// The scale of the weights.
        sigma_w: f64,
    },
    /// There are fixed points of the variance above 0, but none attracts.
    #[error("no fixed point of the variance attracts: {}", listed(.points))]
    NoStableFixedPoint {
        /// All fixed points.
        points: Vec<FixedPoint>,
    },
    /// Where the variance ends depends on where it starts.
    #[error(
        "several fixed points of the variance attract, so the answer depends on where a signal starts: {}; \
         give a start", listed(.points)
    )]
    SeveralStableFixedPoints {
        /// All fixed points.
        points: Vec<FixedPoint>,
    },
    /// The variance of a signal grows without limit.
    #[error(
        "from {start} the variance grows without limit at sigma_w = {sigma_w}: lower sigma_w, or take a bounded activation"
    )]
    Diverges {
        /// The scale of the weights.
        sigma_w: f64,
        /// Where the signal starts.
        start: f64,
    },
    /// The activation is 0 for every input of unit variance.
    #[error("the activation is 0 on every input of unit variance: bring a threshold nearer to 0")]
    Silent,
}

/// `Q*`, `C*`, `chi` and `xi` of a network of the given activation and scales.
///
/// `Q*` is the one stable fixed point above 0 of the variance map. With a dead zone around 0 and no biases (every odd
/// activation of an odd number of levels) 0 is stable as well; signals that are not too weak do not end there, so it is
/// left out. [`propagate_from`] follows a signal of a given variance.
///
/// ```
/// use mf_core::{StepActivation, propagate};
///
/// // The sign without biases: chi = 2/pi, xi = 2.2144 layers.
/// let signals = propagate(&StepActivation::uniform(2)?, 1.0, 0.0)?;
/// assert!((signals.slope - 2.0 / std::f64::consts::PI).abs() < 1e-15);
/// assert!((signals.depth_scale - 2.2144).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PropagationError`] if `sigma_w` is not above 0 or `sigma_b` below 0 (or either not finite), and if there is no
/// stable fixed point above 0 or more than one.
pub fn propagate<A: Activation>(
    phi: &A,
    sigma_w: f64,
    sigma_b: f64,
) -> Result<Propagation, PropagationError> {
    positive("sigma_w", sigma_w)?;
    let points = VarianceMap::new(phi, sigma_w, sigma_b)?.fixed_points();
    let alive = || points.iter().filter(|point| point.variance > 0.0);
    let mut stable = alive().filter(|point| point.stability == Stability::Stable);
    match (stable.next(), stable.next()) {
        (Some(point), None) => propagate_at(phi, sigma_w, sigma_b, point),
        (Some(_), Some(_)) => Err(PropagationError::SeveralStableFixedPoints { points }),
        (None, _) if alive().next().is_some() => {
            Err(PropagationError::NoStableFixedPoint { points })
        }
        (None, _) => Err(PropagationError::SignalDies { sigma_w }),
    }
}

/// The propagation at the fixed point that a signal of variance `start` reaches. It also works where several fixed
/// points attract.
///
/// ```
/// use mf_core::{PropagationError, StepActivation, propagate_from};
///
/// // Three states with a dead zone: a strong signal lives, a weak one dies.
/// let ternary = StepActivation::uniform(3)?;
/// let strong = propagate_from(&ternary, 1.1112304988, 0.0, 1.0)?;
/// assert!((strong.slope - 0.809826).abs() < 1e-6);
/// let weak = propagate_from(&ternary, 1.1112304988, 0.0, 0.01);
/// assert!(matches!(weak, Err(PropagationError::SignalDies { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PropagationError`] as of [`propagate`] for parameters; [`PropagationError::SignalDies`] if the signal ends at 0;
/// [`PropagationError::Diverges`] if its variance grows without limit.
pub fn propagate_from<A: Activation>(
    phi: &A,
    sigma_w: f64,
    sigma_b: f64,
    start: f64,
) -> Result<Propagation, PropagationError> {
    positive("sigma_w", sigma_w)?;
    let start = not_negative("start", start)?;
    let map = VarianceMap::new(phi, sigma_w, sigma_b)?;
    match reached(&map, &map.fixed_points(), start) {
        Some(point) if point.variance > 0.0 => propagate_at(phi, sigma_w, sigma_b, &point),
        Some(_) => Err(PropagationError::SignalDies { sigma_w }),
        None => Err(PropagationError::Diverges { sigma_w, start }),
    }
}

/// The fixed point, of all `points`, that a variance reaches: the next one in the direction in which it moves, once a step
/// does not lead past it.
fn reached<A: Activation>(
    map: &VarianceMap<'_, A>,
    points: &[FixedPoint],
    start: f64,
) -> Option<FixedPoint> {
    const MOST_STEPS: usize = 1000;
    const THERE: f64 = 1e-9;
    let mut here = start;
    for _ in 0..MOST_STEPS {
        let next = map.value(here);
        let there = |point: &&FixedPoint| (point.variance - here).abs() <= THERE * here;
        let above = || points.iter().find(|point| point.variance > here);
        let below = || points.iter().rev().find(|point| point.variance < here);
        let ahead = || if next > here { above() } else { below() };
        let target = points.iter().find(there).or_else(ahead)?;
        if (next - here).abs() <= (target.variance - here).abs().max(THERE * here) {
            return Some(*target);
        }
        here = next;
    }
    None
}

/// [`propagate`] at one of the fixed points of the variance.
///
/// `point` is one of [`VarianceMap::fixed_points`] of the same activation and scales.
///
/// ```
/// use mf_core::{StepActivation, VarianceMap, propagate_at};
///
/// // At the fixed point between weak and strong signals the variance moves away.
/// let ternary = StepActivation::uniform(3)?;
/// let points = VarianceMap::new(&ternary, 1.1112304988, 0.0)?.fixed_points();
/// assert!(propagate_at(&ternary, 1.1112304988, 0.0, &points[1])?.variance_slope > 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PropagationError`] if a scale or the variance of `point` is outside its range.
pub fn propagate_at<A: Activation>(
    phi: &A,
    sigma_w: f64,
    sigma_b: f64,
    point: &FixedPoint,
) -> Result<Propagation, PropagationError> {
    let map = CorrelationMap::new(phi, sigma_w, sigma_b, point.variance)?;
    at_fixed_point(&map, point.slope, 0.0)
}

/// `sigma_w = E[phi(z)^2]^(-1/2)`, at which `Q* = 1` without biases, and the propagation there.
///
/// The fixed point need not attract: [`Propagation::variance_slope`] says whether it does.
///
/// ```
/// use mf_core::{propagate_at_unit_variance, quantizer::lloyd_max};
///
/// // The best four levels: 1 - chi = 0.1175 (Max 1960, table I), at sigma_w = chi^(-1/2).
/// let (sigma_w, signals) = propagate_at_unit_variance(&lloyd_max(4)?.activation)?;
/// assert!((signals.one_minus_slope - 0.11748185).abs() < 1e-8);
/// assert!((sigma_w - signals.slope.powf(-0.5)).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PropagationError::Silent`] if `E[phi(z)^2]` is 0 in `f64`; [`PropagationError::Correlation`] if `C*` is next to 1.
pub fn propagate_at_unit_variance<A: Activation>(
    phi: &A,
) -> Result<(f64, Propagation), PropagationError> {
    propagate_at_unit_variance_near(phi, 0.0)
}

/// [`propagate_at_unit_variance`] with a guess of `C*`, which saves time if `C*` is near 1; see
/// [`CorrelationMap::fixed_point_near`].
///
/// ```
/// use mf_core::{propagate_at_unit_variance, propagate_at_unit_variance_near, quantizer::relu};
///
/// // Two neighbouring rectifiers of a scan of scales: with the guess, C* is the same.
/// let (_, first) = propagate_at_unit_variance(&relu(4, 3.0)?.activation)?;
/// let next = relu(4, 3.1)?.activation;
/// let (_, near) = propagate_at_unit_variance_near(&next, first.correlation)?;
/// assert!((near.correlation - propagate_at_unit_variance(&next)?.1.correlation).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`propagate_at_unit_variance`].
pub fn propagate_at_unit_variance_near<A: Activation>(
    phi: &A,
    guess: f64,
) -> Result<(f64, Propagation), PropagationError> {
    let square = phi.mean_square(1.0);
    if square <= 0.0 {
        return Err(PropagationError::Silent);
    }
    let sigma_w = 1.0 / square.sqrt();
    let variance_slope = VarianceMap::new(phi, sigma_w, 0.0)?.slope(1.0);
    let map = CorrelationMap::new(phi, sigma_w, 0.0, 1.0)?;
    Ok((sigma_w, at_fixed_point(&map, variance_slope, guess)?))
}

/// `xi = -1 / ln(chi)` in layers, from `1 - chi`: infinite at 0 (and for a negative argument), 0 at 1.
///
/// ```
/// // chi = 1/e: one layer.
/// let xi = mf_core::depth_scale(1.0 - (-1.0_f64).exp());
/// assert!((xi - 1.0).abs() < 1e-15);
/// ```
pub fn depth_scale(one_minus_slope: f64) -> f64 {
    if one_minus_slope <= 0.0 {
        f64::INFINITY
    } else if one_minus_slope >= 1.0 {
        0.0
    } else {
        -1.0 / libm::log1p(-one_minus_slope)
    }
}

fn at_fixed_point<R: Response>(
    map: &CorrelationMap<R>,
    variance_slope: f64,
    guess: f64,
) -> Result<Propagation, PropagationError> {
    let correlation = map.fixed_point_near(guess)?;
    let one_minus_slope = map.one_minus_slope(correlation)?;
    Ok(Propagation {
        variance: map.variance(),
        correlation,
        slope: 1.0 - one_minus_slope,
        one_minus_slope,
        depth_scale: depth_scale(one_minus_slope),
        variance_slope,
    })
}

fn listed(points: &[FixedPoint]) -> String {
    let each: Vec<String> = points
        .iter()
        .map(|point| format!("Q = {} ({:?})", point.variance, point.stability))
        .collect();
    each.join(", ")
}
