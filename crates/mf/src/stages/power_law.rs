//! `power-law`: least squares of ln y on ln x over a window of rows.

use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::window::Window;

/// Parameters of `power-law`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PowerLaw {
    /// Column of the regressor; its values must be positive. Choose `states` or `states_plus_one`.
    x: String,
    /// Column of the response; its values must be positive.
    y: String,
    /// Column with the standard errors of the response, if they were measured: `slope-error` is then the larger one of
    /// what they and what the scatter about the line say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Only rows whose regressor lies in this window; by default all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
}

impl TypedStage for PowerLaw {
    const KIND: &'static str = "power-law";
    const ABOUT: &'static str = "Least squares of ln y on ln x with standard errors and R^2; `exponent` is minus the slope.";

    fn check(&self) -> Result<(), mf_pipeline::ParamError> {
        self.window.as_ref().map_or(Ok(()), Window::check)
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required("data", "a table with the two columns")]
    }

    fn tables(&self) -> Vec<String> {
        vec!["line".into()]
    }

    fn numbers(&self) -> Vec<String> {
        [
            "exponent",
            "slope",
            "slope-error",
            "intercept",
            "intercept-error",
            "r-squared",
            "points",
        ]
        .map(str::to_owned)
        .into()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let (data, window) = (job.table("data")?, self.window.as_ref());
        let (x, y) = super::window::columns(&data, &self.x, &self.y, window)?;
        let fit = mf_fit::power_law(&x, &y)?;
        let mut slope_error = fit.slope_error;
        if let Some(error) = &self.error {
            let (_, errors) = super::window::columns(&data, &self.x, error, window)?;
            slope_error = slope_error.max(mf_fit::slope_error(&x, &y, &errors)?);
        }
        let outputs = Outputs::new()
            .table("line", line(&x, &fit)?)
            .number("exponent", -fit.slope, "1", "minus the slope")
            .number("slope", fit.slope, "1", "slope of ln y on ln x")
            .number(
                "slope-error",
                slope_error,
                "1",
                "standard error of the slope",
            )
            .number("intercept", fit.intercept, "1", "ln y at ln x = 0")
            .number(
                "intercept-error",
                fit.intercept_error,
                "1",
                "standard error of the intercept",
            )
            .number(
                "r-squared",
                fit.r_squared,
                "1",
                "share of the variance of ln y that the line explains",
            )
            .number("points", fit.points as f64, "1", "number of rows");
        Ok(outputs)
    }
}

/// The fitted line at the two ends of the window, to draw.
fn line(x: &[f64], fit: &mf_fit::Line) -> Result<Table, mf_data::DataError> {
    let ends = [
        x.iter().copied().fold(f64::INFINITY, f64::min),
        x.iter().copied().fold(0.0, f64::max),
    ];
    let fitted = ends.map(|x| fit.at(x));
    Table::builder()
        .f64("x", "1", "regressor", ends.to_vec())
        .f64(
            "y",
            "1",
            "fitted response exp(intercept) x^slope",
            fitted.to_vec(),
        )
        .build()
}
