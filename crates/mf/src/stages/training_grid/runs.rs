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
            &r.plan.setting.subject.name
        })
        .u64("states", "1", "number of states N", |r| {
            r.plan.setting.subject.states()
        })
        .text(
            "start",
            "initialization: mean-field or fan-in-uniform",
            |r| r.plan.setting.start.name(),
        )
        .f64(
            "gain",
            "sigma_w_opt",
            "weight gain in units of the best one",
            |r| r.plan.setting.gain(),
        )
        .f64(
            "sigma_w",
            "1",
            "weight gain, for levels of which the largest is 1",
            |r| r.plan.setting.sigma_w,
        )
        .f64(
            "depth_scale",
            "layers",
            "xi at this gain; 0 if signals die",
            |r| r.plan.setting.depth_scale,
        )
        .u64("layers", "layers", "depth of the network", |r| {
            r.plan.model.layers as u64
        })
        .u64("width", "units", "units of a hidden layer", |r| {
            r.plan.model.width as u64
        });
    results(described, "layers").build()
}
