//! The threads that the cells of all stages of a run share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So many threads, however many stages ask for them.
pub(crate) struct Budget {
    threads: usize,
    busy: Mutex<usize>,
    freed: Condvar,
}

/// What a stage has for a thread.
pub(crate) enum Pick<T> {
    /// Something to do at once.
    Take(T),
    /// Something to do, once there is room for it.
    Wait,
    /// Nothing any more.
    Done,
}

/// A thread in use; dropping it gives it back.
pub(crate) struct Share<'a>(&'a Budget);

impl Budget {
    /// A budget of at least one thread.
    pub(crate) fn new(threads: usize) -> Self {
        Self {
            threads: threads.max(1),
            busy: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    fn busy(&self) -> MutexGuard<'_, usize> {
        // Nothing that could panic runs under this lock but a count.
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `pick` takes something (it is told whether a thread is free, and asked again whenever one becomes
    /// free) or has nothing any more.
    pub(crate) fn take<T>(&self, pick: impl Fn(bool) -> Pick<T>) -> Option<(T, Share<'_>)> {
        let mut busy = self.busy();
        loop {
            match pick(*busy < self.threads) {
                Pick::Take(taken) => {
                    *busy += 1;
                    return Some((taken, Share(self)));
                }
                Pick::Done => return None,
                Pick::Wait => {
                    busy = self
                        .freed
                        .wait(busy)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.0.busy() -= 1;
        self.0.freed.notify_all();
    }
}
