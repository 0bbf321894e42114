//! `gradient-growth`: squared gradient norms of random networks with the straight-through estimator, beside theory.
//!
//! Per layer the squared norm grows by M_JJ = sigma_w^2 E[rho(sqrt(Q*) z)^2], where rho is the surrogate derivative and z a
//! standard normal number.

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
    /// Heights of the surrogate derivative, in units of the height at which gradients keep their norm (M_JJ = 1); above 0.
    #[schemars(length(min = 1))]
    heights: Vec<f64>,
    /// Half the width of the surrogate's window around 0, in units of the largest level.
    #[schemars(range(min = 1e-6))]
    window: f64,
    /// Number of inputs of a network.
    #[schemars(range(min = 1))]
    points: usize,
    /// Units of a layer.
    #[schemars(range(min = 2))]
    width: usize,
    /// Number of layers.
    #[schemars(range(min = 1))]
    depth: usize,
    /// Number of networks; results are means over them, and standard errors come from their scatter.
    #[schemars(range(min = 2))]
    networks: u32,
}

impl TypedStage for GradientGrowth {
    const KIND: &'static str = "gradient-growth";
    const ABOUT: &'static str = "Squared gradient norms in random networks with the straight-through estimator, beside M_JJ to the power of the layers.";

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
                // Per layer: the squared norm over theory. Theory alone may be too large or too small for an f64.
                let mut ratios = vec![Mean::default(); self.depth + 1];
                for index in 0..self.networks {
                    stop::check(job)?;
                    // All heights have the same networks.
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

/// The gradients some layers before the output.
struct Row<'a> {
    quantizer: &'a str,
    height: f64,
    steps: u64,
    /// Squared norm over theory, mean over the networks.
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
            "height of the surrogate, in units of the height at which gradients keep their norm",
            |r| r.height,
        )
        .u64(
            "steps",
            "layers",
            "layers between this gradient and the output",
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
        .f64("theory", "1", "M_JJ to the power of `steps`", Row::theory)
        .f64(
            "deviation",
            "standard errors",
            "measured minus theory",
            |r| r.deviation,
        )
        .f64(
            "log_theory",
            "1",
            "ln of theory, also where theory is too large or too small for a number (1e308, 1e-308)",
            |r| r.log_theory,
        )
        .f64("ratio", "1", "measured over theory", |r| r.ratio.mean())
        .f64(
            "ratio_error",
            "1",
            "standard error of ratio over the networks",
            |r| r.ratio.standard_error(),
        )
        .build()
}
