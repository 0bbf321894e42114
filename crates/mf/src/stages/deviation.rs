//! How far measurements lie from theory, in standard errors, over all cells of a table.

use mf_pipeline::Outputs;
use mf_sim::Mean;

/// Beyond this many standard errors a cell counts as off.
const OFF: f64 = 3.0;

/// Cells that were judged, and those that are off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deviations {
    cells: u64,
    off: u64,
    largest: f64,
}

/// The numbers that [`Deviations::numbers`] adds.
pub(crate) fn names() -> Vec<String> {
    ["cells", "share-within-3", "largest-deviation"]
        .map(str::to_owned)
        .into()
}

/// How far a measurement lies from theory, in its standard errors; NaN where there is no error to measure by.
pub(crate) fn deviation(measured: &Mean, theory: f64) -> f64 {
    let deviation = (measured.mean() - theory) / measured.standard_error();
    if deviation.is_finite() {
        deviation
    } else {
        f64::NAN
    }
}

impl Deviations {
    /// The deviation of a cell, counted if there is a theory and an error to measure by. A measurement that is NaN is off.
    pub(crate) fn judge(&mut self, measured: &Mean, theory: f64) -> f64 {
        let deviation = deviation(measured, theory);
        if !theory.is_nan() && measured.standard_error() != 0.0 {
            self.cells += 1;
            let within = deviation.abs() <= OFF;
            self.off += u64::from(!within);
            self.largest = self.largest.max(deviation.abs());
        }
        deviation
    }

    /// The counts as numbers of a stage.
    pub(crate) fn numbers(self, outputs: Outputs) -> Outputs {
        let within = (self.cells - self.off) as f64 / self.cells as f64;
        outputs
            .number("cells", self.cells as f64, "1", "cells that were judged")
            .number(
                "share-within-3",
                within,
                "1",
                "share of the cells within 3 standard errors of the theory",
            )
            .number(
                "largest-deviation",
                self.largest,
                "standard errors",
                "the largest deviation of a cell",
            )
    }
}
