//! `quantizer-optimum`: best scale, chi, xi and weight gain of every named quantizer.

use mf_data::{DataError, Table};
use mf_pipeline::{BoxError, Job, Outputs, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stop;
use crate::families;
use crate::optimum::QuantizerOptimum as Row;

/// `quantizer-optimum` has no parameters: the quantizers are named beside it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuantizerOptimum {}

impl TypedStage for QuantizerOptimum {
    const KIND: &'static str = "quantizer-optimum";
    const ABOUT: &'static str = "Best scale, chi, xi, C* and sigma_w of every named quantizer, sigma_b = 0 (theory 4 and 8).";

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
            let quantizer = families::build(definition)?;
            rows.push(Row::of(definition, quantizer.as_ref())?);
            job.progress(done as u64 + 1, all.len() as u64);
        }
        Ok(Outputs::new().table("optima", table(&rows)?))
    }
}

fn table(rows: &[Row]) -> Result<Table, DataError> {
    let text = |value: fn(&Row) -> &str| rows.iter().map(|row| value(row).to_owned()).collect();
    let column = |value: fn(&Row) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    Table::builder()
        .text("quantizer", "name in pipeline.toml", text(|r| &r.name))
        .text("family", "family of the quantizer", text(|r| &r.family))
        .u64(
            "states",
            "1",
            "number of states N",
            rows.iter().map(|r| r.states).collect(),
        )
        .f64(
            "scale",
            "1/sqrt(Q*)",
            "best factor on the thresholds, in units of sqrt(Q*)",
            column(|r| r.scale),
        )
        .f64(
            "one_minus_chi",
            "1",
            "1 - chi at the best scale",
            column(|r| r.one_minus_chi),
        )
        .f64(
            "chi",
            "1",
            "slope of the correlation map at its fixed point",
            column(|r| r.chi),
        )
        .f64(
            "depth_scale",
            "layers",
            "xi = -1/ln(chi)",
            column(|r| r.depth_scale),
        )
        .f64(
            "correlation",
            "1",
            "C*, where every pair of inputs ends",
            column(|r| r.correlation),
        )
        .f64(
            "sigma_w",
            "1",
            "weight gain for the levels and thresholds as declared",
            column(|r| r.sigma_w),
        )
        .build()
}
