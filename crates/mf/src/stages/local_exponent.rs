//! `local-exponent`: the exponent of the trade-off at each number of states, log2(f(N)/f(2N)) with f = 1 - chi_max.

use mf_data::Table;
use mf_fit::{FitError, MOST_STATES};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::states::States;

/// Parameters of `local-exponent`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LocalExponent {
    /// Numbers of states N: values and ranges.
    states: States,
}

impl TypedStage for LocalExponent {
    const KIND: &'static str = "local-exponent";
    const ABOUT: &'static str = "Local exponent log2(f(N)/f(2N)) of f = 1 - chi_max; the exponent of a fit is an average of local exponents.";

    fn check(&self) -> Result<(), ParamError> {
        match self
            .states
            .expand()?
            .into_iter()
            .find(|&n| n > MOST_STATES / 2)
        {
            Some(n) => {
                let message =
                    format!("the exponent at N = {n} needs the optimum at 2N, which is too large");
                Err(ParamError::at("states", message)
                    .allowed(format!("at most {}", MOST_STATES / 2)))
            }
            None => Ok(()),
        }
    }

    fn tables(&self) -> Vec<String> {
        vec!["exponents".into()]
    }

    fn run(&self, _job: &Job<'_>) -> Result<Outputs, BoxError> {
        let row = |states| Ok((states, mf_fit::local_exponent(states)?));
        let states = self.states.expand()?.into_iter();
        let rows: Vec<(u64, f64)> = states.map(row).collect::<Result<_, FitError>>()?;
        let table = Table::of(&rows)
            .u64("states", "1", "number of states N", |row| row.0)
            .f64(
                "exponent",
                "1",
                "log2(f(N)/f(2N)), f = 1 - chi_max",
                |row| row.1,
            )
            .build()?;
        Ok(Outputs::new().table("exponents", table))
    }
}
