//! The product of a block of inputs with a tile of weights.

use mf_kernel::{LANES, Row};
use pulp::Simd;

/// Weights from [`LANES`] inputs (rows) to as many outputs (lanes).
pub(crate) type Tile = [Row; LANES];

/// Adds to each output row its input row times the first `depth` rows of the tile.
///
/// `output[p][j] = fma(input[p][k], tile[k][j], output[p][j])` for `k` from 0 up: one chain per number, whatever the
/// vector length.
#[inline(always)]
pub(crate) fn accumulate<S: Simd>(
    simd: S,
    tile: &Tile,
    depth: usize,
    input: &[Row],
    output: &mut [Row],
) {
    // As many accumulators as fit beside a row of weights and an input.
    if S::REGISTER_COUNT >= 32 {
        strips::<S, 4>(simd, tile, depth, input, output);
    } else {
        strips::<S, 2>(simd, tile, depth, input, output);
    }
}

/// Points side by side in registers.
const POINTS: usize = 6;

#[inline(always)]
fn strips<S: Simd, const VECTORS: usize>(
    simd: S,
    tile: &Tile,
    depth: usize,
    input: &[Row],
    output: &mut [Row],
) {
    for strip in 0..LANES / (VECTORS * S::F32_LANES) {
        let (inputs, inputs_left) = input.as_chunks::<POINTS>();
        let (outputs, outputs_left) = output.as_chunks_mut::<POINTS>();
        for (input, output) in inputs.iter().zip(outputs) {
            register_tile::<S, VECTORS, POINTS>(simd, tile, depth, strip, input, output);
        }
        for (input, output) in inputs_left.iter().zip(outputs_left) {
            let (input, output) = (std::array::from_ref(input), std::array::from_mut(output));
            register_tile::<S, VECTORS, 1>(simd, tile, depth, strip, input, output);
        }
    }
}

/// `VECTORS` vectors of `COUNT` points stay in registers over all of `depth`.
#[inline(always)]
fn register_tile<S: Simd, const VECTORS: usize, const COUNT: usize>(
    simd: S,
    tile: &Tile,
    depth: usize,
    strip: usize,
    input: &[Row; COUNT],
    output: &mut [Row; COUNT],
) {
    let mut sums: [[S::f32s; VECTORS]; COUNT] =
        std::array::from_fn(|point| *part::<S, VECTORS>(&output[point], strip));
    for (k, weights) in tile.iter().enumerate().take(depth) {
        let weights: [S::f32s; VECTORS] = *part::<S, VECTORS>(weights, strip);
        for point in 0..COUNT {
            let x = simd.splat_f32s(input[point][k]);
            for vector in 0..VECTORS {
                let sum = sums[point][vector];
                sums[point][vector] = simd.mul_add_f32s(x, weights[vector], sum);
            }
        }
    }
    for point in 0..COUNT {
        let (vectors, _) = S::as_mut_simd_f32s(&mut output[point]);
        let (strips, _) = vectors.as_chunks_mut::<VECTORS>();
        strips[strip] = sums[point];
    }
}

/// The vectors of a strip of a row.
#[inline(always)]
fn part<S: Simd, const VECTORS: usize>(row: &Row, strip: usize) -> &[S::f32s; VECTORS] {
    let (vectors, _) = S::as_simd_f32s(row);
    let (strips, _) = vectors.as_chunks();
    &strips[strip]
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, Scalar, WithSimd};

    struct Accumulate<'a>(&'a Tile, usize, &'a [Row], &'a mut [Row]);

    impl WithSimd for Accumulate<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            accumulate(simd, self.0, self.1, self.2, self.3);
        }
    }

    #[test]
    fn every_number_is_one_chain_of_fused_operations() {
        let some = |index: usize| ((index * 7919 + 13) % 1009) as f32 / 504.5 - 1.0;
        let row = |start: usize| -> Row { std::array::from_fn(|lane| some(start * 67 + lane)) };
        let tile: Tile = std::array::from_fn(row);
        for points in [1, 5, 6, 7, 13] {
            let input: Vec<Row> = (0..points).map(|point| row(point + 100)).collect();
            let start: Vec<Row> = (0..points).map(|point| row(point + 200)).collect();
            for depth in [0, 1, 40, LANES] {
                let mut expected = start.clone();
                for (row, input) in expected.iter_mut().zip(&input) {
                    for (lane, sum) in row.iter_mut().enumerate() {
                        for k in 0..depth {
                            *sum = input[k].mul_add(tile[k][lane], *sum);
                        }
                    }
                }
                let (mut widest, mut narrowest) = (start.clone(), start.clone());
                Arch::new().dispatch(Accumulate(&tile, depth, &input, &mut widest));
                Accumulate(&tile, depth, &input, &mut narrowest).with_simd(Scalar::new());
                assert_eq!(widest, expected, "{points} points, depth {depth}");
                assert_eq!(
                    narrowest, expected,
                    "{points} points, depth {depth}, no vectors"
                );
            }
        }
    }
}
