//! The tables of first steps: network by network, and over the networks of a depth.

use mf_data::{DataError, Table};
use mf_fit::{Deviations, Mean, jackknife};

use crate::stages::kernel::{self, Network};

/// A network after its first steps.
pub(super) struct Step<'a> {
    pub(super) network: &'a Network<'a>,
    pub(super) blocks: usize,
    pub(super) number: u32,
    /// Mean losses of the test images: at the start, of the network, of the kernel.
    pub(super) test: [f64; 3],
    /// The same for the training images.
    pub(super) training: [f64; 3],
}

/// A row for each network.
///
/// # Errors
/// Those of the table builder; none are expected.
pub(super) fn table(steps: &[Step<'_>]) -> Result<Table, DataError> {
    let rows = kernel::named(Table::of(steps), |s| s.network);
    kernel::at_depth(rows, |s| s.network, |s| s.blocks)
        .u64("seed", "1", "number of the network, from 0", |s| {
            u64::from(s.number)
        })
        .f64(
            "test_start",
            "nats",
            "mean cross-entropy of the test images before training",
            |s| s.test[0],
        )
        .f64(
            "test_change",
            "nats",
            "its change over the first steps of the network",
            |s| s.test[1] - s.test[0],
        )
        .f64(
            "test_predicted",
            "nats",
            "its change by the mixed kernel, from the outputs of the network before training",
            |s| s.test[2] - s.test[0],
        )
        .f64(
            "training_start",
            "nats",
            "mean cross-entropy of the training images before training",
            |s| s.training[0],
        )
        .f64(
            "training_change",
            "nats",
            "its change over the first steps of the network",
            |s| s.training[1] - s.training[0],
        )
        .f64(
            "training_predicted",
            "nats",
            "its change by the mixed kernel, from the outputs of the network before training",
            |s| s.training[2] - s.training[0],
        )
        .build()
}

/// The networks of one depth.
pub(super) struct Change<'a> {
    first: &'a Step<'a>,
    networks: u64,
    change: Mean,
    predicted: Mean,
    ratio: Mean,
    training_ratio: Mean,
    /// Change minus predicted change, network by network.
    apart: Mean,
    deviation: f64,
}

impl<'a> Change<'a> {
    pub(super) fn new(steps: &'a [Step<'a>], deviations: &mut Deviations) -> Self {
        let over = |of: fn(&Step<'_>) -> [f64; 3], what: fn(&[f64], f64) -> f64| {
            let changes = steps.iter().map(|step| {
                let [start, end, predicted] = of(step);
                vec![end - start, predicted - start]
            });
            jackknife(&changes.collect::<Vec<_>>(), what)
        };
        let apart: Mean = steps
            .iter()
            .map(|step| step.test[1] - step.test[2])
            .collect();
        Self {
            first: &steps[0],
            networks: steps.len() as u64,
            change: over(|step| step.test, |sum, count| sum[0] / count),
            predicted: over(|step| step.test, |sum, count| sum[1] / count),
            ratio: over(|step| step.test, |sum, _| sum[0] / sum[1]),
            training_ratio: over(|step| step.training, |sum, _| sum[0] / sum[1]),
            deviation: deviations.judge(&apart, 0.0),
            apart,
        }
    }
}

/// A row for each depth.
///
/// # Errors
/// Those of the table builder; none are expected.
pub(super) fn changes_table(changes: &[Change<'_>]) -> Result<Table, DataError> {
    let rows = Table::of(changes).text("group", "the network in words", |c| {
        let network = c.first.network;
        format!(
            "{}, {}, {} blocks",
            network.subject.name,
            network.architecture.name(),
            c.first.blocks
        )
    });
    let rows = kernel::named(rows, |c| c.first.network);
    kernel::at_depth(rows, |c| c.first.network, |c| c.first.blocks)
        .f64(
            "change",
            "nats",
            "change of the mean cross-entropy of the test images, mean over the networks",
            |c| c.change.mean(),
        )
        .f64("error", "nats", "its standard error", |c| {
            c.change.standard_error()
        })
        .f64(
            "predicted",
            "nats",
            "change by the mixed kernel, mean over the networks",
            |c| c.predicted.mean(),
        )
        .f64("fall", "nats", "minus the change", |c| -c.change.mean())
        .f64(
            "predicted_fall",
            "nats",
            "minus the change by the mixed kernel",
            |c| -c.predicted.mean(),
        )
        .f64(
            "difference_error",
            "nats",
            "standard error of change minus predicted change, of the same networks",
            |c| c.apart.standard_error(),
        )
        .f64(
            "deviation",
            "standard errors",
            "change minus predicted change, of the same networks",
            |c| c.deviation,
        )
        .f64(
            "ratio",
            "1",
            "change over predicted change, of the means",
            |c| c.ratio.mean(),
        )
        .f64(
            "ratio_error",
            "1",
            "its standard error, by the jackknife",
            |c| c.ratio.standard_error(),
        )
        .f64(
            "training_ratio",
            "1",
            "the same ratio for the training images",
            |c| c.training_ratio.mean(),
        )
        .f64(
            "training_ratio_error",
            "1",
            "its standard error, by the jackknife",
            |c| c.training_ratio.standard_error(),
        )
        .u64("networks", "1", "number of networks", |c| c.networks)
        .build()
}
