//! A network in training: all layers, forward and backward, in buffers that are allocated once.

use crate::activation::Activation;
use crate::layer::Layer;
use crate::model::Model;
use crate::panel::{EMPTY, Panel, SAMPLES, Transposed};
use mf_kernel::{LANES, Step, lanes, transpose};
use pulp::{Arch, Simd, WithSimd};

/// Weights and biases of all layers.
pub(crate) struct Network {
    pub(crate) layers: Vec<Layer>,
    pub(crate) activation: Activation,
    arch: Arch,
}

impl Network {
    pub(crate) fn new(model: &Model, inputs: usize, classes: usize, seed: u64, arch: Arch) -> Self {
        let layers = model.shapes(inputs, classes).enumerate();
        let layers = layers.map(|(index, shape)| {
            arch.dispatch(
                #[inline(always)]
                || Layer::new(model.initialization, seed, index, shape),
            )
        });
        Self {
            layers: layers.collect(),
            activation: Activation::new(model),
            arch,
        }
    }

    /// Whether all weights and biases are finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.layers.iter().all(Layer::is_finite)
    }

    /// From `memory.values`, which holds the inputs, to the outputs there.
    pub(crate) fn forward(&self, memory: &mut Memory) {
        self.arch.dispatch(Forward {
            network: self,
            memory,
        });
    }

    /// From `memory.gradients`, with respect to the outputs of the last [`Network::forward`], a step of all layers. False
    /// if a step is not finite.
    pub(crate) fn backward(&mut self, memory: &mut Memory, step: Step) -> bool {
        self.arch.dispatch(Backward {
            network: self,
            memory,
            step,
        })
    }
}

/// The numbers of a batch.
pub(crate) struct Memory {
    /// Strips of samples.
    pub(crate) strips: usize,
    /// The inputs of a layer; after the last layer, the outputs.
    pub(crate) values: Vec<Panel>,
    /// The inputs of each layer, transposed; none if nothing goes backward.
    pub(crate) transposed: Vec<Vec<Transposed>>,
    /// Each layer's `u`; those of one layer at a time if nothing goes backward.
    states: Vec<Vec<Panel>>,
    /// With respect to the outputs of a layer.
    pub(crate) gradients: Vec<Panel>,
    /// With respect to the inputs of a layer.
    earlier: Vec<Panel>,
}

impl Memory {
    /// For the training of a network on so many strips.
    pub(crate) fn training(network: &Network, strips: usize) -> Self {
        let layers = || network.layers.iter();
        let inputs = |layer: &Layer| layer.inputs().div_ceil(LANES) * strips;
        let outputs = |layer: &Layer| layer.outputs().div_ceil(LANES) * strips;
        let widest = layers().map(outputs).max().unwrap_or_default();
        Self {
            strips,
            values: vec![EMPTY; layers().map(inputs).max().unwrap_or_default().max(widest)],
            transposed: layers()
                .map(|layer| vec![[[0.0; LANES]; SAMPLES]; inputs(layer)])
                .collect(),
            states: layers().map(|layer| vec![EMPTY; outputs(layer)]).collect(),
            gradients: vec![EMPTY; widest],
            earlier: vec![EMPTY; widest],
        }
    }

    /// For running so many strips through a network, without training.
    pub(crate) fn evaluation(network: &Network, strips: usize) -> Self {
        let layers = || network.layers.iter();
        let outputs = layers().map(Layer::outputs).max().unwrap_or_default();
        let widest = layers().map(Layer::inputs).max().unwrap_or_default();
        let (outputs, widest) = (outputs.div_ceil(LANES), widest.div_ceil(LANES));
        Self {
            strips,
            values: vec![EMPTY; widest.max(outputs) * strips],
            transposed: Vec::new(),
            states: vec![vec![EMPTY; outputs * strips]],
            gradients: Vec::new(),
            earlier: Vec::new(),
        }
    }
}

struct Forward<'a> {
    network: &'a Network,
    memory: &'a mut Memory,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Memory {
            strips,
            values,
            transposed,
            states,
            ..
        } = self.memory;
        let mut transposed = transposed.iter_mut().skip(1);
        let one_at_a_time = states.len() == 1;
        for (index, layer) in self.network.layers.iter().enumerate() {
            let states = &mut states[if one_at_a_time { 0 } else { index }];
            let states = &mut states[..layer.outputs().div_ceil(LANES) * *strips];
            layer.forward(simd, *strips, values, states);
            for (index, (state, value)) in states.iter().zip(values.iter_mut()).enumerate() {
                let units = lanes(layer.outputs(), index / *strips);
                self.network.activation.apply(simd, units, state, value);
            }
            if let Some(transposed) = transposed.next() {
                for (value, transposed) in values.iter().zip(transposed) {
                    transpose(value, transposed);
                }
            }
        }
    }
}

struct Backward<'a> {
    network: &'a mut Network,
    memory: &'a mut Memory,
    step: Step,
}

impl WithSimd for Backward<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Memory {
            strips,
            transposed,
            states,
            gradients,
            earlier,
            ..
        } = self.memory;
        let mut finite = true;
        let layers = self.network.layers.iter_mut().enumerate();
        let layers = layers.zip(states).zip(transposed).rev();
        for (((index, layer), states), values) in layers {
            for (state, gradient) in states.iter().zip(gradients.iter_mut()) {
                self.network.activation.derive(state, gradient);
            }
            let outputs = &gradients[..states.len()];
            let inputs = (index > 0).then(|| &mut earlier[..values.len()]);
            finite &= layer.backward(simd, self.step, *strips, outputs, values, inputs);
            std::mem::swap(gradients, earlier);
        }
        finite
    }
}

#[cfg(test)]
impl Memory {
    pub(crate) fn bytes(&self) -> usize {
        let panels = [&self.values, &self.gradients, &self.earlier];
        let panels = panels.into_iter().chain(&self.states);
        let panels = panels.map(|panels| size_of_val(panels.as_slice()));
        let transposed = self.transposed.iter();
        let transposed = transposed.map(|panels| size_of_val(panels.as_slice()));
        panels.chain(transposed).sum()
    }
}
