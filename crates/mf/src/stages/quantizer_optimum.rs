//! `quantizer-optimum`: best scale, chi, xi and weight gain of each quantizer that the stage names.

use mf_data::Table;
use mf_fit::{ScaleOptimum, best_scale};
use mf_pipeline::{BoxError, Job, Outputs, QuantizerDefinition, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stop;
use crate::families;

/// `quantizer-optimum` has no parameters. Its quantizers are those of the stage's key `quantizers`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuantizerOptimum {}

/// A quantizer and its number of states, at its best scale.
struct Row<'a> {
    definition: &'a QuantizerDefinition,
    states: u64,
    best: ScaleOptimum,
}

impl TypedStage for QuantizerOptimum {
    const KIND: &'static str = "quantizer-optimum";
    const ABOUT: &'static str = "Best scale, chi, xi, C* and sigma_w of each quantizer that the stage names, without biases (sigma_b = 0).";

    fn wants_quantizers(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        vec!["optima".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let all = job.quantizers();
        let mut rows = Vec::with_capacity(all.len());
        for (done, definition) in all.iter().enumerate() {
            stop::check(job)?;
            let phi = families::build(definition)?.activation;
            rows.push(Row {
                definition,
                states: phi.states() as u64,
                best: best_scale(&phi)?,
            });
            job.progress(done as u64 + 1, all.len() as u64);
        }
        let table = Table::of(&rows)
            .text("quantizer", "name in pipeline.toml", |r| &r.definition.name)
            .text("family", "family of the quantizer", |r| {
                &r.definition.family
            })
            .u64("states", "1", "number of states N", |r| r.states)
            .f64(
                "scale",
                "1/sqrt(Q*)",
                "best factor on the thresholds as declared",
                |r| r.best.scale,
            )
            .f64("one_minus_chi", "1", "1 - chi at the best scale", |r| {
                r.best.propagation.one_minus_slope
            })
            .f64(
                "chi",
                "1",
                "slope of the correlation map at its fixed point",
                |r| r.best.propagation.slope,
            )
            .f64("depth_scale", "layers", "xi = -1/ln(chi)", |r| {
                r.best.propagation.depth_scale
            })
            .f64(
                "correlation",
                "1",
                "fixed point C* of the correlation",
                |r| r.best.propagation.correlation,
            )
            .f64(
                "sigma_w",
                "1",
                "best weight gain sigma_w, for the levels and thresholds as declared",
                |r| r.best.sigma_w,
            )
            .build()?;
        Ok(Outputs::new().table("optima", table))
    }
}
