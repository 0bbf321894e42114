//! The memory that a simulation needs, and the check that it is allowed.

use mf_kernel::{LANES, Row};

use crate::error::SimError;

/// Bytes that [`forward`](crate::forward()) needs for `points` inputs of `width` units: states, activations and the
/// covariances of all pairs. Weights are not stored.
pub fn memory_needed(points: usize, width: usize) -> u64 {
    let (points, panels) = (points as u64, width.div_ceil(LANES) as u64);
    let rows = points.saturating_mul(panels);
    let states = rows.saturating_mul(2 * size_of::<Row>() as u64);
    states.saturating_add(points.saturating_mul(points).saturating_mul(8))
}

/// Checks that `needed(points, width)` is at most `allowed` bytes; the error names the sizes that would fit.
pub(crate) fn check_memory(
    points: usize,
    width: usize,
    allowed: u64,
    needed: impl Fn(usize, usize) -> u64,
) -> Result<(), SimError> {
    let bytes = needed(points, width);
    if bytes <= allowed {
        return Ok(());
    }
    let fewer = largest(points, |points| needed(points, width) <= allowed);
    let narrower = largest(width, |width| needed(points, width) <= allowed);
    let remedy = match (fewer, narrower) {
        (0, 0) => "points and the width".to_owned(),
        (0, width) => format!("width to {width}"),
        (points, 0) => format!("points to {points}"),
        (points, width) => format!("points to {points} or the width to {width}"),
    };
    Err(SimError::Memory {
        needed: bytes,
        allowed,
        points,
        width,
        remedy,
    })
}

/// The largest number below `top` that fits, or 0.
fn largest(top: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, top);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
