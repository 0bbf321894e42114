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

/// The rounding of the weights of a layer, with their present scales. Rounded weights are not stored: a tile is rounded
/// again for each use, which is faster than to read it from memory.
pub(crate) struct Rounded {
    rounding: Rounding,
    /// The number of inputs and of outputs.
    shape: [usize; 2],
    /// A scale for each row of a tile, for each panel of outputs.
    scales: Vec<Row>,
}

impl Rounded {
    /// The rounding of the weights of a layer.
    #[inline(always)]
    pub(crate) fn new(rounding: &Rounding, shape: [usize; 2], weights: &[Tile]) -> Self {
        let mut rounded = Self {
            rounding: rounding.clone(),
            shape,
            scales: vec![[0.0; LANES]; shape[1].div_ceil(LANES)],
        };
        rounded.renew(weights);
        rounded
    }

    /// The scales of new weights.
    #[inline(always)]
    pub(crate) fn renew(&mut self, weights: &[Tile]) {
        let [inputs, outputs] = self.shape;
        match self.rounding.scale {
            Scale::Constant(scale) => self.scales.fill([scale; LANES]),
            Scale::Mean => {
                let mean = absolute_sum(weights) / (inputs as f64 * outputs as f64);
                self.scales.fill([mean as f32; LANES]);
            }
            Scale::RowMaximum(level) => {
                let panels = weights.chunks(inputs.div_ceil(LANES));
                for (scales, weights) in self.scales.iter_mut().zip(panels) {
                    *scales = row_maxima(weights);
                    scales.iter_mut().for_each(|scale| *scale /= level);
                }
            }
        }
    }

    /// Rounds a tile of weights to the panel `output`.
    #[inline(always)]
    pub(crate) fn round<S: Simd>(&self, simd: S, output: usize, weights: &Tile, to: &mut Tile) {
        let scales = &self.scales[output];
        self.rounding.bins.apply_scaled(simd, scales, weights, to);
    }

    /// Whether a weight is not 0 after rounding.
    #[inline(always)]
    pub(crate) fn is_alive<S: Simd>(&self, simd: S, weights: &[Tile]) -> bool {
        let (width, mut buffer) = (self.shape[0].div_ceil(LANES), EMPTY_TILE);
        weights.iter().enumerate().any(|(index, tile)| {
            self.round(simd, index / width, tile, &mut buffer);
            buffer.as_flattened().iter().any(|weight| *weight != 0.0)
        })
    }

    /// Bytes of the scales.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.scales.as_slice())
    }
}

/// A tile of 0.
pub(crate) const EMPTY_TILE: Tile = [[0.0; LANES]; LANES];

/// The weights of a tile in products: rounded ones in `buffer`, or the tile itself.
#[inline(always)]
pub(crate) fn used<'a, S: Simd>(
    simd: S,
    rounded: Option<&Rounded>,
    output: usize,
    tile: &'a Tile,
    buffer: &'a mut Tile,
) -> &'a Tile {
    let Some(rounded) = rounded else {
        return tile;
    };
    rounded.round(simd, output, tile, buffer);
    buffer
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

/// The largest absolute value of each row, over all tiles of these outputs; NaN if one is NaN.
#[inline(always)]
fn row_maxima(weights: &[Tile]) -> Row {
    // Without the sign, the bits of larger numbers are larger integers, whose maximum needs no order.
    const ABSOLUTE: u32 = u32::MAX >> 1;
    let mut maxima = [0_u32; LANES];
    for tile in weights {
        for (most, row) in maxima.iter_mut().zip(tile) {
            let bits = row.iter().map(|weight| weight.to_bits() & ABSOLUTE);
            *most = bits.fold(*most, u32::max);
        }
    }
    maxima.map(f32::from_bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mf_core::StepActivation;

    /// Two inputs more than a tile has, and two rows that are not 0.
    const SHAPE: [usize; 2] = [66, 3];

    fn weights() -> Vec<Tile> {
        let mut tiles = vec![[[0.0; LANES]; LANES]; 2];
        tiles[0][0] = [0.25; LANES];
        (tiles[0][1][7], tiles[1][0][1], tiles[1][1][0]) = (-1.0, -0.5, 3.5);
        tiles
    }

    fn scales(scale: WeightScale) -> Row {
        let levels = (-7..=7).map(f64::from).collect();
        let steps = StepActivation::halfway(levels).unwrap();
        let rounding = Rounding::new(&RoundedWeights { steps, scale }, 0.5);
        Rounded::new(&rounding, SHAPE, &weights()).scales[0]
    }

    #[test]
    fn scales_are_those_of_the_layer_or_of_its_rows() {
        assert_eq!(scales(WeightScale::Start(0.5)), [0.25; LANES]);
        // 64 times 0.25, 0.5, 1 and 3.5: a sum of 21 over 3 times 66 weights.
        assert_eq!(scales(WeightScale::Mean), [21.0 / 198.0; LANES]);
        let rows = scales(WeightScale::RowMaximum);
        assert_eq!(rows[..2], [0.5 / 7.0, 0.5]);
        assert_eq!(rows[2..], [0.0; LANES - 2]);
    }

    #[test]
    fn a_nan_is_the_largest() {
        let mut weights = weights();
        weights[1][1][1] = f32::NAN;
        let maxima = row_maxima(&weights);
        assert!(maxima[0] == 0.5 && maxima[1].is_nan() && maxima[2] == 0.0);
    }
}
