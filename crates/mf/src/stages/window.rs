//! The two columns of a fit, limited to a window of the regressor, and the ends of its line.

use mf_data::{DataError, Table};
use mf_pipeline::ParamError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows whose regressor is between these two values, both included.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    /// The smallest value of the regressor.
    from: f64,
    /// The largest value of the regressor, above `from`.
    to: f64,
}

impl Window {
    /// Checks the ends.
    ///
    /// # Errors
    /// `to` is not above `from`.
    pub(crate) fn check(&self) -> Result<(), ParamError> {
        if self.from < self.to {
            return Ok(());
        }
        let message = format!("the window ends at {} but begins at {}", self.to, self.from);
        Err(ParamError::at("window.to", message).allowed("`to` above `from`"))
    }

    /// Whether a value of the regressor is in the window.
    pub(crate) fn holds(&self, x: f64) -> bool {
        self.from <= x && x <= self.to
    }
}

/// Columns `x` and `y` of `table`, only the rows in `window`.
///
/// # Errors
/// A column that the table does not have, or that has no numbers.
pub(crate) fn columns(
    table: &Table,
    x: &str,
    y: &str,
    window: Option<&Window>,
) -> Result<(Vec<f64>, Vec<f64>), DataError> {
    let inside = |x: f64| window.is_none_or(|window| window.holds(x));
    let pairs = table.f64(x)?.into_iter().zip(table.f64(y)?);
    Ok(pairs.filter(|&(x, _)| inside(x)).unzip())
}

/// The smallest and the largest x of a fit, between which its line is drawn; x is above 0.
pub(crate) fn ends(x: &[f64]) -> [f64; 2] {
    let values = || x.iter().copied();
    [
        values().fold(f64::INFINITY, f64::min),
        values().fold(0.0, f64::max),
    ]
}
