//! What simulation and training share: random numbers, quantizers and products in f32, fast, with the same bits on any
//! processor.
//!
//! | what | module |
//! | --- | --- |
//! | random bits, and where a stream's seed comes from | [`random`] |
//! | normal numbers | [`normal`] |
//! | uniform numbers and permutations | [`uniform`] |
//! | a step activation on rows of numbers | [`bins`] |
//! | rows, tiles and panels | [`tile`] |
//! | the product of tiles, and a step down a gradient | [`product`], [`descent`] |
//! | fetching the next tile | [`ahead`] |
//! | every kind of vectors, for tests | [`machines`](mod@machines) |
//!
//! Everything works on rows of [`LANES`] numbers. Operations are correctly rounded ones (add, multiply, fused
//! multiply-add, square root) in an order that does not depend on the length of the machine's vectors, so a number's bits
//! don't either. The widest vectors are chosen at run time by `pulp`: the functions inline into the caller's
//! `Arch::dispatch`.

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
