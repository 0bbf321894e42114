//! The kernels of simulation and training: fast random numbers, quantizers and products in f32, with the same bits on
//! any processor.
//!
//! | subject | module |
//! | --- | --- |
//! | random bits, and the seeds of streams | [`random`] |
//! | normal numbers | [`normal`] |
//! | uniform numbers and permutations | [`uniform`] |
//! | a step activation applied to rows of numbers | [`bins`] |
//! | rows, tiles and panels | [`tile`] |
//! | the product of tiles, and a step down a gradient | [`product`], [`descent`] |
//! | fetching the next tile | [`ahead`] |
//! | every vector length of this processor, for tests | [`machines`](mod@machines) |
//!
//! Everything works on rows of [`LANES`] numbers. Operations are correctly rounded ones (add, multiply, fused
//! multiply-add, square root) in an order that does not depend on the length of the machine's vectors, so a number's
//! bits do not depend on it either. `pulp` chooses the widest vectors at run time; the functions are inlined into the
//! caller's `Arch::dispatch`.

pub mod ahead;
pub mod bins;
pub mod descent;
pub mod machines;
pub mod normal;
pub mod product;
pub mod random;
pub mod tile;
pub mod uniform;

pub use ahead::Ahead;
pub use bins::Bins;
pub use descent::{Step, descend};
pub use machines::machines;
pub use product::{Columns, Rows, multiply};
pub use random::{Purpose, Random};
pub use tile::{LANES, Row, Tile, lanes, transpose};
