//! A network in training: all layers, forward and backward, in buffers that are allocated once.

use crate::activation::Activation;
use crate::any_model::AnyModel;
use crate::blocks::BlockModel;
use crate::error::TrainError;
use crate::layer::Layer;
use crate::norm::Samples;
use crate::panel::{EMPTY, Panel, SAMPLES, Transposed};
use crate::rounding::Rounding;
use crate::{perceptron, stream};
use mf_core::Architecture;
use mf_kernel::{LANES, Step};
use pulp::{Arch, Simd, WithSimd};

/// Weights and biases of all layers.
pub(crate) struct Network {
    pub(crate) layers: Vec<Layer>,
    pub(crate) activation: Activation,
    /// What the layers between the first and the last one do; `None` for a perceptron.
    blocks: Option<Architecture>,
    arch: Arch,
}

impl Network {
    /// The network at the start.
    ///
    /// # Errors
    /// [`TrainError::Dead`] if a block has no weight but 0.
    pub(crate) fn new(
        model: AnyModel<'_>,
        [inputs, classes]: [usize; 2],
        seed: u64,
        arch: Arch,
    ) -> Result<Self, TrainError> {
        let layers = model.shapes(inputs, classes).enumerate();
        let layers = layers.map(|(index, shape)| {
            arch.dispatch(
                #[inline(always)]
                || Layer::new(model.start(index), seed, index, shape),
            )
        });
        let mut network = Self {
            layers: layers.collect(),
            activation: model.activation()?,
            blocks: model.blocks().map(|blocks| blocks.architecture),
            arch,
        };
        if let Some(blocks) = model.blocks() {
            network.round(blocks)?;
        }
        Ok(network)
    }

    /// Rounds the weights of the blocks, if they are to be rounded.
    fn round(&mut self, model: &BlockModel) -> Result<(), TrainError> {
        let Some(weights) = &model.weights else {
            return Ok(());
        };
        let rounding = &Rounding::new(weights, model.deviation());
        let layers = self
            .layers
            .iter_mut()
            .enumerate()
            .skip(1)
            .take(model.blocks);
        for (block, layer) in layers {
            if !self.arch.dispatch(Round { layer, rounding }) {
                return Err(TrainError::Dead { block });
            }
        }
        Ok(())
    }

    /// Whether all weights and biases are finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.layers.iter().all(Layer::is_finite)
    }

    /// Computes the outputs, in `memory.values`, from `memory.inputs()`.
    pub(crate) fn forward(&self, memory: &mut Memory) {
        let network = self;
        match self.blocks {
            None => self.arch.dispatch(perceptron::Forward { network, memory }),
            Some(architecture) => self.arch.dispatch(stream::Forward {
                architecture,
                network,
                memory,
            }),
        }
    }

    /// Takes a step of all layers. At the start `memory.gradients` has the gradients with respect to the outputs of the
    /// last [`Network::forward`]. False if a step is known not to be finite.
    pub(crate) fn backward(&mut self, memory: &mut Memory, step: Step) -> bool {
        let (arch, network) = (self.arch, self);
        match network.blocks {
            None => arch.dispatch(perceptron::Backward {
                network,
                memory,
                step,
            }),
            Some(architecture) => {
                arch.dispatch(stream::Backward {
                    architecture,
                    network,
                    memory,
                    step,
                });
                true
            }
        }
    }
}

struct Round<'a> {
    layer: &'a mut Layer,
    rounding: &'a Rounding,
}

impl WithSimd for Round<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        self.layer.round(simd, self.rounding)
    }
}

/// The buffers of a batch.
pub(crate) struct Memory {
    /// Number of strips of samples.
    pub(crate) strips: usize,
    /// The inputs of the current layer; at the end, the outputs.
    pub(crate) values: Vec<Panel>,
    /// The inputs of each layer, transposed; only those of the first layer if there is no backward pass.
    pub(crate) transposed: Vec<Vec<Transposed>>,
    /// The states `u` of each layer; of one layer at a time if there is no backward pass.
    pub(crate) states: Vec<Vec<Panel>>,
    /// The stream of a network of blocks.
    pub(crate) stream: Vec<Panel>,
    /// The factor of each norm of such a network; of one at a time if there is no backward pass.
    pub(crate) scales: Vec<Vec<Samples>>,
    /// Gradients with respect to the outputs of a layer.
    pub(crate) gradients: Vec<Panel>,
    /// Gradients with respect to the inputs of a layer.
    pub(crate) earlier: Vec<Panel>,
}

impl Memory {
    /// Buffers for a number of strips; `backward` if the network is trained.
    pub(crate) fn new(network: &Network, strips: usize, backward: bool) -> Self {
        let panels = |units: usize| units.div_ceil(LANES) * strips;
        let inputs = || network.layers.iter().map(|layer| panels(layer.inputs));
        let outputs = || network.layers.iter().map(|layer| panels(layer.outputs));
        let widest = outputs().max().unwrap_or_default();
        let values = inputs().max().unwrap_or_default().max(widest);
        let (layers, gradients) = if backward {
            (usize::MAX, widest)
        } else {
            (1, 0)
        };
        let states = outputs().map(|count| vec![EMPTY; count]);
        let transposed = inputs().take(layers);
        let norms = if network.blocks.is_some() { layers } else { 0 };
        let norms = outputs().skip(1).take(norms);
        Self {
            strips,
            values: vec![EMPTY; values],
            transposed: transposed
                .map(|count| vec![[[0.0; LANES]; SAMPLES]; count])
                .collect(),
            states: if backward {
                states.collect()
            } else {
                vec![vec![EMPTY; widest]]
            },
            stream: vec![EMPTY; norms.clone().max().unwrap_or_default()],
            scales: norms.map(|_| vec![[0.0; SAMPLES]; strips]).collect(),
            gradients: vec![EMPTY; gradients],
            earlier: vec![EMPTY; gradients],
        }
    }

    /// The inputs of the network, transposed. They stay until they are overwritten.
    pub(crate) fn inputs(&mut self) -> &mut [Transposed] {
        &mut self.transposed[0]
    }
}

#[cfg(test)]
impl Memory {
    pub(crate) fn bytes(&self) -> usize {
        let panels = [&self.values, &self.stream, &self.gradients, &self.earlier];
        let panels = panels.into_iter().chain(&self.states);
        let panels = panels.map(|panels| size_of_val(panels.as_slice()));
        let transposed = self.transposed.iter();
        let transposed = transposed.map(|panels| size_of_val(panels.as_slice()));
        let scales = self.scales.iter();
        let scales = scales.map(|scales| size_of_val(scales.as_slice()));
        panels.chain(transposed).chain(scales).sum()
    }
}
