//! `optimal-spacing`: the best threshold spacing of the uniform family for each number of states (figure 2 of the paper).

use mf_fit::{SpacingScan, UniformOptimum, uniform_optimum};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::optima;
use super::states::States;
use super::stop;

/// Parameters of `optimal-spacing`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OptimalSpacing {
    /// How the optimum is found: `"exact"`, or by a scan of trial spacings: `{ scan = { points = 2000, from = 0.0, to = 2.0 } }`.
    recipe: Recipe,
    /// Numbers of states N: values and ranges; at most 100,000 for a scan.
    states: States,
}

/// How the optimum is found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Recipe {
    /// The exact optimum, by root finding on the condition that the slope of chi is 0.
    Exact,
    /// The best of equally spaced trial spacings, as in the authors' notebook; chi is computed as a ratio, in f64.
    Scan(Scan),
}

/// Equally spaced trial spacings, both ends included, in units of sqrt(Q*).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scan {
    /// Number of trial spacings.
    #[schemars(range(min = 2, max = 10_000_000))]
    points: usize,
    /// The first spacing; 0 is not a quantizer and is skipped.
    #[schemars(range(min = 0.0))]
    from: f64,
    /// The last spacing, above `from`.
    #[schemars(range(min = 0.0, max = 100.0))]
    to: f64,
}

/// The most states of a scan, which costs O(N) for each trial: more would take minutes, and `exact` is at hand.
const SCAN_STATES_MAX: u64 = 100_000;

impl TypedStage for OptimalSpacing {
    const KIND: &'static str = "optimal-spacing";
    const ABOUT: &'static str = "Best threshold spacing of the uniform family, with chi_max, xi and sigma_w, for each N (figure 2 of the paper).";

    fn check(&self) -> Result<(), ParamError> {
        let states = self.states.expand()?;
        let Recipe::Scan(scan) = &self.recipe else {
            return Ok(());
        };
        scan.check("recipe.scan.to")?;
        match states.iter().find(|&&n| n > SCAN_STATES_MAX) {
            Some(n) => {
                let message = format!("a scan at N = {n} takes too long");
                Err(ParamError::at("states", message)
                    .allowed(format!("at most {SCAN_STATES_MAX}, or recipe = \"exact\"")))
            }
            None => Ok(()),
        }
    }

    fn tables(&self) -> Vec<String> {
        vec!["optima".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let states = self.states.expand()?;
        let mut found = Vec::with_capacity(states.len());
        for (done, &n) in states.iter().enumerate() {
            stop::check(job)?;
            found.push(self.recipe.optimum(n)?);
            job.progress(done as u64 + 1, states.len() as u64);
        }
        Ok(Outputs::new().table("optima", optima::table(&found)?))
    }
}

impl Recipe {
    fn optimum(&self, states: u64) -> Result<UniformOptimum, mf_fit::FitError> {
        match self {
            Recipe::Exact => uniform_optimum(states),
            Recipe::Scan(scan) => scan.spacings().optimum(states),
        }
    }
}

impl Scan {
    /// # Errors
    /// A scan that does not end above its start; `to` is the path of that parameter.
    pub(crate) fn check(&self, to: &str) -> Result<(), ParamError> {
        if self.to > self.from {
            return Ok(());
        }
        let message = format!("the scan ends at {} but begins at {}", self.to, self.from);
        Err(ParamError::at(to, message).allowed("`to` above `from`"))
    }

    pub(crate) fn spacings(&self) -> SpacingScan {
        SpacingScan {
            points: self.points,
            from: self.from,
            to: self.to,
        }
    }
}
