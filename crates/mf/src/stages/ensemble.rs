//! What stages share that work long: a seed for each of many networks, and an end when the user asks for it.

use std::ops::ControlFlow;

use mf_pipeline::{BoxError, Job};

/// The seed of a network: the stage's own, and the network's number.
pub(crate) fn seed(job: &Job<'_>, network: u64) -> u64 {
    job.seed().unwrap_or_default().wrapping_add(network)
}

/// The seed of a network at a place of a grid, of its own for every place (SplitMix64's output function, Steele, Lea and
/// Flood 2014, after every part of the place).
pub(crate) fn seed_at(job: &Job<'_>, place: &[u64]) -> u64 {
    let finished = |key: u64| {
        let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        key ^ (key >> 31)
    };
    let seed = job.seed().unwrap_or_default();
    let next = |key: u64, part: &u64| finished(key.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ part);
    place.iter().fold(seed, next)
}

/// Whether a simulation goes on to its next layer.
pub(crate) fn go_on(job: &Job<'_>) -> ControlFlow<()> {
    if job.cancelled() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Whether the stage goes on: results of a simulation that was broken off are not to be used.
///
/// # Errors
/// The user asked to stop.
pub(crate) fn check(job: &Job<'_>) -> Result<(), BoxError> {
    if job.cancelled() {
        return Err("stopped on request".into());
    }
    Ok(())
}
