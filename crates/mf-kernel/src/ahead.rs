//! Fetching weights into the cache before they are needed.

use crate::Tile;

/// The tile that is needed next. With each row of products a part of it is fetched into the cache, because the
/// processor does not predict the order of tiles early enough. It changes only the speed.
pub struct Ahead<'a> {
    numbers: &'a [f32],
}

impl<'a> Ahead<'a> {
    /// Numbers from one fetch to the next, half a line of most caches. At this rate the products of a tile with 32
    /// samples fetch all of the next tile; memory would not be fast enough for a higher rate.
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

/// No such instruction on other processors.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn prefetch(_: &f32) {}
