//! What simulation and training share: random numbers and quantizers in f32, fast, with the same bits on any processor.
//!
//! | what | module |
//! | --- | --- |
//! | random bits, and where a stream's seed comes from | [`random`] |
//! | normal numbers | [`normal`] |
//! | uniform numbers and permutations | [`uniform`] |
//! | a step activation on rows of numbers | [`bins`] |
//!
//! Everything works on rows of [`LANES`] numbers. Operations are correctly rounded ones (add, multiply, fused
//! multiply-add, square root) in an order that does not depend on the length of the machine's vectors, so a number's bits
//! don't either. The widest vectors are chosen at run time by `pulp`: the functions inline into the caller's
//! `Arch::dispatch`.

pub mod bins;
pub mod normal;
pub mod random;
pub mod uniform;

pub use bins::Bins;
pub use random::{Purpose, Random};

/// Numbers in a row of a tile.
pub const LANES: usize = 64;

/// A row of [`LANES`] numbers.
pub type Row = [f32; LANES];
