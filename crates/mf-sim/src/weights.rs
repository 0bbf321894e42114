//! The weights of a layer, in tiles that are drawn when they are needed, and their products.

use crate::hidden::Hidden;
use crate::weight_format::{Group, WeightFormat, WeightScale};
use mf_kernel::{Ahead, Bins, LANES, Purpose, Random, Row, Rows, Tile, lanes, multiply, transpose};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// The weights of one layer: normal, or normal numbers that are rounded.
pub(crate) struct Weights {
    seed: u64,
    layer: usize,
    width: usize,
    /// The standard deviation.
    deviation: f32,
    rounded: Option<Rounded>,
}

/// How the normal numbers of a layer are rounded.
struct Rounded {
    bins: Bins,
    /// The scale of each unit, by panels of units.
    scales: Vec<Row>,
    /// The factor of the rounded numbers.
    gain: f32,
}

impl Weights {
    /// Normal weights of this standard deviation.
    pub(crate) fn normal(seed: u64, layer: usize, width: usize, deviation: f64) -> Self {
        Self {
            seed,
            layer,
            width,
            deviation: deviation as f32,
            rounded: None,
        }
    }

    /// Weights that are rounded, and multiplied by `gain`.
    pub(crate) fn rounded(
        seed: u64,
        layer: usize,
        width: usize,
        gain: f64,
        format: &WeightFormat,
    ) -> Self {
        let mut weights = Self::normal(seed, layer, width, 1.0);
        weights.rounded = Some(Rounded {
            bins: Bins::new(&format.format),
            scales: weights.scales(format),
            gain: gain as f32,
        });
        weights
    }

    /// The scale of each unit: another pass over all tiles, if it depends on the weights.
    fn scales(&self, WeightFormat { format, scale }: &WeightFormat) -> Vec<Row> {
        let panels = self.width.div_ceil(LANES);
        let level = format.largest_level();
        let (group, largest) = match *scale {
            WeightScale::Deviation => return vec![[1.0; LANES]; panels],
            WeightScale::Largest(group) => (group, true),
            WeightScale::MeanSize(group) => (group, false),
        };
        let mut sizes = vec![[0.0; LANES]; panels];
        sizes
            .par_iter_mut()
            .enumerate()
            .for_each(|(output, sizes)| {
                Arch::new().dispatch(Sizes {
                    weights: self,
                    output,
                    largest,
                    sizes,
                });
            });
        if group == Group::Tensor {
            let units = sizes.iter().flatten().take(self.width);
            let one = if largest {
                units.fold(0.0_f64, |most, size| most.max(*size))
            } else {
                units.sum::<f64>() / self.width as f64
            };
            sizes.fill([one; LANES]);
        }
        let unit = if largest { 1.0 / level } else { 1.0 };
        // Normal numbers of f32 can all be 0, if there are few.
        let scale = |size: f64| ((size * unit) as f32).max(f32::MIN_POSITIVE);
        sizes.into_iter().map(|row| row.map(scale)).collect()
    }

    /// The tile from a panel of inputs to a panel of outputs; a row of it has the weights of one input.
    #[inline(always)]
    fn fill<S: Simd>(&self, simd: S, [output, input]: [usize; 2], tile: &mut Tile) {
        let rows = lanes(self.width, input);
        let tile = &mut tile[..rows];
        Random::new(self.seed, Purpose::Weight, [self.layer, output, input])
            .normal(self.deviation, tile);
        if let Some(rounded) = &self.rounded {
            let scales = &rounded.scales[output];
            for row in tile {
                let mut scaled = *row;
                for (x, scale) in scaled.iter_mut().zip(scales) {
                    *x /= *scale;
                }
                let to = std::slice::from_mut(&mut *row);
                rounded.bins.apply(simd, &[scaled], to);
                for (x, scale) in row.iter_mut().zip(scales) {
                    *x *= rounded.gain * *scale;
                }
            }
        }
    }
}

/// The largest or the mean size of the weights of each unit of a panel of outputs.
struct Sizes<'a> {
    weights: &'a Weights,
    output: usize,
    largest: bool,
    sizes: &'a mut [f64; LANES],
}

impl WithSimd for Sizes<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = self.weights.width;
        let mut tile: Tile = [[0.0; LANES]; LANES];
        for input in 0..width.div_ceil(LANES) {
            self.weights.fill(simd, [self.output, input], &mut tile);
            for row in &tile[..lanes(width, input)] {
                for (size, x) in self.sizes.iter_mut().zip(row) {
                    let x = f64::from(x.abs());
                    *size = if self.largest { size.max(x) } else { *size + x };
                }
            }
        }
        if !self.largest {
            self.sizes.iter_mut().for_each(|size| *size /= width as f64);
        }
    }
}

/// One panel of outputs: adds `W phi`.
pub(crate) struct Product<'a> {
    pub(crate) weights: &'a Weights,
    pub(crate) panel: usize,
    pub(crate) activations: &'a Hidden,
    pub(crate) output: &'a mut [Row],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut tile: Tile = [[0.0; LANES]; LANES];
        let ahead = &mut Ahead::new(None);
        for (input, (units, rows)) in self.activations.panels().enumerate() {
            self.weights.fill(simd, [self.panel, input], &mut tile);
            multiply(simd, Rows(rows), &tile[..units], self.output, ahead);
        }
    }
}

/// One panel of inputs: `W^T g`.
pub(crate) struct Transposed<'a> {
    pub(crate) weights: &'a Weights,
    pub(crate) panel: usize,
    pub(crate) gradient: &'a Hidden,
    pub(crate) output: &'a mut [Row],
}

impl WithSimd for Transposed<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.output.fill([0.0; LANES]);
        let mut tile: Tile = [[0.0; LANES]; LANES];
        let mut transposed: Tile = [[0.0; LANES]; LANES];
        let ahead = &mut Ahead::new(None);
        for (next, (units, rows)) in self.gradient.panels().enumerate() {
            self.weights.fill(simd, [next, self.panel], &mut tile);
            transpose(&tile, &mut transposed);
            multiply(simd, Rows(rows), &transposed[..units], self.output, ahead);
        }
    }
}
