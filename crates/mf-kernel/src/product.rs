//! The product of tiles, `C[r][c] += sum over k of A[r][k] B[k][c]`: a number times a vector, with the sums in
//! registers.
//!
//! Each number is one chain of fused multiply-adds over `k` from 0 up, for any length of vectors and any number of
//! registers. So its bits are the same on any processor.

use crate::Ahead;
use pulp::Simd;

/// `A`, stored by rows or by columns.
pub trait Factors: Copy {
    /// The function from `k` to `A[first + r][k]` for `r` below `ROWS`.
    fn columns<const ROWS: usize>(self, first: usize) -> impl Fn(usize) -> [f32; ROWS];
}

/// Number `k` of row `r` is `A[r][k]`.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a, const DEPTH: usize>(pub &'a [[f32; DEPTH]]);

/// Number `r` of row `k` is `A[r][k]`.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a, const ROWS: usize>(pub &'a [[f32; ROWS]]);

impl<const DEPTH: usize> Factors for Rows<'_, DEPTH> {
    #[inline(always)]
    fn columns<const ROWS: usize>(self, first: usize) -> impl Fn(usize) -> [f32; ROWS] {
        let rows = group::<_, ROWS>(self.0, first);
        #[inline(always)]
        move |k| std::array::from_fn(|row| rows[row][k])
    }
}

impl<const ALL: usize> Factors for Columns<'_, ALL> {
    #[inline(always)]
    fn columns<const ROWS: usize>(self, first: usize) -> impl Fn(usize) -> [f32; ROWS] {
        let columns = self.0;
        #[inline(always)]
        move |k| *group(&columns[k], first)
    }
}

/// `C`: the start values of the sums, and the use of the finished sums. A row is processed [`part`] by part.
pub(crate) trait Sums<const COLUMNS: usize> {
    /// The start values of part `place` of the rows from `first` on.
    fn start<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        first: usize,
        place: usize,
    ) -> [[S::f32s; VECTORS]; ROWS];

    /// Takes the finished sums of that part.
    fn finish<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        first: usize,
        place: usize,
        sums: [[S::f32s; VECTORS]; ROWS],
    );
}

/// Sums that start from the numbers that are there, and replace them.
impl<const COLUMNS: usize> Sums<COLUMNS> for [[f32; COLUMNS]] {
    #[inline(always)]
    fn start<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &self,
        _: S,
        first: usize,
        place: usize,
    ) -> [[S::f32s; VECTORS]; ROWS] {
        let rows = group::<_, ROWS>(self, first);
        std::array::from_fn(
            #[inline(always)]
            |row| *part::<S, VECTORS>(&rows[row], place),
        )
    }

    #[inline(always)]
    fn finish<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        _: S,
        first: usize,
        place: usize,
        sums: [[S::f32s; VECTORS]; ROWS],
    ) {
        for (row, sums) in group_mut::<_, ROWS>(self, first).iter_mut().zip(sums) {
            *part_mut::<S, VECTORS>(row, place) = sums;
        }
    }
}

/// `C += A B` for all rows of `C` and of `B`; meanwhile the tile of `ahead` is fetched.
#[inline(always)]
pub fn multiply<S: Simd, const COLUMNS: usize>(
    simd: S,
    a: impl Factors,
    b: &[[f32; COLUMNS]],
    c: &mut [[f32; COLUMNS]],
    ahead: &mut Ahead<'_>,
) {
    let (rows, pairs) = (c.len(), std::iter::once((a, b)));
    let product = Product {
        pairs,
        rows,
        c,
        ahead,
    };
    product.run(simd);
}

/// `C += A B` for each pair of `A` and `B` in order, for the first `rows` rows of `C`.
pub(crate) struct Product<'p, 'a, P, C: ?Sized> {
    pub(crate) pairs: P,
    pub(crate) rows: usize,
    pub(crate) c: &'p mut C,
    pub(crate) ahead: &'p mut Ahead<'a>,
}

impl<'b, A, P, C, const COLUMNS: usize> Product<'_, '_, P, C>
where
    A: Factors,
    P: Iterator<Item = (A, &'b [[f32; COLUMNS]])> + Clone,
    C: Sums<COLUMNS> + ?Sized,
{
    #[inline(always)]
    pub(crate) fn run<S: Simd>(mut self, simd: S) {
        // Of 16 registers, twelve are for sums; the others hold a row of B and a factor. Of 32 registers, sixteen for
        // sums keep the processor busy, and their rows divide a tile.
        if S::REGISTER_COUNT < 32 {
            self.groups::<S, 6, 2>(simd);
        } else if COLUMNS < 4 * S::F32_LANES {
            self.groups::<S, 8, 2>(simd);
        } else {
            self.groups::<S, 4, 4>(simd);
        }
    }

    /// Groups of `ROWS` rows; the rows that remain in groups of four, then one by one.
    #[inline(always)]
    fn groups<S: Simd, const ROWS: usize, const VECTORS: usize>(&mut self, simd: S) {
        let mut first = 0;
        while first < self.rows {
            first += match self.rows - first {
                left if left >= ROWS => self.sum::<S, ROWS, VECTORS>(simd, first),
                left if left >= 4 => self.sum::<S, 4, VECTORS>(simd, first),
                _ => self.sum::<S, 1, VECTORS>(simd, first),
            };
        }
    }

    /// `VECTORS` vectors of `ROWS` rows stay in registers from the first term to the last. Returns `ROWS`.
    #[inline(always)]
    fn sum<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        first: usize,
    ) -> usize {
        let columns = VECTORS * S::F32_LANES;
        assert!(COLUMNS.is_multiple_of(columns), "parts fill a row");
        for place in 0..COLUMNS / columns {
            let mut sums = self.c.start::<S, ROWS, VECTORS>(simd, first, place);
            for (a, b) in self.pairs.clone() {
                let factors = a.columns::<ROWS>(first);
                for (k, row) in b.iter().enumerate() {
                    self.ahead.fetch();
                    let vectors = *part::<S, VECTORS>(row, place);
                    for (sums, factor) in sums.iter_mut().zip(factors(k)) {
                        let factor = simd.splat_f32s(factor);
                        for (sum, vector) in sums.iter_mut().zip(vectors) {
                            *sum = simd.mul_add_f32s(factor, vector, *sum);
                        }
                    }
                }
            }
            self.c.finish(simd, first, place, sums);
        }
        ROWS
    }
}

/// The `ROWS` elements from `first` on.
#[inline(always)]
fn group<T, const ROWS: usize>(things: &[T], first: usize) -> &[T; ROWS] {
    &things[first..].as_chunks().0[0]
}

/// The `ROWS` elements from `first` on.
#[inline(always)]
pub(crate) fn group_mut<T, const ROWS: usize>(things: &mut [T], first: usize) -> &mut [T; ROWS] {
    &mut things[first..].as_chunks_mut().0[0]
}

/// Part `place` of a row: `VECTORS` vectors.
#[inline(always)]
fn part<S: Simd, const VECTORS: usize>(row: &[f32], place: usize) -> &[S::f32s; VECTORS] {
    &S::as_simd_f32s(row).0.as_chunks().0[place]
}

/// Part `place` of a row: `VECTORS` vectors.
#[inline(always)]
pub(crate) fn part_mut<S: Simd, const VECTORS: usize>(
    row: &mut [f32],
    place: usize,
) -> &mut [S::f32s; VECTORS] {
    &mut S::as_mut_simd_f32s(row).0.as_chunks_mut().0[place]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LANES, Purpose, Random, Row, Step, Tile, descend, machines};
    use pulp::WithSimd;

    /// Number of samples of a strip, in training.
    const SAMPLES: usize = 32;

    const STEP: Step = Step {
        rate: 0.03,
        momentum: 0.7,
    };

    /// All that the products read and write.
    #[derive(Clone, PartialEq, Debug)]
    struct Numbers {
        tile: Tile,
        velocities: Tile,
        /// Rows of points, for simulation.
        points: Vec<Row>,
        images: Vec<Row>,
        /// Rows of units, for training.
        outputs: Vec<[f32; SAMPLES]>,
        inputs: Vec<[f32; SAMPLES]>,
    }

    fn numbers() -> Numbers {
        let mut random = Random::new(1, Purpose::Weight, [0, 0, 0]);
        let mut rows = |count: usize| -> Vec<Row> {
            let mut rows = vec![[0.0; LANES]; count];
            random.normal(1.0, &mut rows);
            rows
        };
        let (tile, velocities) = (rows(LANES), rows(LANES));
        let halves = |rows: Vec<Row>| rows.as_flattened().as_chunks().0.to_vec();
        Numbers {
            tile: tile.try_into().unwrap(),
            velocities: velocities.try_into().unwrap(),
            points: rows(LANES),
            images: rows(LANES),
            outputs: halves(rows(LANES / 2)),
            inputs: halves(rows(LANES / 2)),
        }
    }

    /// Each product of `rows` rows over `depth` terms; each one uses the results of the one before.
    struct All<'a>(&'a mut Numbers, usize, usize);

    impl WithSimd for All<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            let Self(numbers, rows, depth) = self;
            let Numbers {
                tile,
                velocities,
                points,
                images,
                outputs,
                inputs,
            } = numbers;
            let ahead = &mut Ahead::new(Some(&[[0.0; LANES]; LANES]));
            let (a, b) = (Rows(points), &tile[..depth]);
            multiply(simd, a, b, &mut images[..rows], ahead);
            let (a, b) = (Rows(tile), &inputs[..depth]);
            multiply(simd, a, b, &mut outputs[..rows], ahead);
            let (a, b) = (Columns(tile), &outputs[..depth]);
            multiply(simd, a, b, &mut inputs[..rows], ahead);
            // Two strips of samples.
            let pairs = [(Rows(outputs), &points[..SAMPLES]), (Rows(inputs), images)];
            let pairs = pairs.into_iter().map(|(a, b)| (a, &b[..SAMPLES]));
            descend(simd, STEP, pairs, rows, [tile, velocities], ahead);
        }
    }

    /// The same, one number at a time.
    fn expected(numbers: &mut Numbers, rows: usize, depth: usize) {
        let Numbers {
            tile,
            velocities,
            points,
            images,
            outputs,
            inputs,
        } = numbers;
        let chain = |sum: &mut f32, count: usize, term: &dyn Fn(usize) -> (f32, f32)| {
            for (a, b) in (0..count).map(term) {
                *sum = a.mul_add(b, *sum);
            }
        };
        for r in 0..rows {
            for (c, sum) in images[r].iter_mut().enumerate() {
                chain(sum, depth, &|k| (points[r][k], tile[k][c]));
            }
            for (c, sum) in outputs[r].iter_mut().enumerate() {
                chain(sum, depth, &|k| (tile[r][k], inputs[k][c]));
            }
        }
        for r in 0..rows {
            for (c, sum) in inputs[r].iter_mut().enumerate() {
                chain(sum, depth, &|k| (tile[k][r], outputs[k][c]));
            }
        }
        for r in 0..rows {
            for c in 0..LANES {
                let mut gradient = 0.0;
                chain(&mut gradient, SAMPLES, &|k| (outputs[r][k], points[k][c]));
                chain(&mut gradient, SAMPLES, &|k| (inputs[r][k], images[k][c]));
                let (w, v) = (&mut tile[r][c], &mut velocities[r][c]);
                *v = STEP.momentum.mul_add(*v, gradient);
                *w = (-STEP.rate).mul_add(*v, *w);
            }
        }
    }

    #[test]
    fn every_number_is_one_chain_of_fused_operations() {
        // Whole groups of rows, groups of four and single rows, for all vector lengths.
        for (rows, depth) in [(64, 64), (1, 64), (5, 7), (12, 0), (13, 1), (23, 40)] {
            let mut by_one = numbers();
            expected(&mut by_one, rows, depth);
            for machine in machines() {
                let mut found = numbers();
                machine.dispatch(All(&mut found, rows, depth));
                assert!(found == by_one, "{machine:?}: {rows} rows, depth {depth}");
            }
        }
    }
}
