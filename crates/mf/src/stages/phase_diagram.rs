//! `phase-diagram`: the depth scale xi over the scales of weights and biases, and where it is largest.

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
    /// Weight gains sigma_w, in units of the best one without biases.
    #[schemars(length(min = 1))]
    gains: gains::Gains,
    /// Bias scales sigma_b, for levels of which the largest is 1: `points` values, evenly spaced from 0 to `to`.
    biases: Biases,
}

/// Evenly spaced bias scales from 0.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Biases {
    /// The largest bias scale, above 0.
    to: f64,
    /// Number of bias scales.
    #[schemars(range(min = 2, max = 1000))]
    points: u32,
}

impl TypedStage for PhaseDiagram {
    const KIND: &'static str = "phase-diagram";
    const ABOUT: &'static str = "xi and C* over the scales of weights and biases, and the pair of scales with the largest xi.";

    fn check(&self) -> Result<(), ParamError> {
        gains::expand(&self.gains)?;
        let Biases { to, points } = self.biases;
        if to.is_finite() && to > 0.0 && points > 1 {
            return Ok(());
        }
        let message = format!("`points` is {points} and `to` is {to}");
        Err(ParamError::at("biases", message).allowed("`points` of 2 or more, `to` above 0"))
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
        let (mut points, mut optima) = (Vec::new(), Vec::new());
        let total = (subjects.len() * gains.len()) as u64;
        for (index, subject) in subjects.iter().enumerate() {
            let quantizer = subject.name.as_str();
            for (row, &gain) in gains.iter().enumerate() {
                stop::check(job)?;
                let sigma_w = gain * subject.best.sigma_w;
                for point in 0..self.biases.points {
                    let sigma_b = step * f64::from(point);
                    let (depth_scale, correlation) = match subject.propagation(sigma_w, sigma_b) {
                        Ok(Some(found)) => (found.depth_scale, found.correlation),
                        Ok(None) => (0.0, 1.0),
                        // There is no stable fixed point, or the activation is nearly constant: xi does not exist.
                        Err(_) => (f64::NAN, f64::NAN),
                    };
                    points.push(Point {
                        quantizer,
                        gain,
                        sigma_w,
                        sigma_b,
                        depth_scale,
                        correlation,
                    });
                }
                job.progress((index * gains.len() + row) as u64 + 1, total);
            }
            let best = mf_fit::best_scale_and_bias(&subject.phi)?;
            optima.push(Point {
                quantizer,
                gain: best.sigma_w / subject.best.sigma_w,
                sigma_w: best.sigma_w,
                sigma_b: best.sigma_b,
                depth_scale: best.propagation.depth_scale,
                correlation: best.propagation.correlation,
            });
        }
        let scales = Table::of(&points)
            .text("quantizer", "name in pipeline.toml", |p| p.quantizer)
            .f64(
                "gain",
                "sigma_w_opt",
                "weight gain in units of the best one without biases",
                |p| p.gain,
            )
            .f64(
                "sigma_w",
                "1",
                "weight gain, for levels of which the largest is 1",
                |p| p.sigma_w,
            )
            .f64(
                "sigma_b",
                "1",
                "bias scale, for levels of which the largest is 1",
                |p| p.sigma_b,
            )
            .f64(
                "depth_scale",
                "layers",
                "xi; 0 if signals die, NaN if there is no stable fixed point",
                |p| p.depth_scale,
            )
            .f64(
                "correlation",
                "1",
                "fixed point C* of the correlation",
                |p| p.correlation,
            )
            .build()?;
        let optima = Table::of(&optima)
            .text("quantizer", "name in pipeline.toml", |p| p.quantizer)
            .f64(
                "gain",
                "sigma_w_opt",
                "best weight gain together with biases, in units of the best one without biases",
                |p| p.gain,
            )
            .f64(
                "sigma_b",
                "1",
                "best bias scale, for levels of which the largest is 1",
                |p| p.sigma_b,
            )
            .f64("depth_scale", "layers", "xi at these scales", |p| {
                p.depth_scale
            })
            .build()?;
        Ok(Outputs::new()
            .table("scales", scales)
            .table("optima", optima))
    }
}

/// Scales of weights and biases, with xi and C*.
struct Point<'a> {
    quantizer: &'a str,
    gain: f64,
    sigma_w: f64,
    sigma_b: f64,
    depth_scale: f64,
    correlation: f64,
}
