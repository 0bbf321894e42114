//! A second, simple implementation of networks of blocks in f64, for tests.

use crate::blocks::{BlockModel, RoundedWeights, WeightScale};
use crate::reference::probabilities;
use mf_core::Architecture::{self, Chain, PreNorm};

pub(crate) type Matrix = Vec<Vec<f64>>;

/// Inputs and labels.
type Batch = [(Vec<f64>, usize)];

/// A function with its derivative, and what the weights of blocks are in products.
pub(crate) struct Plain<'a> {
    pub(crate) architecture: Architecture,
    /// The root of `branch`.
    pub(crate) root: f64,
    pub(crate) phi: (&'a dyn Fn(f64) -> f64, &'a dyn Fn(f64) -> f64),
    pub(crate) rounded: &'a dyn Fn(&Matrix) -> Matrix,
}

fn product(weights: &Matrix, values: &[f64]) -> Vec<f64> {
    let row = |row: &Vec<f64>| row.iter().zip(values).map(|(w, x)| w * x).sum();
    weights.iter().map(row).collect()
}

fn transposed(weights: &Matrix, values: &[f64]) -> Vec<f64> {
    let column = |i: usize| weights.iter().zip(values).map(|(row, x)| row[i] * x).sum();
    (0..weights[0].len()).map(column).collect()
}

fn mean_square(h: &[f64]) -> f64 {
    h.iter().map(|x| x * x).sum::<f64>() / h.len() as f64
}

fn norm(h: &[f64]) -> Vec<f64> {
    let root = (mean_square(h) + f64::from(f32::EPSILON)).sqrt();
    h.iter().map(|x| x / root).collect()
}

/// The product of the transposed Jacobian of [`norm`], with all its elements, and a vector.
fn norm_backward(h: &[f64], g: &[f64]) -> Vec<f64> {
    let (n, square) = (h.len(), mean_square(h) + f64::from(f32::EPSILON));
    let (root, cube) = (square.sqrt(), square * square.sqrt());
    let element = |i: usize, j: usize| {
        let diagonal = if i == j { 1.0 / root } else { 0.0 };
        diagonal - h[i] * h[j] / (n as f64 * cube)
    };
    let sum = |j: usize| (0..n).map(|i| element(i, j) * g[i]).sum();
    (0..n).map(sum).collect()
}

impl Plain<'_> {
    /// The first stream, that after each block, and the outputs. Post-norm: before the norm that ends the block.
    fn streams(&self, layers: &[Matrix], input: &[f64]) -> (Matrix, Vec<f64>) {
        let [first, blocks @ .., last] = layers else {
            panic!("too few layers");
        };
        let mut streams = vec![product(first, input)];
        for weights in blocks {
            let before = streams.last().unwrap();
            let normal = norm(before);
            let (base, u) = match self.architecture {
                Chain => (vec![0.0; before.len()], before),
                PreNorm => (before.clone(), &normal),
                _ => (normal.clone(), &normal),
            };
            let values: Vec<f64> = u.iter().map(|u| self.phi.0(*u)).collect();
            let branch = product(&(self.rounded)(weights), &values);
            let sum = base.iter().zip(branch).map(|(h, w)| h + self.root * w);
            let sum = sum.collect();
            streams.push(sum);
        }
        let outputs = product(last, &norm(streams.last().unwrap()));
        (streams, outputs)
    }

    pub(crate) fn mean_loss(&self, layers: &[Matrix], batch: &Batch) -> f64 {
        let loss = |(input, label): &(Vec<f64>, usize)| {
            -libm::log(probabilities(&self.streams(layers, input).1)[*label])
        };
        batch.iter().map(loss).sum::<f64>() / batch.len() as f64
    }

    /// The gradient of the mean loss with respect to the weights; of rounded weights with respect to those.
    pub(crate) fn gradient(&self, layers: &[Matrix], batch: &Batch) -> Vec<Matrix> {
        let zero = |m: &Matrix| vec![vec![0.0; m[0].len()]; m.len()];
        let mut gradient: Vec<Matrix> = layers.iter().map(zero).collect();
        let last = layers.len() - 1;
        for (input, label) in batch {
            let (streams, outputs) = self.streams(layers, input);
            let mut g = probabilities(&outputs);
            g[*label] -= 1.0;
            g.iter_mut().for_each(|g| *g /= batch.len() as f64);
            outer(&mut gradient[last], &g, &norm(&streams[last - 1]), 1.0);
            g = norm_backward(&streams[last - 1], &transposed(&layers[last], &g));
            for block in (1..last).rev() {
                let before = &streams[block - 1];
                let u = if self.architecture == Chain {
                    before.clone()
                } else {
                    norm(before)
                };
                let values: Vec<f64> = u.iter().map(|u| self.phi.0(*u)).collect();
                outer(&mut gradient[block], &g, &values, self.root);
                let branch = transposed(&(self.rounded)(&layers[block]), &g);
                let branch = branch.iter().zip(&u);
                let branch: Vec<f64> = branch
                    .map(|(b, u)| self.root * b * self.phi.1(*u))
                    .collect();
                let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
                g = match self.architecture {
                    Chain => branch,
                    PreNorm => sum(&g, &norm_backward(before, &branch)),
                    _ => norm_backward(before, &sum(&g, &branch)),
                };
            }
            outer(&mut gradient[0], &g, input, 1.0);
        }
        gradient
    }
}

/// `matrix += factor a b^T`.
fn outer(matrix: &mut Matrix, a: &[f64], b: &[f64], factor: f64) {
    for (row, a) in matrix.iter_mut().zip(a) {
        for (element, b) in row.iter_mut().zip(b) {
            *element += factor * a * b;
        }
    }
}

/// `q(w)` by its definition.
pub(crate) fn rounded(model: &BlockModel, weights: &Matrix) -> Matrix {
    let Some(RoundedWeights { steps, scale }) = &model.weights else {
        return weights.clone();
    };
    let all = weights.iter().flatten();
    let mean = all.map(|w| w.abs()).sum::<f64>() / (weights.len() * weights[0].len()) as f64;
    let row = |row: &Vec<f64>| {
        let most = row.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
        let scale = match scale {
            WeightScale::Start(factor) => factor * model.sigma_w / (row.len() as f64).sqrt(),
            WeightScale::Mean => mean,
            WeightScale::RowMaximum => most / steps.levels().last().unwrap(),
        };
        row.iter().map(|w| scale * steps.value(w / scale)).collect()
    };
    weights.iter().map(row).collect()
}
