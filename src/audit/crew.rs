//! Many submissions at a time, each on one thread from its beginning to its end.
//!
//! Owns how they are handed out. The threads belong to no pool: a thread of a pool that waits for
//! something takes up other work meanwhile, and here it would begin a second submission while it holds
//! memory for the first, and could come to wait for itself.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
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
    gathered(threads, items, work, |result| result)
}

/// Does the same for results that stay while much else comes and goes: each is copied by the caller's
/// thread, which does nothing else. Otherwise they lie scattered among what the work needed for a while,
/// and keep all that memory from being used again.
pub(crate) fn copied<T: Sync, R: Send + Clone>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    gathered(threads, items, work, |result| result.clone())
}

fn gathered<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    keep: impl Fn(R) -> R,
) -> Vec<R> {
    let alone = || items.iter().map(|item| keep(work(item))).collect();
    if threads < 2 || items.len() < 2 {
        return alone();
    }
    let next = AtomicUsize::new(0);
    let (sender, receiver) = sync_channel(threads);
    let run = |sender: SyncSender<(usize, R)>| {
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(nth) else { return };
            if sender.send((nth, work(item))).is_err() {
                return;
            }
        }
    };
    let run = &run;
    let mut done: Vec<(usize, R)> = scope(|scope| {
        let start = |_| {
            let sender = sender.clone();
            begin(scope, move || run(sender))
        };
        let workers: Vec<_> = (0..threads.min(items.len())).filter_map(start).collect();
        drop(sender);
        let done = receiver.iter().map(|(nth, result)| (nth, keep(result))).collect();
        workers.into_iter().for_each(|w| w.join().unwrap_or_else(|panic| resume_unwind(panic)));
        done
    });
    if done.is_empty() {
        return alone();
    }
    done.sort_unstable_by_key(|(nth, _)| *nth);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Starts a thread; none where the system has no more, and then the others or the caller do the work.
fn begin<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    run: impl FnOnce() -> R + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, R>> {
    Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread::ThreadId;

    use super::{copied, side_by_side};

    /// Something that knows who copied it.
    struct Copied {
        nth: usize,
        by: Option<ThreadId>,
    }

    impl Clone for Copied {
        fn clone(&self) -> Self {
            Self { nth: self.nth, by: Some(std::thread::current().id()) }
        }
    }

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
        let caller = std::thread::current().id();
        let copies = copied(2, &items, |n| Copied { nth: *n, by: None });
        assert!(copies.iter().all(|c| c.by == Some(caller)), "the caller copies");
        assert!(copies.iter().map(|c| c.nth).eq(items));
    }
}
