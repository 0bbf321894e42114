//! The threads and the memory that all stages of a run share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A number of threads and bytes, shared by all stages.
pub(crate) struct Budget {
    threads: usize,
    memory: u64,
    used: Mutex<Used>,
    freed: Condvar,
}

struct Used {
    threads: usize,
    memory: u64,
}

/// What is not in use.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub(crate) threads: usize,
    pub(crate) memory: u64,
}

/// What a stage has for a thread.
pub(crate) enum Pick<T> {
    /// Work that can start now and needs these bytes.
    Take(T, u64),
    /// Work that waits for memory.
    Wait,
    /// No more work.
    Done,
}

/// Threads and memory in use; dropping it gives them back.
pub(crate) struct Share<'a> {
    budget: &'a Budget,
    threads: usize,
    memory: u64,
}

/// How often a waiting thread checks whether the run is to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// The number of processors we may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Budget {
    /// A budget of at least one thread.
    pub(crate) fn new(threads: usize, memory: u64) -> Self {
        Self {
            threads: threads.max(1),
            memory,
            used: Mutex::new(Used {
                threads: 0,
                memory: 0,
            }),
            freed: Condvar::new(),
        }
    }

    /// All threads, in use or not.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// All bytes, in use or not.
    pub(crate) fn memory(&self) -> u64 {
        self.memory
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        // Only sums run under this lock, so that it cannot be poisoned.
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `pick` takes something for one thread (it is called with what is free, again and again) or has
    /// nothing any more.
    pub(crate) fn take<T>(&self, pick: impl Fn(Room) -> Pick<T>) -> Option<(T, Share<'_>)> {
        self.take_threads(|room| (1, pick(room)))
    }

    /// Waits until a thread and so many bytes are free, then takes as many threads as are, up to `most`. It does not wait
    /// for more memory than there is. None if `stop` says so first.
    pub(crate) fn take_some(
        &self,
        most: usize,
        memory: u64,
        stop: impl Fn() -> bool,
    ) -> Option<Share<'_>> {
        let memory = memory.min(self.memory);
        let pick = |room: Room| match room.threads {
            _ if stop() => Pick::Done,
            0 => Pick::Wait,
            _ if memory > room.memory => Pick::Wait,
            _ => Pick::Take((), memory),
        };
        let taken = self.take_threads(|room| (room.threads.min(most), pick(room)));
        taken.map(|((), share)| share)
    }

    fn take_threads<T>(&self, pick: impl Fn(Room) -> (usize, Pick<T>)) -> Option<(T, Share<'_>)> {
        let mut used = self.used();
        loop {
            let room = Room {
                threads: self.threads - used.threads,
                memory: self.memory - used.memory,
            };
            match pick(room) {
                (threads, Pick::Take(taken, memory)) => {
                    used.threads += threads;
                    used.memory += memory;
                    let budget = self;
                    return Some((
                        taken,
                        Share {
                            budget,
                            threads,
                            memory,
                        },
                    ));
                }
                (_, Pick::Done) => return None,
                (_, Pick::Wait) => {
                    let woken = self.freed.wait_timeout(used, GLANCE);
                    used = woken.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }
}

impl Share<'_> {
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut used = self.budget.used();
        used.threads -= self.threads;
        used.memory -= self.memory;
        self.budget.freed.notify_all();
    }
}
