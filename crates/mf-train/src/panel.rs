//! How the numbers of a batch lie in memory.
//!
//! A batch is worked on in strips of 32 samples. A panel is 64 units (rows) of a strip (lanes), a number for each: panel `p`
//! of a layer and strip `s` is number `p * strips + s`. Units and samples beyond the real ones are there too; what makes
//! them harmless is said where they could do harm.

use mf_kernel::{LANES, Row};

/// Samples of a strip.
pub(crate) const SAMPLES: usize = 32;

/// Units (rows) of a strip of samples (lanes).
pub(crate) type Panel = [[f32; SAMPLES]; LANES];

/// A panel, transposed: samples (rows) of units (lanes).
pub(crate) type Transposed = [Row; SAMPLES];

/// A panel of 0.
pub(crate) const EMPTY: Panel = [[0.0; SAMPLES]; LANES];
