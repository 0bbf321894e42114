//! Weights that are rounded for the products, while the weights that they were rounded from are trained.

use crate::blocks::{RoundedWeights, WeightScale};
use mf_kernel::{Bins, LANES, Row, Tile};
use pulp::Simd;

/// `q(w) = scale * phi(w / scale)`, in f32.
#[derive(Clone)]
pub(crate) struct Rounding {
    bins: Bins,
    scale: Scale,
}

#[derive(Clone, Copy)]
enum Scale {
    Constant(f32),
    /// The mean of the absolute values of the layer.
    Mean,
    /// For each row, the largest absolute value over this level.
    RowMaximum(f32),
}

impl Rounding {
    /// The rounding of weights that start with this standard deviation.
    pub(crate) fn new(weights: &RoundedWeights, deviation: f64) -> Self {
        Self {
            bins: Bins::new(&weights.steps),
            scale: match weights.scale {
                WeightScale::Start(factor) => Scale::Constant((factor * deviation) as f32),
                WeightScale::Mean => Scale::Mean,
                WeightScale::RowMaximum => Scale::RowMaximum(weights.steps.largest_level() as f32),
            },
        }
    }
}

/// The rounded weights of a layer, tile by tile.
pub(crate) struct Rounded {
    rounding: Rounding,
    /// The number of inputs and of outputs.
    shape: [usize; 2],
    tiles: Vec<Tile>,
}

impl Rounded {
    /// Rounds the weights of a layer.
    #[inline(always)]
    pub(crate) fn new<S: Simd>(
        simd: S,
        rounding: &Rounding,
        shape: [usize; 2],
        weights: &[Tile],
    ) -> Self {
        let mut rounded = Self {
            rounding: rounding.clone(),
            shape,
            tiles: vec![[[0.0; LANES]; LANES]; weights.len()],
        };
        rounded.renew(simd, weights);
        rounded
    }

    pub(crate) fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// Whether a weight is not 0.
    pub(crate) fn is_alive(&self) -> bool {
        self.tiles
            .as_flattened()
            .as_flattened()
            .iter()
            .any(|w| *w != 0.0)
    }

    /// Rounds the weights of the layer again.
    #[inline(always)]
    pub(crate) fn renew<S: Simd>(&mut self, simd: S, weights: &[Tile]) {
        let Rounding { bins, scale } = &self.rounding;
        let [inputs, outputs] = self.shape;
        let width = inputs.div_ceil(LANES);
        let same = match scale {
            Scale::Constant(scale) => *scale,
            Scale::Mean => (absolute_sum(weights) / (inputs as f64 * outputs as f64)) as f32,
            Scale::RowMaximum(_) => 0.0,
        };
        for (weights, tiles) in weights.chunks(width).zip(self.tiles.chunks_mut(width)) {
            let scales = match scale {
                Scale::Constant(_) | Scale::Mean => [same; LANES],
                Scale::RowMaximum(level) => row_maxima(weights).map(|most| most / level),
            };
            for (weights, tile) in weights.iter().zip(tiles) {
                round(simd, bins, &scales, weights, tile);
            }
        }
    }
}

/// Rounds each row of a tile with its scale. Rows of scale 0 are all 0.
#[inline(always)]
fn round<S: Simd>(simd: S, bins: &Bins, scales: &Row, weights: &Tile, rounded: &mut Tile) {
    let mut units = [[0.0; LANES]; LANES];
    for ((units, weights), scale) in units.iter_mut().zip(weights).zip(scales) {
        let inverse = if *scale == 0.0 { 0.0 } else { 1.0 / scale };
        for (unit, weight) in units.iter_mut().zip(weights) {
            *unit = weight * inverse;
        }
    }
    bins.apply(simd, &units, rounded);
    for (rounded, scale) in rounded.iter_mut().zip(scales) {
        rounded.iter_mut().for_each(|weight| *weight *= scale);
    }
}

/// The sum of the absolute values: of each column of a tile in f32, then of all columns in f64, in order.
#[inline(always)]
fn absolute_sum(weights: &[Tile]) -> f64 {
    let mut total = 0.0;
    for tile in weights {
        let mut sums = [0.0_f32; LANES];
        for row in tile {
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += weight.abs();
            }
        }
        total += sums.iter().map(|sum| f64::from(*sum)).sum::<f64>();
    }
    total
}

/// The largest absolute value of each row, over all tiles of these outputs.
#[inline(always)]
fn row_maxima(weights: &[Tile]) -> Row {
    let mut maxima = [0.0_f32; LANES];
    for tile in weights {
        for (most, row) in maxima.iter_mut().zip(tile) {
            *most = row
                .iter()
                .fold(*most, |most, weight| most.max(weight.abs()));
        }
    }
    maxima
}
