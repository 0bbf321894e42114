//! One training as a cell: its recipe, what it costs, and the results that are kept.

use std::ops::ControlFlow;

use mf_pipeline::{BoxError, Cell, Job};
use mf_train::behaviour::Member;
use mf_train::{AnyModel, Dataset, Outcome, Point, Schedule};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PIXELS;
use crate::stages::stop;

/// The recipe of a training: everything on which its result depends.
#[derive(Serialize)]
pub(crate) struct Training<M> {
    /// `MD5SUMS`. The image files are checked against it, so it identifies them.
    pub(crate) data: String,
    pub(crate) model: M,
    pub(crate) schedule: Schedule,
    pub(crate) seed: u64,
}

impl<M> Training<M>
where
    for<'a> &'a M: Into<AnyModel<'a>>,
{
    /// The cell of this training; `label` has the network in words.
    pub(crate) fn cell(self, label: String) -> Cell<Self> {
        let Self {
            model, schedule, ..
        } = &self;
        let steps = f64::from(schedule.checkpoints.last().copied().unwrap_or_default());
        let tests = schedule.checkpoints.len() as f64;
        Cell {
            label,
            // Multiply-adds of the training and its tests.
            cost: steps * mf_train::step_cost(model, schedule.batch, PIXELS)
                + tests * mf_train::evaluation_cost(model, schedule.test_images, PIXELS),
            memory: mf_train::memory_needed(model, schedule, PIXELS),
            recipe: self,
        }
    }

    /// Trains the network, until it is done or the user asks to stop.
    pub(crate) fn compute(&self, data: &Dataset, job: &Job<'_>) -> Result<Kept, BoxError> {
        let go_on = &mut |_| stop::go_on(job);
        Ok(mf_train::train(&self.model, &self.schedule, data, self.seed, go_on)?.into())
    }

    /// Measures the time of a few steps, for the network of median cost.
    pub(crate) fn seconds_per_cost(cells: &[Cell<Self>], data: &Dataset) -> Option<f64> {
        let mut order: Vec<&Cell<Self>> = cells.iter().collect();
        order.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let Self {
            model, schedule, ..
        } = &order.get(order.len() / 2)?.recipe;
        let seconds = mf_train::seconds_per_step(model, schedule, data).ok()?;
        Some(seconds / mf_train::step_cost(model, schedule.batch, PIXELS))
    }
}

/// The results of small trainings, one for each branch of the code (`mf_train::behaviour`).
pub(crate) fn behaviour<M>(members: Vec<Member<M>>) -> Result<Value, BoxError>
where
    for<'a> &'a M: Into<AnyModel<'a>>,
{
    let data = mf_train::behaviour::dataset();
    let mut learned = Vec::new();
    for member in members {
        let go_on = &mut |_| ControlFlow::Continue(());
        let outcome = mf_train::train(&member.model, &member.schedule, &data, member.seed, go_on)?;
        learned.push(serde_json::to_value(Kept::from(outcome))?);
    }
    Ok(Value::Array(learned))
}

/// The result of a training: its tests, and the step at which it diverged, if it did.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) points: Vec<Tested>,
    pub(crate) diverged_at: Option<u32>,
}

impl From<Outcome> for Kept {
    fn from(outcome: Outcome) -> Self {
        Self {
            points: outcome.points.into_iter().map(Tested::from).collect(),
            diverged_at: outcome.diverged_at,
        }
    }
}

/// A test during the training.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tested {
    step: u32,
    pub(crate) train_loss: f64,
    pub(crate) test_loss: f64,
    pub(crate) accuracy: f64,
}

impl From<Point> for Tested {
    fn from(point: Point) -> Self {
        Self {
            step: point.step,
            train_loss: point.train_loss,
            test_loss: point.test_loss,
            accuracy: point.test_accuracy,
        }
    }
}
