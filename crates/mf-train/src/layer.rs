//! One layer: weights and biases with their velocities, forward and backward.

use crate::activation::sum;
use crate::model::Initialization;
use crate::panel::{EMPTY, Panel, SAMPLES, Transposed};
use crate::rounding::{EMPTY_TILE, Rounded, Rounding, used};
use mf_kernel::{
    Ahead, Columns, LANES, Purpose, Random, Row, Rows, Step, Tile, descend, lanes, multiply,
};
use pulp::Simd;

/// `u = W x + b`. The padding of weights and biases is 0 and stays 0.
pub(crate) struct Layer {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Tiles from every panel of inputs to the first panel of outputs, then to the next.
    weights: Vec<Tile>,
    velocities: Vec<Tile>,
    /// How weights are rounded before inputs are multiplied by them, if they are.
    rounded: Option<Rounded>,
    bias: Vec<Row>,
    bias_velocity: Vec<Row>,
}

impl Layer {
    /// The layer at the start. The numbers of a tile depend only on the seed, the layer and the place of the tile.
    #[inline(always)]
    pub(crate) fn new(
        initialization: Initialization,
        seed: u64,
        index: usize,
        [inputs, outputs]: [usize; 2],
    ) -> Self {
        let root = (inputs as f64).sqrt();
        let (from, to) = (inputs.div_ceil(LANES), outputs.div_ceil(LANES));
        let mut weights = vec![[[0.0; LANES]; LANES]; from * to];
        let mut bias = vec![[0.0; LANES]; to];
        for ((output, tiles), bias) in weights.chunks_mut(from).enumerate().zip(&mut bias) {
            let rows = lanes(outputs, output);
            for (input, tile) in tiles.iter_mut().enumerate() {
                let mut random = Random::new(seed, Purpose::Weight, [index, output, input]);
                match initialization {
                    Initialization::Normal { sigma_w, .. } => {
                        random.normal((sigma_w / root) as f32, &mut tile[..rows]);
                    }
                    Initialization::UniformFanIn => {
                        random.uniform((1.0 / root) as f32, &mut tile[..rows]);
                    }
                }
                let columns = lanes(inputs, input);
                tile.iter_mut().for_each(|row| row[columns..].fill(0.0));
            }
            let mut random = Random::new(seed, Purpose::Bias, [index, output, 0]);
            let numbers = std::slice::from_mut(bias);
            match initialization {
                Initialization::Normal { sigma_b, .. } => random.normal(sigma_b as f32, numbers),
                Initialization::UniformFanIn => random.uniform((1.0 / root) as f32, numbers),
            }
            bias[rows..].fill(0.0);
        }
        Self {
            inputs,
            outputs,
            velocities: vec![[[0.0; LANES]; LANES]; weights.len()],
            weights,
            rounded: None,
            bias_velocity: vec![[0.0; LANES]; to],
            bias,
        }
    }

    /// Rounds the weights, from now on in every product. False if all of them are 0 then.
    #[inline(always)]
    pub(crate) fn round<S: Simd>(&mut self, simd: S, rounding: &Rounding) -> bool {
        let shape = [self.inputs, self.outputs];
        let rounded = Rounded::new(rounding, shape, &self.weights);
        self.rounded.insert(rounded).is_alive(simd, &self.weights)
    }

    /// Whether all weights and biases are finite.
    pub(crate) fn is_finite(&self) -> bool {
        let weights = self.weights.iter().flatten();
        let mut rows = weights.chain(&self.bias);
        // The sum is 0 unless one of the numbers is infinite or NaN.
        rows.all(|row| row.iter().fold(0.0, |sum, x| sum + x * 0.0) == 0.0)
    }

    /// `states = W values + b`.
    #[inline(always)]
    pub(crate) fn forward<S: Simd>(
        &self,
        simd: S,
        strips: usize,
        values: &[Panel],
        states: &mut [Panel],
    ) {
        for (states, bias) in states.chunks_mut(strips).zip(&self.bias) {
            for state in states {
                for (samples, bias) in state.iter_mut().zip(bias) {
                    *samples = [*bias; SAMPLES];
                }
            }
        }
        self.add(simd, strips, values, states);
    }

    /// `states += W values`, with the rounded weights if there are any.
    #[inline(always)]
    pub(crate) fn add<S: Simd>(
        &self,
        simd: S,
        strips: usize,
        values: &[Panel],
        states: &mut [Panel],
    ) {
        let width = self.inputs.div_ceil(LANES);
        let values = &values[..width * strips];
        let mut buffer = EMPTY_TILE;
        for (output, states) in states.chunks_mut(strips).enumerate() {
            let rows = lanes(self.outputs, output);
            for (input, values) in values.chunks(strips).enumerate() {
                let (index, depth) = (output * width + input, lanes(self.inputs, input));
                let mut ahead = Ahead::new(self.weights.get(index + 1));
                let tile = &self.weights[index];
                let tile = used(simd, self.rounded.as_ref(), output, tile, &mut buffer);
                for (values, states) in values.iter().zip(states.iter_mut()) {
                    let (values, states) = (&values[..depth], &mut states[..rows]);
                    multiply(simd, Rows(tile), values, states, &mut ahead);
                }
            }
        }
    }

    /// [`Layer::descend`], and a step of the biases. False if one of these is not finite.
    #[inline(always)]
    pub(crate) fn backward<S: Simd>(
        &mut self,
        simd: S,
        step: Step,
        strips: usize,
        states: &[Panel],
        values: &[Transposed],
        gradients: Option<&mut [Panel]>,
    ) -> bool {
        self.descend(simd, step, strips, states, values, gradients);
        self.move_bias(step, strips, states)
    }

    /// Computes the gradients with respect to values from those with respect to states (not if `gradients` is `None`),
    /// and takes a step of the weights. Each tile of weights is read into the cache once.
    ///
    /// The gradient with respect to a rounded weight is that of the weight it was rounded from.
    #[inline(always)]
    pub(crate) fn descend<S: Simd>(
        &mut self,
        simd: S,
        step: Step,
        strips: usize,
        states: &[Panel],
        values: &[Transposed],
        mut gradients: Option<&mut [Panel]>,
    ) {
        if let Some(gradients) = &mut gradients {
            gradients.fill(EMPTY);
        }
        let (width, mut buffer) = (self.inputs.div_ceil(LANES), EMPTY_TILE);
        for (index, velocity) in self.velocities.iter_mut().enumerate() {
            let (earlier, later) = self.weights.split_at_mut(index + 1);
            let tile = &mut earlier[index];
            let (output, input) = (index / width, index % width);
            let outputs = lanes(self.outputs, output);
            let states = &states[output * strips..(output + 1) * strips];
            let place = input * strips..(input + 1) * strips;
            if let Some(gradients) = &mut gradients {
                let inputs = lanes(self.inputs, input);
                let mut ahead = Ahead::new(Some(velocity));
                let tile = used(simd, self.rounded.as_ref(), output, tile, &mut buffer);
                for (states, gradients) in states.iter().zip(&mut gradients[place.clone()]) {
                    let (states, gradients) = (&states[..outputs], &mut gradients[..inputs]);
                    multiply(simd, Columns(tile), states, gradients, &mut ahead);
                }
            }
            let pairs = states.iter().zip(&values[place]);
            let pairs = pairs.map(|(states, values)| (Rows(states), values.as_slice()));
            let (pair, mut ahead) = ([tile, velocity], Ahead::new(later.first()));
            descend(simd, step, pairs, outputs, pair, &mut ahead);
        }
        if let Some(rounded) = &mut self.rounded {
            rounded.renew(&self.weights);
        }
    }

    #[inline(always)]
    fn move_bias(&mut self, step: Step, strips: usize, states: &[Panel]) -> bool {
        let mut zero = 0.0_f32;
        let biases = self.bias.iter_mut().zip(&mut self.bias_velocity);
        for (states, (bias, velocity)) in states.chunks(strips).zip(biases) {
            let mut gradient = [0.0; LANES];
            for state in states {
                for (gradient, samples) in gradient.iter_mut().zip(state) {
                    *gradient += sum(samples);
                }
            }
            for ((b, v), g) in bias.iter_mut().zip(velocity).zip(gradient) {
                *v = step.momentum.mul_add(*v, g);
                *b = (-step.rate).mul_add(*v, *b);
                zero += *v * 0.0;
            }
        }
        zero == 0.0
    }
}

#[cfg(test)]
impl Layer {
    /// Weights `[output][input]` and biases, and the velocities of both, without padding.
    pub(crate) fn parts(&self) -> [(Vec<Vec<f32>>, Vec<f32>); 2] {
        let width = self.inputs.div_ceil(LANES);
        let part = |tiles: &[Tile], bias: &[Row]| {
            let weight =
                |o: usize, i: usize| tiles[o / LANES * width + i / LANES][o % LANES][i % LANES];
            let row = |o| (0..self.inputs).map(|i| weight(o, i)).collect();
            let bias = bias.iter().flatten().copied().take(self.outputs);
            ((0..self.outputs).map(row).collect(), bias.collect())
        };
        [
            part(&self.weights, &self.bias),
            part(&self.velocities, &self.bias_velocity),
        ]
    }

    /// Sets one weight.
    pub(crate) fn set_weight(&mut self, output: usize, input: usize, weight: f32) {
        let width = self.inputs.div_ceil(LANES);
        let tile = &mut self.weights[output / LANES * width + input / LANES];
        tile[output % LANES][input % LANES] = weight;
    }

    pub(crate) fn bytes(&self) -> usize {
        let rounded = self.rounded.iter().map(Rounded::bytes);
        let weights = size_of_val(self.weights.as_slice());
        weights + size_of_val(self.velocities.as_slice()) + rounded.sum::<usize>()
    }

    /// Every number of the padding.
    pub(crate) fn padding(&self) -> Vec<f32> {
        let width = self.inputs.div_ceil(LANES);
        let mut beyond = Vec::new();
        for tiles in [&self.weights, &self.velocities] {
            for (index, tile) in tiles.iter().enumerate() {
                for (row, weights) in tile.iter().enumerate() {
                    let real = row < lanes(self.outputs, index / width);
                    let first = if real {
                        lanes(self.inputs, index % width)
                    } else {
                        0
                    };
                    beyond.extend(&weights[first..]);
                }
            }
        }
        for bias in [&self.bias, &self.bias_velocity] {
            beyond.extend(bias.iter().flatten().skip(self.outputs));
        }
        beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sample means of a few fixed draws are compared: 4.5 standard errors have a false alarm rate of 7e-6 each.
    const STANDARD_ERRORS: f64 = 4.5;

    /// Mean and mean square are those of a distribution of mean 0, within their errors.
    fn assert_moments(numbers: &[f32], square: f64, fourth: f64) {
        let count = numbers.len() as f64;
        let mean = numbers.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
        assert!(
            mean.abs() < STANDARD_ERRORS * (square / count).sqrt(),
            "mean {mean}"
        );
        let found = numbers
            .iter()
            .map(|x| f64::from(*x) * f64::from(*x))
            .sum::<f64>()
            / count;
        let error = ((fourth - square * square) / count).sqrt();
        let distance = (found - square).abs();
        assert!(
            distance < STANDARD_ERRORS * error,
            "mean square {found}, not {square}"
        );
    }

    fn start(initialization: Initialization, index: usize) -> (Vec<f32>, Vec<f32>) {
        let layer = Layer::new(initialization, 5, index, [784, 300]);
        let [(weights, bias), (velocities, bias_velocity)] = layer.parts();
        assert!(
            velocities
                .into_iter()
                .flatten()
                .chain(bias_velocity)
                .all(|v| v == 0.0)
        );
        assert!(layer.padding().iter().all(|x| *x == 0.0));
        (weights.into_iter().flatten().collect(), bias)
    }

    #[test]
    fn normal_starts_have_the_variances_of_the_mean_field() {
        let (sigma_w, sigma_b) = (1.3, 0.2);
        let (weights, bias) = start(Initialization::Normal { sigma_w, sigma_b }, 0);
        let (w, b) = (sigma_w * sigma_w / 784.0, sigma_b * sigma_b);
        assert_moments(&weights, w, 3.0 * w * w);
        assert_moments(&bias, b, 3.0 * b * b);
        let other = start(Initialization::Normal { sigma_w, sigma_b }, 1);
        assert_ne!((weights, bias), other, "layers are equal");
        let (_, bias) = start(
            Initialization::Normal {
                sigma_w,
                sigma_b: 0.0,
            },
            0,
        );
        assert!(bias.iter().all(|b| *b == 0.0));
    }

    #[test]
    fn uniform_starts_reach_one_over_the_root_of_the_inputs() {
        let (weights, bias) = start(Initialization::UniformFanIn, 0);
        let half = 1.0 / 28.0;
        let largest = weights.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
        // The largest of 235,200 numbers is within 1e-4 of the bound, except in one of 10^10 draws.
        assert!(f64::from(largest) <= half && f64::from(largest) > (1.0 - 1e-4) * half);
        let (square, fourth) = (half * half / 3.0, half * half * half * half / 5.0);
        assert_moments(&weights, square, fourth);
        assert_moments(&bias, square, fourth);
    }
}
