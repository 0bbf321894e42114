//! The table of optima of the uniform family: a row for each number of states.

use mf_data::{DataError, Table};
use mf_fit::UniformOptimum;

/// The table, with its rows in the order of `optima`.
///
/// # Errors
/// Those of the table builder; none are expected.
pub(crate) fn table(optima: &[UniformOptimum]) -> Result<Table, DataError> {
    Table::of(optima)
        .u64("states", "1", "number of states N", |o| o.states)
        .u64(
            "states_plus_one",
            "1",
            "N + 1, the paper's regressor",
            |o| o.states + 1,
        )
        .f64(
            "spacing",
            "sqrt(Q*)",
            "best distance Dt of neighbouring thresholds",
            |o| o.spacing,
        )
        .f64(
            "one_minus_chi",
            "1",
            "1 - chi at the best spacing, computed without cancellation",
            |o| o.one_minus_slope,
        )
        .f64(
            "chi",
            "1",
            "slope of the correlation map at its fixed point",
            |o| o.slope,
        )
        .f64("depth_scale", "layers", "xi = -1/ln(chi)", |o| {
            o.depth_scale
        })
        .f64(
            "sigma_w",
            "1",
            "best weight gain sigma_w, for levels evenly spaced in [-1, 1]",
            |o| o.sigma_w,
        )
        .build()
}
