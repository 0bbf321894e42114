//! The rows of a table of trained networks, and the columns that such tables share.

use mf_data::Rows;
use mf_train::Schedule;

use super::cell::Tested;
use super::{Kept, Pace};

/// One network of a grid.
pub(crate) trait Planned {
    /// Its learning rate.
    fn pace(&self) -> &Pace;
    /// Its number among networks of one setting.
    fn number(&self) -> u32;
    /// Its schedule.
    fn schedule(&self) -> &Schedule;
}

/// A network after a number of steps; `tested` is none if it had diverged.
pub(crate) struct Run<'a, P> {
    pub(crate) plan: &'a P,
    step: u32,
    tested: Option<&'a Tested>,
}

/// A row for each network and test.
pub(crate) fn runs<'a, P: Planned>(plans: &'a [P], kept: &'a [Kept]) -> Vec<Run<'a, P>> {
    let networks = plans.iter().zip(kept);
    let tests = networks.flat_map(|(plan, kept)| {
        let steps = plan.schedule().checkpoints.iter().enumerate();
        steps.map(move |(index, &step)| Run {
            plan,
            step,
            tested: kept.points.get(index),
        })
    });
    tests.collect()
}

impl<P> Run<'_, P> {
    fn value(&self, of: fn(&Tested) -> f64, diverged: f64) -> f64 {
        self.tested.map_or(diverged, of)
    }
}

/// The columns of learning rates and results; `depth` is what the learning time counts, layers or blocks.
pub(crate) fn results<'a, P: Planned>(
    rows: Rows<'a, Run<'a, P>>,
    depth: &str,
) -> Rows<'a, Run<'a, P>> {
    let time = format!("learning time: rate times width times {depth} times steps");
    rows.text(
        "rates",
        "learning rates: by depth, or the speed that all depths have",
        |r| r.plan.pace().name(),
    )
    .u64("seed", "1", "number of the network, from 0", |r| {
        u64::from(r.plan.number())
    })
    .u64("step", "steps", "steps of training before the test", |r| {
        u64::from(r.step)
    })
    .f64("time", "1", &time, |r| {
        r.plan.pace().speed * f64::from(r.step)
    })
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
}
