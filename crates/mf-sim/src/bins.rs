//! A step activation applied to many f32 numbers.

use crate::product::Row;
use mf_core::StepActivation;
use pulp::Simd;

/// Up to here every threshold is compared with whole vectors of numbers; beyond, each number searches for its bin.
const COMPARED: usize = 32;

/// Thresholds and levels in f32. At a threshold itself, where the theory has the mean of two levels, the lower one.
#[derive(Debug, Clone)]
pub(crate) struct Bins {
    thresholds: Vec<f32>,
    lowest: f32,
    /// The level above each threshold.
    above: Vec<f32>,
}

impl Bins {
    pub(crate) fn new(activation: &StepActivation) -> Self {
        let single = |values: &[f64]| values.iter().map(|v| *v as f32).collect::<Vec<_>>();
        Self {
            thresholds: single(activation.thresholds()),
            lowest: activation.offset() as f32,
            above: single(activation.levels().get(1..).unwrap_or_default()),
        }
    }

    /// `to = phi(from)`.
    #[inline(always)]
    pub(crate) fn apply<S: Simd>(&self, simd: S, from: &[Row], to: &mut [Row]) {
        for (from, to) in from.iter().zip(to) {
            if self.thresholds.len() <= COMPARED {
                self.compare(simd, from, to);
            } else {
                for (x, value) in from.iter().zip(to) {
                    *value = self.search(*x);
                }
            }
        }
    }

    #[inline(always)]
    fn compare<S: Simd>(&self, simd: S, from: &Row, to: &mut Row) {
        const TOGETHER: usize = 4;
        let (from, _) = S::as_simd_f32s(from);
        let (to, _) = S::as_mut_simd_f32s(to);
        let (from, _) = from.as_chunks::<TOGETHER>();
        let (to, _) = to.as_chunks_mut::<TOGETHER>();
        for (x, to) in from.iter().zip(to) {
            let mut values = [simd.splat_f32s(self.lowest); TOGETHER];
            for (threshold, level) in self.thresholds.iter().zip(&self.above) {
                let (threshold, level) = (simd.splat_f32s(*threshold), simd.splat_f32s(*level));
                for i in 0..TOGETHER {
                    let passed = simd.less_than_f32s(threshold, x[i]);
                    values[i] = simd.select_f32s(passed, level, values[i]);
                }
            }
            *to = values;
        }
    }

    #[inline(always)]
    fn search(&self, x: f32) -> f32 {
        let passed = self.thresholds.partition_point(|threshold| *threshold < x);
        let last = passed.checked_sub(1).and_then(|last| self.above.get(last));
        last.copied().unwrap_or(self.lowest)
    }
}
