//! Gradients through the straight-through estimator.

use crate::error::{SimError, positive};
use crate::forward::{Layers, Run, check, check_memory, fill_weights, memory_needed};
use crate::hidden::Hidden;
use crate::inputs::Inputs;
use crate::network::Network;
use mf_kernel::{Ahead, LANES, Purpose, Random, Row, Rows, Tile, multiply, transpose};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// What stands for the derivative of the activation: `rho(x) = height` for `|x| < window`, else 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surrogate {
    height: f64,
    window: f64,
}

impl Surrogate {
    /// The surrogate of this height and window, as in `mf_core::surrogate`.
    ///
    /// # Errors
    /// [`SimError`] unless both are finite and above 0.
    pub fn new(height: f64, window: f64) -> Result<Self, SimError> {
        positive("height", height)?;
        positive("window", window)?;
        Ok(Self { height, window })
    }
}

/// Squared norms of gradients, averaged over the inputs: entry `l` is that of the gradient with respect to `u(l)`, for
/// `l = 0 ..= depth`.
///
/// Each input has its own random output gradient of norm 1 with respect to `u(depth)`, and
/// `g(l) = rho(u(l)) W^T g(l+1)` with the weights of the forward run of the same seed, drawn again. In the limit of
/// infinite width entry `l` is `M_JJ^(depth - l)` with `M_JJ` of `mf_core::surrogate::backward_gain`.
///
/// # Errors
/// [`SimError`] if the widths differ, memory does not suffice (a byte a state is kept), or threads can't be started.
pub fn gradient_norms(
    network: &Network,
    inputs: &Inputs,
    surrogate: &Surrogate,
    run: &Run,
) -> Result<Vec<f64>, SimError> {
    check(network, inputs)?;
    let (points, width) = (inputs.states().points(), network.width());
    let needed = |points, width| gradient_memory_needed(points, width, network.depth());
    check_memory(points, width, run.memory, needed)?;
    run.pool()?
        .install(|| Ok(backpropagated(network, inputs, surrogate, run.seed)))
}

/// Bytes that [`gradient_norms`] holds: gradients as large as the states, and a byte for each state of each layer.
pub fn gradient_memory_needed(points: usize, width: usize, depth: usize) -> u64 {
    let rows = (points as u64).saturating_mul(width.div_ceil(LANES) as u64);
    let windows = rows
        .saturating_mul(size_of::<Window>() as u64)
        .saturating_mul(depth as u64);
    memory_needed(points, width)
        .saturating_mul(2)
        .saturating_add(windows)
}

/// Whether `|x| < window`, for a row of states.
type Window = [bool; LANES];

fn backpropagated(
    network: &Network,
    inputs: &Inputs,
    surrogate: &Surrogate,
    seed: u64,
) -> Vec<f64> {
    let window = surrogate.window as f32;
    let mut layers = Layers::new(network, inputs, seed);
    let mut open: Vec<Vec<Window>> = Vec::with_capacity(network.depth());
    for layer in 0..network.depth() {
        let rows = layers.hidden.rows().par_iter();
        open.push(rows.map(|row| row.map(|x| x.abs() < window)).collect());
        layers.step(layer);
    }
    let (points, width) = (layers.hidden.points(), network.width());
    let mut gradient = unit_gradients(points, width, seed);
    let mut earlier = Hidden::zeros(points, width);
    let mut scale = 1.0_f64;
    let mut norms = vec![1.0];
    for (layer, open) in open.iter().enumerate().rev() {
        let height = surrogate.height as f32;
        let rows = earlier.rows_mut().par_chunks_mut(points);
        rows.zip(open.par_chunks(points))
            .enumerate()
            .for_each(|(panel, (output, open))| {
                let gradient = &gradient;
                Arch::new().dispatch(Panel {
                    network,
                    seed,
                    layer,
                    panel,
                    gradient,
                    height,
                    open,
                    output,
                });
            });
        std::mem::swap(&mut gradient, &mut earlier);
        let norm = gradient.variance() * width as f64;
        norms.push(norm * scale);
        scale *= rescaled(&mut gradient, norm);
    }
    norms.reverse();
    norms
}

/// Keeps vanishing and exploding gradients within f32: factors of `2^60`, which are exact, whose squares are returned.
fn rescaled(gradient: &mut Hidden, norm: f64) -> f64 {
    const FACTOR: f32 = (1_u64 << 60) as f32;
    let times = |gradient: &mut Hidden, factor: f32| {
        gradient
            .rows_mut()
            .iter_mut()
            .flatten()
            .for_each(|x| *x *= factor);
        1.0 / (f64::from(factor) * f64::from(factor))
    };
    if norm > 0.0 && norm < 1e-15 {
        times(gradient, FACTOR)
    } else if norm > 1e15 {
        times(gradient, 1.0 / FACTOR)
    } else {
        1.0
    }
}

/// A random gradient of norm 1 for every point.
fn unit_gradients(points: usize, width: usize, seed: u64) -> Hidden {
    let mut gradient = Hidden::zeros(points, width);
    let mut rows = vec![[0.0; LANES]; width.div_ceil(LANES)];
    for point in 0..points {
        Random::new(seed, Purpose::Gradient, [point, 0, 0]).normal(1.0, &mut rows);
        let values = rows.iter().flatten().take(width);
        let square: f64 = values.clone().map(|x| f64::from(*x) * f64::from(*x)).sum();
        let scale = if square > 0.0 {
            1.0 / square.sqrt()
        } else {
            0.0
        };
        gradient.set_row(point, values.map(|x| (f64::from(*x) * scale) as f32));
    }
    gradient
}

/// One panel of `rho(u) W^T g`.
struct Panel<'a> {
    network: &'a Network,
    seed: u64,
    layer: usize,
    panel: usize,
    gradient: &'a Hidden,
    height: f32,
    open: &'a [Window],
    output: &'a mut [Row],
}

impl WithSimd for Panel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            network,
            seed,
            layer,
            panel,
            gradient,
            height,
            open,
            output,
        } = self;
        output.fill([0.0; LANES]);
        let mut tile: Tile = [[0.0; LANES]; LANES];
        let mut transposed: Tile = [[0.0; LANES]; LANES];
        let ahead = &mut Ahead::new(None);
        for (next, (units, rows)) in gradient.panels().enumerate() {
            fill_weights(network, seed, [layer, next, panel], &mut tile);
            transpose(&tile, &mut transposed);
            multiply(simd, Rows(rows), &transposed[..units], output, ahead);
        }
        for (row, open) in output.iter_mut().zip(open) {
            for (x, open) in row.iter_mut().zip(open) {
                *x = if *open { height * *x } else { 0.0 };
            }
        }
    }
}
