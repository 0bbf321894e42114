//! A network of blocks, forward and backward: a stream to which every block adds its branch.
//!
//! The states of a layer are what the next one's quantizer is applied to (the normalized stream, of a chain the stream
//! itself); those of the last block are the inputs of the read-out, which has no quantizer, and those of the read-out
//! are the outputs.

use crate::network::{Memory, Network};
use crate::norm;
use crate::panel::{EMPTY, Panel};
use mf_core::Architecture::{self, Chain, PostNorm, PreNorm};
use mf_kernel::{LANES, Step, lanes, transpose};
use pulp::{Simd, WithSimd};

pub(crate) struct Forward<'a> {
    pub(crate) architecture: Architecture,
    pub(crate) network: &'a Network,
    pub(crate) memory: &'a mut Memory,
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
            stream,
            scales,
            ..
        } = self.memory;
        let strips = *strips;
        for (rows, value) in transposed[0].iter().zip(values.iter_mut()) {
            transpose(rows, value);
        }
        let layers = &self.network.layers;
        stream.fill(EMPTY);
        layers[0].add(simd, strips, values, stream);
        let one_at_a_time = states.len() == 1;
        let place = |layer: usize| if one_at_a_time { 0 } else { layer };
        for (before, layer) in layers[1..].iter().enumerate() {
            let read_out = before + 2 == layers.len();
            let inputs = &mut states[place(before)][..stream.len()];
            if self.architecture == Chain && !read_out {
                inputs.copy_from_slice(stream);
            } else {
                let scales = &mut scales[place(before)];
                norm::normalize(layer.inputs, strips, stream, inputs, scales);
            }
            for (index, (input, value)) in inputs.iter().zip(values.iter_mut()).enumerate() {
                if read_out {
                    *value = *input;
                } else {
                    let units = lanes(layer.inputs, index / strips);
                    self.network.activation.apply(simd, units, input, value);
                }
            }
            if let Some(transposed) = transposed.get_mut(before + 1) {
                for (value, transposed) in values.iter().zip(transposed) {
                    transpose(value, transposed);
                }
            }
            if read_out {
                let panels = layer.outputs.div_ceil(LANES) * strips;
                let outputs = &mut states[place(before + 1)][..panels];
                outputs.fill(EMPTY);
                layer.add(simd, strips, values, outputs);
                values[..panels].copy_from_slice(outputs);
            } else {
                if self.architecture == Chain {
                    stream.fill(EMPTY);
                } else if self.architecture == PostNorm {
                    stream.copy_from_slice(inputs);
                }
                layer.add(simd, strips, values, stream);
            }
        }
    }
}

pub(crate) struct Backward<'a> {
    pub(crate) architecture: Architecture,
    pub(crate) network: &'a mut Network,
    pub(crate) memory: &'a mut Memory,
    pub(crate) step: Step,
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Memory {
            strips,
            transposed,
            states,
            scales,
            gradients,
            earlier,
            ..
        } = self.memory;
        let (strips, step) = (*strips, self.step);
        let Network {
            layers, activation, ..
        } = self.network;
        let last = layers.len() - 1;
        for (index, layer) in layers.iter_mut().enumerate().rev() {
            let outputs = &gradients[..states[index].len()];
            let values = &transposed[index];
            let Some(before) = index.checked_sub(1) else {
                layer.descend(simd, step, strips, outputs, values, None);
                break;
            };
            let inputs = &mut earlier[..values.len()];
            layer.descend(simd, step, strips, outputs, values, Some(inputs));
            let (states, read_out) = (&states[before], index == last);
            if !read_out {
                for (state, gradient) in states.iter().zip(inputs.iter_mut()) {
                    activation.derive(state, gradient);
                }
            }
            // The stream passes each block around its branch: after the norm, or before it.
            if self.architecture == PostNorm && !read_out {
                add(inputs, outputs);
            }
            if self.architecture != Chain || read_out {
                norm::derive(layer.inputs, strips, states, inputs, &scales[before]);
            }
            if self.architecture == PreNorm && !read_out {
                add(inputs, outputs);
            }
            std::mem::swap(gradients, earlier);
        }
    }
}

/// `to += from`.
#[inline(always)]
fn add(to: &mut [Panel], from: &[Panel]) {
    let numbers = to.as_flattened_mut().as_flattened_mut().iter_mut();
    for (to, from) in numbers.zip(from.as_flattened().as_flattened()) {
        *to += from;
    }
}
