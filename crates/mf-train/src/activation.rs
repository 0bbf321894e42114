//! The activation of a network in training: forward a quantizer, backward a constant slope in a window.

use crate::panel::{Panel, SAMPLES};
use mf_core::{StepActivation, Surrogate};
use mf_kernel::Bins;
use pulp::Simd;

/// The activation after every layer.
pub(crate) enum Activation {
    /// `phi(u)`; backward `slope` where `lower < u < upper`, else 0.
    Quantizer {
        bins: Bins,
        slope: f32,
        lower: f32,
        upper: f32,
    },
    /// `u / (1 + |u|)` with its exact derivative, to test gradients against differences.
    #[cfg(test)]
    Softsign,
}

/// Gradients smaller than this become 0. Gradients that vanish with depth would become smaller than `2^-126`, where
/// some processors take a hundred times as long for an operation. A gradient of this size, times any useful learning
/// rate, does not change a weight.
pub(crate) const VANISHED: f32 = 1.0 / (1_u128 << 90) as f32;

impl Activation {
    pub(crate) fn new(phi: &StepActivation, surrogate: &Surrogate) -> Self {
        Self::Quantizer {
            bins: Bins::new(phi),
            slope: surrogate.height() as f32,
            lower: surrogate.lower() as f32,
            upper: surrogate.upper() as f32,
        }
    }

    /// `values = phi(states)` for the first `units` units, and 0 for the padding.
    #[inline(always)]
    pub(crate) fn apply<S: Simd>(&self, simd: S, units: usize, states: &Panel, values: &mut Panel) {
        match self {
            Self::Quantizer { bins, .. } => {
                let from = states.as_flattened().as_chunks().0;
                bins.apply(simd, from, values.as_flattened_mut().as_chunks_mut().0);
            }
            #[cfg(test)]
            Self::Softsign => {
                let pairs = values
                    .as_flattened_mut()
                    .iter_mut()
                    .zip(states.as_flattened());
                pairs.for_each(|(value, u)| *value = u / (1.0 + u.abs()));
            }
        }
        values[units..].fill([0.0; SAMPLES]);
    }

    /// Turns gradients with respect to values into gradients with respect to states.
    #[inline(always)]
    pub(crate) fn derive(&self, states: &Panel, gradients: &mut Panel) {
        let pairs = gradients.iter_mut().zip(states);
        match self {
            Self::Quantizer {
                slope,
                lower,
                upper,
                ..
            } => {
                for (gradients, states) in pairs {
                    for (gradient, u) in gradients.iter_mut().zip(states) {
                        let passed = *slope * *gradient;
                        // False for NaN, which must not be hidden.
                        let vanished = passed.abs() < VANISHED;
                        let open = (*lower < *u) & (*u < *upper);
                        *gradient = if open & !vanished { passed } else { 0.0 };
                    }
                }
            }
            #[cfg(test)]
            Self::Softsign => {
                for (gradients, states) in pairs {
                    for (gradient, u) in gradients.iter_mut().zip(states) {
                        *gradient /= (1.0 + u.abs()) * (1.0 + u.abs());
                    }
                }
            }
        }
    }
}

/// The sum over samples, by repeated addition of halves: the same order for any length of vectors.
#[inline(always)]
pub(crate) fn sum(samples: &[f32; SAMPLES]) -> f32 {
    let eight = halved::<16, 8>(halved::<SAMPLES, 16>(*samples));
    let [sum] = halved::<2, 1>(halved::<4, 2>(halved::<8, 4>(eight)));
    sum
}

#[inline(always)]
fn halved<const ALL: usize, const HALF: usize>(numbers: [f32; ALL]) -> [f32; HALF] {
    std::array::from_fn(|index| numbers[index] + numbers[index + HALF])
}
