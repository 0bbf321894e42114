//! Fetching weights before their turn.

use crate::{LANES, Tile};

/// A tile that is needed next: with each row of products a line of it is brought nearer to the processor, which does not
/// foresee the order of tiles, or not as early. Nothing depends on it but time.
pub struct Ahead<'a> {
    tile: Option<&'a Tile>,
    next: usize,
}

impl<'a> Ahead<'a> {
    /// Numbers from one fetch to the next, a line of most caches: the products of a tile with 32 samples go through all of
    /// the next tile.
    const STRIDE: usize = 16;

    /// Fetches this tile, if there is one.
    #[inline(always)]
    pub fn new(tile: Option<&'a Tile>) -> Self {
        Self { tile, next: 0 }
    }

    /// Starts the next fetch; after the last number it starts again, which costs less than a branch that ends.
    #[inline(always)]
    pub(crate) fn fetch(&mut self) {
        if let Some(tile) = self.tile {
            let numbers = tile.as_flattened();
            prefetch(&numbers[self.next % (LANES * LANES)]);
            self.next += Self::STRIDE;
        }
    }
}

/// Starts to bring a number into the cache.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn prefetch(number: &f32) {
    use pulp::core_arch::x86::Sse;
    if let Some(sse) = Sse::try_new() {
        sse._mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T1 }>(std::ptr::from_ref(number).cast());
    }
}

/// Elsewhere there is no such hint.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn prefetch(_: &f32) {}
