//! `fitted-spacing`: chi at the threshold spacing of a fitted law, not at the best spacing.

use libm::{exp, log};
use mf_core::uniform;
use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::states::States;

/// Parameters of `fitted-spacing`: the law ln(Dt) = slope ln(N + 1) + intercept for the spacing Dt in units of sqrt(Q*).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FittedSpacing {
    /// Slope of the law: ln(Dt) against ln(N + 1).
    slope: f64,
    /// Intercept of the law: ln(Dt) at ln(N + 1) = 0.
    intercept: f64,
    /// Numbers of states N: values and ranges.
    states: States,
}

impl TypedStage for FittedSpacing {
    const KIND: &'static str = "fitted-spacing";
    const ABOUT: &'static str = "chi at the spacing Dt of a fitted law ln(Dt) = slope ln(N + 1) + intercept, in units of sqrt(Q*).";

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
            .f64(
                "chi",
                "1",
                "slope of the correlation map at this spacing",
                |row| row.2,
            )
            .build()?;
        Ok(Outputs::new().table("slopes", table))
    }
}
