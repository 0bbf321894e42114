//! How numbers lie in memory: weights in tiles, activations in blocks.
//!
//! A block is 64 units of 32 samples, a number for each. Larger layers and batches are several blocks: block `b` of units
//! and strip `s` of samples is number `b * strips + s`. Units and samples beyond the real ones are there too; what makes
//! them harmless is said where they could do harm.

use mf_kernel::{LANES, Row};

/// Units of a block.
pub(crate) const UNITS: usize = LANES;

/// Samples of a block.
pub(crate) const SAMPLES: usize = 32;

/// The samples of one unit.
pub(crate) type Strip = [f32; SAMPLES];

/// Units (rows) of a strip of samples (lanes).
pub(crate) type Block = [Strip; UNITS];

/// A block, transposed: samples (rows) of a block of units (lanes).
pub(crate) type Transposed = [Row; SAMPLES];

/// Weights to a block of outputs (rows) from a block of inputs (lanes).
pub(crate) type Tile = [Row; UNITS];

/// Blocks of 0.
pub(crate) fn blocks(count: usize) -> Vec<Block> {
    vec![[[0.0; SAMPLES]; UNITS]; count]
}

/// Transposed blocks of 0.
pub(crate) fn transposed(count: usize) -> Vec<Transposed> {
    vec![[[0.0; UNITS]; SAMPLES]; count]
}

/// Number of real units in each block of a layer of `units`.
pub(crate) fn units_of(units: usize, block: usize) -> usize {
    units.saturating_sub(block * UNITS).min(UNITS)
}

/// `to[s][u] = from[u][s]`.
#[inline(always)]
pub(crate) fn transpose(from: &Block, to: &mut Transposed) {
    for (unit, strip) in from.iter().enumerate() {
        for (row, value) in to.iter_mut().zip(strip) {
            row[unit] = *value;
        }
    }
}
