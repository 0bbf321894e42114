//! The two columns of a fit, cut to a window of the regressor, and the ends of its line.

use mf_data::{DataError, Table};
use mf_pipeline::ParamError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows whose regressor lies between these two values, both included.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    /// The least value of the regressor.
    from: f64,
    /// The largest value of the regressor.
    to: f64,
}

impl Window {
    /// Whether the window can hold a row.
    ///
    /// # Errors
    /// Ends in the wrong order.
    pub(crate) fn check(&self) -> Result<(), ParamError> {
        if self.from < self.to {
            return Ok(());
        }
        let message = format!("the window ends at {} but begins at {}", self.to, self.from);
        Err(ParamError::at("window.to", message).allowed("`to` above `from`"))
    }

    /// Whether a value of the regressor lies inside.
    pub(crate) fn holds(&self, x: f64) -> bool {
        self.from <= x && x <= self.to
    }
}

/// Columns `x` and `y` of `table`, only the rows inside `window`.
///
/// # Errors
/// A column that is not there, or that holds no numbers.
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

/// The least and the largest regressor of a fit: where its line is drawn from and to.
pub(crate) fn ends(x: &[f64]) -> [f64; 2] {
    let values = || x.iter().copied();
    [
        values().fold(f64::INFINITY, f64::min),
        values().fold(0.0, f64::max),
    ]
}
