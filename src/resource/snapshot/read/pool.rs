//! A fixed number of threads that work through a list.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use crate::base::error::{Error, ErrorKind};
use crate::base::threads;

/// Requests under way at once, at most: as many connections stay open. The HTTP client waits for
/// the rate limit in each.
const MAX_THREADS: usize = 8;

/// The result for each item, in order. `done` is told how many are ready.
///
/// # Errors
/// The first error that came. No further item is begun then.
pub(super) fn map<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, Error> + Sync,
    done: &mut dyn FnMut(usize),
) -> Result<Vec<R>, Error> {
    let next = AtomicUsize::new(0);
    let (sender, results) = channel();
    let mut ready: Vec<Option<R>> = items.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for number in 0..MAX_THREADS.min(items.len()) {
            let sender = sender.clone();
            let (next, work) = (&next, &work);
            let worker = threads::start_in(scope, "reads", move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    let result = work(item);
                    if result.is_err() {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                    if sender.send((at, result)).is_err() {
                        return;
                    }
                }
            });
            match worker {
                // Those that run do all of the work.
                Err(_) if number > 0 => break,
                worker => drop(worker?),
            }
        }
        drop(sender);
        let mut count = 0;
        for (at, result) in &results {
            match result {
                Ok(result) => {
                    if let Some(slot) = ready.get_mut(at) {
                        *slot = Some(result);
                    }
                    count += 1;
                    done(count);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    })?;
    let incomplete = || Error::new(ErrorKind::Failure, "the tenant was not read to the end");
    ready.into_iter().collect::<Option<Vec<_>>>().ok_or_else(incomplete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        let mut last = 0;
        let doubled = map(&items, |item| Ok(item * 2), &mut |done| last = done).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(last, 100);
        assert!(map(&[0; 0], |item: &u32| Ok(*item), &mut |_| {}).unwrap().is_empty());
    }

    #[test]
    fn an_error_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let items = vec![0; 100_000];
        let result: Result<Vec<u32>, _> = map(
            &items,
            |_| {
                begun.fetch_add(1, Ordering::Relaxed);
                Err(Error::usage("no"))
            },
            &mut |_| {},
        );
        assert_eq!(result.unwrap_err().message(), "no");
        assert!(begun.load(Ordering::Relaxed) < items.len());
    }
}
