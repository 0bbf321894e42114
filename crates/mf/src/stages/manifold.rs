//! `manifold`: a circle of inputs through random networks of finite width, beside theory (figure 1 of the paper).

use std::f64::consts::PI;
use std::ops::ControlFlow;

use mf_core::{Propagation, StepActivation, propagate, trajectory};
use mf_data::{DataError, Table};
use mf_fit::Mean;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage, Workers};
use mf_sim::{Inputs, Network, PrincipalComponents, forward};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ensemble, stop, subjects};

/// Parameters of `manifold`. The stage takes one quantizer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Manifold {
    /// Weight gains sigma_w, as differences from the quantizer's best one; a panel for each.
    #[schemars(length(min = 1))]
    gains: Vec<f64>,
    /// Scale sigma_b of the biases.
    #[schemars(range(min = 0.0))]
    sigma_b: f64,
    /// Units of a layer.
    #[schemars(range(min = 2))]
    width: usize,
    /// Number of inputs on the circle.
    #[schemars(range(min = 4))]
    points: usize,
    /// Number of layers.
    #[schemars(range(min = 1))]
    depth: usize,
    /// Number of networks; results are means over them, and standard errors come from their scatter.
    #[schemars(range(min = 2))]
    networks: u32,
    /// Layers of the first network whose principal components are computed, from 0 (the inputs) to `depth`.
    component_layers: Vec<usize>,
}

/// Number of principal components: the three axes of a panel of figure 1.
const COMPONENTS: usize = 3;

/// One weight gain: the network, its theory and its results.
struct Panel {
    gain: f64,
    sigma_w: f64,
    theory: Propagation,
    /// Covariance per layer and distance of two points, in units of Q*.
    measured: Vec<Vec<Mean>>,
    /// The same by theory.
    expected: Vec<Vec<f64>>,
    /// Components by layer; their signs are chosen to fit the layer before.
    components: Vec<(usize, PrincipalComponents)>,
}

impl TypedStage for Manifold {
    const KIND: &'static str = "manifold";
    const ABOUT: &'static str = "A circle of inputs through random networks of finite width, beside theory (figure 1 of the paper).";

    fn check(&self) -> Result<(), ParamError> {
        let mut layers = self.component_layers.iter().enumerate();
        match layers.find(|(_, layer)| **layer > self.depth) {
            Some((index, layer)) => {
                let message = format!("layer {layer} is beyond the depth {}", self.depth);
                Err(
                    ParamError::at(&format!("component-layers.{index}"), message)
                        .allowed(format!("0 to {}, the `depth`", self.depth)),
                )
            }
            None => Ok(()),
        }
    }

    fn wants_quantizers(&self) -> bool {
        true
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        ["covariance", "components"].map(str::to_owned).into()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let phi = &subjects::only(job)?;
        let best = mf_fit::best_scale(phi)?.sigma_w;
        let total = u64::from(self.networks) * self.gains.len() as u64;
        let mut panels = Vec::new();
        for (index, &gain) in self.gains.iter().enumerate() {
            let mut panel = self.panel(phi, gain, best + gain)?;
            let workers = ensemble::workers(job, self.points, self.width);
            for network in 0..self.networks {
                self.simulate(phi, &mut panel, network, job, &workers)?;
                let done = index as u64 * u64::from(self.networks) + u64::from(network) + 1;
                job.progress(done, total);
            }
            panels.push(panel);
        }
        Ok(Outputs::new()
            .table("covariance", self.covariances(&panels)?)
            .table("components", self.components(&panels)?))
    }
}

impl Manifold {
    /// A panel with its theory, and no networks yet.
    fn panel(&self, phi: &StepActivation, gain: f64, sigma_w: f64) -> Result<Panel, BoxError> {
        let theory = propagate(phi, sigma_w, self.sigma_b)?;
        // The variance starts and stays at Q*; the correlation of every pair follows C' = M(C).
        let start: Vec<f64> = (0..=self.points / 2)
            .map(|j| libm::cos(self.angle(j)))
            .collect();
        let layers = trajectory(phi, sigma_w, self.sigma_b, theory.variance, &start)?;
        let layers = layers.take(self.depth + 1);
        let expected = layers.map(|layer| layer.correlations).collect();
        let measured = vec![vec![Mean::default(); self.points / 2 + 1]; self.depth + 1];
        Ok(Panel {
            gain,
            sigma_w,
            theory,
            measured,
            expected,
            components: Vec::new(),
        })
    }

    /// The angle between two inputs that are `j` places apart, in radians.
    fn angle(&self, j: usize) -> f64 {
        2.0 * PI * j as f64 / self.points as f64
    }

    /// Simulates a network and adds it to a panel.
    fn simulate(
        &self,
        phi: &StepActivation,
        panel: &mut Panel,
        index: u32,
        job: &Job<'_>,
        workers: &Workers<'_>,
    ) -> Result<(), BoxError> {
        // All gains have the same networks.
        let seed = ensemble::seed(job, Self::KIND, phi, self.width, u64::from(index))?;
        let variance = panel.theory.variance;
        let network = Network::new(
            phi.clone(),
            panel.sigma_w,
            self.sigma_b,
            self.width,
            self.depth,
        )?;
        let inputs = Inputs::circle(self.points, self.width, variance, seed)?;
        let run = ensemble::run(job, seed, workers);
        let (measured, components) = (&mut panel.measured, &mut panel.components);
        let mut failed = None;
        forward(&network, &inputs, &run, &mut |layer, hidden| {
            for (mean, covariance) in measured
                .iter_mut()
                .skip(layer)
                .take(1)
                .flatten()
                .zip(hidden.angle_covariance())
            {
                mean.push(covariance / variance);
            }
            if index == 0 && self.component_layers.contains(&layer) {
                match hidden.principal_components(COMPONENTS) {
                    Ok(found) => {
                        let found = match components.last() {
                            Some((_, before)) => found.aligned(before),
                            None => found,
                        };
                        components.push((layer, found));
                    }
                    Err(error) => failed = Some(error),
                }
            }
            if failed.is_some() {
                ControlFlow::Break(())
            } else {
                stop::go_on(job)
            }
        })?;
        match failed {
            Some(error) => Err(error.into()),
            None => stop::check(job),
        }
    }

    /// A row for each layer and difference of angle from -pi to pi.
    fn covariances(&self, panels: &[Panel]) -> Result<Table, DataError> {
        let last = (self.points / 2) as isize;
        let mut rows = Vec::new();
        for panel in panels {
            for (layer, cells) in (0..).zip(panel.measured.iter().zip(&panel.expected)) {
                rows.extend((-last..=last).filter_map(|j| {
                    let apart = j.unsigned_abs();
                    Some(Pixel {
                        panel,
                        layer,
                        angle: j.signum() as f64 * self.angle(apart),
                        measured: cells.0.get(apart)?,
                        theory: *cells.1.get(apart)?,
                    })
                }));
            }
        }
        Table::of(&rows)
            .f64("gain", "1", "weight gain sigma_w minus the best one", |p| {
                p.panel.gain
            })
            .u64("layer", "layers", "layer; 0 is the inputs", |p| p.layer)
            .f64("angle", "rad", "difference of angle of two inputs", |p| {
                p.angle
            })
            .f64(
                "covariance",
                "Q*",
                "covariance of the hidden states, mean over the circle and the networks",
                |p| p.measured.mean(),
            )
            .f64("error", "Q*", "standard error over the networks", |p| {
                p.measured.standard_error()
            })
            .f64(
                "theory",
                "Q*",
                "value of the iterated correlation map",
                |p| p.theory,
            )
            .f64(
                "deviation",
                "standard errors",
                "covariance minus theory",
                Pixel::deviation,
            )
            .build()
    }

    /// A row for each panel, kept layer and input.
    fn components(&self, panels: &[Panel]) -> Result<Table, DataError> {
        let layers = panels.iter().flat_map(|panel| {
            let layers = panel.components.iter();
            layers.map(move |(layer, found)| (panel.gain, *layer as u64, &found.scores))
        });
        let rows: Vec<_> = layers
            .flat_map(|layer| (0..self.points).map(move |point| (layer, point)))
            .collect();
        let score = |component: usize| {
            move |((_, _, scores), point): &((f64, u64, &Vec<Vec<f64>>), usize)| {
                let score = scores.get(component).and_then(|scores| scores.get(*point));
                score.copied().unwrap_or(f64::NAN)
            }
        };
        Table::of(&rows)
            .f64(
                "gain",
                "1",
                "weight gain sigma_w minus the best one",
                |((gain, _, _), _)| *gain,
            )
            .u64(
                "layer",
                "layers",
                "layer; 0 is the inputs",
                |((_, layer, _), _)| *layer,
            )
            .f64(
                "angle",
                "rad",
                "angle of the input on its circle",
                |(_, point)| self.angle(*point) - PI,
            )
            .f64(
                "first",
                "1",
                "score of the first principal component, divided by the square root of the width",
                score(0),
            )
            .f64(
                "second",
                "1",
                "score of the second principal component, in the same unit",
                score(1),
            )
            .f64(
                "third",
                "1",
                "score of the third principal component, in the same unit",
                score(2),
            )
            .build()
    }
}

/// A layer and a difference of angle.
struct Pixel<'a> {
    panel: &'a Panel,
    layer: u64,
    angle: f64,
    measured: &'a Mean,
    theory: f64,
}

impl Pixel<'_> {
    /// Covariance minus theory in standard errors; NaN in layer 0, which has no error.
    fn deviation(&self) -> f64 {
        match self.layer {
            0 => f64::NAN,
            _ => self.measured.deviation(self.theory),
        }
    }
}
