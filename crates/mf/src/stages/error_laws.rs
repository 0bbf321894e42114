//! `error-laws`: 1 - chi against the number of states, for families that grow with it.

use std::f64::consts::PI;

use libm::log;
use mf_core::quantizer::Quantizer;
use mf_core::quantizer::lloyd_max::lloyd_max;
use mf_core::quantizer::power_of_two::{Rounding, Zero, power_of_two};
use mf_core::{StepActivation, StochasticActivation};
use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::states::States;
use super::stop;

/// Parameters of `error-laws`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ErrorLaws {
    /// The family.
    family: Law,
    /// Numbers of states: values and ranges.
    states: States,
}

/// A family with a member for each number of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Law {
    /// Equal steps, at the best spacing.
    Uniform,
    /// The least error of all quantizers of a Gaussian (Max 1960, Lloyd 1982).
    LloydMax,
    /// Powers of two on both sides of 0, and 0 itself if the number of states is odd, at the best scale.
    PowerOfTwo,
    /// Equal steps with stochastic rounding, at the best spacing.
    Stochastic,
}

/// Most states of the families whose quantizers are built level by level.
const MOST_BUILT: u64 = 65_536;

impl Law {
    /// Fewest and most states.
    fn states(self) -> (u64, u64) {
        match self {
            Self::Uniform => (2, 1_000_000_000),
            Self::LloydMax => (2, MOST_BUILT),
            Self::PowerOfTwo => (2, 255),
            Self::Stochastic => (2, 4096),
        }
    }

    /// The leading term of `1 - chi` at large N; NaN if none is known.
    fn asymptote(self, states: u64) -> f64 {
        let n = states as f64;
        match self {
            // Hui and Neuhoff 2001.
            Self::Uniform => 4.0 * log(n) / (3.0 * n * n),
            // Panter and Dite 1951.
            Self::LloydMax => 3.0_f64.sqrt() * PI / (2.0 * n * n),
            Self::PowerOfTwo | Self::Stochastic => f64::NAN,
        }
    }

    fn one_minus_chi(self, states: u64) -> Result<f64, BoxError> {
        match self {
            Self::Uniform => Ok(mf_fit::uniform_optimum(states)?.one_minus_slope),
            // It is at its best scale as it stands.
            Self::LloydMax => Ok(lloyd_max(states)?
                .activation()
                .distortion()
                .mean_squared_error),
            Self::PowerOfTwo => {
                let zero = if states % 2 == 1 {
                    Zero::With
                } else {
                    Zero::Without
                };
                let quantizer = power_of_two(states / 2, zero, Rounding::Log)?;
                Ok(mf_fit::best_scale(quantizer.activation())?
                    .propagation
                    .one_minus_slope)
            }
            Self::Stochastic => {
                let levels = StepActivation::uniform(usize::try_from(states)?)?;
                let best = mf_fit::best_scale(&StochasticActivation::new(&levels))?;
                Ok(best.propagation.one_minus_slope)
            }
        }
    }
}

impl TypedStage for ErrorLaws {
    const KIND: &'static str = "error-laws";
    const ABOUT: &'static str = "1 - chi at the best scale against N: uniform, Lloyd-Max, powers of two, stochastic rounding (theory 8).";

    fn check(&self) -> Result<(), ParamError> {
        let (fewest, most) = self.family.states();
        match self
            .states
            .expand()?
            .iter()
            .find(|states| !(fewest..=most).contains(states))
        {
            None => Ok(()),
            Some(states) => Err(
                ParamError::at("states", format!("{states} states are asked for"))
                    .allowed(format!("{fewest} to {most} for this family")),
            ),
        }
    }

    fn tables(&self) -> Vec<String> {
        vec!["errors".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let states = self.states.expand()?;
        let mut errors = Vec::with_capacity(states.len());
        for &n in &states {
            stop::check(job)?;
            errors.push(self.family.one_minus_chi(n)?);
            job.progress(errors.len() as u64, states.len() as u64);
        }
        let squares = states
            .iter()
            .zip(&errors)
            .map(|(&n, error)| n as f64 * n as f64 * error);
        let squares: Vec<f64> = squares.collect();
        let depths = errors
            .iter()
            .map(|error| mf_core::depth_scale(*error))
            .collect();
        let asymptotes = states.iter().map(|&n| self.family.asymptote(n)).collect();
        let table = Table::builder()
            .u64("states", "1", "number of states N", states.clone())
            .u64(
                "states_plus_one",
                "1",
                "N + 1, the paper's regressor",
                states.iter().map(|n| n + 1).collect(),
            )
            .f64("one_minus_chi", "1", "1 - chi at the best scale", errors)
            .f64(
                "asymptote",
                "1",
                "leading term at large N; NaN if none is known",
                asymptotes,
            )
            .f64("times_square", "1", "N^2 (1 - chi)", squares)
            .f64("depth_scale", "layers", "xi = -1/ln(chi)", depths)
            .build()?;
        Ok(Outputs::new().table("errors", table))
    }
}
