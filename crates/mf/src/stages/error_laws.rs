//! `error-laws`: 1 - chi against the number of states N, for families that have a member for each N.

use mf_core::quantizer::{FAMILIES, Members, family};
use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::states::States;
use super::stop;

/// Parameters of `error-laws`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ErrorLaws {
    /// The family of quantizers, one with a member for each number of states. Each member is at its best scale.
    #[schemars(schema_with = "families")]
    family: String,
    /// How numbers are rounded to the levels; by default to the nearest one.
    #[serde(default, skip_serializing_if = "Rounding::is_nearest")]
    rounding: Rounding,
    /// Numbers of states N: values and ranges; at most 4096 with stochastic rounding.
    states: States,
}

/// How numbers are rounded to levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rounding {
    /// By the thresholds of the quantizer.
    #[default]
    Nearest,
    /// To one of the two neighbouring levels, at random. Between the outer levels the mean of the result is the number itself.
    Stochastic,
}

impl Rounding {
    fn is_nearest(&self) -> bool {
        *self == Self::Nearest
    }
}

/// The most states with stochastic rounding, whose cost grows with the number of levels.
const MOST_STOCHASTIC: u64 = 4096;

/// The schema of [`ErrorLaws::family`].
fn families(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": with_members() })
}

/// Names of the families with a member for each number of states.
fn with_members() -> Vec<&'static str> {
    let families = FAMILIES.iter().filter(|family| family.members.is_some());
    families.map(|family| family.name).collect()
}

/// A row of the table.
struct Row {
    states: u64,
    one_minus_chi: f64,
    asymptote: f64,
}

impl ErrorLaws {
    fn members(&self) -> Result<Members, ParamError> {
        let found = family(&self.family).and_then(|family| family.members);
        found.ok_or_else(|| {
            let message = format!(
                "family `{}` has no member for each number of states",
                self.family
            );
            ParamError::at("family", message).allowed(with_members().join(", "))
        })
    }

    fn row(&self, members: &Members, states: u64) -> Result<Row, BoxError> {
        let (one_minus_chi, asymptote) = match self.rounding {
            Rounding::Nearest => (mf_fit::least_error(members, states)?, members.asymptote),
            Rounding::Stochastic => (mf_fit::least_stochastic_error(members, states)?, None),
        };
        Ok(Row {
            states,
            one_minus_chi,
            asymptote: asymptote.map_or(f64::NAN, |leading| leading(states as f64)),
        })
    }
}

impl TypedStage for ErrorLaws {
    const KIND: &'static str = "error-laws";
    const ABOUT: &'static str = "1 - chi at the best scale against the number of states N, for families with a member for each N, with rounding to nearest or stochastic rounding.";

    fn check(&self) -> Result<(), ParamError> {
        let most = match self.rounding {
            Rounding::Nearest => self.members()?.most,
            Rounding::Stochastic => self.members()?.most.min(MOST_STOCHASTIC),
        };
        let states = self.states.expand()?;
        match states.iter().find(|states| !(2..=most).contains(*states)) {
            None => Ok(()),
            Some(states) => Err(ParamError::at(
                "states",
                format!("the number of states is {states}"),
            )
            .allowed(format!("2 to {most} for this family and rounding"))),
        }
    }

    fn tables(&self) -> Vec<String> {
        vec!["errors".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let members = self.members()?;
        let states = self.states.expand()?;
        let mut rows = Vec::with_capacity(states.len());
        for &n in &states {
            stop::check(job)?;
            rows.push(self.row(&members, n)?);
            job.progress(rows.len() as u64, states.len() as u64);
        }
        let table = Table::of(&rows)
            .u64("states", "1", "number of states N", |r| r.states)
            .u64(
                "states_plus_one",
                "1",
                "N + 1, the paper's regressor",
                |r| r.states + 1,
            )
            .f64("one_minus_chi", "1", "1 - chi at the best scale", |r| {
                r.one_minus_chi
            })
            .f64(
                "asymptote",
                "1",
                "leading term of 1 - chi at large N; NaN if none is known",
                |r| r.asymptote,
            )
            .f64("times_square", "1", "N^2 (1 - chi)", |r| {
                r.states as f64 * r.states as f64 * r.one_minus_chi
            })
            .f64("depth_scale", "layers", "xi = -1/ln(chi)", |r| {
                mf_core::depth_scale(r.one_minus_chi)
            })
            .build()?;
        Ok(Outputs::new().table("errors", table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(params: serde_json::Value) -> ParamError {
        let laws: ErrorLaws = serde_json::from_value(params).unwrap();
        laws.check().unwrap_err()
    }

    #[test]
    fn families_without_members_and_numbers_out_of_range_are_refused() {
        let wrong = refused(json!({ "family": "int", "states": [4] }));
        assert_eq!(wrong.path, ["family"]);
        for (family, rounding, states, allowed) in [
            ("lloyd-max", "nearest", 70_000, "2 to 65536"),
            ("power-of-two", "nearest", 256, "2 to 255"),
            ("power-of-two", "stochastic", 256, "2 to 255"),
            ("uniform", "stochastic", 5000, "2 to 4096"),
        ] {
            let params = json!({ "family": family, "rounding": rounding, "states": [4, states] });
            let allowed_here = refused(params).allowed.unwrap();
            assert!(allowed_here.starts_with(allowed), "{allowed_here}");
        }
    }

    #[test]
    fn the_default_rounding_is_not_written() {
        let params = json!({ "family": "uniform", "states": [4] });
        let laws: ErrorLaws = serde_json::from_value(params.clone()).unwrap();
        assert_eq!(serde_json::to_value(&laws).unwrap(), params);
    }
}
