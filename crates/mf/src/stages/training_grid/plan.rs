//! The plan of a grid: which networks are trained, from which start, for how long.

use mf_core::Surrogate;
use mf_pipeline::{BoxError, Job, TypedStage};
use mf_train::{Initialization, Model, Schedule};
use serde_json::json;

use super::{Start, TrainingGrid};
use crate::stages::gains;
use crate::stages::subjects::{self, Subject};

/// The hidden layer and the classes.
pub(super) const FEWEST_LAYERS: usize = 2;

/// Pixels of an image, for costs and memory before the files are read.
pub(super) const PIXELS: usize = 28 * 28;

/// How the weights of some networks start, and what the theory says of it.
#[derive(Clone, Copy)]
pub(super) struct Begun<'a> {
    pub(super) subject: &'a Subject,
    pub(super) start: Start,
    /// As the parameters say; NaN for the library's start.
    gain: f64,
    pub(super) sigma_w: f64,
    pub(super) depth_scale: f64,
    initialization: Initialization,
    surrogate: Surrogate,
}

/// One network of the grid.
pub(super) struct Plan<'a> {
    pub(super) begun: Begun<'a>,
    pub(super) number: u32,
    pub(super) seed: u64,
    pub(super) model: Model,
    pub(super) schedule: Schedule,
}

impl TrainingGrid {
    /// Every network of the grid, in the order of the table.
    pub(super) fn plans<'a>(
        &self,
        subjects: &'a [Subject],
        job: &Job<'_>,
    ) -> Result<Vec<Plan<'a>>, BoxError> {
        let gains = gains::expand(&self.gains)?;
        let mut plans = Vec::new();
        for subject in subjects {
            for &start in &self.initializations {
                let gains = match start {
                    Start::MeanField => gains.as_slice(),
                    Start::FanInUniform => &[f64::NAN],
                };
                for &gain in gains {
                    let begun = self.start(subject, start, gain)?;
                    for layers in self.depths(begun.depth_scale)? {
                        for number in 0..self.seeds {
                            plans.push(self.plan(begun, layers, number, job)?);
                        }
                    }
                }
            }
        }
        Ok(plans)
    }

    fn start<'a>(
        &self,
        subject: &'a Subject,
        start: Start,
        gain: f64,
    ) -> Result<Begun<'a>, BoxError> {
        let best = &subject.best;
        // Uniform numbers in +-a have variance a^2 / 3.
        let third = (1.0_f64 / 3.0).sqrt();
        let (sigma_w, sigma_b) = match start {
            Start::MeanField => (gain * best.sigma_w, 0.0),
            Start::FanInUniform => (third, third / (self.width as f64).sqrt()),
        };
        let initialization = match start {
            Start::MeanField => Initialization::Normal { sigma_w, sigma_b },
            Start::FanInUniform => Initialization::UniformFanIn,
        };
        let propagation = subject.propagation(sigma_w, sigma_b)?;
        // The activation is the same whatever the library's start; the theory's start goes with the theory's slope.
        let of_best = subject.surrogate(best.sigma_w, best.propagation.variance)?;
        let surrogate = match (start, propagation) {
            (Start::MeanField, Some(found)) => subject.surrogate(sigma_w, found.variance)?,
            (Start::MeanField, None) => {
                Surrogate::new(1.0 / sigma_w, of_best.lower(), of_best.upper())?
            }
            (Start::FanInUniform, _) => of_best,
        };
        Ok(Begun {
            subject,
            start,
            gain,
            sigma_w,
            depth_scale: propagation.map_or(0.0, |found| found.depth_scale),
            initialization,
            surrogate,
        })
    }

    /// The depths that are trained where the depth scale is `xi`.
    fn depths(&self, xi: f64) -> Result<Vec<usize>, BoxError> {
        let mut depths = self.layers.clone();
        for factor in &self.depth_scales {
            let layers = (factor * xi).round().max(FEWEST_LAYERS as f64);
            if layers > mf_train::MOST_LAYERS as f64 {
                let most = mf_train::MOST_LAYERS;
                return Err(format!("`depth-scales` has {factor}, which is {layers} layers at xi = {xi:.1}, and {most} is the most: leave out the largest").into());
            }
            depths.push(layers as usize);
        }
        depths.dedup();
        Ok(depths)
    }

    fn plan<'a>(
        &self,
        begun: Begun<'a>,
        layers: usize,
        number: u32,
        job: &Job<'_>,
    ) -> Result<Plan<'a>, BoxError> {
        let model = Model {
            activation: begun.subject.phi.clone(),
            surrogate: begun.surrogate,
            width: self.width,
            layers,
            initialization: begun.initialization,
        };
        let seed = job.seed(&json!({
            "kind": Self::KIND,
            "activation": subjects::steps(&model.activation),
            "width": model.width,
            "layers": model.layers,
            "initialization": model.initialization,
            "network": number,
        }))?;
        let schedule = self.schedule(layers);
        Ok(Plan {
            begun,
            number,
            seed,
            model,
            schedule,
        })
    }

    fn schedule(&self, layers: usize) -> Schedule {
        let rates = self.learning_rates.iter();
        let below = rates.take_while(|rate| rate.from_layers <= layers);
        Schedule {
            batch: self.batch,
            learning_rate: below.last().map_or(0.0, |rate| rate.rate),
            momentum: self.momentum,
            checkpoints: self.steps.expand(),
            mean: self.mean,
            deviation: self.deviation,
            test_images: self.test_images,
        }
    }
}

impl Plan<'_> {
    /// What the network is, for people.
    pub(super) fn label(&self) -> String {
        let (name, layers) = (&self.begun.subject.name, self.model.layers);
        let start = match self.begun.start {
            Start::MeanField => format!("gain {:.3}", self.begun.gain),
            Start::FanInUniform => self.begun.start.name().to_owned(),
        };
        format!("{name}, {layers} layers, {start}, seed {}", self.number)
    }

    /// Multiply-adds of the training and its tests.
    pub(super) fn cost(&self) -> f64 {
        let (model, schedule) = (&self.model, &self.schedule);
        let steps = f64::from(schedule.checkpoints.last().copied().unwrap_or_default());
        let tests = schedule.checkpoints.len() as f64;
        steps * mf_train::step_cost(model, schedule.batch, PIXELS)
            + tests * mf_train::evaluation_cost(model, schedule.test_images, PIXELS)
    }
}

impl Begun<'_> {
    /// The gain in units of the best one, for the library's start too.
    pub(super) fn gain(&self) -> f64 {
        match self.start {
            Start::MeanField => self.gain,
            Start::FanInUniform => self.sigma_w / self.subject.best.sigma_w,
        }
    }
}

impl Start {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::MeanField => "mean-field",
            Self::FanInUniform => "fan-in-uniform",
        }
    }
}
