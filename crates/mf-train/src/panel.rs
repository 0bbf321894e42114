//! The layout of a batch in memory.
//!
//! A batch is processed in strips of 32 samples. A panel has a number for each of 64 units (rows) and each sample of a
//! strip (lanes). Panel `p` of strip `s` has the index `p * strips + s`. The last panel and the last strip are padded;
//! comments say why the padding has no effect.

use mf_kernel::{LANES, Row};

/// Number of samples of a strip.
pub(crate) const SAMPLES: usize = 32;

/// Units (rows) of a strip of samples (lanes).
pub(crate) type Panel = [[f32; SAMPLES]; LANES];

/// A panel, transposed: samples (rows) of units (lanes).
pub(crate) type Transposed = [Row; SAMPLES];

/// A panel of 0.
pub(crate) const EMPTY: Panel = [[0.0; SAMPLES]; LANES];
