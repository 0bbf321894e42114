//! `power-law`: least squares of ln y on ln x, over the rows of a window.

use mf_data::{DataError, Table};
use mf_fit::Line;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{self, Numbers};
use super::window::{self, Window};

/// Parameters of `power-law`: ln y = slope ln x + intercept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PowerLaw {
    /// Column of the regressor x; its values must be above 0. For a law in the number of states: `states` for N,
    /// `states_plus_one` for N + 1, as in the paper.
    x: String,
    /// Column of the response y; its values must be above 0.
    y: String,
    /// Column with the standard errors of the response, if it was measured. `slope-error` is then the larger of two errors: from
    /// these standard errors, and from the scatter about the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Only rows whose regressor is in this window; by default all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
}

impl TypedStage for PowerLaw {
    const KIND: &'static str = "power-law";
    const ABOUT: &'static str = "Least squares of ln y on ln x, with standard errors and R^2; `exponent` is minus the slope.";

    fn check(&self) -> Result<(), ParamError> {
        self.window.as_ref().map_or(Ok(()), Window::check)
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required("data", "a table with the two columns")]
    }

    fn tables(&self) -> Vec<String> {
        vec!["line".into()]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let (data, window) = (job.table("data")?, self.window.as_ref());
        let (x, y) = window::columns(&data, &self.x, &self.y, window)?;
        let mut fit = mf_fit::power_law(&x, &y)?;
        if let Some(error) = &self.error {
            let (_, errors) = window::columns(&data, &self.x, error, window)?;
            let measured = mf_fit::slope_error(&x, &y, &errors)?;
            fit.slope_error = fit.slope_error.max(measured);
        }
        let outputs = Outputs::new().table("line", line(&x, &fit)?);
        Ok(numbers::of(&fit, NUMBERS, outputs))
    }
}

const NUMBERS: &Numbers<Line> = &[
    ("exponent", "1", "minus the slope", |fit| -fit.slope),
    ("slope", "1", "slope of ln y on ln x", |fit| fit.slope),
    ("slope-error", "1", "standard error of the slope", |fit| {
        fit.slope_error
    }),
    ("intercept", "1", "ln y at ln x = 0", |fit| fit.intercept),
    (
        "intercept-error",
        "1",
        "standard error of the intercept",
        |fit| fit.intercept_error,
    ),
    (
        "r-squared",
        "1",
        "share of the variance of ln y that the line explains",
        |fit| fit.r_squared,
    ),
    ("points", "1", "number of rows", |fit| fit.points as f64),
];

/// The fitted law at the smallest and the largest x, for figures.
fn line(x: &[f64], fit: &Line) -> Result<Table, DataError> {
    Table::of(&window::ends(x))
        .f64("x", "1", "regressor", |x| *x)
        .f64("y", "1", "fitted response exp(intercept) x^slope", |x| {
            fit.at(*x)
        })
        .build()
}
