//! Runs the cells of a stage: longest first, one thread a cell, within the limits of threads and memory.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kinds::keeper::{Cell, CellsError};
use crate::run::forecast::{Forecast, Part};
use crate::words::budget::{Budget, Pick, Room};
use crate::words::listener::{Advance, Listener};

/// The cells of a stage while they run.
pub(crate) struct Grid<'a, T> {
    listener: &'a dyn Listener,
    forecast: &'a Forecast<'a>,
    /// Whether the other cells go on after a failure.
    keep_going: bool,
    /// The number of cells, kept ones with them.
    total: usize,
    state: Mutex<State<T>>,
}

struct State<T> {
    /// Cells that have not begun, longest first.
    waiting: VecDeque<usize>,
    /// Cells that are not finished, those that run with them.
    left: Vec<usize>,
    finished: Vec<(usize, T)>,
    /// The first error, and how many there are.
    error: Option<CellsError>,
    failed: usize,
    /// The cost of the finished cells, and the seconds they took.
    cost: f64,
    seconds: f64,
}

impl<'a, T: Send> Grid<'a, T> {
    pub(crate) fn new(
        listener: &'a dyn Listener,
        forecast: &'a Forecast<'a>,
        keep_going: bool,
        part: Part<'_>,
    ) -> Self {
        Self {
            listener,
            forecast,
            keep_going,
            total: part.total,
            state: Mutex::new(State {
                waiting: part.to_do.iter().copied().collect(),
                left: part.to_do.to_vec(),
                finished: Vec::with_capacity(part.to_do.len()),
                error: None,
                failed: 0,
                cost: 0.0,
                seconds: 0.0,
            }),
        }
    }

    /// Runs all; gives the results with their indices, as they were finished.
    pub(crate) fn run(
        self,
        budget: &Budget,
        compute: impl Fn(usize, &Cell<Value>) -> Result<T, CellsError> + Sync,
    ) -> Result<Vec<(usize, T)>, CellsError> {
        let count = self.state().waiting.len();
        self.tell(&self.state());
        std::thread::scope(|scope| {
            for _ in 0..count.min(budget.threads()) {
                scope.spawn(|| self.work(budget, &compute));
            }
        });
        self.end()
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Cells run outside of this lock, and their panics are caught.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One thread: takes cells until none is left.
    fn work(
        &self,
        budget: &Budget,
        compute: &impl Fn(usize, &Cell<Value>) -> Result<T, CellsError>,
    ) {
        while let Some(((index, cell), _share)) = budget.take(|room| self.pick(room)) {
            let clock = Instant::now();
            let result = compute(index, cell);
            self.settle(index, cell, result, clock.elapsed());
        }
    }

    /// The longest waiting cell, if there is memory for it. Shorter ones do not go first: then it would end last.
    fn pick(&self, room: Room) -> Pick<(usize, &'a Cell<Value>)> {
        let mut state = self.state();
        if self.listener.cancelled() {
            state.waiting.clear();
        }
        let next = state.waiting.front().copied();
        let Some((index, cell)) =
            next.and_then(|index| Some((index, self.forecast.cells.get(index)?)))
        else {
            return Pick::Done;
        };
        if room.threads == 0 || cell.memory > room.memory {
            return Pick::Wait;
        }
        state.waiting.pop_front();
        Pick::Take((index, cell), cell.memory)
    }

    fn settle(
        &self,
        index: usize,
        cell: &Cell<Value>,
        result: Result<T, CellsError>,
        took: Duration,
    ) {
        let mut state = self.state();
        match result {
            Ok(value) => {
                state.left.retain(|left| *left != index);
                state.finished.push((index, value));
                state.cost += cell.cost;
                state.seconds += took.as_secs_f64();
                self.tell(&state);
            }
            Err(error) => {
                if !self.keep_going {
                    state.waiting.clear();
                }
                state.failed += 1;
                state.error.get_or_insert(error);
            }
        }
    }

    /// Reports how many cells are done (under the lock, so that counts come in order), and the time left, at the rate of
    /// the cells so far.
    fn tell(&self, state: &State<T>) {
        let measured = (state.cost > 0.0).then(|| state.seconds / state.cost);
        let rate = measured.or(self.forecast.probed);
        self.listener.progress(&Advance {
            done: (self.total - state.left.len()) as u64,
            total: self.total as u64,
            seconds_left: rate.map(|rate| self.forecast.seconds(rate, &state.left)),
        });
    }

    fn end(self) -> Result<Vec<(usize, T)>, CellsError> {
        let state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        // A cell that stops at the flag returns an error, which is not a failure.
        if self.listener.cancelled() && !state.left.is_empty() {
            return Err(CellsError::Cancelled {
                done: self.total - state.left.len(),
                total: self.total,
            });
        }
        match (state.failed, state.error) {
            (_, None) => Ok(state.finished),
            (1, Some(error)) => Err(error),
            (count, Some(error)) => Err(CellsError::Several {
                count,
                total: self.total,
                first: Box::new(error),
            }),
        }
    }
}
