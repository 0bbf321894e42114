//! Fetching weights before their turn.

use crate::block::Tile;

/// A tile that is needed next: with each row of products a part of it is brought nearer to the processor, which does not
/// foresee the order of tiles, or not as early. Nothing depends on it but time.
pub(crate) struct Ahead<'a> {
    numbers: &'a [f32],
}

impl<'a> Ahead<'a> {
    /// Numbers from one fetch to the next, half a line of most caches: the products of a tile with one strip go through
    /// all of the next tile.
    const STRIDE: usize = 8;

    #[inline(always)]
    pub(crate) fn new(tile: Option<&'a Tile>) -> Self {
        Self {
            numbers: tile.map_or(&[], |tile| tile.as_flattened()),
        }
    }

    /// Starts the next fetch.
    #[inline(always)]
    pub(crate) fn fetch(&mut self) {
        if let Some((number, _)) = self.numbers.split_first() {
            prefetch(number);
            self.numbers = self.numbers.get(Self::STRIDE..).unwrap_or_default();
        }
    }
}

/// Starts to bring a number into the cache.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn prefetch(number: &f32) {
    use pulp::core_arch::x86::Sse;
    if let Some(sse) = Sse::try_new() {
        sse._mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(std::ptr::from_ref(number).cast());
    }
}

/// Elsewhere there is no such hint.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn prefetch(_: &f32) {}
