//! `log-corrected-power-law`: a power law with a power of ln x, as 1 - chi_max has: 4 ln N / (3 N^2) at large N (Hui and
//! Neuhoff 2001).

use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{self, Numbers};
use super::window::{self, Window};

/// Parameters of `log-corrected-power-law`: ln y = c - a ln x + b ln ln x.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LogCorrected {
    /// Column of the regressor x; its values must be above 1.
    x: String,
    /// Column of the response y; its values must be above 0.
    y: String,
    /// Only rows whose regressor is in this window; by default all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
}

impl TypedStage for LogCorrected {
    const KIND: &'static str = "log-corrected-power-law";
    const ABOUT: &'static str = "Least squares of ln y = c - a ln x + b ln ln x; `exponent` is a, the exponent in the limit of large x.";

    fn check(&self) -> Result<(), ParamError> {
        self.window.as_ref().map_or(Ok(()), Window::check)
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required("data", "a table with the two columns")]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let (x, y) = window::columns(&job.table("data")?, &self.x, &self.y, self.window.as_ref())?;
        let fit = mf_fit::log_corrected_power_law(&x, &y)?;
        Ok(numbers::of(&fit, NUMBERS, Outputs::new()))
    }
}

const NUMBERS: &Numbers<mf_fit::LogCorrected> = &[
    (
        "exponent",
        "1",
        "a, the exponent in the limit of large x",
        |fit| fit.exponent,
    ),
    (
        "exponent-error",
        "1",
        "standard error of the exponent",
        |fit| fit.exponent_error,
    ),
    ("log-power", "1", "b, the power of ln x", |fit| {
        fit.log_power
    }),
    (
        "log-power-error",
        "1",
        "standard error of the power of ln x",
        |fit| fit.log_power_error,
    ),
    (
        "r-squared",
        "1",
        "share of the variance of ln y that the law explains",
        |fit| fit.r_squared,
    ),
    ("points", "1", "number of rows", |fit| fit.points as f64),
];
