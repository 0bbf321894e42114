//! Members of a family by their number of levels: `1 - chi` at the best scale, and the fewest levels for a depth.

use mf_core::quantizer::{BestScale, Members};
use mf_core::{StochasticActivation, depth_scale};

use crate::error::FitError;
use crate::optimum::uniform_optimum;
use crate::scale::best_scale;

/// `1 - chi` of the member of `states` levels at its best scale, without biases.
///
/// ```
/// use mf_core::quantizer::{lloyd_max, uniform};
///
/// // Eight levels (Max 1960, tables I and II): the best levels have a smaller error than the best evenly spaced ones.
/// assert!((mf_fit::least_error(&lloyd_max::MEMBERS, 8)? - 0.03454).abs() < 1e-5);
/// assert!((mf_fit::least_error(&uniform::MEMBERS, 8)? - 0.03744).abs() < 1e-5);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Quantizer`] or [`FitError::States`] unless `2 <= states <= members.most`; else as [`best_scale`].
pub fn least_error(members: &Members, states: u64) -> Result<f64, FitError> {
    if members.best_scale == BestScale::EqualSteps {
        return Ok(uniform_optimum(states)?.one_minus_slope);
    }
    let phi = (members.build)(states)?.activation;
    match members.best_scale {
        // At C* = 0 the least error is 1 - chi.
        BestScale::One => Ok(phi.distortion().mean_squared_error),
        _ => Ok(best_scale(&phi)?.propagation.one_minus_slope),
    }
}

/// `1 - chi` of stochastic rounding to the levels of the member of `states` levels, at its best scale.
///
/// ```
/// use mf_core::quantizer::uniform::MEMBERS;
///
/// // Four states: 1.5 times the error of rounding to nearest, 0.1188.
/// let error = mf_fit::least_stochastic_error(&MEMBERS, 4)?;
/// assert!((error - 0.17422769).abs() < 1e-8);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Quantizer`] if there is no such member, or if it has too many levels; else as [`best_scale`].
pub fn least_stochastic_error(members: &Members, states: u64) -> Result<f64, FitError> {
    let phi = (members.build)(states)?.activation;
    let best = best_scale(&StochasticActivation::new(&phi))?;
    Ok(best.propagation.one_minus_slope)
}

/// The fewest levels whose member has a depth scale `xi` of `needed` layers or more at its best scale, and its `xi`;
/// none if `members.most` levels are too few.
///
/// By bisection: `xi` must grow with the number of levels, as it does for equal steps and for Lloyd-Max.
///
/// ```
/// use mf_core::quantizer::uniform::MEMBERS;
///
/// // A depth scale of 86 layers takes 16 uniform states.
/// let found = mf_fit::fewest_states(&MEMBERS, 86.0)?;
/// assert!(found.is_some_and(|(states, xi)| states == 16 && (xi - 86.13).abs() < 0.01));
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// As [`least_error`].
pub fn fewest_states(members: &Members, needed: f64) -> Result<Option<(u64, f64)>, FitError> {
    let xi = |states| Ok::<_, FitError>(depth_scale(least_error(members, states)?));
    let (mut least, mut enough) = (2, members.most);
    if xi(enough)? < needed {
        return Ok(None);
    }
    while least < enough {
        let middle = least + (enough - least) / 2;
        if xi(middle)? < needed {
            least = middle + 1;
        } else {
            enough = middle;
        }
    }
    Ok(Some((enough, xi(enough)?)))
}
