//! Weights on a fixed grid: which grids have a start.

use anyhow::bail;
use mf_core::{Activation, Centring, QuantizedWeights, Scale, Start, StepActivation, WeightsError};

/// Beyond this gain a start is refused: nearly all weights round to the largest values, and no step of training changes them.
const MOST_GAIN: f64 = 10.0;

/// How far the one grid of weights of one size may be from the given one, relative to it.
const SAME_GRID: f64 = 1e-3;

/// The start on a grid of `unit` that acts as `sigma_w = 1`.
///
/// # Errors
/// Grids that have no such start, or only one of far too large weights; formats with a mean.
pub(super) fn start(
    format: &str,
    phi: &StepActivation,
    unit: f64,
    centring: Centring,
    fan_in: u64,
) -> anyhow::Result<QuantizedWeights> {
    let width = (fan_in as f64).sqrt();
    let top = phi.largest_level();
    if phi.levels().iter().all(|level| level.abs() == top) {
        let only = 1.0 / (top * width);
        if (unit / only - 1.0).abs() > SAME_GRID {
            bail!(
                "{format} weights on a grid of {unit} all have one size, so that at a fan-in of {fan_in} they act as sigma_w = 1 \
                 on one grid only: give --weight-scale {only}"
            );
        }
        // Any start will do: that of a network that does not round.
        return Ok(QuantizedWeights::new(
            phi,
            Scale::Constant(unit * width),
            centring,
            fan_in,
        )?);
    }
    let wrong = match QuantizedWeights::on_grid(phi, unit, centring, fan_in, 1.0) {
        Ok(found) if found.gain() <= MOST_GAIN => return Ok(found),
        Ok(found) => format!(
            "act as sigma_w = 1 only at a start {:.0} times as large as without rounding, of which nearly all weights round to the \
             largest values",
            found.gain()
        ),
        Err(WeightsError::Grid { small, .. }) => format!(
            "do not act as sigma_w = 1 at a fan-in of {fan_in}: even the {} ones are too {}",
            if small { "largest" } else { "smallest" },
            if small { "small" } else { "large" }
        ),
        Err(error) => return Err(error.into()),
    };
    // Far larger than the grid, half of the weights become the lowest value and half the highest.
    let least = 2.0 / ((phi.levels().last().copied().unwrap_or(top) - phi.offset()) * width);
    let scale = mf_fit::best_weight_scale(phi)?;
    let best = QuantizedWeights::new(phi, Scale::Constant(scale), centring, fan_in)?;
    let best = scale * best.deviation(1.0)?;
    bail!(
        "{format} weights on a grid of {unit} {wrong}. Give --weight-scale {}, the best grid, or another one well above {}{}",
        rounded(best),
        rounded(least),
        match smallest(phi) {
            Some(smallest) => format!(" and below {}", rounded(1.0 / (smallest * width))),
            None => String::new(),
        }
    )
}

/// The smallest size of a level, if the format is the same on both sides of 0 and has no 0.
fn smallest(phi: &StepActivation) -> Option<f64> {
    let sizes = phi.levels().iter().map(|level| level.abs());
    let least = sizes.fold(f64::INFINITY, f64::min);
    (phi.is_odd() && least > 0.0).then_some(least)
}

/// A number to four digits, as a user types it.
fn rounded(x: f64) -> f64 {
    format!("{x:.3e}").parse().unwrap_or(x)
}

/// The share of units without an input at the usual start, a standard deviation of 1 / sqrt(fan-in), on a fixed grid.
///
/// # Errors
/// A grid on which all weights are 0 at this start.
pub(super) fn silent_units(
    format: &str,
    phi: &StepActivation,
    unit: f64,
    fan_in: u64,
) -> anyhow::Result<f64> {
    let deviation = 1.0 / (fan_in as f64).sqrt();
    let weights = fan_in.saturating_mul(fan_in);
    let start = Start::fan_in_normal(fan_in)?;
    let rounded = start.rounded(phi, unit)?;
    if rounded.is_dead(weights) {
        bail!(
            "the start is dead: {format} weights on a grid of {unit} all round to 0 at the usual standard deviation of \
             {deviation:.6}, 1 / sqrt({fan_in}). The largest grid of which a layer of {fan_in} units is not dead is {:.6}, and \
             a useful one is far below: give --weight-scale row, which follows the weights",
            start.largest_grid(phi, weights)?
        );
    }
    Ok(rounded.all_zero(fan_in))
}
