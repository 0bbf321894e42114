//! `depth-budget`: multiples of the depth scale xi, in layers, for quantizers and weight gains.

use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::states::States;
use super::subjects::{Subject, subjects};
use super::{gains, stop};

/// Parameters of `depth-budget`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DepthBudget {
    /// Numbers of states N of the paper's activation. If it is left out, the stage uses its `quantizers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    states: Option<States>,
    /// Weight gains sigma_w, in units of the best one; by default the best one alone.
    #[serde(default = "gains::best")]
    #[schemars(length(min = 1))]
    gains: gains::Gains,
    /// Multiples k of the depth scale xi, above 0: a line `layers = k xi` for each.
    #[schemars(length(min = 1))]
    multiples: Vec<f64>,
}

impl TypedStage for DepthBudget {
    const KIND: &'static str = "depth-budget";
    const ABOUT: &'static str = "Multiples of the depth scale xi = -1/ln(chi) in layers, for quantizers and weight gains, without biases (sigma_b = 0).";

    fn check(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        gains::expand(&self.gains)?;
        match self
            .multiples
            .iter()
            .position(|k| !(k.is_finite() && *k > 0.0))
        {
            None => Ok(()),
            Some(index) => Err(ParamError::at(
                &format!("multiples.{index}"),
                format!("the multiple is {}", self.multiples[index]),
            )
            .allowed("a number above 0")),
        }
    }

    fn wants_quantizers(&self) -> bool {
        self.states.is_none()
    }

    fn tables(&self) -> Vec<String> {
        vec!["lines".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut lines = Vec::new();
        let subjects = subjects(self.states.as_ref(), job)?;
        for subject in &subjects {
            for &gain in &gains::expand(&self.gains)? {
                stop::check(job)?;
                let sigma_w = gain * subject.best.sigma_w;
                let found = subject.propagation(sigma_w, 0.0)?;
                let depth_scale = found.map_or(0.0, |propagation| propagation.depth_scale);
                lines.extend(self.multiples.iter().map(|&multiple| Line {
                    subject,
                    gain,
                    sigma_w,
                    multiple,
                    depth_scale,
                }));
            }
        }
        let table = Table::of(&lines)
            .text("quantizer", "name in pipeline.toml, or uniform-N", |line| {
                &line.subject.name
            })
            .u64("states", "1", "number of states N", |line| {
                line.subject.states()
            })
            .f64(
                "gain",
                "sigma_w_opt",
                "weight gain in units of the best one",
                |line| line.gain,
            )
            .f64(
                "sigma_w",
                "1",
                "weight gain, for levels of which the largest is 1",
                |line| line.sigma_w,
            )
            .f64("multiple", "xi", "multiple k of xi", |line| line.multiple)
            .f64(
                "depth_scale",
                "layers",
                "xi = -1/ln(chi) at this gain; 0 if signals die",
                |line| line.depth_scale,
            )
            .f64("layers", "layers", "depth k xi", |line| {
                line.multiple * line.depth_scale
            })
            .build()?;
        Ok(Outputs::new().table("lines", table))
    }
}

/// A multiple of xi at one quantizer and gain.
struct Line<'a> {
    subject: &'a Subject,
    gain: f64,
    sigma_w: f64,
    multiple: f64,
    depth_scale: f64,
}
