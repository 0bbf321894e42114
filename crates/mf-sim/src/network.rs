//! The fully connected network of random weights.

use crate::error::{SimError, at_least, not_negative};
use crate::weights::Weights;
use mf_core::StepActivation;

/// A fully connected network of `depth` layers of `width` units, all with the same activation.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    activation: StepActivation,
    sigma_w: f64,
    sigma_b: f64,
    width: usize,
    depth: usize,
}

impl Network {
    /// The network with weights of variance `sigma_w^2 / width` and biases of variance `sigma_b^2`.
    ///
    /// # Errors
    /// [`SimError`] unless `width` and `depth` are 1 or more, the scales are 0 or finite and 1e-30 or more, and all
    /// possible hidden states fit into f32.
    pub fn new(
        activation: StepActivation,
        sigma_w: f64,
        sigma_b: f64,
        width: usize,
        depth: usize,
    ) -> Result<Self, SimError> {
        at_least(1, "width", width)?;
        at_least(1, "depth", depth)?;
        for (name, value) in [("sigma_w", sigma_w), ("sigma_b", sigma_b)] {
            if not_negative(name, value)? > 0.0 && value < SMALLEST {
                let allowed = "zero, or a number from 1e-30 up, which f32 can hold";
                return Err(SimError::Parameter {
                    name,
                    value,
                    allowed,
                });
            }
        }
        let largest = |values: &[f64]| values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        let level = largest(activation.levels());
        // The normal numbers of mf-kernel are below 7, so all states are below this.
        let state = 7.0 * (sigma_w * level * (width as f64).sqrt() + sigma_b);
        for (what, value) in [
            ("a level", level),
            ("a threshold", largest(activation.thresholds())),
            ("a hidden state", state),
        ] {
            if value > LARGEST {
                return Err(SimError::TooLarge { what, value });
            }
        }
        Ok(Self {
            activation,
            sigma_w,
            sigma_b,
            width,
            depth,
        })
    }

    /// `phi`.
    pub fn activation(&self) -> &StepActivation {
        &self.activation
    }

    /// `sigma_w`: weights have variance `sigma_w^2 / width`.
    pub fn sigma_w(&self) -> f64 {
        self.sigma_w
    }

    /// `sigma_b`: biases have variance `sigma_b^2`.
    pub fn sigma_b(&self) -> f64 {
        self.sigma_b
    }

    /// The weights of the layer after `layer`.
    pub(crate) fn weights(&self, seed: u64, layer: usize) -> Weights {
        let deviation = self.sigma_w / (self.width as f64).sqrt();
        Weights::normal(seed, layer, self.width, deviation)
    }

    /// The number of units of a layer.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The number of layers, each with fresh weights.
    pub fn depth(&self) -> usize {
        self.depth
    }
}

/// The smallest scale above 0: weights have all their digits in f32.
const SMALLEST: f64 = 1e-30;

/// Largest level, threshold or state: sums of squares of states stay finite in f32 too.
const LARGEST: f64 = 1e15;
