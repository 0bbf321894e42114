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

    /// Computes the outputs, in `memory.values`, from `memory.inputs()`.
    pub(crate) fn forward(&self, memory: &mut Memory) {
        self.arch.dispatch(Forward {
            network: self,
            memory,
        });
    }

    /// Takes a step of all layers. At the start `memory.gradients` has the gradients with respect to the outputs of the
    /// last [`Network::forward`]. False if a step is not finite.
    pub(crate) fn backward(&mut self, memory: &mut Memory, step: Step) -> bool {
        self.arch.dispatch(Backward {
            network: self,
            memory,
            step,
        })
    }
}

/// The buffers of a batch.
pub(crate) struct Memory {
    /// Number of strips of samples.
    pub(crate) strips: usize,
    /// The inputs of the current layer; at the end, the outputs.
    pub(crate) values: Vec<Panel>,
    /// The inputs of each layer, transposed; only those of the first layer if there is no backward pass.
    transposed: Vec<Vec<Transposed>>,
    /// The states `u` of each layer; of one layer at a time if there is no backward pass.
    states: Vec<Vec<Panel>>,
    /// Gradients with respect to the outputs of a layer.
    pub(crate) gradients: Vec<Panel>,
    /// Gradients with respect to the inputs of a layer.
    earlier: Vec<Panel>,
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
            gradients: vec![EMPTY; gradients],
            earlier: vec![EMPTY; gradients],
        }
    }

    /// The inputs of the network, transposed. They stay until they are overwritten.
    pub(crate) fn inputs(&mut self) -> &mut [Transposed] {
        &mut self.transposed[0]
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
        for (rows, value) in transposed[0].iter().zip(values.iter_mut()) {
            transpose(rows, value);
        }
        let mut transposed = transposed.iter_mut().skip(1);
        let one_at_a_time = states.len() == 1;
        for (index, layer) in self.network.layers.iter().enumerate() {
            let states = &mut states[if one_at_a_time { 0 } else { index }];
            let states = &mut states[..layer.outputs.div_ceil(LANES) * *strips];
            layer.forward(simd, *strips, values, states);
            for (index, (state, value)) in states.iter().zip(values.iter_mut()).enumerate() {
                let units = lanes(layer.outputs, index / *strips);
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
