//! `power-law`: least squares of ln y on ln x, over the rows of a window.

use std::collections::BTreeMap;

use mf_data::{DataError, Table};
use mf_fit::{Bend, FitError, GeometricMean, Line};
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
    /// Column with the seeds, if the table has a row for each seed. The line is then through the geometric means over the seeds,
    /// without the x at which a seed has no value (NaN), and `slope-error` is the larger of two errors: from the scatter over the
    /// seeds, and from the scatter about the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    /// Only rows whose regressor is in this window; by default all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
}

impl TypedStage for PowerLaw {
    const KIND: &'static str = "power-law";
    const ABOUT: &'static str = "Least squares of ln y on ln x, with standard errors and R^2; `exponent` is minus the slope.";

    fn check(&self) -> Result<(), ParamError> {
        if self.error.is_some() && self.seed.is_some() {
            let message = "`error` and `seed` are both given";
            return Err(ParamError::at("error", message).allowed("one of the two"));
        }
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
        let mut fit = match &self.seed {
            None => Fit::of(x, &y)?,
            Some(seed) => {
                let (_, seeds) = window::columns(&data, &self.x, seed, window)?;
                Fit::over_seeds(&x, &y, &seeds)?
            }
        };
        if let Some(error) = &self.error {
            let (_, errors) = window::columns(&data, &self.x, error, window)?;
            fit.measured_error = mf_fit::slope_error(&fit.x, &y, &errors)?;
            fit.slope_error = fit.slope_error.max(fit.measured_error);
        }
        let outputs = Outputs::new().table("line", line(&fit)?);
        Ok(numbers::of(&fit, NUMBERS, outputs))
    }
}

/// A power law, and how far points are from it.
struct Fit {
    x: Vec<f64>,
    line: Line,
    /// The larger standard error of the slope.
    slope_error: f64,
    /// Standard error of the slope from the errors of the points, or over the seeds; NaN if there are none.
    measured_error: f64,
    /// None for three points: a parabola goes through all of them, so the bend has no error.
    bend: Option<Bend>,
}

impl Fit {
    fn of(x: Vec<f64>, y: &[f64]) -> Result<Self, FitError> {
        let line = mf_fit::power_law(&x, y)?;
        Ok(Self {
            line,
            slope_error: line.slope_error,
            measured_error: f64::NAN,
            bend: mf_fit::bend(&x, y).ok(),
            x,
        })
    }

    fn over_seeds(x: &[f64], y: &[f64], seeds: &[f64]) -> Result<Self, BoxError> {
        // By x, by seed: ln y. Positive numbers have the order of their bits.
        let mut points: BTreeMap<u64, BTreeMap<u64, f64>> = BTreeMap::new();
        for ((x, y), seed) in x.iter().zip(y).zip(seeds) {
            let point = points.entry(x.to_bits()).or_default();
            if point.insert(seed.to_bits(), libm::log(*y)).is_some() {
                return Err(format!("two rows have the regressor {x} and the seed {seed}: a table with one row for each of them is needed").into());
            }
        }
        let whole = |logs: &BTreeMap<u64, f64>| logs.values().all(|log| log.is_finite());
        points.retain(|_, logs| whole(logs));
        let x: Vec<f64> = points.keys().map(|bits| f64::from_bits(*bits)).collect();
        let logs: Vec<Vec<f64>> = points
            .into_values()
            .map(|logs| logs.into_values().collect())
            .collect();
        let fit = mf_fit::power_law_over_seeds(&x, &logs)?;
        let means = logs
            .into_iter()
            .map(|logs| GeometricMean::of_logs(logs).value());
        Ok(Self {
            line: fit.line,
            slope_error: fit.slope_error(),
            measured_error: fit.slopes.standard_error(),
            bend: mf_fit::bend(&x, &means.collect::<Vec<_>>()).ok(),
            x,
        })
    }
}

const NUMBERS: &Numbers<Fit> = &[
    ("exponent", "1", "minus the slope", |fit| -fit.line.slope),
    ("slope", "1", "slope of ln y on ln x", |fit| fit.line.slope),
    (
        "slope-error",
        "1",
        "standard error of the slope: the larger of slope-error-residuals and slope-error-measured",
        |fit| fit.slope_error,
    ),
    (
        "slope-error-residuals",
        "1",
        "standard error of the slope from the scatter about the line",
        |fit| fit.line.slope_error,
    ),
    (
        "slope-error-measured",
        "1",
        "standard error of the slope from the errors of the points, or over the seeds; NaN if there are none",
        |fit| fit.measured_error,
    ),
    ("intercept", "1", "ln y at ln x = 0", |fit| {
        fit.line.intercept
    }),
    (
        "intercept-error",
        "1",
        "standard error of the intercept",
        |fit| fit.line.intercept_error,
    ),
    (
        "r-squared",
        "1",
        "share of the variance of ln y that the line explains",
        |fit| fit.line.r_squared,
    ),
    (
        "bend",
        "1",
        "coefficient of (ln x)^2 in a parabola: 0 for a power law; NaN for three points",
        |fit| fit.bend.map_or(f64::NAN, |bend| bend.bend),
    ),
    (
        "bend-error",
        "1",
        "standard error of the bend, from the scatter about the parabola",
        |fit| fit.bend.map_or(f64::NAN, |bend| bend.error),
    ),
    ("points", "1", "number of points", |fit| {
        fit.line.points as f64
    }),
];

/// The fitted law at the smallest and the largest x, for figures.
fn line(fit: &Fit) -> Result<Table, DataError> {
    Table::of(&window::ends(&fit.x))
        .f64("x", "1", "regressor", |x| *x)
        .f64("y", "1", "fitted response exp(intercept) x^slope", |x| {
            fit.line.at(*x)
        })
        .build()
}
