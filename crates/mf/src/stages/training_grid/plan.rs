//! The plan of a grid: its networks, with their initialization and their schedule.

use mf_core::Surrogate;
use mf_pipeline::{BoxError, Job, TypedStage};
use mf_train::{Initialization, Model, Schedule};
use serde_json::json;

use super::{Start, TrainingGrid};
use crate::stages::gains;
use crate::stages::subjects::{self, Subject};
use crate::stages::training::{Pace, Planned};

/// The fewest layers: a hidden one and the output.
pub(super) const FEWEST_LAYERS: usize = 2;

/// A quantizer with an initialization, a gain and a width, and xi by theory.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) subject: &'a Subject,
    pub(super) start: Start,
    /// The gain of the parameters, in units of the best one; NaN for `fan-in-uniform`.
    gain: f64,
    width: usize,
    pub(super) sigma_w: f64,
    pub(super) depth_scale: f64,
    initialization: Initialization,
    surrogate: Surrogate,
}

/// One network of the grid.
pub(super) struct Plan<'a> {
    pub(super) setting: Setting<'a>,
    pace: Pace,
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
        let mut plans = Vec::new();
        for setting in self.every_setting(subjects)? {
            for layers in self.depths(setting.depth_scale)? {
                for pace in self.learning_rates.at(setting.width, layers) {
                    for number in 0..self.seeds {
                        plans.push(self.plan(setting, layers, pace, number, job)?);
                    }
                }
            }
        }
        Ok(plans)
    }

    /// Every quantizer with every initialization, gain and width.
    fn every_setting<'a>(&self, subjects: &'a [Subject]) -> Result<Vec<Setting<'a>>, BoxError> {
        let gains = gains::expand(&self.gains)?;
        let mut settings = Vec::new();
        for subject in subjects {
            for &start in &self.initializations {
                let gains = match start {
                    Start::MeanField => gains.as_slice(),
                    Start::FanInUniform => &[f64::NAN],
                };
                for &gain in gains {
                    for &width in self.width.as_slice() {
                        settings.push(self.setting(subject, start, gain, width)?);
                    }
                }
            }
        }
        Ok(settings)
    }

    fn setting<'a>(
        &self,
        subject: &'a Subject,
        start: Start,
        gain: f64,
        width: usize,
    ) -> Result<Setting<'a>, BoxError> {
        let best = &subject.best;
        // Uniform numbers in +-a have variance a^2 / 3.
        let third = (1.0_f64 / 3.0).sqrt();
        let (sigma_w, sigma_b) = match start {
            Start::MeanField => (gain * best.sigma_w, 0.0),
            Start::FanInUniform => (third, third / (width as f64).sqrt()),
        };
        let initialization = match start {
            Start::MeanField => Initialization::Normal { sigma_w, sigma_b },
            Start::FanInUniform => Initialization::UniformFanIn,
        };
        let propagation = subject.propagation(sigma_w, sigma_b)?;
        // With the mean-field initialization the slope keeps gradients at its own gain. `fan-in-uniform` has the slope of the
        // best gain: it changes the weights alone.
        let of_best = subject.surrogate(best.sigma_w, best.propagation.variance)?;
        let surrogate = match (start, propagation) {
            (Start::MeanField, Some(found)) => subject.surrogate(sigma_w, found.variance)?,
            (Start::MeanField, None) => {
                Surrogate::new(1.0 / sigma_w, of_best.lower(), of_best.upper())?
            }
            (Start::FanInUniform, _) => of_best,
        };
        Ok(Setting {
            subject,
            start,
            gain,
            width,
            sigma_w,
            depth_scale: propagation.map_or(0.0, |found| found.depth_scale),
            initialization,
            surrogate,
        })
    }

    /// The depths of the networks whose depth scale is `xi`, in layers.
    fn depths(&self, xi: f64) -> Result<Vec<usize>, BoxError> {
        let mut depths = self.layers.clone();
        for factor in &self.depth_scales {
            let layers = (factor * xi).round().max(FEWEST_LAYERS as f64);
            if layers > mf_train::MOST_LAYERS as f64 {
                let most = mf_train::MOST_LAYERS;
                return Err(format!("`depth-scales` has {factor}, which is {layers} layers at xi = {xi:.1}; at most {most} layers are allowed: remove this value").into());
            }
            depths.push(layers as usize);
        }
        depths.dedup();
        Ok(depths)
    }

    fn plan<'a>(
        &self,
        setting: Setting<'a>,
        layers: usize,
        pace: Pace,
        number: u32,
        job: &Job<'_>,
    ) -> Result<Plan<'a>, BoxError> {
        let model = Model {
            activation: setting.subject.phi.clone(),
            surrogate: setting.surrogate,
            width: setting.width,
            layers,
            initialization: setting.initialization,
        };
        let seed = job.seed(&json!({
            "kind": Self::KIND,
            "activation": subjects::steps(&model.activation),
            "width": model.width,
            "layers": model.layers,
            "initialization": model.initialization,
            "network": number,
        }))?;
        let schedule = self.settings().schedule(pace.rate);
        Ok(Plan {
            setting,
            pace,
            number,
            seed,
            model,
            schedule,
        })
    }
}

impl Planned for Plan<'_> {
    fn pace(&self) -> &Pace {
        &self.pace
    }

    fn number(&self) -> u32 {
        self.number
    }

    fn schedule(&self) -> &Schedule {
        &self.schedule
    }
}

impl Plan<'_> {
    /// The network in words, for messages.
    pub(super) fn label(&self) -> String {
        let (name, layers) = (&self.setting.subject.name, self.model.layers);
        let (width, rate) = (self.model.width, self.schedule.learning_rate);
        let start = match self.setting.start {
            Start::MeanField => format!("gain {:.3}", self.setting.gain),
            Start::FanInUniform => self.setting.start.name().to_owned(),
        };
        let seed = self.number;
        format!("{name}, {layers} layers of {width}, {start}, rate {rate:.2e}, seed {seed}")
    }
}

impl Setting<'_> {
    /// The weight gain in units of the best one, for both initializations.
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
