//! `number-formats`: every named number format at its best scale, and what is lost off it.

use mf_core::quantizer::{FORMATS, Format, find};
use mf_data::Table;
use mf_fit::BiasOptimum;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stop;
use crate::formats::{FormatFacts, OFF};

/// Parameters of `number-formats`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NumberFormats {
    /// Names of formats, or their other names; by default all formats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    formats: Vec<String>,
}

/// A format, what biases do for it, and xi at the scales of [`OFF`].
struct Row {
    facts: FormatFacts,
    biased: BiasOptimum,
    off: [f64; 4],
    /// Of the straight-through window at which gradients keep their size.
    slope: f64,
}

impl TypedStage for NumberFormats {
    const KIND: &'static str = "number-formats";
    const ABOUT: &'static str = "Named number formats at their best scale: chi, xi, gains, biases, and what is lost off the scale (theory 8).";

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
        let facts = FormatFacts::of(format)?;
        let best = &facts.subject.best;
        let surrogate = facts
            .subject
            .surrogate(best.sigma_w, best.propagation.variance)?;
        Ok(Self {
            slope: surrogate.height(),
            biased: facts.biased()?,
            off: facts.depth_scales_off()?,
            facts,
        })
    }
}

fn table(rows: &[Row]) -> Result<Table, mf_data::DataError> {
    let number = |value: fn(&Row) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    let text = |value: fn(&Row) -> &'static str| rows.iter().map(|r| value(r).to_owned()).collect();
    let mut table = Table::builder()
        .text("format", "name of the format", text(|r| r.facts.format.name))
        .text("family", "family of the quantizer", text(|r| r.facts.format.family))
        .u64("bits", "bits", "of a stored number", rows.iter().map(|r| u64::from(r.facts.format.bits)).collect())
        .u64("states", "1", "number of different values N", rows.iter().map(|r| r.facts.subject.phi.states() as u64).collect())
        .f64("one_minus_chi", "1", "1 - chi at the best scale, sigma_b = 0", number(|r| r.facts.subject.best.propagation.one_minus_slope))
        .f64("chi", "1", "slope of the correlation map at its fixed point", number(|r| r.facts.subject.best.propagation.slope))
        .f64("depth_scale", "layers", "xi = -1/ln(chi)", number(|r| r.facts.subject.best.propagation.depth_scale))
        .f64("correlation", "1", "C*, where every pair of inputs ends", number(|r| r.facts.subject.best.propagation.correlation))
        .f64("scale", "1/sqrt(Q*)", "best factor on a grid whose largest value is 1, in units of sqrt(Q*)", number(|r| r.facts.subject.best.scale))
        .f64("sigma_w", "1", "weight gain for a grid whose largest value is 1", number(|r| r.facts.subject.best.sigma_w))
        .f64("slope", "1", "slope of the straight-through window between the outer levels at which gradients keep their size", number(|r| r.slope))
        .f64("gain_of_plain_slope", "1", "M_JJ, squared gradients per layer, at slope 1", number(|r| 1.0 / (r.slope * r.slope)))
        .f64("biased_depth_scale", "layers", "xi at the best scale and biases together", number(|r| r.biased.propagation.depth_scale))
        .f64("biased_sigma_b", "1", "scale of these biases, for a grid whose largest value is 1", number(|r| r.biased.sigma_b));
    for (index, (name, factor)) in OFF.into_iter().enumerate() {
        let values = rows
            .iter()
            .map(|row| row.off.get(index).copied().unwrap_or_default());
        let about = format!("xi at {factor} times the best scale; 0 if signals die");
        table = table.f64(
            &format!("depth_scale_{name}"),
            "layers",
            &about,
            values.collect(),
        );
    }
    table.build()
}
