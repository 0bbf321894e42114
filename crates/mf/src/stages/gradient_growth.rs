//! `gradient-growth`: squared gradient norms through the straight-through estimator, beside M_JJ per layer.

use mf_core::Surrogate;
use mf_data::{DataError, Table};
use mf_fit::{Deviations, Mean};
use mf_pipeline::{BoxError, Job, Outputs, TypedStage};
use mf_sim::{Inputs, Network, gradient_norms};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{deviation, ensemble, numbers, stop};
use crate::families;

/// Parameters of `gradient-growth`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GradientGrowth {
    /// Heights of the surrogate derivative, in units of the one that keeps gradients (theory 6).
    #[schemars(length(min = 1))]
    heights: Vec<f64>,
    /// Half the width of its window, in units of the largest level.
    #[schemars(range(min = 1e-6))]
    window: f64,
    /// Inputs of a network.
    #[schemars(range(min = 1))]
    points: usize,
    /// Units of a layer.
    #[schemars(range(min = 2))]
    width: usize,
    /// Layers.
    #[schemars(range(min = 1))]
    depth: usize,
    /// Networks that are averaged over; the standard errors come from their scatter.
    #[schemars(range(min = 2))]
    networks: u32,
}

impl TypedStage for GradientGrowth {
    const KIND: &'static str = "gradient-growth";
    const ABOUT: &'static str = "Squared gradient norms through the straight-through estimator, beside M_JJ per layer (theory 6).";

    fn wants_quantizers(&self) -> bool {
        true
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        vec!["norms".into()]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(deviation::NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut rows = Vec::new();
        let mut deviations = Deviations::default();
        let total = (job.quantizers().len() * self.heights.len()) as u64 * u64::from(self.networks);
        let mut done = 0;
        for definition in job.quantizers() {
            let built = families::build(definition)?;
            let phi = &built.activation;
            let best = mf_fit::best_scale(phi)?;
            let variance = best.propagation.variance;
            let window = self.window * phi.largest_level();
            let even = Surrogate::even(-window, window, best.sigma_w, variance)?;
            let network = Network::new(phi.clone(), best.sigma_w, 0.0, self.width, self.depth)?;
            let workers = ensemble::workers(job, self.points, self.width);
            for &height in &self.heights {
                let surrogate = Surrogate::new(height * even.height(), -window, window)?;
                let growth = libm::log(surrogate.backward_gain(best.sigma_w, variance)?);
                // Per layer over theory, which may be far beyond what a number holds.
                let mut ratios = vec![Mean::default(); self.depth + 1];
                for index in 0..self.networks {
                    stop::check(job)?;
                    // Heights are compared on the same networks.
                    let seed = ensemble::seed(job, Self::KIND, phi, self.width, u64::from(index))?;
                    let run = ensemble::run(job, seed, &workers);
                    let inputs = Inputs::circle(self.points, self.width, variance, seed)?;
                    let norms = gradient_norms(&network, &inputs, &surrogate, &run)?;
                    for (steps, (ratio, norm)) in
                        ratios.iter_mut().zip(norms.iter().rev()).enumerate()
                    {
                        ratio.push(libm::exp(norm - steps as f64 * growth));
                    }
                    done += 1;
                    job.progress(done, total);
                }
                for (steps, ratio) in (0..).zip(ratios) {
                    rows.push(Row {
                        quantizer: &definition.name,
                        height,
                        steps,
                        ratio,
                        log_theory: steps as f64 * growth,
                        // The gradient at the output is 1 by construction.
                        deviation: match steps {
                            0 => f64::NAN,
                            _ => deviations.judge(&ratio, 1.0),
                        },
                    });
                }
            }
        }
        let outputs = Outputs::new().table("norms", table(&rows)?);
        Ok(numbers::of(&deviations, deviation::NUMBERS, outputs))
    }
}

/// Gradients that have come back some layers.
struct Row<'a> {
    quantizer: &'a str,
    height: f64,
    steps: u64,
    /// Squared norms over theory.
    ratio: Mean,
    log_theory: f64,
    deviation: f64,
}

impl Row<'_> {
    fn theory(&self) -> f64 {
        libm::exp(self.log_theory)
    }
}

fn table(rows: &[Row<'_>]) -> Result<Table, DataError> {
    Table::of(rows)
        .text("quantizer", "name in pipeline.toml", |r| r.quantizer)
        .f64(
            "height",
            "1",
            "surrogate height, in units of the one that keeps gradients",
            |r| r.height,
        )
        .u64(
            "steps",
            "layers",
            "layers that the gradient has come back",
            |r| r.steps,
        )
        .f64(
            "measured",
            "1",
            "squared norm of the gradient, mean over the networks",
            |r| r.ratio.mean() * r.theory(),
        )
        .f64("error", "1", "standard error over the networks", |r| {
            r.ratio.standard_error() * r.theory()
        })
        .f64("theory", "1", "M_JJ to the power of the steps", Row::theory)
        .f64(
            "deviation",
            "standard errors",
            "measured minus theory",
            |r| r.deviation,
        )
        .f64(
            "log_theory",
            "1",
            "ln of theory, which holds where the theory is beyond 1e308 or below 1e-308",
            |r| r.log_theory,
        )
        .f64("ratio", "1", "measured over theory", |r| r.ratio.mean())
        .f64(
            "ratio_error",
            "1",
            "its standard error over the networks",
            |r| r.ratio.standard_error(),
        )
        .build()
}
