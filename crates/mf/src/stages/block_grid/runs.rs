//! The table of a grid: what its networks learned.

use mf_data::{DataError, Table};

use super::plan::Plan;
use crate::stages::training::{Kept, results, runs};

/// A row for each network and test.
///
/// # Errors
/// Those of the table builder; none are expected.
pub(super) fn table(plans: &[Plan<'_>], kept: &[Kept]) -> Result<Table, DataError> {
    let runs = runs(plans, kept);
    let described = Table::of(&runs)
        .text("quantizer", "name in pipeline.toml, or uniform-N", |r| {
            &r.plan.subject.name
        })
        .u64("states", "1", "number of states N", |r| {
            r.plan.subject.states()
        })
        .text("network", "how a block joins the stream", |r| {
            r.plan.architecture.name()
        })
        .text(
            "weights",
            "full-precision, or a format and its scale",
            |r| r.plan.weights.name(),
        )
        .f64(
            "depth_scale",
            "blocks",
            "xi of the network at infinite width; NaN where a small signal does not fall exponentially",
            |r| r.plan.depth_scale,
        )
        .u64("layers", "blocks", "number of blocks", |r| {
            r.plan.model.blocks as u64
        })
        .u64("width", "units", "units of the stream", |r| {
            r.plan.model.width as u64
        });
    results(described, "blocks").build()
}
