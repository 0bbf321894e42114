//! `number-formats`: named number formats at their best scale, and xi at other scales.

use mf_core::Propagation;
use mf_core::quantizer::{FORMATS, Format, find};
use mf_data::{DataError, Table};
use mf_fit::{BiasOptimum, FormatOptimum};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stop;
use super::subjects::Subject;
use crate::formats::OFF;

/// Parameters of `number-formats`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NumberFormats {
    /// Names or aliases of number formats (`mf format list`); by default all formats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    formats: Vec<String>,
}

/// A format at its best scale, its best biases, the slope that keeps gradients, and xi at the scales of [`OFF`].
struct Row {
    optimum: FormatOptimum,
    biased: BiasOptimum,
    slope: f64,
    off: [f64; OFF.len()],
}

impl TypedStage for NumberFormats {
    const KIND: &'static str = "number-formats";
    const ABOUT: &'static str = "Named number formats at their best scale: chi, xi, weight gains, best biases, and xi at other scales.";

    fn check(&self) -> Result<(), ParamError> {
        for (index, name) in self.formats.iter().enumerate() {
            find(name)
                .map_err(|error| ParamError::at(&format!("formats.{index}"), error.to_string()))?;
        }
        Ok(())
    }

    fn tables(&self) -> Vec<String> {
        vec!["formats".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let formats: Vec<&'static Format> = if self.formats.is_empty() {
            FORMATS.iter().collect()
        } else {
            self.formats
                .iter()
                .map(|name| find(name))
                .collect::<Result<_, _>>()?
        };
        let mut rows = Vec::with_capacity(formats.len());
        for format in &formats {
            stop::check(job)?;
            rows.push(Row::of(format)?);
            job.progress(rows.len() as u64, formats.len() as u64);
        }
        Ok(Outputs::new().table("formats", table(&rows)?))
    }
}

impl Row {
    fn of(format: &'static Format) -> Result<Self, BoxError> {
        let optimum = FormatOptimum::of(format)?;
        let best = &optimum.best;
        let mut off = [0.0; OFF.len()];
        for (xi, (_, factor)) in off.iter_mut().zip(OFF) {
            *xi = optimum.depth_scale_at(factor)?;
        }
        Ok(Self {
            biased: optimum.biased()?,
            slope: Subject::from(&optimum)
                .surrogate(best.sigma_w, best.propagation.variance)?
                .height(),
            off,
            optimum,
        })
    }

    fn best(&self) -> &Propagation {
        &self.optimum.best.propagation
    }
}

fn table(rows: &[Row]) -> Result<Table, DataError> {
    let mut table = Table::of(rows)
        .text("format", "name of the format", |r| r.optimum.format.name)
        .text("family", "family of the quantizer", |r| r.optimum.format.family)
        .u64("bits", "bits", "bits of a stored number", |r| u64::from(r.optimum.format.bits))
        .u64("states", "1", "number of states N", |r| r.optimum.phi.states() as u64)
        .f64("one_minus_chi", "1", "1 - chi at the best scale, without biases (sigma_b = 0)", |r| r.best().one_minus_slope)
        .f64("chi", "1", "slope of the correlation map at its fixed point", |r| r.best().slope)
        .f64("depth_scale", "layers", "xi = -1/ln(chi)", |r| r.best().depth_scale)
        .f64("correlation", "1", "fixed point C* of the correlation", |r| r.best().correlation)
        .f64("scale", "1/sqrt(Q*)", "best factor on the format's values, of which the largest is 1", |r| r.optimum.best.scale)
        .f64("sigma_w", "1", "best weight gain sigma_w, for values of which the largest is 1", |r| r.optimum.best.sigma_w)
        .f64("slope", "1", "slope of the straight-through estimator, between the outer levels, at which gradients keep their norm", |r| r.slope)
        .f64("gain_of_plain_slope", "1", "M_JJ, growth of squared gradient norms per layer, at slope 1", |r| 1.0 / (r.slope * r.slope))
        .f64("biased_depth_scale", "layers", "xi at the best scale with the best biases", |r| r.biased.propagation.depth_scale)
        .f64("biased_sigma_b", "1", "scale sigma_b of these biases, for values of which the largest is 1", |r| r.biased.sigma_b);
    for (index, (name, factor)) in OFF.into_iter().enumerate() {
        let about = format!("xi at {factor} times the best scale; 0 if signals die");
        table = table.f64(&format!("depth_scale_{name}"), "layers", &about, |r| {
            r.off.get(index).copied().unwrap_or_default()
        });
    }
    table.build()
}
