//! A step of gradient descent. The gradient is summed in registers and never stored.

use crate::product::{Product, Rows, Sums, group_mut, part_mut};
use crate::{Ahead, LANES, Row, Tile};
use pulp::Simd;

/// Rate and momentum of a step: `v = momentum v + g`, `w = w - rate v`, with the gradient `g`.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// `rate`.
    pub rate: f32,
    /// `momentum`.
    pub momentum: f32,
}

/// A step of the first `rows` rows of a tile `w` with velocities `v`, where `g` is the sum of the products of all `pairs`.
#[inline(always)]
pub fn descend<'a, S: Simd, const DEPTH: usize>(
    simd: S,
    step: Step,
    pairs: impl Iterator<Item = (Rows<'a, DEPTH>, &'a [Row])> + Clone,
    rows: usize,
    [weights, velocities]: [&mut Tile; 2],
    ahead: &mut Ahead<'_>,
) {
    let c = &mut Descent {
        step,
        weights,
        velocities,
    };
    let product = Product {
        pairs,
        rows,
        c,
        ahead,
    };
    product.run(simd);
}

/// Sums that start from 0; the finished sum is the gradient of a step.
struct Descent<'a> {
    step: Step,
    weights: &'a mut Tile,
    velocities: &'a mut Tile,
}

impl Sums<LANES> for Descent<'_> {
    #[inline(always)]
    fn start<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        _: usize,
        _: usize,
    ) -> [[S::f32s; VECTORS]; ROWS] {
        [[simd.splat_f32s(0.0); VECTORS]; ROWS]
    }

    #[inline(always)]
    fn finish<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        first: usize,
        place: usize,
        gradient: [[S::f32s; VECTORS]; ROWS],
    ) {
        let rate = simd.splat_f32s(-self.step.rate);
        let momentum = simd.splat_f32s(self.step.momentum);
        let weights = group_mut::<_, ROWS>(self.weights, first).iter_mut();
        let rows = weights.zip(group_mut::<_, ROWS>(self.velocities, first));
        for ((weights, velocities), gradient) in rows.zip(gradient) {
            let weights = part_mut::<S, VECTORS>(weights, place).iter_mut();
            let numbers = weights.zip(part_mut::<S, VECTORS>(velocities, place));
            for ((w, v), g) in numbers.zip(gradient) {
                *v = simd.mul_add_f32s(momentum, *v, g);
                *w = simd.mul_add_f32s(rate, *v, *w);
            }
        }
    }
}
