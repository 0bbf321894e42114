//! `fitted-spacing`: chi where a fitted law puts the spacing, instead of at its optimum.

use libm::{exp, log};
use mf_core::uniform;
use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::states::States;

/// Parameters of `fitted-spacing`: the law ln(Dt) = slope ln(N + 1) + intercept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FittedSpacing {
    /// Slope of the law, on ln(N + 1).
    slope: f64,
    /// Intercept of the law.
    intercept: f64,
    /// Numbers of states: values and ranges.
    states: States,
}

impl TypedStage for FittedSpacing {
    const KIND: &'static str = "fitted-spacing";
    const ABOUT: &'static str =
        "chi at the spacing of a fitted law ln(Dt) = slope ln(N + 1) + intercept.";

    fn check(&self) -> Result<(), ParamError> {
        self.states.expand().map(drop)
    }

    fn tables(&self) -> Vec<String> {
        vec!["slopes".into()]
    }

    fn run(&self, _job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut rows = Vec::new();
        for states in self.states.expand()? {
            let spacing = exp(self.intercept + self.slope * log((states + 1) as f64));
            rows.push((states, spacing, uniform::slope(states, spacing)?));
        }
        let table = Table::of(&rows)
            .u64("states", "1", "number of states N", |row| row.0)
            .f64("spacing", "sqrt(Q*)", "spacing of the fitted law", |row| {
                row.1
            })
            .f64("chi", "1", "slope of the correlation map there", |row| {
                row.2
            })
            .build()?;
        Ok(Outputs::new().table("slopes", table))
    }
}
