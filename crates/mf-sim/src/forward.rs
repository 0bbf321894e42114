//! States from layer to layer.

use crate::error::SimError;
use crate::hidden::Hidden;
use crate::inputs::Inputs;
use crate::memory::{check_memory, memory_needed};
use crate::network::Network;
use crate::weights::Product;
use mf_kernel::{Bins, LANES, Purpose, Random, Row};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::ops::ControlFlow;

/// How to run. Only the seed changes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Seed of the weights and biases.
    pub seed: u64,
    /// Threads to use; 0 is one for each core.
    pub threads: usize,
    /// The most memory that the run may use, in bytes.
    pub memory: u64,
}

impl Run {
    /// A run on all cores that may use 8 GiB.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            threads: 0,
            memory: 8 << 30,
        }
    }

    pub(crate) fn pool(&self) -> Result<ThreadPool, SimError> {
        let threads = self.threads;
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| SimError::Threads {
                threads,
                reason: error.to_string(),
            })
    }
}

/// Runs `inputs` through `network` and calls `on_layer` with every layer, the inputs (layer 0) first; `Break` ends the
/// run.
///
/// Measurements with rayon in `on_layer` use the threads of the run.
///
/// # Errors
/// [`SimError`] if the widths differ, memory is too small, or threads cannot be started.
pub fn forward(
    network: &Network,
    inputs: &Inputs,
    run: &Run,
    on_layer: &mut (dyn FnMut(usize, &Hidden) -> ControlFlow<()> + Send),
) -> Result<(), SimError> {
    check(network, inputs, run, memory_needed)?;
    run.pool()?.install(|| {
        let mut layers = Layers::new(network, inputs, run.seed);
        for layer in 0..network.depth() {
            if on_layer(layer, &layers.hidden).is_break() {
                return;
            }
            layers.step(layer);
        }
        let _ = on_layer(network.depth(), &layers.hidden);
    });
    Ok(())
}

/// Checks that the inputs have the width of the network and that the run has enough memory.
pub(crate) fn check(
    network: &Network,
    inputs: &Inputs,
    run: &Run,
    needed: impl Fn(usize, usize) -> u64,
) -> Result<(), SimError> {
    let (points, inputs, network) = (
        inputs.states().points(),
        inputs.states().width(),
        network.width(),
    );
    if inputs == network {
        check_memory(points, network, run.memory, needed)
    } else {
        Err(SimError::Width { inputs, network })
    }
}

/// The state of a run.
pub(crate) struct Layers<'a> {
    network: &'a Network,
    bins: Bins,
    seed: u64,
    pub(crate) hidden: Hidden,
    activations: Hidden,
}

impl<'a> Layers<'a> {
    pub(crate) fn new(network: &'a Network, inputs: &Inputs, seed: u64) -> Self {
        let hidden = inputs.states().clone();
        let activations = Hidden::zeros(hidden.points(), hidden.width());
        Self {
            network,
            bins: Bins::new(network.activation()),
            seed,
            hidden,
            activations,
        }
    }

    /// Computes the states of the layer after `layer`.
    pub(crate) fn step(&mut self, layer: usize) {
        let arch = Arch::new();
        let points = self.hidden.points();
        let bins = &self.bins;
        self.activations
            .rows_mut()
            .par_chunks_mut(points)
            .zip(self.hidden.rows().par_chunks(points))
            .for_each(|(to, from)| arch.dispatch(Phi { bins, from, to }));
        let (network, activations, seed) = (self.network, &self.activations, self.seed);
        let weights = &network.weights(seed, layer);
        self.hidden
            .rows_mut()
            .par_chunks_mut(points)
            .enumerate()
            .for_each(|(panel, output)| {
                let mut bias = [[0.0; LANES]];
                Random::new(seed, Purpose::Bias, [layer, panel, 0])
                    .normal(network.sigma_b() as f32, &mut bias);
                output.fill(bias[0]);
                arch.dispatch(Product {
                    weights,
                    panel,
                    activations,
                    output,
                });
            });
    }
}

/// One panel of activations: `phi(u)`.
pub(crate) struct Phi<'a> {
    pub(crate) bins: &'a Bins,
    pub(crate) from: &'a [Row],
    pub(crate) to: &'a mut [Row],
}

impl WithSimd for Phi<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.bins.apply(simd, self.from, self.to);
    }
}
