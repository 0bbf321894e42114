//! `phase-diagram`: xi over the scales of weights and biases, and where it is largest.

use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subjects::subjects;
use super::{gains, stop};

/// Parameters of `phase-diagram`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PhaseDiagram {
    /// Weight scales, in units of the best one without biases.
    #[schemars(length(min = 1))]
    gains: gains::Gains,
    /// Bias scales, for levels whose largest is 1: `points` of them evenly from 0 to `to`.
    biases: Biases,
}

/// Evenly spaced bias scales from 0.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Biases {
    /// The largest.
    to: f64,
    /// How many.
    #[schemars(range(min = 2, max = 1000))]
    points: u32,
}

impl TypedStage for PhaseDiagram {
    const KIND: &'static str = "phase-diagram";
    const ABOUT: &'static str =
        "xi and C* over the scales of weights and biases, and the best point (theory 2, 3, 8).";

    fn check(&self) -> Result<(), ParamError> {
        gains::expand(&self.gains)?;
        let Biases { to, points } = self.biases;
        if to.is_finite() && to > 0.0 && points > 1 {
            return Ok(());
        }
        let message = format!("{points} biases up to {to} are asked for");
        Err(ParamError::at("biases", message).allowed("`to` above 0, and 2 points or more"))
    }

    fn wants_quantizers(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        ["scales", "optima"].map(str::to_owned).into()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let gains = gains::expand(&self.gains)?;
        let step = self.biases.to / f64::from(self.biases.points - 1);
        let subjects = subjects(None, job)?;
        let (mut quantizer, mut gain, mut sigma_w, mut sigma_b) = (vec![], vec![], vec![], vec![]);
        let (mut depth_scale, mut correlation) = (vec![], vec![]);
        let (mut best_gain, mut best_bias, mut best_depth) = (vec![], vec![], vec![]);
        let total = (subjects.len() * gains.len()) as u64;
        for (index, subject) in subjects.iter().enumerate() {
            for (row, &factor) in gains.iter().enumerate() {
                stop::check(job)?;
                for point in 0..self.biases.points {
                    let weights = factor * subject.best.sigma_w;
                    let biases = step * f64::from(point);
                    let (xi, c) = match subject.propagation(weights, biases) {
                        Ok(Some(found)) => (found.depth_scale, found.correlation),
                        Ok(None) => (0.0, 1.0),
                        // Nothing attracts, or all states are all but equal: there is no xi.
                        Err(_) => (f64::NAN, f64::NAN),
                    };
                    quantizer.push(subject.name.clone());
                    gain.push(factor);
                    sigma_w.push(weights);
                    sigma_b.push(biases);
                    depth_scale.push(xi);
                    correlation.push(c);
                }
                job.progress((index * gains.len() + row) as u64 + 1, total);
            }
            let best = mf_fit::best_scale_and_bias(&subject.phi)?;
            best_gain.push(best.sigma_w / subject.best.sigma_w);
            best_bias.push(best.sigma_b);
            best_depth.push(best.propagation.depth_scale);
        }
        let names = subjects
            .iter()
            .map(|subject| subject.name.clone())
            .collect();
        let scales = Table::builder()
            .text("quantizer", "name in pipeline.toml", quantizer)
            .f64(
                "gain",
                "sigma_w_opt",
                "weight scale in units of the best one without biases",
                gain,
            )
            .f64(
                "sigma_w",
                "1",
                "weight scale, for levels whose largest is 1",
                sigma_w,
            )
            .f64(
                "sigma_b",
                "1",
                "bias scale, for levels whose largest is 1",
                sigma_b,
            )
            .f64(
                "depth_scale",
                "layers",
                "xi; 0 if signals die, NaN where there is none",
                depth_scale,
            )
            .f64("correlation", "1", "C*", correlation)
            .build()?;
        let optima = Table::builder()
            .text("quantizer", "name in pipeline.toml", names)
            .f64(
                "gain",
                "sigma_w_opt",
                "best weight scale, in units of the best one without biases",
                best_gain,
            )
            .f64(
                "sigma_b",
                "1",
                "best bias scale, for levels whose largest is 1",
                best_bias,
            )
            .f64("depth_scale", "layers", "xi there", best_depth)
            .build()?;
        Ok(Outputs::new()
            .table("scales", scales)
            .table("optima", optima))
    }
}
