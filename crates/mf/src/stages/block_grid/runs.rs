//! The table of a grid: what its networks learned.

use mf_data::{DataError, Table};

use super::plan::Plan;
use crate::stages::training::{Kept, Tested};

/// A network after a number of steps; `tested` is none if it had diverged.
struct Run<'a> {
    plan: &'a Plan<'a>,
    step: u32,
    tested: Option<&'a Tested>,
}

impl Run<'_> {
    fn value(&self, of: fn(&Tested) -> f64, diverged: f64) -> f64 {
        self.tested.map_or(diverged, of)
    }
}

/// A row for each network and test.
///
/// # Errors
/// Those of the table builder; none are expected.
pub(super) fn table(plans: &[Plan<'_>], kept: &[Kept]) -> Result<Table, DataError> {
    let networks = plans.iter().zip(kept);
    let runs: Vec<Run<'_>> = networks
        .flat_map(|(plan, kept)| {
            let steps = plan.schedule.checkpoints.iter().enumerate();
            steps.map(move |(index, &step)| Run {
                plan,
                step,
                tested: kept.points.get(index),
            })
        })
        .collect();
    Table::of(&runs)
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
        })
        .text(
            "rates",
            "learning rates: by depth, or the speed that all depths have",
            |r| r.plan.pace.name(),
        )
        .u64("seed", "1", "number of the network, from 0", |r| {
            u64::from(r.plan.number)
        })
        .u64("step", "steps", "steps of training before the test", |r| {
            u64::from(r.step)
        })
        .f64(
            "time",
            "1",
            "learning time: rate times width times blocks times steps",
            |r| r.plan.pace.speed * f64::from(r.step),
        )
        .f64(
            "accuracy",
            "1",
            "share of the test images that are classified correctly; 0 if diverged",
            |r| r.value(|t| t.accuracy, 0.0),
        )
        .f64(
            "test_loss",
            "nats",
            "mean cross-entropy on the test images; NaN if diverged",
            |r| r.value(|t| t.test_loss, f64::NAN),
        )
        .f64(
            "train_loss",
            "nats",
            "mean cross-entropy of the steps since the last test; NaN if diverged",
            |r| r.value(|t| t.train_loss, f64::NAN),
        )
        .u64(
            "diverged",
            "1",
            "1 if a loss or a weight was NaN or infinite, 0 otherwise",
            |r| u64::from(r.tested.is_none()),
        )
        .build()
}
