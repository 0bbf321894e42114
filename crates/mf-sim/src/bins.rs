//! A step activation applied to many f32 numbers.

use crate::product::Row;
use mf_core::StepActivation;

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
    pub(crate) fn apply(&self, from: &[Row], to: &mut [Row]) {
        for (from, to) in from.iter().zip(to) {
            if self.thresholds.len() <= COMPARED {
                *to = [self.lowest; _];
                for (threshold, level) in self.thresholds.iter().zip(&self.above) {
                    for (x, value) in from.iter().zip(to.iter_mut()) {
                        *value = if x > threshold { *level } else { *value };
                    }
                }
            } else {
                for (x, value) in from.iter().zip(to.iter_mut()) {
                    let passed = self.thresholds.partition_point(|g| g < x);
                    *value = match passed.checked_sub(1) {
                        Some(last) => self.above.get(last).copied().unwrap_or(self.lowest),
                        None => self.lowest,
                    };
                }
            }
        }
    }
}
