//! Work on the items of a list, on some threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mf_pipeline::BoxError;

/// `work` of every item, in their order, on this number of threads; the first item that is not finished decides the error.
///
/// # Errors
/// Those of `work`.
pub(crate) fn each<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, BoxError> + Sync,
) -> Result<Vec<R>, BoxError> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                while let Some((index, item)) = take(&next, items) {
                    let result = work(item);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// `work` on every item, on this number of threads.
pub(crate) fn each_mut<T: Send>(threads: usize, items: &mut [T], work: impl Fn(&mut T) + Sync) {
    let part = items.len().div_ceil(threads.max(1)).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        for items in items.chunks_mut(part) {
            scope.spawn(move || items.iter_mut().for_each(work));
        }
    });
}

fn take<'a, T>(next: &AtomicUsize, items: &'a [T]) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_for_any_number_of_threads() {
        let items: Vec<u64> = (0..100).collect();
        for threads in [0, 1, 3, 200] {
            let squares = each(threads, &items, |item| Ok(item * item)).unwrap();
            assert!(
                squares
                    .iter()
                    .zip(&items)
                    .all(|(square, item)| *square == item * item)
            );
        }
        assert!(each(2, &[] as &[u64], |_| Ok(())).unwrap().is_empty());
    }

    #[test]
    fn the_first_error_is_returned() {
        let error = each(3, &[1, 2, 3, 4], |item| match item {
            1 => Ok(()),
            item => Err(format!("no {item}").into()),
        });
        assert_eq!(error.unwrap_err().to_string(), "no 2");
    }
}
