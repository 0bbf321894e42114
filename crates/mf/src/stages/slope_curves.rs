//! `slope-curves`: chi against the threshold spacing of the uniform family, a curve for each number of states.

use mf_core::uniform;
use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::states::States;

/// Parameters of `slope-curves`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SlopeCurves {
    /// Numbers of states N: values and ranges; a curve for each.
    states: States,
    /// The first spacing, in units of sqrt(Q*); above 0.
    #[schemars(range(min = 1e-6, max = 100.0))]
    from: f64,
    /// The last spacing, in units of sqrt(Q*); above `from`.
    #[schemars(range(min = 1e-6, max = 100.0))]
    to: f64,
    /// Number of equally spaced points of each curve, both ends included.
    #[schemars(range(min = 2, max = 100_000))]
    points: u32,
}

impl TypedStage for SlopeCurves {
    const KIND: &'static str = "slope-curves";
    const ABOUT: &'static str =
        "chi against the threshold spacing of the uniform family, a curve for each N.";

    fn check(&self) -> Result<(), ParamError> {
        self.states.expand()?;
        if self.to > self.from {
            return Ok(());
        }
        let message = format!("the curves end at {} but begin at {}", self.to, self.from);
        Err(ParamError::at("to", message).allowed("`to` above `from`"))
    }

    fn tables(&self) -> Vec<String> {
        vec!["curves".into(), "optima".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let all = self.states.expand()?;
        let (length, last) = (self.to - self.from, f64::from(self.points - 1));
        let (mut points, mut optima) = (Vec::new(), Vec::new());
        for (done, &states) in all.iter().enumerate() {
            for i in 0..self.points {
                let spacing = self.from + length * f64::from(i) / last;
                points.push((states, spacing, uniform::slope(states, spacing)?));
            }
            optima.push(mf_fit::uniform_optimum(states)?);
            job.progress(done as u64 + 1, all.len() as u64);
        }
        let curves = Table::of(&points)
            .u64("states", "1", "number of states N", |point| point.0)
            .f64(
                "spacing",
                "sqrt(Q*)",
                "distance of neighbouring thresholds",
                |point| point.1,
            )
            .f64(
                "chi",
                "1",
                "slope of the correlation map at C* = 0",
                |point| point.2,
            )
            .build()?;
        Ok(Outputs::new()
            .table("curves", curves)
            .table("optima", super::optima::table(&optima)?))
    }
}
