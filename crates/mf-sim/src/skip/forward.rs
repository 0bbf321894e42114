//! The stream from block to block.

use super::{SkipNetwork, Weights};
use crate::error::SimError;
use crate::forward::{Phi, Run};
use crate::hidden::Hidden;
use crate::inputs::Inputs;
use crate::law::Law;
use crate::memory::check_memory;
use crate::weights::Product;
use mf_kernel::{Bins, LANES, Row};
use pulp::Arch;
use rayon::prelude::*;
use std::ops::ControlFlow;

/// Runs `inputs` through `network` and calls `on_block` with the stream before the first block (block 0) and after every
/// block; `Break` ends the run. Drawn weights of one seed are the same for any stream; results do not depend on the number
/// of threads. Identical inputs stay identical to the last bit.
///
/// # Errors
/// [`SimError`] if the widths differ, memory is too small, or threads cannot be started.
pub fn forward(
    network: &SkipNetwork,
    inputs: &Inputs,
    run: &Run,
    on_block: &mut (dyn FnMut(usize, &Hidden) -> ControlFlow<()> + Send),
) -> Result<(), SimError> {
    check(network, inputs, run, memory_needed)?;
    run.pool()?.install(|| {
        let mut blocks = Blocks::new(network, inputs, run.seed);
        for block in 0..network.blocks() {
            if on_block(block, &blocks.stream).is_break() {
                return;
            }
            blocks.step(block);
        }
        let _ = on_block(network.blocks(), &blocks.stream);
    });
    Ok(())
}

/// Bytes that [`forward`] needs for `points` inputs of `width` units: the stream, the branch's inputs and its activations,
/// and the scales of weights.
///
/// ```
/// // Two inputs of 16 panels of 64 units, 4 bytes, three times; a scale for each unit.
/// assert_eq!(mf_sim::skip::memory_needed(2, 1024), (2 * 3 + 2) * 1024 * 4 + 32);
/// ```
pub fn memory_needed(points: usize, width: usize) -> u64 {
    let (points, panels) = (points as u64, width.div_ceil(LANES) as u64);
    let row = size_of::<Row>() as u64;
    let states = points.saturating_mul(3 * panels).saturating_mul(row);
    // Scales are found in f64.
    let scales = panels.saturating_mul(2 * row);
    let law = points.saturating_mul(points).saturating_mul(8);
    states.saturating_add(scales).saturating_add(law)
}

/// Checks that the inputs have the width of the network and that the run has enough memory.
pub(super) fn check(
    network: &SkipNetwork,
    inputs: &Inputs,
    run: &Run,
    needed: impl Fn(usize, usize) -> u64,
) -> Result<(), SimError> {
    let states = inputs.states();
    let (inputs, width) = (states.width(), network.width());
    if inputs == width {
        check_memory(states.points(), width, run.memory, needed)
    } else {
        let network = width;
        Err(SimError::Width { inputs, network })
    }
}

/// The state of a run.
pub(super) struct Blocks<'a> {
    network: &'a SkipNetwork,
    bins: Bins,
    stream_bins: Option<Bins>,
    seed: u64,
    pub(super) stream: Hidden,
    /// What the branch's activation reads, then the sum of stream and branch.
    inner: Hidden,
    activations: Hidden,
}

/// What a block's gradients need.
pub(super) struct Trace {
    /// What the branch's activation reads.
    pub(super) branch: Hidden,
    /// `1 / rms` of the stream, for each input, if the branch normalizes it.
    pub(super) branch_scales: Option<Vec<f64>>,
    /// The normalized sum, and `1 / rms` of the sum, if it is normalized.
    pub(super) sum: Option<(Hidden, Vec<f64>)>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(network: &'a SkipNetwork, inputs: &Inputs, seed: u64) -> Self {
        let stream = inputs.states().clone();
        let inner = Hidden::zeros(stream.points(), stream.width());
        Self {
            network,
            bins: Bins::new(&network.activation),
            stream_bins: network.quantizer.as_ref().map(Bins::new),
            seed,
            activations: inner.clone(),
            stream,
            inner,
        }
    }

    /// Computes the stream after `block`.
    pub(super) fn step(&mut self, block: usize) {
        self.read();
        self.add(block);
        self.end();
    }

    /// The same, and what its gradients need.
    pub(super) fn traced_step(&mut self, block: usize) -> Trace {
        let branch_scales = self.read();
        let branch = self.inner.clone();
        self.add(block);
        let sum = self.end_with(|sum, scales| (sum.clone(), scales));
        Trace {
            branch,
            branch_scales,
            sum,
        }
    }

    /// What the branch's activation reads, and its activations.
    fn read(&mut self) -> Option<Vec<f64>> {
        self.inner.rows_mut().copy_from_slice(self.stream.rows());
        let scales = self.network.normalizes_branch();
        let scales = scales.then(|| normalize(&mut self.inner));
        round(&self.bins, &self.inner, &mut self.activations);
        scales
    }

    /// The sum of stream and branch.
    fn add(&mut self, block: usize) {
        let (network, seed, points) = (self.network, self.seed, self.stream.points());
        if network.weights == Weights::Law {
            Law::of(&self.activations, network.branch().sqrt(), 0.0).draw(
                seed,
                block,
                &mut self.inner,
            );
        } else {
            let weights = &network.block_weights(seed, block);
            let activations = &self.activations;
            let panels = self.inner.rows_mut().par_chunks_mut(points);
            panels.enumerate().for_each(|(panel, output)| {
                output.fill([0.0; LANES]);
                Arch::new().dispatch(Product {
                    weights,
                    panel,
                    activations,
                    output,
                });
            });
        }
        if network.skips() {
            let sum = self.inner.rows_mut().as_flattened_mut();
            let stream = self.stream.rows().as_flattened();
            sum.iter_mut().zip(stream).for_each(|(sum, h)| *sum += h);
        }
    }

    /// The next stream.
    fn end(&mut self) {
        self.end_with(|_, _| ());
    }

    /// The next stream; `keep` sees the normalized sum.
    fn end_with<T>(&mut self, keep: impl FnOnce(&Hidden, Vec<f64>) -> T) -> Option<T> {
        let normalizes = self.network.normalizes_sum();
        let scales = normalizes.then(|| normalize(&mut self.inner));
        let kept = scales.map(|scales| keep(&self.inner, scales));
        match &self.stream_bins {
            Some(bins) => round(bins, &self.inner, &mut self.stream),
            None => std::mem::swap(&mut self.stream, &mut self.inner),
        }
        kept
    }
}

/// `to = q(from)`.
fn round(bins: &Bins, from: &Hidden, to: &mut Hidden) {
    let (from, to) = (from.rows(), to.rows_mut());
    Arch::new().dispatch(Phi { bins, from, to });
}

/// Divides the states of each point by the root of their mean square. Gives the factors; 0 for states of 0.
fn normalize(states: &mut Hidden) -> Vec<f64> {
    let factor = |square: f64| {
        if square == 0.0 {
            0.0
        } else {
            1.0 / square.sqrt()
        }
    };
    let points = 0..states.points();
    let factors: Vec<f64> = points.map(|p| factor(states.covariance(p, p))).collect();
    for panel in states.rows_mut().chunks_mut(factors.len()) {
        for (row, factor) in panel.iter_mut().zip(&factors) {
            row.iter_mut().for_each(|x| *x *= *factor as f32);
        }
    }
    factors
}
