//! Measurements on independent networks.

use super::SkipNetwork;
use super::forward::{Blocks, check, memory_needed};
use crate::error::{SimError, at_least};
use crate::forward::Run;
use crate::hidden::Hidden;
use crate::inputs::Inputs;
use mf_fit::Mean;
use mf_kernel::{Purpose, Random};
use rayon::prelude::*;

/// Two inputs in the stream of one network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal {
    /// The mean square of the stream over units and all inputs.
    pub variance: f64,
    /// The correlation of the first two inputs.
    pub correlation: f64,
}

impl Signal {
    fn of(stream: &Hidden) -> Self {
        Self {
            variance: stream.variance(),
            correlation: stream.correlation(0, 1),
        }
    }
}

/// Variance and correlation in the stream of one network, before the first block and after every block.
///
/// # Errors
/// [`SimError`] unless there are 2 inputs or more, and as from [`forward`](super::forward).
pub fn signals(network: &SkipNetwork, inputs: &Inputs, run: &Run) -> Result<Vec<Signal>, SimError> {
    at_least(2, "points", inputs.states().points())?;
    let mut found = Vec::with_capacity(network.blocks() + 1);
    super::forward(network, inputs, run, &mut |_, stream| {
        found.push(Signal::of(stream));
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Means over networks after one block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockStatistics {
    /// The number of blocks, from 1.
    pub block: usize,
    /// The mean square of the stream over units and both inputs.
    pub variance: Mean,
    /// The correlation of the two inputs.
    pub correlation: Mean,
}

/// Means over `networks` networks of the correlation of two inputs that start with the correlation `start` and the variance
/// `variance`, after each number of `blocks`.
///
/// Each entry of `blocks` has networks of its own, with seeds of its own, so that all entries are independent: the squared
/// distances from a theory, in standard errors, add up to a chi-square ([`mf_fit::agreement`]). Two streams, formats or widths
/// with one seed are not independent: give each a seed of its own.
///
/// ```
/// use mf_core::{Scalable, StepActivation};
/// use mf_sim::{Run, skip::{SkipNetwork, Stream, Weights, correlations}};
///
/// // Post-norm with ternary activations.
/// let ternary = StepActivation::uniform(3)?.scaled(1.224)?;
/// let network = SkipNetwork::new(Stream::PostNorm { branch: 1.0 }, &ternary, Weights::Law, 500, 8)?;
/// let found = correlations(&network, 0.3, 1.0, &[1, 8], 400, &Run::new(7))?;
/// assert!(found[0].correlation.deviation(0.27219).abs() < 3.0);
/// assert!(found[1].correlation.deviation(0.13648).abs() < 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SimError`] unless there are 2 networks or more, each of `blocks` is from 1 to the network's number, the start is valid
/// for [`Inputs::with_correlations`], memory suffices for a network on every thread, and threads can be started.
pub fn correlations(
    network: &SkipNetwork,
    start: f64,
    variance: f64,
    blocks: &[usize],
    networks: usize,
    run: &Run,
) -> Result<Vec<BlockStatistics>, SimError> {
    at_least(2, "networks", networks)?;
    for block in blocks {
        at_least(1, "block", *block)?;
        at_least(*block, "the network's number of blocks", network.blocks())?;
    }
    let inputs = |seed| Inputs::with_correlations(&[start], network.width(), variance, seed);
    let pool = run.pool()?;
    let threads = pool.current_num_threads() as u64;
    let all = |points, width| memory_needed(points, width).saturating_mul(threads);
    check(network, &inputs(run.seed)?, run, all)?;
    let measured = |block: usize, number: usize| -> Result<Signal, SimError> {
        let seed = network_seed(run.seed, block, number);
        let mut streams = Blocks::new(network, &inputs(seed)?, seed);
        (0..block).for_each(|block| streams.step(block));
        Ok(Signal::of(&streams.stream))
    };
    pool.install(|| {
        let statistics = |block: &usize| {
            let numbers = (0..networks).into_par_iter();
            let found: Result<Vec<Signal>, SimError> =
                numbers.map(|number| measured(*block, number)).collect();
            let found = found?;
            Ok(BlockStatistics {
                block: *block,
                variance: found.iter().map(|signal| signal.variance).collect(),
                correlation: found.iter().map(|signal| signal.correlation).collect(),
            })
        };
        blocks.iter().map(statistics).collect()
    })
}

/// The seed of a network that is measured after a number of blocks.
fn network_seed(seed: u64, block: usize, number: usize) -> u64 {
    let [high, low, ..] = Random::new(seed, Purpose::Network, [block, number, 0]).bits();
    u64::from(high) << 32 | u64::from(low)
}
