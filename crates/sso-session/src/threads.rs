//! Threads, which the operating system may refuse (`ulimit -u`, `ulimit -v`).

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder, JoinHandle};

/// Starts a thread.
///
/// # Errors
///
/// The error of the operating system, with a message that names the operation.
pub fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let refused =
        |error: io::Error| io::Error::new(error.kind(), format!("cannot start a thread: {error}"));
    Builder::new().spawn(work).map_err(refused)
}

/// Maximum number of threads of [`map`].
const MAX_THREADS: usize = 64;

/// Returns the results of `work` for all `items`, in their order. Uses a thread for each item, up to 64.
/// If threads cannot be started, the other threads and this one do their work.
pub fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = items.len();
    let queue = Mutex::new(items.into_iter().enumerate());
    let results = Mutex::new(Vec::with_capacity(count));
    let run = || {
        while let Some((index, item)) = next(&queue) {
            let result = work(item);
            lock(&results).push((index, result));
        }
    };
    thread::scope(|scope| {
        let mut threads =
            (1..count.min(MAX_THREADS)).map(|_| Builder::new().spawn_scoped(scope, run));
        let _all_started = threads.all(|thread| thread.is_ok());
        run();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn next<T>(queue: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    lock(queue).next()
}

/// Ignores poisoning, because `thread::scope` propagates a panic of another thread.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, mpsc};

    use super::map;

    #[test]
    fn all_items_are_processed_at_the_same_time() {
        let all_started = Barrier::new(3);
        let doubled = map(vec![1, 2, 3], |item| {
            all_started.wait();
            2 * item
        });
        assert_eq!(doubled, [2, 4, 6]);
        assert!(map(Vec::new(), |item: u8| item).is_empty());
    }

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let (finish, finished) = mpsc::channel();
        let waiting = Some(finished);
        let results = map(
            vec![(waiting, None), (None, Some(finish))],
            |item| match item {
                (Some(finished), _) => {
                    finished.recv().expect("the other item is processed");
                    "first"
                }
                (None, finish) => {
                    let finish = finish.expect("the second item has the sender");
                    finish.send(()).expect("the first item waits");
                    "second"
                }
            },
        );
        assert_eq!(results, ["first", "second"]);
    }
}
