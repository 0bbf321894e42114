//! Fetching weights before their turn.

use crate::Tile;

/// A tile that is needed next: with each row of products a part of it is brought nearer to the processor, which does not
/// foresee the order of tiles, or not as early. Nothing depends on it but time.
pub struct Ahead<'a> {
    numbers: &'a [f32],
}

impl<'a> Ahead<'a> {
    /// Numbers from one fetch to the next, half a line of most caches: the products of a tile with 32 samples go through
    /// all of the next tile, and no faster, as memory would not follow.
    const STRIDE: usize = 8;

    /// Fetches this tile, if there is one.
    #[inline(always)]
    pub fn new(tile: Option<&'a Tile>) -> Self {
        Self {
            numbers: tile.map_or(&[], |tile| tile.as_flattened()),
        }
    }

    /// Starts the next fetch.
    #[inline(always)]
    pub(crate) fn fetch(&mut self) {
        if let Some((number, later)) = self.numbers.split_at_checked(Self::STRIDE) {
            prefetch(&number[0]);
            self.numbers = later;
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
