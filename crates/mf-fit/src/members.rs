//! Members of a family by their number of levels: `1 - chi` at the best scale, and the fewest levels for a depth.

use mf_core::quantizer::{BestScale, Members};
use mf_core::{StochasticActivation, depth_scale};

use crate::error::FitError;
use crate::optimum::uniform_optimum;
use crate::scale::best_scale;

/// `1 - chi` of the member of `states` levels at its best scale, without biases.
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
/// # Errors
/// [`FitError::Quantizer`] if there is no such member, or its levels are too many to be built one by one; else as
/// [`best_scale`].
pub fn least_stochastic_error(members: &Members, states: u64) -> Result<f64, FitError> {
    let phi = (members.build)(states)?.activation;
    let best = best_scale(&StochasticActivation::new(&phi))?;
    Ok(best.propagation.one_minus_slope)
}

/// The fewest levels whose member has a depth scale `xi` of `needed` layers or more at its best scale, and its `xi`; none
/// if `members.most` levels do not suffice.
///
/// By bisection: `xi` has to grow with every level, as it does for equal steps and for Lloyd-Max.
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
