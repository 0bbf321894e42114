//! How far measured values are from theory, over all cells of a table: three numbers of a stage.

use mf_fit::Deviations;

use super::numbers::Numbers;

/// The numbers of a stage that compares the cells of a table with theory. A cell's deviation is measured minus theory, in
/// units of the standard error of the measured value.
pub(crate) const NUMBERS: &Numbers<Deviations> = &[
    (
        "cells",
        "1",
        "cells that were compared with theory",
        |all| all.count() as f64,
    ),
    (
        "share-within-3",
        "1",
        "share of the cells within 3 standard errors of the theory",
        Deviations::share_within,
    ),
    (
        "largest-deviation",
        "standard errors",
        "largest deviation of a cell from theory",
        Deviations::largest,
    ),
];
