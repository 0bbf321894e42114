//! One layer: weights and biases with their velocities, forward and backward.

use crate::activation::sum;
use crate::block::{Block, SAMPLES, Tile, Transposed, UNITS, units_of};
use crate::model::Initialization;
use crate::product::{Step, backward, forward, update};
use mf_kernel::{Purpose, Random, Row};
use pulp::Simd;

/// `u = W x + b`. Weights and biases of units that are not there are 0 and stay 0.
pub(crate) struct Layer {
    inputs: usize,
    outputs: usize,
    /// From every block of inputs to the first block of outputs, then to the next.
    weights: Vec<Tile>,
    velocities: Vec<Tile>,
    bias: Vec<Row>,
    bias_velocity: Vec<Row>,
}

impl Layer {
    /// The layer at the start: a tile's numbers depend on the seed, the layer and the place of the tile alone.
    #[inline(always)]
    pub(crate) fn new(
        initialization: Initialization,
        seed: u64,
        index: usize,
        [inputs, outputs]: [usize; 2],
    ) -> Self {
        let root = (inputs as f64).sqrt();
        let fill = |purpose, place: [usize; 2], rows: &mut [Row]| {
            let mut random = Random::new(seed, purpose, [index, place[0], place[1]]);
            match (initialization, purpose) {
                (Initialization::Normal { sigma_b, .. }, Purpose::Bias) => {
                    random.normal(sigma_b as f32, rows);
                }
                (Initialization::Normal { sigma_w, .. }, _) => {
                    random.normal((sigma_w / root) as f32, rows);
                }
                (Initialization::UniformFanIn, _) => random.uniform((1.0 / root) as f32, rows),
            }
        };
        let (from, to) = (inputs.div_ceil(UNITS), outputs.div_ceil(UNITS));
        let mut weights = vec![[[0.0; UNITS]; UNITS]; from * to];
        let mut bias = vec![[0.0; UNITS]; to];
        for ((block, tiles), bias) in weights.chunks_mut(from).enumerate().zip(&mut bias) {
            let rows = units_of(outputs, block);
            for (input, tile) in tiles.iter_mut().enumerate() {
                fill(Purpose::Weight, [block, input], &mut tile[..rows]);
                let lanes = units_of(inputs, input);
                tile.iter_mut().for_each(|row| row[lanes..].fill(0.0));
            }
            fill(Purpose::Bias, [block, 0], std::slice::from_mut(bias));
            bias[rows..].fill(0.0);
        }
        Self {
            inputs,
            outputs,
            velocities: vec![[[0.0; UNITS]; UNITS]; weights.len()],
            weights,
            bias_velocity: vec![[0.0; UNITS]; to],
            bias,
        }
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Whether all weights and biases are finite.
    pub(crate) fn is_finite(&self) -> bool {
        let weights = self.weights.iter().flatten();
        let mut rows = weights.chain(&self.bias);
        // A sum of zeros unless one of the numbers is infinite or NaN.
        rows.all(|row| row.iter().fold(0.0, |sum, x| sum + x * 0.0) == 0.0)
    }

    /// `states = W values + b`.
    #[inline(always)]
    pub(crate) fn forward<S: Simd>(
        &self,
        simd: S,
        strips: usize,
        values: &[Block],
        states: &mut [Block],
    ) {
        let tiles = self.weights.chunks(self.inputs.div_ceil(UNITS));
        let outputs = states.chunks_mut(strips).zip(&self.bias).enumerate();
        for (tiles, (block, (states, bias))) in tiles.zip(outputs) {
            for state in states.iter_mut() {
                for (strip, bias) in state.iter_mut().zip(bias) {
                    *strip = [*bias; SAMPLES];
                }
            }
            let rows = units_of(self.outputs, block);
            for (input, (tile, values)) in tiles.iter().zip(values.chunks(strips)).enumerate() {
                let depth = units_of(self.inputs, input);
                forward(simd, tile, [rows, depth], values, states);
            }
        }
    }

    /// From gradients with respect to states to those with respect to values (unless `None` wants them), and a step of
    /// weights and biases. Each tile of weights passes through the cache once. False if a step is not finite.
    #[inline(always)]
    pub(crate) fn backward<S: Simd>(
        &mut self,
        simd: S,
        step: Step,
        strips: usize,
        states: &[Block],
        values: &[Transposed],
        mut gradients: Option<&mut [Block]>,
    ) -> bool {
        if let Some(gradients) = &mut gradients {
            gradients.fill([[0.0; SAMPLES]; UNITS]);
        }
        let width = self.inputs.div_ceil(UNITS);
        let tiles = self.weights.chunks_mut(width);
        let tiles = tiles.zip(self.velocities.chunks_mut(width));
        for ((block, states), (tiles, velocities)) in states.chunks(strips).enumerate().zip(tiles) {
            let outputs = units_of(self.outputs, block);
            let tiles = tiles.iter_mut().zip(velocities);
            for (input, (tile, velocity)) in tiles.enumerate() {
                let place = input * strips..(input + 1) * strips;
                if let Some(gradients) = &mut gradients {
                    let inputs = units_of(self.inputs, input);
                    let gradients = &mut gradients[place.clone()];
                    backward(simd, tile, [inputs, outputs], states, gradients);
                }
                update(
                    simd,
                    step,
                    outputs,
                    states,
                    &values[place],
                    [tile, velocity],
                );
            }
        }
        self.move_bias(step, strips, states)
    }

    #[inline(always)]
    fn move_bias(&mut self, step: Step, strips: usize, states: &[Block]) -> bool {
        let mut zero = 0.0_f32;
        let biases = self.bias.iter_mut().zip(&mut self.bias_velocity);
        for (states, (bias, velocity)) in states.chunks(strips).zip(biases) {
            let mut gradient = [0.0; UNITS];
            for state in states {
                for (gradient, strip) in gradient.iter_mut().zip(state) {
                    *gradient += sum(strip);
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
    /// Weights `[output][input]` and biases, and the velocities of both, without the units that are not there.
    pub(crate) fn parts(&self) -> [(Vec<Vec<f32>>, Vec<f32>); 2] {
        let width = self.inputs.div_ceil(UNITS);
        let part = |tiles: &[Tile], bias: &[Row]| {
            let weight =
                |o: usize, i: usize| tiles[o / UNITS * width + i / UNITS][o % UNITS][i % UNITS];
            let row = |o| (0..self.inputs).map(|i| weight(o, i)).collect();
            let bias = bias.iter().flatten().copied().take(self.outputs);
            ((0..self.outputs).map(row).collect(), bias.collect())
        };
        [
            part(&self.weights, &self.bias),
            part(&self.velocities, &self.bias_velocity),
        ]
    }

    /// Every number beyond the units that are there.
    pub(crate) fn padding(&self) -> Vec<f32> {
        let width = self.inputs.div_ceil(UNITS);
        let mut beyond = Vec::new();
        for tiles in [&self.weights, &self.velocities] {
            for (index, tile) in tiles.iter().enumerate() {
                for (row, weights) in tile.iter().enumerate() {
                    let real = row < units_of(self.outputs, index / width);
                    let first = if real {
                        units_of(self.inputs, index % width)
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
