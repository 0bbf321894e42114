//! RMSNorm without a gain: `u = h / sqrt(mean of h^2 over the units + e)` for each sample, forward and backward.
//!
//! `e` is that of PyTorch's RMSNorm, the distance of 1 from the next f32. So a sample whose numbers are all 0 stays 0.

use crate::activation::VANISHED;
use crate::panel::{Panel, SAMPLES};

/// A number for each sample of a strip.
pub(crate) type Samples = [f32; SAMPLES];

/// Writes `u` of all strips, and `1 / sqrt(mean + e)` of each sample. A mean that is not finite makes `u` NaN.
#[inline(always)]
pub(crate) fn normalize(
    units: usize,
    strips: usize,
    from: &[Panel],
    to: &mut [Panel],
    scales: &mut [Samples],
) {
    for (strip, scales) in scales.iter_mut().enumerate() {
        let panels = from.iter().skip(strip).step_by(strips);
        *scales = sum(panels.map(|panel| (panel, panel))).map(|square| {
            let mean = square / units as f32;
            // Where a square is beyond f32, the quotients would be 0.
            let finite = mean < f32::INFINITY;
            if finite {
                1.0 / (mean + f32::EPSILON).sqrt()
            } else {
                f32::NAN
            }
        });
        let panels = from.iter().zip(&mut *to).skip(strip).step_by(strips);
        for (from, to) in panels {
            for (from, to) in from.iter().zip(to) {
                for ((h, u), scale) in from.iter().zip(to).zip(&*scales) {
                    *u = h * scale;
                }
            }
        }
    }
}

/// Turns gradients with respect to `u` into gradients with respect to `h`: `scale * (g - u * mean of (g u))`. Small ones
/// become 0, as in the activation.
#[inline(always)]
pub(crate) fn derive(
    units: usize,
    strips: usize,
    values: &[Panel],
    gradients: &mut [Panel],
    scales: &[Samples],
) {
    for (strip, scales) in scales.iter().enumerate() {
        let panels = values.iter().zip(&*gradients).skip(strip).step_by(strips);
        let means = sum(panels).map(|product| product / units as f32);
        let panels = values
            .iter()
            .zip(&mut *gradients)
            .skip(strip)
            .step_by(strips);
        for (values, gradients) in panels {
            for (values, gradients) in values.iter().zip(gradients) {
                let samples = values.iter().zip(gradients).zip(&means).zip(scales);
                for (((u, gradient), mean), scale) in samples {
                    let passed = scale * (-u).mul_add(*mean, *gradient);
                    // False for NaN, which must not be hidden.
                    let vanished = passed.abs() < VANISHED;
                    *gradient = if vanished { 0.0 } else { passed };
                }
            }
        }
    }
}

/// The sum over units of the products of two numbers, for each sample: that of even units and that of odd ones.
#[inline(always)]
fn sum<'a>(panels: impl Iterator<Item = (&'a Panel, &'a Panel)>) -> Samples {
    let mut sums = [[0.0; SAMPLES]; 2];
    for (a, b) in panels {
        let (a, b) = (a.as_chunks::<2>().0, b.as_chunks::<2>().0);
        for (a, b) in a.iter().zip(b) {
            for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
                    *sum = a.mul_add(*b, *sum);
                }
            }
        }
    }
    let [even, odd] = sums;
    std::array::from_fn(|sample| even[sample] + odd[sample])
}
