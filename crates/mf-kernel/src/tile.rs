//! The layout of numbers in memory.
//!
//! | word | meaning |
//! | --- | --- |
//! | row | [`LANES`] numbers |
//! | tile | a square of rows: the weights from [`LANES`] units to as many of the next layer |
//! | panel | states, activations or gradients of [`LANES`] units of a layer, for all samples that are processed together |
//!
//! The last tiles and panels of a layer may have more lanes than there are units left ([`lanes`]).

/// The length of a row, and the number of units of a panel.
pub const LANES: usize = 64;

/// A row of [`LANES`] numbers.
pub type Row = [f32; LANES];

/// Weights between a panel of a layer and one of the next.
pub type Tile = [Row; LANES];

/// Lanes in use of a panel of a layer of `units` units; 0 if there is no such panel.
#[inline(always)]
pub fn lanes(units: usize, panel: usize) -> usize {
    units.saturating_sub(panel * LANES).min(LANES)
}

/// `to[c][r] = from[r][c]`.
#[inline(always)]
pub fn transpose<const ROWS: usize, const COLUMNS: usize>(
    from: &[[f32; COLUMNS]; ROWS],
    to: &mut [[f32; ROWS]; COLUMNS],
) {
    // Writing in order is faster than reading in order.
    for (c, column) in to.iter_mut().enumerate() {
        for (value, row) in column.iter_mut().zip(from) {
            *value = row[c];
        }
    }
}
