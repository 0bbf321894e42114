//! Runs the cells of a stage: longest first, one thread a cell, within the limits of threads and memory.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::kinds::cells::{Cell, CellsError};
use crate::run::forecast::{Forecast, Part};
use crate::words::budget::{Budget, Pick};
use crate::words::listener::{Advance, Listener};

/// The cells of a stage while they run.
pub(crate) struct Grid<'a, T> {
    listener: &'a dyn Listener,
    forecast: &'a Forecast<'a>,
    memory_limit: u64,
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
    /// The bytes of the cells that run.
    memory: u64,
    /// The first error.
    error: Option<CellsError>,
    /// The cost of the finished cells, and the seconds they took.
    cost: f64,
    seconds: f64,
}

impl<'a, T: Send> Grid<'a, T> {
    pub(crate) fn new(
        listener: &'a dyn Listener,
        forecast: &'a Forecast<'a>,
        memory_limit: u64,
        part: Part<'_>,
    ) -> Self {
        Self {
            listener,
            forecast,
            memory_limit,
            total: part.total,
            state: Mutex::new(State {
                waiting: part.to_do.iter().copied().collect(),
                left: part.to_do.to_vec(),
                finished: Vec::with_capacity(part.to_do.len()),
                memory: 0,
                error: None,
                cost: 0.0,
                seconds: 0.0,
            }),
        }
    }

    /// Runs all; gives the results with their indices, as they were finished.
    pub(crate) fn run(
        self,
        budget: &Budget,
        compute: impl Fn(usize, &Cell) -> Result<T, CellsError> + Sync,
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
    fn work(&self, budget: &Budget, compute: &impl Fn(usize, &Cell) -> Result<T, CellsError>) {
        while let Some(((index, cell), _share)) = budget.take(|is_free| self.pick(is_free)) {
            let clock = Instant::now();
            let result = compute(index, cell);
            self.settle(index, cell, result, clock.elapsed());
        }
    }

    /// The longest cell that waits, if there is room for it. Shorter ones do not overtake it: it would end last.
    fn pick(&self, is_free: bool) -> Pick<(usize, &'a Cell)> {
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
        let memory = state.memory.saturating_add(cell.memory);
        if !is_free || memory > self.memory_limit {
            return Pick::Wait;
        }
        state.waiting.pop_front();
        state.memory = memory;
        Pick::Take((index, cell))
    }

    fn settle(&self, index: usize, cell: &Cell, result: Result<T, CellsError>, took: Duration) {
        let mut state = self.state();
        state.memory -= cell.memory;
        match result {
            Ok(value) => {
                state.left.retain(|left| *left != index);
                state.finished.push((index, value));
                state.cost += cell.cost;
                state.seconds += took.as_secs_f64();
                self.tell(&state);
            }
            Err(error) => {
                state.waiting.clear();
                state.error.get_or_insert(error);
            }
        }
    }

    /// Tells how far the cells are (under the lock, so that no count is told late), and the time left: at the rate of
    /// what was computed so far.
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
        // A cell that looks at the flag ends with an error of its own, which is none.
        if self.listener.cancelled() && !state.left.is_empty() {
            return Err(CellsError::Cancelled {
                done: self.total - state.left.len(),
                total: self.total,
            });
        }
        match state.error {
            Some(error) => Err(error),
            None => Ok(state.finished),
        }
    }
}
