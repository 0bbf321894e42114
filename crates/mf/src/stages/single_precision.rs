//! `single-precision`: the authors' recipe in f32, and what the rounding of its sums does to the fits of figure 2.

use mf_data::{DataError, Table};
use mf_fit::{Line, UniformOptimum};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::optimal_spacing::Scan;
use super::states::States;
use super::stop;

/// Parameters of `single-precision`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SinglePrecision {
    /// The trial spacings.
    scan: Scan,
    /// Numbers of states N of the fits, from 3 to 100,000.
    states: States,
    /// Sums run in 1, 2, ... up to this many accumulators, as a vector unit has lanes: each is a recipe of its own.
    #[schemars(range(min = 1, max = 1024))]
    accumulators: usize,
}

const STATES: std::ops::RangeInclusive<u64> = 3..=100_000;

/// Fits by one recipe.
struct Recipe {
    accumulators: u64,
    line: Line,
}

impl TypedStage for SinglePrecision {
    const KIND: &'static str = "single-precision";
    const ABOUT: &'static str = "The scan of optimal-spacing in single precision, by the number of accumulators of its sums, and its two fits.";

    fn check(&self) -> Result<(), ParamError> {
        self.scan.check("scan.to")?;
        let states = self.states.expand()?;
        match states.iter().find(|n| !STATES.contains(n)) {
            Some(n) => {
                let (message, [least, most]) = (format!("N = {n}"), [STATES.start(), STATES.end()]);
                Err(ParamError::at("states", message).allowed(format!("from {least} to {most}")))
            }
            None => Ok(()),
        }
    }

    fn tables(&self) -> Vec<String> {
        vec!["optima".into(), "tradeoff".into(), "spacing".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let states = self.states.expand()?;
        let scan = self.scan.spacings();
        let mut optima = Vec::with_capacity(states.len());
        for (done, &n) in states.iter().enumerate() {
            stop::check(job)?;
            optima.push(scan.optima_in_f32(n, self.accumulators)?);
            job.progress(done as u64 + 1, states.len() as u64);
        }
        let of = |index: usize| optima.iter().map(move |by| (index as u64 + 1, &by[index]));
        let rows: Vec<(u64, &UniformOptimum)> = (0..self.accumulators).flat_map(of).collect();
        let read = Table::of(&rows)
            .u64("accumulators", "1", "accumulators of each sum", |r| r.0)
            .u64("states", "1", "number of states N", |r| r.1.states)
            .f64("spacing", "sqrt(Q*)", "the best spacing of the scan", |r| {
                r.1.spacing
            })
            .f64(
                "one_minus_chi",
                "1",
                "1 - chi there, a multiple of 2^-24",
                |r| r.1.one_minus_slope,
            )
            .build()?;
        let regressor: Vec<f64> = states.iter().map(|n| (n + 1) as f64).collect();
        let fits = |value: fn(&UniformOptimum) -> f64| -> Result<Table, BoxError> {
            let recipes = (0..self.accumulators).map(|index| {
                let values: Vec<f64> = optima.iter().map(|by| value(&by[index])).collect();
                let line = mf_fit::power_law(&regressor, &values)?;
                let accumulators = index as u64 + 1;
                Ok(Recipe { accumulators, line })
            });
            Ok(table(&recipes.collect::<Result<Vec<_>, BoxError>>()?)?)
        };
        Ok(Outputs::new()
            .table("optima", read)
            .table("tradeoff", fits(|o| o.one_minus_slope)?)
            .table("spacing", fits(|o| o.spacing)?))
    }
}

/// The columns have the names of the numbers of `power-law`.
fn table(recipes: &[Recipe]) -> Result<Table, DataError> {
    Table::of(recipes)
        .u64("accumulators", "1", "accumulators of each sum", |r| {
            r.accumulators
        })
        .f64("exponent", "1", "minus the slope", |r| -r.line.slope)
        .f64("slope", "1", "slope of ln y on ln(N + 1)", |r| r.line.slope)
        .f64(
            "slope_error",
            "1",
            "standard error of the slope from the scatter about the line",
            |r| r.line.slope_error,
        )
        .f64("intercept", "1", "ln y at ln(N + 1) = 0", |r| {
            r.line.intercept
        })
        .f64(
            "r_squared",
            "1",
            "share of the variance of ln y that the line explains",
            |r| r.line.r_squared,
        )
        .build()
}
