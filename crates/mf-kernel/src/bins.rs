//! A step activation applied to many f32 numbers.

use crate::Row;
use mf_core::StepActivation;
use pulp::Simd;

/// Up to this number of thresholds, each is compared with whole vectors of numbers; above it, the bin of each number is
/// searched for.
const COMPARED: usize = 32;

/// Thresholds and levels in f32. The value at a threshold is the lower level (in the theory it is the mean of the two,
/// a case of probability 0). NaN stays NaN.
#[derive(Debug, Clone)]
pub struct Bins {
    thresholds: Vec<f32>,
    lowest: f32,
    /// The level above each threshold.
    above: Vec<f32>,
}

impl Bins {
    /// The bins of an activation.
    pub fn new(activation: &StepActivation) -> Self {
        let single = |values: &[f64]| values.iter().map(|v| *v as f32).collect::<Vec<_>>();
        Self {
            thresholds: single(activation.thresholds()),
            lowest: activation.offset() as f32,
            above: single(&activation.levels()[1..]),
        }
    }

    /// `to = phi(from)`.
    #[inline(always)]
    pub fn apply<S: Simd>(&self, simd: S, from: &[Row], to: &mut [Row]) {
        for (from, to) in from.iter().zip(to) {
            self.row(simd, 1.0, from, to);
        }
    }

    /// `to = scale phi(from / scale)`, with a scale for each row: thresholds and levels are multiplied by it.
    #[inline(always)]
    pub fn apply_scaled<S: Simd>(&self, simd: S, scales: &[f32], from: &[Row], to: &mut [Row]) {
        for ((from, to), scale) in from.iter().zip(to).zip(scales) {
            self.row(simd, *scale, from, to);
        }
    }

    #[inline(always)]
    fn row<S: Simd>(&self, simd: S, scale: f32, from: &Row, to: &mut Row) {
        if self.thresholds.len() <= COMPARED {
            self.compare(simd, scale, from, to);
        } else {
            for (x, value) in from.iter().zip(to) {
                *value = self.search(scale, *x);
            }
        }
    }

    #[inline(always)]
    fn compare<S: Simd>(&self, simd: S, scale: f32, from: &Row, to: &mut Row) {
        const TOGETHER: usize = 4;
        let (from, _) = S::as_simd_f32s(from);
        let (to, _) = S::as_mut_simd_f32s(to);
        let (from, _) = from.as_chunks::<TOGETHER>();
        let (to, _) = to.as_chunks_mut::<TOGETHER>();
        for (x, to) in from.iter().zip(to) {
            // NaN is not equal to itself, and not above any threshold.
            let lowest = simd.splat_f32s(scale * self.lowest);
            let mut values = *x;
            for value in &mut values {
                *value = simd.select_f32s(simd.equal_f32s(*value, *value), lowest, *value);
            }
            for (threshold, level) in self.thresholds.iter().zip(&self.above) {
                let threshold = simd.splat_f32s(scale * threshold);
                let level = simd.splat_f32s(scale * level);
                for i in 0..TOGETHER {
                    let passed = simd.less_than_f32s(threshold, x[i]);
                    values[i] = simd.select_f32s(passed, level, values[i]);
                }
            }
            *to = values;
        }
    }

    #[inline(always)]
    fn search(&self, scale: f32, x: f32) -> f32 {
        let passed = |threshold: &f32| scale * threshold < x;
        match self.thresholds.partition_point(passed) {
            0 if x.is_nan() => x,
            0 => scale * self.lowest,
            passed => scale * self.above[passed - 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LANES;
    use pulp::{Arch, WithSimd};

    struct Apply<'a>(&'a Bins, &'a [Row], &'a mut [Row]);

    impl WithSimd for Apply<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            self.0.apply(simd, self.1, self.2);
        }
    }

    #[test]
    fn values_are_the_levels_of_the_activation() {
        let activations = [
            StepActivation::uniform(2).unwrap(),
            StepActivation::uniform(33).unwrap(),
            StepActivation::uniform(34).unwrap(),
            StepActivation::uniform(255).unwrap(),
            StepActivation::new(vec![-0.9, 0.1, 0.7], vec![-0.3, 0.2, 0.25, 2.0]).unwrap(),
        ];
        // Odd multiples of 2^-12 from -2 to 2: none is a threshold, all are f32.
        let numbers: Vec<f32> = (0..8192).map(|i| (2 * i - 8191) as f32 / 4096.0).collect();
        let from: Vec<Row> = numbers.as_chunks::<LANES>().0.to_vec();
        for activation in activations {
            let mut to = vec![[0.0; LANES]; from.len()];
            Arch::new().dispatch(Apply(&Bins::new(&activation), &from, &mut to));
            for (x, value) in numbers.iter().zip(to.iter().flatten()) {
                assert_eq!(*value, activation.value(f64::from(*x)) as f32, "phi({x})");
            }
        }
    }

    struct Scaled<'a>(&'a Bins, &'a [f32], &'a [Row], &'a mut [Row]);

    impl WithSimd for Scaled<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            self.0.apply_scaled(simd, self.1, self.2, self.3);
        }
    }

    #[test]
    fn each_row_has_its_scale() {
        let scales = [0.5, 1.0, 3.0, 0.0];
        let numbers: Row = std::array::from_fn(|i| (2 * i as i32 - 63) as f32 / 16.0);
        for states in [3, 4, 70] {
            let activation = StepActivation::uniform(states).unwrap();
            let bins = Bins::new(&activation);
            for machine in crate::machines() {
                let mut to = [[f32::NAN; LANES]; 4];
                machine.dispatch(Scaled(&bins, &scales, &[numbers; 4], &mut to));
                for (scale, row) in scales.iter().zip(&to).take(3) {
                    for (x, value) in numbers.iter().zip(row) {
                        let expected = activation.value(f64::from(x / scale)) as f32 * scale;
                        assert_eq!(*value, expected, "{scale}: {x}");
                    }
                }
                assert_eq!(to[3], [0.0; LANES]);
            }
        }
    }

    #[test]
    fn the_value_at_a_threshold_is_the_lower_level() {
        for states in [2, 64] {
            let activation = StepActivation::uniform(states).unwrap();
            let mut to = vec![[0.0; LANES]];
            Arch::new().dispatch(Apply(&Bins::new(&activation), &[[0.0; LANES]], &mut to));
            assert_eq!(to[0][0], activation.levels()[states / 2 - 1] as f32);
        }
    }

    #[test]
    fn nan_stays_nan_and_infinity_is_the_last_level() {
        for states in [2, 64] {
            let bins = Bins::new(&StepActivation::uniform(states).unwrap());
            for machine in crate::machines() {
                let mut from = [0.25; LANES];
                (from[5], from[6], from[7]) = (f32::NAN, f32::INFINITY, f32::NEG_INFINITY);
                let mut to = vec![[0.0; LANES]];
                machine.dispatch(Apply(&bins, &[from], &mut to));
                let nan = to[0].iter().enumerate().filter(|(_, value)| value.is_nan());
                assert!(nan.map(|(lane, _)| lane).eq([5]), "{states}, {machine:?}");
                assert_eq!(to[0][6..8], [1.0, -1.0]);
            }
        }
    }
}
