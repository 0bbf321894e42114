//! Gradients through the straight-through estimator.

use crate::error::SimError;
use crate::forward::{Layers, Run, check};
use crate::hidden::Hidden;
use crate::inputs::Inputs;
use crate::memory::memory_needed;
use crate::network::Network;
use crate::weights::Transposed;
use mf_core::Surrogate;
use mf_kernel::{LANES, Purpose, Random};
use pulp::Arch;
use rayon::prelude::*;
use std::f64::consts::LN_2;

/// Natural logarithms of squared norms of gradients, averaged over the inputs before the logarithm: entry `l` is for
/// the gradient with respect to `u(l)`, for `l = 0 ..= depth`, and minus infinity if that gradient is 0. Gradients may
/// grow and shrink beyond the range of f64.
///
/// Each input has its own random output gradient of norm 1 with respect to `u(depth)`, and
/// `g(l) = rho(u(l)) W^T g(l+1)` with the weights of the forward run of the same seed, drawn again. In the limit of
/// infinite width entry `l` is `(depth - l) ln(M_JJ)` with `M_JJ` of [`Surrogate::backward_gain`].
///
/// # Errors
/// [`SimError`] if the widths differ, the window is empty in f32, memory is too small (one byte is kept for each
/// state), or threads cannot be started.
pub fn gradient_norms(
    network: &Network,
    inputs: &Inputs,
    surrogate: &Surrogate,
    run: &Run,
) -> Result<Vec<f64>, SimError> {
    check(network, inputs, run, |points, width| {
        gradient_memory_needed(points, width, network.depth())
    })?;
    check_window(surrogate)?;
    run.pool()?
        .install(|| Ok(backpropagated(network, inputs, surrogate, run.seed)))
}

/// Checks that the window is not empty in f32.
pub(crate) fn check_window(surrogate: &Surrogate) -> Result<(), SimError> {
    let upper = surrogate.upper();
    if upper as f32 <= surrogate.lower() as f32 {
        return Err(SimError::Parameter {
            name: "the window's upper end",
            value: upper,
            allowed: "a number above its lower end in f32",
        });
    }
    Ok(())
}

/// Bytes that [`gradient_norms`] needs: twice the memory of a forward run, for the gradients, and a byte for each state
/// of each layer.
pub fn gradient_memory_needed(points: usize, width: usize, depth: usize) -> u64 {
    let rows = (points as u64).saturating_mul(width.div_ceil(LANES) as u64);
    let windows = rows
        .saturating_mul(size_of::<Window>() as u64)
        .saturating_mul(depth as u64);
    memory_needed(points, width)
        .saturating_mul(2)
        .saturating_add(windows)
}

/// Whether each state of a row is in the window.
type Window = [bool; LANES];

fn backpropagated(
    network: &Network,
    inputs: &Inputs,
    surrogate: &Surrogate,
    seed: u64,
) -> Vec<f64> {
    let (lower, upper) = (surrogate.lower() as f32, surrogate.upper() as f32);
    let mut layers = Layers::new(network, inputs, seed);
    let mut open: Vec<Vec<Window>> = Vec::with_capacity(network.depth());
    for layer in 0..network.depth() {
        let rows = layers.hidden.rows().par_iter();
        open.push(
            rows.map(|row| row.map(|x| lower < x && x < upper))
                .collect(),
        );
        layers.step(layer);
    }
    let (points, width) = (layers.hidden.points(), network.width());
    let mut gradient = unit_gradients(points, width, seed);
    let mut earlier = Hidden::zeros(points, width);
    let (height, power) = libm::frexp(surrogate.height());
    let (height, mut shift) = (height as f32, 0.0);
    let mut norms = vec![0.0];
    for (layer, open) in open.iter().enumerate().rev() {
        let weights = &network.weights(seed, layer);
        let rows = earlier.rows_mut().par_chunks_mut(points);
        rows.zip(open.par_chunks(points))
            .enumerate()
            .for_each(|(panel, (output, open))| {
                let gradient = &gradient;
                Arch::new().dispatch(Transposed {
                    weights,
                    panel,
                    gradient,
                    output,
                });
                for (row, open) in output.iter_mut().zip(open) {
                    for (x, open) in row.iter_mut().zip(open) {
                        *x = if *open { height * *x } else { 0.0 };
                    }
                }
            });
        std::mem::swap(&mut gradient, &mut earlier);
        shift += 2.0 * f64::from(power) * LN_2;
        norms.push(log_norm(&mut gradient, &mut shift));
    }
    norms.reverse();
    norms
}

/// The logarithm of the squared norm of `exp(shift / 2)` times a gradient. Then a power of two is moved from the gradient
/// into `shift`, so that no gradient leaves the range of f32.
pub(crate) fn log_norm(gradient: &mut Hidden, shift: &mut f64) -> f64 {
    let norm = gradient.variance() * gradient.width() as f64;
    let logarithm = libm::log(norm) + *shift;
    let size = libm::frexp(norm).1 / 2;
    let factor = libm::ldexp(1.0, -size);
    let states = gradient.rows_mut().iter_mut().flatten();
    states.for_each(|x| *x = (f64::from(*x) * factor) as f32);
    *shift += 2.0 * f64::from(size) * LN_2;
    logarithm
}

/// A random gradient of norm 1 for every point.
pub(crate) fn unit_gradients(points: usize, width: usize, seed: u64) -> Hidden {
    let mut gradient = Hidden::zeros(points, width);
    let mut rows = vec![[0.0; LANES]; width.div_ceil(LANES)];
    for point in 0..points {
        let mut random = Random::new(seed, Purpose::Gradient, [point, 0, 0]);
        // A single random number can be 0.
        let mut square = 0.0;
        while square == 0.0 {
            random.normal(1.0, &mut rows);
            let values = rows.iter().flatten().take(width);
            square = values.map(|x| f64::from(*x) * f64::from(*x)).sum();
        }
        let scale = 1.0 / square.sqrt();
        let values = rows.iter().flatten().take(width);
        gradient.set_row(point, values.map(|x| (f64::from(*x) * scale) as f32));
    }
    gradient
}
