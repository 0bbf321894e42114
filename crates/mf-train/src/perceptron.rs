//! A perceptron, forward and backward: every layer is a product, biases and a quantizer.

use crate::network::{Memory, Network};
use mf_kernel::{LANES, Step, lanes, transpose};
use pulp::{Simd, WithSimd};

pub(crate) struct Forward<'a> {
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

pub(crate) struct Backward<'a> {
    pub(crate) network: &'a mut Network,
    pub(crate) memory: &'a mut Memory,
    pub(crate) step: Step,
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
