//! Gradients through blocks, with straight-through slopes.

use super::SkipNetwork;
use super::forward::{Blocks, Trace, check, memory_needed};
use crate::backward::{check_window, log_norm, unit_gradients};
use crate::error::{SimError, positive};
use crate::forward::Run;
use crate::hidden::Hidden;
use crate::inputs::Inputs;
use crate::skip::Stream;
use crate::weights::Transposed;
use mf_core::Surrogate;
use mf_kernel::{LANES, Row};
use pulp::Arch;
use rayon::prelude::*;

/// Natural logarithms of squared norms of gradients, averaged over the inputs before the logarithm: entry `l` is for the
/// gradient with respect to the stream after `l` blocks, for `l = 0 ..= blocks`, and minus infinity if that gradient is 0.
///
/// Each input has its own random gradient of norm 1 with respect to the last stream. Quantizers have the slope `rho`, weights
/// are those of [`forward`](super::forward) for the same seed (drawn, never by the law), and the normalization has its own
/// Jacobian: with `x = h / r`, `r = rms(h)` and `n` units, the gradient `g` with respect to `x` becomes
///
/// ```text
/// (g - x (x . g) / n) / r.
/// ```
///
/// `surrogate` is the slope of the activation in the units of its levels; in a quantized stream also of the stream's
/// quantizer. At infinite width squared gradients grow by `sigma_w^2 E[rho(z)^2]` a layer of a chain, by
/// `1 + (a/K_l) sigma_w^2 E[rho(z)^2]` a block with pre-norm, and by `(1 + a sigma_w^2 E[rho(z)^2]) / (1 + a)` with post-norm,
/// where the stream has the variance 1. In a quantized stream an outer level beyond the window, in units of the RMS, passes
/// nothing: with three states and the window up to the outer levels, gradients shrink by 0.905 a block.
///
/// # Errors
/// [`SimError`] if the widths differ, the window is empty in f32, its height is not from 1e-15 to 1e15, the stream has a
/// quantizer of its own, memory is too small, or threads cannot be started.
pub fn gradient_norms(
    network: &SkipNetwork,
    inputs: &Inputs,
    surrogate: &Surrogate,
    run: &Run,
) -> Result<Vec<f64>, SimError> {
    check(network, inputs, run, |points, width| {
        gradient_memory_needed(points, width, network.blocks())
    })?;
    check_window(surrogate)?;
    positive("the window's height", surrogate.height())?;
    if let Stream::Quantized {
        quantizer: Some(_), ..
    } = network.stream
    {
        return Err(SimError::StreamQuantizer);
    }
    run.pool()?.install(|| {
        let mut blocks = Blocks::new(network, inputs, run.seed);
        let traces: Vec<Trace> = (0..network.blocks())
            .map(|block| blocks.traced_step(block))
            .collect();
        Ok(backpropagated(
            network, &traces, surrogate, inputs, run.seed,
        ))
    })
}

/// Bytes that [`gradient_norms`] needs: twice the memory of a run, for the gradients, and two states for each input, unit
/// and block.
pub fn gradient_memory_needed(points: usize, width: usize, blocks: usize) -> u64 {
    let rows = (points as u64).saturating_mul(width.div_ceil(LANES) as u64);
    let traces = rows
        .saturating_mul(2 * size_of::<Row>() as u64)
        .saturating_mul(blocks as u64);
    memory_needed(points, width)
        .saturating_mul(2)
        .saturating_add(traces)
}

fn backpropagated(
    network: &SkipNetwork,
    traces: &[Trace],
    surrogate: &Surrogate,
    inputs: &Inputs,
    seed: u64,
) -> Vec<f64> {
    let (points, width) = (inputs.states().points(), network.width());
    // Levels are divided by the root of their mean square.
    let height = (surrogate.height() * network.sigma_w()) as f32;
    let slope = Slope {
        height,
        lower: surrogate.lower() as f32,
        upper: surrogate.upper() as f32,
    };
    let mut gradient = unit_gradients(points, width, seed);
    let mut branch = Hidden::zeros(points, width);
    let mut shift = 0.0;
    let mut norms = vec![0.0];
    for (block, trace) in traces.iter().enumerate().rev() {
        if let Some((sum, scales)) = &trace.sum {
            if network.quantizer.is_some() {
                slope.apply(sum, &mut gradient);
            }
            through_norm(sum, scales, &mut gradient);
        }
        let weights = &network.block_weights(seed, block);
        let panels = branch.rows_mut().par_chunks_mut(points);
        panels.enumerate().for_each(|(panel, output)| {
            let gradient = &gradient;
            Arch::new().dispatch(Transposed {
                weights,
                panel,
                gradient,
                output,
            });
        });
        slope.apply(&trace.branch, &mut branch);
        if let Some(scales) = &trace.branch_scales {
            through_norm(&trace.branch, scales, &mut branch);
        }
        if network.skips() {
            let sum = gradient.rows_mut().as_flattened_mut();
            let branch = branch.rows().as_flattened();
            sum.iter_mut().zip(branch).for_each(|(sum, g)| *sum += g);
        } else {
            std::mem::swap(&mut gradient, &mut branch);
        }
        norms.push(log_norm(&mut gradient, &mut shift));
    }
    norms.reverse();
    norms
}

/// The straight-through slope.
struct Slope {
    height: f32,
    lower: f32,
    upper: f32,
}

impl Slope {
    /// `gradient = rho(states) gradient`.
    fn apply(&self, states: &Hidden, gradient: &mut Hidden) {
        let gradient = gradient.rows_mut().as_flattened_mut();
        for (g, x) in gradient.iter_mut().zip(states.rows().as_flattened()) {
            let open = self.lower < *x && *x < self.upper;
            *g = if open { self.height * *g } else { 0.0 };
        }
    }
}

/// Through `x = h / r`, with `1 / r` for each input: `gradient = (gradient - x (x . gradient) / n) / r`.
fn through_norm(normalized: &Hidden, scales: &[f64], gradient: &mut Hidden) {
    let points = scales.len();
    let along: Vec<f64> = (0..points)
        .map(|point| normalized.covariance_with(gradient, point))
        .collect();
    let panels = gradient.rows_mut().chunks_mut(points);
    for (gradient, normalized) in panels.zip(normalized.rows().chunks(points)) {
        for (point, (gradient, normalized)) in gradient.iter_mut().zip(normalized).enumerate() {
            let (along, scale) = (along[point] as f32, scales[point] as f32);
            for (g, x) in gradient.iter_mut().zip(normalized) {
                *g = (*g - along * *x) * scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derivative of `v . h / rms(h)` along each unit, by a central difference in f64.
    #[test]
    fn the_norm_has_its_own_jacobian() {
        let h: [f64; 4] = [0.7, -1.9, 0.2, 3.1];
        let v = [1.0, 0.4, -2.0, 0.3];
        let rms = |h: &[f64]| (h.iter().map(|x| x * x).sum::<f64>() / 4.0).sqrt();
        let value = |h: &[f64]| h.iter().zip(v).map(|(x, v)| v * x / rms(h)).sum::<f64>();
        let (mut normalized, mut gradient) = (Hidden::zeros(1, 4), Hidden::zeros(1, 4));
        normalized.set_row(0, h.iter().map(|x| (x / rms(&h)) as f32));
        gradient.set_row(0, v.iter().map(|v| *v as f32));
        through_norm(&normalized, &[1.0 / rms(&h)], &mut gradient);
        for unit in 0..4 {
            const STEP: f64 = 1e-5;
            let moved = |by: f64| {
                let mut h = h;
                h[unit] += by;
                value(&h)
            };
            let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            let found = f64::from(gradient.value(0, unit));
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}
