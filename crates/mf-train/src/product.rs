//! The three products of a tile of weights: forward, backward, and the gradient with the step it causes.
//!
//! Each number is one chain of fused multiply-adds over its inputs, outputs or samples from 0 up, whatever the length of
//! the vectors and however many of them are held in registers. So its bits are the same on any processor.

use crate::ahead::Ahead;
use crate::block::{Block, Tile, Transposed};
use pulp::Simd;

/// How far and with how much memory a step goes: `v = momentum v + g`, `w = w - rate v`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) rate: f32,
    pub(crate) momentum: f32,
}

/// Picks how many rows of two vectors of sums stay in registers: as many as fit beside their operands.
macro_rules! by_registers {
    ($simd:ty, $function:ident($($argument:expr),* $(,)?)) => {
        if <$simd>::REGISTER_COUNT >= 32 {
            $function::<$simd, 8>($($argument),*)
        } else {
            $function::<$simd, 4>($($argument),*)
        }
    };
}

/// `outputs[o] += sum over i < depth of tile[o][i] inputs[i]`, for each strip of samples; rows beyond `rows` may be left
/// out.
#[inline(always)]
pub(crate) fn forward<S: Simd>(
    simd: S,
    tile: &Tile,
    [rows, depth]: [usize; 2],
    inputs: &[Block],
    outputs: &mut [Block],
    mut ahead: Ahead<'_>,
) {
    for (inputs, outputs) in inputs.iter().zip(outputs) {
        by_registers!(
            S,
            forward_strip(simd, tile, [rows, depth], inputs, outputs, &mut ahead)
        );
    }
}

#[inline(always)]
fn forward_strip<S: Simd, const ROWS: usize>(
    simd: S,
    tile: &Tile,
    [rows, depth]: [usize; 2],
    inputs: &Block,
    outputs: &mut Block,
    ahead: &mut Ahead<'_>,
) {
    let groups = tile.as_chunks::<ROWS>().0.iter();
    let groups = groups.zip(outputs.as_chunks_mut::<ROWS>().0);
    for (weights, outputs) in groups.take(rows.div_ceil(ROWS)) {
        for part in 0..parts::<S>(&inputs[0]) {
            let mut sums: Sums<S, ROWS> =
                std::array::from_fn(|row| *vectors::<S>(&outputs[row], part));
            for (k, input) in inputs.iter().enumerate().take(depth) {
                ahead.fetch();
                let input = *vectors::<S>(input, part);
                multiply_add(simd, &mut sums, input, |row| weights[row][k]);
            }
            for (output, sums) in outputs.iter_mut().zip(sums) {
                *vectors_mut::<S>(output, part) = sums;
            }
        }
    }
}

/// `inputs[i] += sum over o < depth of tile[o][i] outputs[o]`, for each strip of samples; rows beyond `rows` may be left
/// out.
#[inline(always)]
pub(crate) fn backward<S: Simd>(
    simd: S,
    tile: &Tile,
    [rows, depth]: [usize; 2],
    outputs: &[Block],
    inputs: &mut [Block],
    mut ahead: Ahead<'_>,
) {
    for (outputs, inputs) in outputs.iter().zip(inputs) {
        by_registers!(
            S,
            backward_strip(simd, tile, [rows, depth], outputs, inputs, &mut ahead)
        );
    }
}

#[inline(always)]
fn backward_strip<S: Simd, const ROWS: usize>(
    simd: S,
    tile: &Tile,
    [rows, depth]: [usize; 2],
    outputs: &Block,
    inputs: &mut Block,
    ahead: &mut Ahead<'_>,
) {
    let groups = inputs.as_chunks_mut::<ROWS>().0.iter_mut();
    for (group, inputs) in groups.enumerate().take(rows.div_ceil(ROWS)) {
        for part in 0..parts::<S>(&outputs[0]) {
            let mut sums: Sums<S, ROWS> =
                std::array::from_fn(|row| *vectors::<S>(&inputs[row], part));
            for (output, weights) in outputs.iter().zip(tile).take(depth) {
                ahead.fetch();
                let output = *vectors::<S>(output, part);
                let weights = &weights.as_chunks::<ROWS>().0[group];
                multiply_add(simd, &mut sums, output, |row| weights[row]);
            }
            for (input, sums) in inputs.iter_mut().zip(sums) {
                *vectors_mut::<S>(input, part) = sums;
            }
        }
    }
}

/// The step of a tile of weights down its gradient `g[o][i] = sum over samples s of outputs[o][s] inputs[s][i]`.
#[inline(always)]
pub(crate) fn update<S: Simd>(
    simd: S,
    step: Step,
    rows: usize,
    outputs: &[Block],
    inputs: &[Transposed],
    [tile, velocity]: [&mut Tile; 2],
    mut ahead: Ahead<'_>,
) {
    let tiles = [tile, velocity];
    by_registers!(
        S,
        update_strips(simd, step, rows, outputs, inputs, tiles, &mut ahead)
    );
}

#[inline(always)]
fn update_strips<S: Simd, const ROWS: usize>(
    simd: S,
    step: Step,
    rows: usize,
    outputs: &[Block],
    inputs: &[Transposed],
    [tile, velocity]: [&mut Tile; 2],
    ahead: &mut Ahead<'_>,
) {
    let rate = simd.splat_f32s(-step.rate);
    let momentum = simd.splat_f32s(step.momentum);
    let groups = tile.as_chunks_mut::<ROWS>().0.iter_mut();
    let groups = groups.zip(velocity.as_chunks_mut::<ROWS>().0);
    for (group, (weights, velocities)) in groups.enumerate().take(rows.div_ceil(ROWS)) {
        for part in 0..parts::<S>(&weights[0]) {
            let mut sums: Sums<S, ROWS> = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
            for (outputs, inputs) in outputs.iter().zip(inputs) {
                let outputs = &outputs.as_chunks::<ROWS>().0[group];
                for (sample, input) in inputs.iter().enumerate() {
                    ahead.fetch();
                    let input = *vectors::<S>(input, part);
                    multiply_add(simd, &mut sums, input, |row| outputs[row][sample]);
                }
            }
            for ((weights, velocity), gradient) in
                weights.iter_mut().zip(velocities.iter_mut()).zip(sums)
            {
                let weights = vectors_mut::<S>(weights, part);
                let velocity = vectors_mut::<S>(velocity, part);
                for ((w, v), g) in weights.iter_mut().zip(velocity).zip(gradient) {
                    *v = simd.mul_add_f32s(momentum, *v, g);
                    *w = simd.mul_add_f32s(rate, *v, *w);
                }
            }
        }
    }
}

/// Vectors side by side in registers.
const VECTORS: usize = 2;

/// Sums that stay in registers.
type Sums<S, const ROWS: usize> = [[<S as Simd>::f32s; VECTORS]; ROWS];

/// `sums[row] += factor(row) vectors`.
#[inline(always)]
fn multiply_add<S: Simd, const ROWS: usize>(
    simd: S,
    sums: &mut Sums<S, ROWS>,
    vectors: [S::f32s; VECTORS],
    factor: impl Fn(usize) -> f32,
) {
    for (row, sums) in sums.iter_mut().enumerate() {
        let factor = simd.splat_f32s(factor(row));
        for (sum, vector) in sums.iter_mut().zip(vectors) {
            *sum = simd.mul_add_f32s(factor, vector, *sum);
        }
    }
}

/// How many times [`VECTORS`] vectors a row has.
#[inline(always)]
fn parts<S: Simd>(row: &[f32]) -> usize {
    row.len() / (VECTORS * S::F32_LANES)
}

/// Part of a row.
#[inline(always)]
fn vectors<S: Simd>(row: &[f32], part: usize) -> &[S::f32s; VECTORS] {
    &S::as_simd_f32s(row).0.as_chunks().0[part]
}

/// Part of a row.
#[inline(always)]
fn vectors_mut<S: Simd>(row: &mut [f32], part: usize) -> &mut [S::f32s; VECTORS] {
    &mut S::as_mut_simd_f32s(row).0.as_chunks_mut().0[part]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{SAMPLES, UNITS};
    use crate::machines::machines;
    use mf_kernel::{Purpose, Random, Row};
    use pulp::WithSimd;

    /// All that the products read and write.
    #[derive(Clone, PartialEq, Debug)]
    struct Numbers {
        tile: Tile,
        velocity: Tile,
        outputs: Vec<Block>,
        inputs: Vec<Block>,
        transposed: Vec<Transposed>,
    }

    fn numbers(strips: usize) -> Numbers {
        let mut random = Random::new(1, Purpose::Weight, [0, 0, 0]);
        let mut rows = |count: usize| -> Vec<Row> {
            let mut rows = vec![[0.0; UNITS]; count];
            random.normal(1.0, &mut rows);
            rows
        };
        let mut tile = || -> Tile { rows(UNITS).try_into().unwrap() };
        let (tile, velocity) = (tile(), tile());
        let mut flat = || -> Vec<f32> { rows(strips * SAMPLES).into_flattened() };
        let mut blocks = || flat().as_chunks().0.as_chunks().0.to_vec();
        Numbers {
            tile,
            velocity,
            outputs: blocks(),
            inputs: blocks(),
            transposed: flat().as_chunks().0.as_chunks().0.to_vec(),
        }
    }

    const STEP: Step = Step {
        rate: 0.03,
        momentum: 0.7,
    };

    struct All<'a>(&'a mut Numbers, [usize; 2]);

    impl WithSimd for All<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            let Numbers {
                tile,
                velocity,
                outputs,
                inputs,
                transposed,
            } = self.0;
            let [to, from] = self.1;
            let ahead = || Ahead::new(None);
            forward(simd, tile, [to, from], inputs, outputs, ahead());
            backward(simd, tile, [from, to], outputs, inputs, ahead());
            let tiles = [tile, velocity];
            update(simd, STEP, to, outputs, transposed, tiles, ahead());
        }
    }

    /// The same, one number at a time.
    #[allow(clippy::needless_range_loop)]
    fn expected(numbers: &mut Numbers, [to, from]: [usize; 2]) {
        let strips = numbers.outputs.len();
        for strip in 0..strips {
            let (outputs, inputs) = (&mut numbers.outputs[strip], &mut numbers.inputs[strip]);
            for sample in 0..SAMPLES {
                for o in 0..to {
                    for i in 0..from {
                        let sum = outputs[o][sample];
                        outputs[o][sample] = numbers.tile[o][i].mul_add(inputs[i][sample], sum);
                    }
                }
                for i in 0..from {
                    for o in 0..to {
                        let sum = inputs[i][sample];
                        inputs[i][sample] = numbers.tile[o][i].mul_add(outputs[o][sample], sum);
                    }
                }
            }
        }
        for o in 0..to {
            for i in 0..UNITS {
                let mut gradient = 0.0_f32;
                for strip in 0..strips {
                    for sample in 0..SAMPLES {
                        let input = numbers.transposed[strip][sample][i];
                        gradient = numbers.outputs[strip][o][sample].mul_add(input, gradient);
                    }
                }
                let (w, v) = (&mut numbers.tile[o][i], &mut numbers.velocity[o][i]);
                *v = STEP.momentum.mul_add(*v, gradient);
                *w = (-STEP.rate).mul_add(*v, *w);
            }
        }
    }

    #[test]
    fn every_number_is_one_chain_of_fused_operations() {
        for (strips, to, from) in [(1, 64, 64), (2, 10, 64), (1, 64, 16), (3, 5, 7)] {
            let mut by_one = numbers(strips);
            expected(&mut by_one, [to, from]);
            for machine in machines() {
                let mut found = numbers(strips);
                machine.dispatch(All(&mut found, [to, from]));
                // Rows beyond those asked for may be left out or not.
                for strip in 0..strips {
                    assert_eq!(
                        found.outputs[strip][..to],
                        by_one.outputs[strip][..to],
                        "{machine:?}"
                    );
                    assert_eq!(
                        found.inputs[strip][..from],
                        by_one.inputs[strip][..from],
                        "{machine:?}"
                    );
                }
                assert_eq!(found.tile[..to], by_one.tile[..to], "{machine:?}");
                assert_eq!(found.velocity[..to], by_one.velocity[..to], "{machine:?}");
            }
        }
    }
}
