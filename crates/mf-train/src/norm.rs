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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::EMPTY;
    use mf_kernel::LANES;

    /// The norm of 70 units and two strips, where sample 3 of the second strip has these numbers and others 1.
    fn normalized(numbers: impl Fn(usize) -> f32) -> ([f32; 70], f32) {
        const STRIPS: usize = 2;
        let mut from = vec![EMPTY; 2 * STRIPS];
        for unit in 0..70 {
            let (panel, row) = (unit / LANES * STRIPS, unit % LANES);
            from[panel][row] = [1.0; SAMPLES];
            from[panel + 1][row] = [1.0; SAMPLES];
            from[panel + 1][row][3] = numbers(unit);
        }
        let (mut to, mut scales) = (from.clone(), vec![[0.0; SAMPLES]; STRIPS]);
        normalize(70, STRIPS, &from, &mut to, &mut scales);
        // The root of 1 + 2^-23 is 1 in f32.
        assert_eq!((to[0][5][7], scales[0][7]), (1.0, 1.0));
        let unit = |unit: usize| to[unit / LANES * STRIPS + 1][unit % LANES][3];
        (std::array::from_fn(unit), scales[1][3])
    }

    #[test]
    fn a_sample_has_unit_mean_square() {
        // 35 times 3 and 35 times 4: mean square 12.5.
        let (values, scale) = normalized(|unit| if unit < 35 { 3.0 } else { -4.0 });
        let root = 12.5_f32.sqrt();
        assert!((scale * root - 1.0).abs() < 1e-6);
        assert!((values[0] - 3.0 / root).abs() < 1e-6 && (values[69] + 4.0 / root).abs() < 1e-6);
    }

    #[test]
    fn zeros_stay_zeros_and_what_is_not_finite_becomes_nan() {
        assert_eq!(normalized(|_| 0.0).0, [0.0; 70]);
        // One infinite or NaN number; finite ones whose squares are not.
        for number in [f32::INFINITY, f32::NAN, 1e30] {
            let (values, _) = normalized(|unit| if unit == 69 { number } else { 1.0 });
            assert!(values.iter().all(|u| u.is_nan()), "{number}");
        }
    }
}
