//! `lifetimes`: how many layers a circle of inputs lives in random networks of several widths, beside theory.

use std::f64::consts::PI;

use mf_core::{Propagation, StepActivation, propagate, trajectory};
use mf_data::{DataError, Table};
use mf_fit::{Deviations, Mean, half_range, jackknife, lifetime};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use mf_sim::{Inputs, Network, law};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{deviation, distinct, ensemble, numbers, stop, subjects};

/// Parameters of `lifetimes`. The stage takes one quantizer. Each row of its table has networks of its own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Lifetimes {
    /// Weight gains sigma_w, as differences from the quantizer's best one.
    #[schemars(length(min = 1))]
    gains: Vec<f64>,
    /// Scale sigma_b of the biases.
    #[schemars(range(min = 0.0))]
    sigma_b: f64,
    /// Units of a layer.
    #[schemars(length(min = 1), inner(range(min = 100)))]
    widths: Vec<usize>,
    /// Number of inputs on the circle.
    #[schemars(range(min = 4, max = 1000))]
    points: usize,
    /// Number of networks at the largest width. At a smaller width there are more, in inverse proportion to the width, for the
    /// same precision.
    #[schemars(range(min = 4))]
    networks: u32,
    /// Sizes of the covariance over the circle (half its range), in units of Q*. A lifetime is the layer at which the
    /// covariance falls to this size.
    #[schemars(length(min = 1), inner(range(min = 0.001, max = 0.999)))]
    levels: Vec<f64>,
    /// Depth of the networks, in units of the lifetime by theory. A network that is too shallow gives NaN.
    #[schemars(range(min = 1.0, max = 10.0))]
    depth: f64,
}

/// A circle that is still larger after so many layers has no lifetime.
const MOST_LAYERS: usize = 10_000;

/// A gain and a size at infinite width.
#[derive(Clone, Copy)]
struct Theory {
    gain: f64,
    sigma_w: f64,
    propagation: Propagation,
    level: f64,
    lifetime: f64,
    /// The depth of the networks that measure it.
    depth: usize,
}

/// What networks of a width give.
struct Row {
    theory: Theory,
    width: usize,
    measured: Mean,
    deviation: f64,
}

impl TypedStage for Lifetimes {
    const KIND: &'static str = "lifetimes";
    const ABOUT: &'static str =
        "Lifetimes of a circle of inputs in random networks of several widths, beside theory.";

    fn check(&self) -> Result<(), ParamError> {
        distinct::check("gains", &self.gains)?;
        distinct::check("levels", &self.levels)?;
        distinct::check("widths", &self.widths)
    }

    fn wants_quantizers(&self) -> bool {
        true
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        vec!["lifetimes".into()]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(deviation::NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let phi = &subjects::only(job)?;
        let best = mf_fit::best_scale(phi)?.sigma_w;
        let (mut rows, mut deviations) = (Vec::new(), Deviations::default());
        let total = self.gains.len() * self.levels.len() * self.widths.len();
        for &gain in &self.gains {
            for &level in &self.levels {
                let theory = self.theory(phi, gain, best + gain, level)?;
                for &width in &self.widths {
                    let measured = self.measure(phi, &theory, width, job)?;
                    rows.push(Row {
                        deviation: deviations.judge(&measured, theory.lifetime),
                        theory,
                        width,
                        measured,
                    });
                    job.progress(rows.len() as u64, total as u64);
                }
            }
        }
        let outputs = Outputs::new().table("lifetimes", table(&rows)?);
        Ok(numbers::of(&deviations, deviation::NUMBERS, outputs))
    }
}

impl Lifetimes {
    fn theory(
        &self,
        phi: &StepActivation,
        gain: f64,
        sigma_w: f64,
        level: f64,
    ) -> Result<Theory, BoxError> {
        let propagation = propagate(phi, sigma_w, self.sigma_b)?;
        let angle = |j: usize| 2.0 * PI * j as f64 / self.points as f64;
        let start: Vec<f64> = (1..=self.points / 2).map(|j| libm::cos(angle(j))).collect();
        let layers = trajectory(phi, sigma_w, self.sigma_b, propagation.variance, &start)?;
        let mut sizes = Vec::new();
        for layer in layers.take(MOST_LAYERS) {
            sizes.push(half_range(layer.correlations));
            if sizes.last().is_some_and(|size| *size < level) {
                break;
            }
        }
        if sizes.len() == MOST_LAYERS {
            let remedy = if self.sigma_b == 0.0 {
                "without biases opposite inputs of an odd quantizer stay opposite: give `sigma-b` above 0, such as 0.001"
            } else {
                "give larger `levels`"
            };
            let message = format!(
                "at the gain {gain} the circle is still larger than {level} after {MOST_LAYERS} layers: {remedy}"
            );
            return Err(message.into());
        }
        let lifetime = lifetime(&sizes, level);
        Ok(Theory {
            gain,
            sigma_w,
            propagation,
            level,
            lifetime,
            depth: (self.depth * lifetime).ceil() as usize + 1,
        })
    }

    /// The lifetime of the mean covariance of networks of a width.
    fn measure(
        &self,
        phi: &StepActivation,
        theory: &Theory,
        width: usize,
        job: &Job<'_>,
    ) -> Result<Mean, BoxError> {
        let variance = theory.propagation.variance;
        let widest = self.widths.iter().copied().fold(width, usize::max);
        let count = u64::from(self.networks) * widest as u64 / width as u64;
        let network = Network::new(
            phi.clone(),
            theory.sigma_w,
            self.sigma_b,
            width,
            theory.depth,
        )?;
        let worker = ensemble::worker(job, self.points, width);
        let apart = self.points / 2;
        let mut networks = Vec::new();
        for index in 0..count {
            let seed = job.seed(&json!({
                "kind": Self::KIND,
                "activation": subjects::steps(phi),
                "gain": theory.gain,
                "level": theory.level,
                "width": width,
                "network": index,
            }))?;
            let inputs = Inputs::circle(self.points, width, variance, seed)?;
            let run = ensemble::run(job, seed, &worker);
            let mut covariances = Vec::with_capacity((theory.depth + 1) * apart);
            law::forward(&network, &inputs, &run, &mut |_, hidden| {
                let of_layer = hidden.angle_covariance();
                // Difference 0 is left out: the variance of a point does not decay.
                let others = of_layer.into_iter().skip(1).take(apart);
                covariances.extend(others.map(|covariance| covariance / variance));
                stop::go_on(job)
            })?;
            stop::check(job)?;
            networks.push(covariances);
        }
        let last = theory.depth as f64;
        Ok(jackknife(&networks, |sum, count| {
            let layers = sum.chunks(apart);
            let sizes = layers.map(|layer| half_range(layer.iter().copied()) / count);
            let found = lifetime(&sizes.collect::<Vec<_>>(), theory.level);
            // A circle that reaches the last layer has no lifetime.
            if found < last { found } else { f64::NAN }
        }))
    }
}

fn table(rows: &[Row]) -> Result<Table, DataError> {
    Table::of(rows)
        .f64("gain", "1", "weight gain sigma_w minus the best one", |r| {
            r.theory.gain
        })
        .f64("sigma_w", "1", "weight gain", |r| r.theory.sigma_w)
        .f64("chi", "1", "slope of the correlation map at C*", |r| {
            r.theory.propagation.slope
        })
        .f64("depth_scale", "layers", "xi = -1/ln(chi)", |r| {
            r.theory.propagation.depth_scale
        })
        .f64(
            "level",
            "Q*",
            "size of the covariance over the circle: half its range",
            |r| r.theory.level,
        )
        .u64("width", "units", "width of the networks", |r| {
            r.width as u64
        })
        .u64("networks", "1", "number of networks", |r| {
            r.measured.count()
        })
        .u64("layers", "layers", "depth of the networks", |r| {
            r.theory.depth as u64
        })
        .f64(
            "lifetime",
            "layers",
            "layer at which the mean covariance falls to this size; NaN if it does not",
            |r| r.measured.mean(),
        )
        .f64(
            "error",
            "layers",
            "standard error over the networks (jackknife)",
            |r| r.measured.standard_error(),
        )
        .f64(
            "theory",
            "layers",
            "the same layer by theory, at infinite width",
            |r| r.theory.lifetime,
        )
        .f64(
            "deviation",
            "standard errors",
            "lifetime minus theory",
            |r| r.deviation,
        )
        .build()
}
