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
        let states = self.states.expand()?;
        let law = |n: u64| exp(self.intercept + self.slope * log((n + 1) as f64));
        let spacing: Vec<f64> = states.iter().map(|&n| law(n)).collect();
        let chi = states
            .iter()
            .zip(&spacing)
            .map(|(&n, &d)| uniform::slope(n, d))
            .collect::<Result<Vec<f64>, _>>()?;
        let table = Table::builder()
            .u64("states", "1", "number of states N", states)
            .f64("spacing", "sqrt(Q*)", "spacing of the fitted law", spacing)
            .f64("chi", "1", "slope of the correlation map there", chi)
            .build()?;
        Ok(Outputs::new().table("slopes", table))
    }
}
