//! Either kind of network, for what is the same for both: their training, its time and memory.

use crate::activation::Activation;
use crate::blocks::BlockModel;
use crate::error::TrainError;
use crate::model::{Initialization, Model};

/// A network that can be trained. `&Model` and `&BlockModel` become one by `into`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AnyModel<'a> {
    /// A perceptron.
    Perceptron(&'a Model),
    /// A network of blocks.
    Blocks(&'a BlockModel),
}

impl<'a> From<&'a Model> for AnyModel<'a> {
    fn from(model: &'a Model) -> Self {
        Self::Perceptron(model)
    }
}

impl<'a> From<&'a BlockModel> for AnyModel<'a> {
    fn from(model: &'a BlockModel) -> Self {
        Self::Blocks(model)
    }
}

impl<'a> AnyModel<'a> {
    pub(crate) fn check(self) -> Result<(), TrainError> {
        match self {
            Self::Perceptron(model) => model.check(),
            Self::Blocks(model) => model.check(),
        }
    }

    pub(crate) fn blocks(self) -> Option<&'a BlockModel> {
        match self {
            Self::Perceptron(_) => None,
            Self::Blocks(model) => Some(model),
        }
    }

    /// Units of a hidden layer.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Perceptron(model) => model.width,
            Self::Blocks(model) => model.width,
        }
    }

    /// (inputs, outputs) of every layer: of a network of blocks the first layer, one for each block, the read-out.
    pub(crate) fn shapes(self, inputs: usize, classes: usize) -> impl Iterator<Item = [usize; 2]> {
        let width = self.width();
        let layers = match self {
            Self::Perceptron(model) => model.layers,
            Self::Blocks(model) => model.blocks + 2,
        };
        (0..layers).map(move |layer| {
            [
                if layer == 0 { inputs } else { width },
                if layer + 1 == layers { classes } else { width },
            ]
        })
    }

    /// The start values of a layer.
    pub(crate) fn start(self, layer: usize) -> Initialization {
        match self {
            Self::Perceptron(model) => model.initialization,
            Self::Blocks(model) => Initialization::Normal {
                sigma_w: if (1..=model.blocks).contains(&layer) {
                    model.sigma_w
                } else {
                    1.0
                },
                sigma_b: 0.0,
            },
        }
    }

    /// The quantizer and its surrogate.
    pub(crate) fn activation(self) -> Result<Activation, TrainError> {
        Ok(match self {
            Self::Perceptron(model) => Activation::new(&model.activation, &model.surrogate),
            Self::Blocks(model) => {
                let (phi, rho) = model.branch_activation()?;
                Activation::new(&phi, &rho)
            }
        })
    }
}
