//! How far measurements lie from theory, over all cells of a table: three numbers of a stage.

use mf_fit::Deviations;

use super::numbers::Numbers;

/// The numbers of a stage whose cells were judged.
pub(crate) const NUMBERS: &Numbers<Deviations> = &[
    ("cells", "1", "cells that were judged", |all| {
        all.count() as f64
    }),
    (
        "share-within-3",
        "1",
        "share of the cells within 3 standard errors of the theory",
        Deviations::share_within,
    ),
    (
        "largest-deviation",
        "standard errors",
        "the largest deviation of a cell",
        Deviations::largest,
    ),
];
