//! The number formats that the commands tell of, by the names that people give.

use anyhow::Context;
use mf_core::block::{Named, find_any};
use mf_fit::FormatOptimum;

/// Factors on the best scale at which xi is told.
pub(crate) const OFF: [(&str, f64); 4] = [
    ("half", 0.5),
    ("tenth_below", 0.9),
    ("tenth_above", 1.1),
    ("double", 2.0),
];

/// What the user named, and the format, or that of the elements, at its best scale.
///
/// # Errors
/// No format has that name, or several may be meant; the error suggests names.
pub(crate) fn named(name: &str) -> anyhow::Result<(Named, FormatOptimum)> {
    let named = find_any(name).with_context(|| {
        format!(
            "`{name}` is not a name of a format (`mf format list` has all; what pipeline.toml declares is shown by \
             `mf quantizer list`)"
        )
    })?;
    Ok((named, FormatOptimum::of(named.format)?))
}
