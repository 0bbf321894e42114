//! The best scale of any quantizer, of activations and of weights.

use std::cell::Cell;

use mf_core::{
    Activation, CorrelationError, Distortion, Propagation, PropagationError, Response, Scalable,
    Scale, StepActivation, propagate_at_unit_variance, propagate_at_unit_variance_near,
};

use crate::error::FitError;
use crate::optimum::uniform_optimum;
use crate::solve::{minimum, root};

/// An activation at the scale of the largest depth scale, without biases.
///
/// ```
/// // At C* = 0 the loss per layer, 1 - chi, is the squared error of the quantizer.
/// let best = mf_fit::best_scale(&mf_core::StepActivation::uniform(32)?)?;
/// assert!((best.sigma_w - 1.0017522003).abs() < 1e-10);
/// assert!((best.distortion.mean_squared_error - 0.003495).abs() < 5e-7); // Max 1960
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleOptimum {
    /// `1 / sqrt(Q*)`: thresholds (levels, for stochastic rounding) in units of the fixed point are this times the
    /// given ones.
    pub scale: f64,
    /// The scale of the weights that puts the fixed point there, for the activation as given.
    pub sigma_w: f64,
    /// `Q* = 1 / scale^2`, `C*`, `chi` at `C*`, `xi`, in the given activation's own units.
    pub propagation: Propagation,
    /// The least mean squared error of the activation at this scale as a quantizer of a unit Gaussian, with the best
    /// output gain: equal to `1 - chi` if `C* = 0`.
    pub distortion: Distortion,
}

/// Step of `ln(scale)` in the coarse scan: an octave has 14 points, enough for the log-periodic optima of floating
/// point formats.
const SCAN_STEP: f64 = 0.05;

/// The scan first takes every fourth point, then all points next to those that are within [`PROMISING`] of the best.
/// The coarse points are less than an octave apart, so no optimum of a floating point format is missed.
const COARSE: usize = 4;

/// Much larger than the factor by which `1 - chi` of a floating point format varies within an octave.
const PROMISING: f64 = 2.0;

/// All local minima of the scan within this factor of the best one are refined.
const CONTENDER: f64 = 1.2;

/// Local optima whose `1 - chi` differs by less than this, relative, count as equally good, and the smallest scale is
/// taken. The octaves of a format of wide range are such optima.
const TIE: f64 = 1e-12;

/// A guess of `C*` is used above this value; below, the search from 0 costs little.
const GUESS_FROM: f64 = 0.5;

/// `ln(1 - chi)` at `chi = 0`, the smallest `chi`.
const NO_SIGNAL: f64 = 0.0;

/// Where `1 - C*` is smaller than this the activation is nearly constant, and `chi` at `C*` has few correct digits.
const LEAST_DECORRELATION: f64 = 1e-6;

/// The scale that maximizes `chi` at `C*` with `sigma_b = 0`, over scales where the fixed point attracts and inputs
/// decorrelate (`1 - C*` above `1e-6`).
///
/// A scan of `ln(scale)` finds the local optima (floating point formats have many), Brent's methods refine the good
/// ones: `1 - chi` to about `1e-13` relative where `C* = 0` (`1e-12` up to `C* = 0.9`, `1e-13` absolute above), the
/// scale to `1e-9`. If all thresholds are 0 (sign) every scale is the same, and the scale is 1; if several octaves of a
/// floating point format are equally good, the smallest scale is taken, which uses most subnormals.
///
/// An activation that is not odd may do better with biases: [`crate::best_scale_and_bias`].
///
/// ```
/// use mf_core::quantizer::ternary;
///
/// // Three levels: the best threshold is 0.6120 sqrt(Q*) (Max 1960, table I), for any given threshold.
/// let best = mf_fit::best_scale(&ternary(2.0)?.activation)?;
/// assert!((2.0 * best.scale - 0.6120).abs() < 5e-5);
/// assert!((best.propagation.one_minus_slope - 0.1901740392).abs() < 1e-10);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::NoBestScale`] if `chi` keeps growing towards an end of the range, as for a single threshold that is not
/// 0 (the range is from the largest threshold at `sqrt(Q*) / 20` to the smallest nonzero one at `8 sqrt(Q*)`);
/// [`FitError::NeverStable`]; [`FitError::Propagation`].
pub fn best_scale<A: Scalable>(phi: &A) -> Result<ScaleOptimum, FitError> {
    let Some((from, to)) = log_range(phi.edges()) else {
        return at_scale(phi, 1.0);
    };
    // The scan costs about a hundred sums over all thresholds.
    const SCANNED: usize = 4096;
    let states = phi.edges().len() + 1;
    if let Some(spacing) = phi.even_spacing().filter(|_| states > SCANNED) {
        return at_scale(phi, uniform_optimum(states as u64)?.spacing / spacing);
    }
    // Neighbouring scales have similar C*.
    let correlation = Cell::new(0.0);
    let x = lowest_inside(|x| log_one_minus_slope(phi, x, &correlation), from, to)?;
    at_scale(phi, libm::exp(x))
}

/// The best constant scale of normal weights, in units of their standard deviation: the one of the largest squared
/// correlation of the weights before and after rounding, less the mean after rounding.
///
/// For a quantizer that is the same on both sides of 0 it is that of an activation, [`best_scale`].
///
/// ```
/// use mf_core::{Centring, QuantizedWeights, Scale, quantizer::find};
///
/// // INT4 weights at the best scale of a tensor: 0.987 is the squared correlation with the weights before.
/// let int4 = find("int4")?.build()?.activation;
/// let scale = Scale::Constant(mf_fit::best_weight_scale(&int4)?);
/// let weights = QuantizedWeights::new(&int4, scale, Centring::Refuse, 1024)?;
/// assert!((weights.one_minus_chi() - 0.0128893859).abs() < 1e-10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`best_scale`].
pub fn best_weight_scale(format: &StepActivation) -> Result<f64, FitError> {
    if format.is_odd() {
        return Ok(best_scale(format)?.scale);
    }
    let Some((from, to)) = log_range(format.edges()) else {
        return Ok(1.0);
    };
    let log_error = |x: f64| match Scale::Constant(libm::exp(x)).rounding(format) {
        Ok(found) => Ok(libm::log(found.centred.mean_squared_error)),
        // All weights round to 0; the scale itself is finite and above 0.
        Err(_) => Ok(NO_SIGNAL),
    };
    let x = lowest_inside(log_error, from, to)?;
    Ok(libm::exp(x))
}

/// `ln(scale)` where `f = ln(1 - chi)` is lowest, if that is not at an end of the range.
fn lowest_inside(
    f: impl Fn(f64) -> Result<f64, FitError> + Copy,
    from: f64,
    to: f64,
) -> Result<f64, FitError> {
    let (x, value) = search(f, from, to)?;
    let (from_scale, to_scale) = (libm::exp(from), libm::exp(to));
    if value >= NO_SIGNAL {
        Err(FitError::NeverStable {
            from: from_scale,
            to: to_scale,
        })
    } else if x <= from || x >= to {
        Err(FitError::NoBestScale {
            from: from_scale,
            to: to_scale,
            best: libm::exp(x),
        })
    } else {
        Ok(x)
    }
}

/// The lowest point of `f` and its value there: a scan, then Brent's methods at each contender inside.
fn search(
    f: impl Fn(f64) -> Result<f64, FitError> + Copy,
    from: f64,
    to: f64,
) -> Result<(f64, f64), FitError> {
    let count = ((to - from) / SCAN_STEP).ceil() as usize;
    let grid: Vec<f64> = (0..=count).map(|i| from + i as f64 * SCAN_STEP).collect();
    let values = scan(f, &grid)?;
    let mut best = (f64::NAN, NO_SIGNAL);
    for (mut x, mut value) in contenders(&grid, &values) {
        if x > from && x < to {
            x = polish(f, minimum(f, x - SCAN_STEP, x + SCAN_STEP)?)?;
            value = f(x)?;
        }
        if value < best.1 - TIE {
            best = (x, value);
        }
    }
    Ok(best)
}

/// `f` on the grid; infinite where the coarse scan excludes an optimum.
fn scan(f: impl Fn(f64) -> Result<f64, FitError>, grid: &[f64]) -> Result<Vec<f64>, FitError> {
    let mut coarse = Vec::new();
    for x in grid.iter().step_by(COARSE) {
        coarse.push(f(*x)?);
    }
    let lowest = coarse.iter().copied().fold(f64::INFINITY, f64::min);
    let bound = lowest + libm::log(PROMISING);
    let mut values = Vec::with_capacity(grid.len());
    for (i, x) in grid.iter().enumerate() {
        let known = coarse.get(i / COARSE).copied().unwrap_or(f64::INFINITY);
        let next = coarse.get(i.div_ceil(COARSE)).copied().unwrap_or(known);
        values.push(if i % COARSE == 0 {
            known
        } else if known.min(next) <= bound {
            f(*x)?
        } else {
            f64::INFINITY
        });
    }
    Ok(values)
}

/// The range of `ln(scale)`: from the largest threshold at 0.05 to the smallest nonzero one at 8, in units of
/// `sqrt(Q*)`. None if all thresholds are 0.
fn log_range(thresholds: &[f64]) -> Option<(f64, f64)> {
    let sizes = thresholds.iter().map(|g| g.abs());
    let nonzero = sizes.filter(|size| *size > 0.0);
    let (least, most) = nonzero.fold((f64::INFINITY, 0.0_f64), |(least, most), size| {
        (least.min(size), most.max(size))
    });
    (most > 0.0).then(|| {
        (
            libm::log(0.05) - libm::log(most),
            libm::log(8.0) - libm::log(least),
        )
    })
}

/// Grid points no higher than their neighbours and within [`CONTENDER`] of the lowest (values are logarithms).
fn contenders(grid: &[f64], values: &[f64]) -> Vec<(f64, f64)> {
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let bound = lowest + libm::log(CONTENDER);
    let before = std::iter::once(&f64::INFINITY).chain(values);
    let after = values.iter().skip(1).chain(std::iter::once(&f64::INFINITY));
    let triples = before.zip(values).zip(after);
    let points = grid.iter().zip(triples);
    points
        .filter(|(_, ((before, value), after))| {
            *value <= before && *value <= after && **value <= bound
        })
        .map(|(x, ((_, value), _))| (*x, *value))
        .collect()
}

/// `ln(1 - chi)` at `ln(scale) = x`; [`NO_SIGNAL`] where the activation is 0 on every input or nearly constant, or the
/// fixed point does not attract. `guess` keeps `C*` from one call to the next.
fn log_one_minus_slope<A: Scalable>(phi: &A, x: f64, guess: &Cell<f64>) -> Result<f64, FitError> {
    let scaled = phi.stretched(libm::exp(x))?;
    let near = Some(guess.get()).filter(|guess| *guess >= GUESS_FROM);
    match propagate_at_unit_variance_near(&scaled, near.unwrap_or(0.0)) {
        Ok((_, propagation)) if signals_propagate(&scaled, &propagation) => {
            guess.set(propagation.correlation);
            Ok(libm::log(propagation.one_minus_slope))
        }
        Ok(_)
        | Err(
            PropagationError::Silent | PropagationError::Correlation(CorrelationError::NextToOne),
        ) => Ok(NO_SIGNAL),
        Err(other) => Err(other.into()),
    }
}

fn signals_propagate<A: Activation>(phi: &A, propagation: &Propagation) -> bool {
    // C* is at least M(0), which stays exact where C* rounds.
    let mean = phi.mean(1.0);
    let correlation = propagation
        .correlation
        .max(mean * mean / phi.mean_square(1.0));
    propagation.variance_slope < 1.0 && 1.0 - correlation > LEAST_DECORRELATION
}

/// The root of the derivative near a minimum, by the five-point formula. A search for the minimum itself would give
/// only half the digits.
fn polish(f: impl Fn(f64) -> Result<f64, FitError>, x: f64) -> Result<f64, FitError> {
    const STEP: f64 = 1e-3;
    const REACH: f64 = 1e-4;
    let derivative = |x: f64| {
        let near = f(x + STEP)? - f(x - STEP)?;
        let far = f(x + 2.0 * STEP)? - f(x - 2.0 * STEP)?;
        Ok((8.0 * near - far) / (12.0 * STEP))
    };
    let rises = derivative(x - REACH)? < 0.0 && derivative(x + REACH)? > 0.0;
    if rises {
        root(derivative, x - REACH, x + REACH)
    } else {
        Ok(x)
    }
}

fn at_scale<A: Scalable>(phi: &A, scale: f64) -> Result<ScaleOptimum, FitError> {
    // Scaling thresholds and levels by the same factor changes only the unit of Q: sigma_w, C* and chi stay the same.
    let normalized = phi.scaled(scale)?;
    let (sigma_w, propagation) = propagate_at_unit_variance(&normalized)?;
    let propagation = Propagation {
        variance: 1.0 / (scale * scale),
        ..propagation
    };
    Ok(ScaleOptimum {
        scale,
        sigma_w,
        propagation,
        distortion: normalized.response(1.0).distortion(),
    })
}
