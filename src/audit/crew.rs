//! Many submissions at a time, each on one thread from its beginning to its end.
//!
//! Owns how they are handed out. The threads belong to no pool: a thread of a pool that waits for
//! something takes up other work meanwhile, and here it would begin a second submission while it holds
//! memory for the first, and could come to wait for itself.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, Scope, ScopedJoinHandle, available_parallelism, scope};

/// Documents nest deeply, and so do pictures.
const STACK: usize = 16 << 20;

/// How many threads the machine runs at the same time.
pub(crate) fn size() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Does the same work on all items, several at a time; the results are in the order of the items.
pub(crate) fn side_by_side<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    if threads < 2 || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(nth) else { return done };
            done.push((nth, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = scope(|scope| {
        let others: Vec<_> = (1..threads.min(items.len())).filter_map(|_| begin(scope, run)).collect();
        let own = run();
        others
            .into_iter()
            .flat_map(|o| o.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .chain(own)
            .collect()
    });
    done.sort_unstable_by_key(|(nth, _)| *nth);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Starts a thread; none where the system has no more, and then the others do the work.
fn begin<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    run: impl FnOnce() -> R + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, R>> {
    Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::side_by_side;

    #[test]
    fn results_keep_the_order_and_work_overlaps() {
        let items: Vec<usize> = (0..50).collect();
        assert_eq!(side_by_side(4, &items, |n| n * n), items.iter().map(|n| n * n).collect::<Vec<_>>());
        let meeting = Barrier::new(3);
        assert_eq!(
            side_by_side(3, &[1, 2, 3], |n| {
                meeting.wait();
                *n
            }),
            [1, 2, 3]
        );
        assert!(side_by_side(3, &[] as &[u8], |n| *n).is_empty());
    }
}
