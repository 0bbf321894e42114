//! The plan of a grid: its networks, with their weights and their schedule.

use mf_core::{Activation, DepthLaw};
use mf_pipeline::{BoxError, Job, TypedStage};
use mf_train::{BlockModel, RoundedWeights, Schedule};
use serde_json::json;

use super::BlockGrid;
use crate::stages::architecture::{self, Architecture, WeightScale, Weights};
use crate::stages::subjects::{self, Subject};
use crate::stages::training::{Pace, Planned};

/// One network of the grid.
pub(super) struct Plan<'a> {
    pub(super) subject: &'a Subject,
    pub(super) architecture: Architecture,
    pub(super) weights: &'a Weights,
    /// xi of the network, in blocks; NaN if signals do not fall exponentially.
    pub(super) depth_scale: f64,
    pace: Pace,
    pub(super) number: u32,
    pub(super) seed: u64,
    pub(super) model: BlockModel,
    pub(super) schedule: Schedule,
}

impl BlockGrid {
    /// Every network of the grid, in the order of the table.
    pub(super) fn plans<'a>(
        &'a self,
        subjects: &'a [Subject],
        job: &Job<'_>,
    ) -> Result<Vec<Plan<'a>>, BoxError> {
        let mut plans = Vec::new();
        for subject in subjects {
            for &architecture in &self.architectures {
                for weights in &self.weights {
                    let model = self.model(subject, architecture, weights)?;
                    let law = architecture.stack(&model.activation, self.branch)?.law()?;
                    let depth_scale = match law {
                        DepthLaw::Exponential { depth_scale, .. } => depth_scale,
                        DepthLaw::Power { .. } | DepthLaw::Constant { .. } => f64::NAN,
                    };
                    for &blocks in &self.blocks {
                        for pace in self.learning_rates.at(self.width, blocks) {
                            for number in 0..self.seeds {
                                let model = BlockModel {
                                    blocks,
                                    ..model.clone()
                                };
                                plans.push(Plan {
                                    subject,
                                    architecture,
                                    weights,
                                    depth_scale,
                                    pace,
                                    number,
                                    seed: seed(&model, number, job)?,
                                    model,
                                    schedule: self.settings().schedule(pace.rate),
                                });
                            }
                        }
                    }
                }
            }
        }
        Ok(plans)
    }

    /// A network of one block.
    fn model(
        &self,
        subject: &Subject,
        architecture: Architecture,
        weights: &Weights,
    ) -> Result<BlockModel, BoxError> {
        let phi = architecture::at_unit_variance(subject)?;
        let rounding = weights.rounding(self.width)?;
        let gain = rounding.as_ref().map_or(1.0, |rounding| rounding.gain);
        let rounded = rounding.map(|rounding| RoundedWeights {
            scale: match rounding.scale {
                WeightScale::Tensor => mf_train::WeightScale::Start(rounding.best),
                WeightScale::Row => mf_train::WeightScale::RowMaximum,
                WeightScale::Mean => mf_train::WeightScale::Mean,
            },
            steps: rounding.phi,
        });
        Ok(BlockModel {
            architecture: architecture.into(),
            surrogate: architecture::surrogate(&phi)?,
            sigma_w: gain / phi.mean_square(1.0).sqrt(),
            branch: match architecture {
                Architecture::Chain => 1.0,
                _ => self.branch,
            },
            activation: phi,
            width: self.width,
            blocks: 1,
            weights: rounded,
        })
    }
}

fn seed(model: &BlockModel, number: u32, job: &Job<'_>) -> Result<u64, BoxError> {
    Ok(job.seed(&json!({
        "kind": BlockGrid::KIND,
        "activation": subjects::steps(&model.activation),
        "network": model.architecture.name(),
        "branch": model.branch,
        "weights": model.weights,
        "width": model.width,
        "blocks": model.blocks,
        "number": number,
    }))?)
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
        let (name, network, weights) = (
            &self.subject.name,
            self.architecture.name(),
            self.weights.name(),
        );
        let (blocks, width, rate) = (
            self.model.blocks,
            self.model.width,
            self.schedule.learning_rate,
        );
        let seed = self.number;
        format!(
            "{name}, {network}, {blocks} blocks of {width}, weights {weights}, rate {rate:.2e}, seed {seed}"
        )
    }
}
