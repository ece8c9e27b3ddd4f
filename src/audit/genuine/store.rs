//! A place for many small things that are kept to the end of a run.
//!
//! What is kept of each pack lies together in a few large pieces: between the much larger things that
//! come and go while packs are read, it would keep their memory from being used again.

use std::sync::{Mutex, PoisonError};

/// Bytes of each piece: so many that the system itself hands them out, page by page as they are filled,
/// and takes them back as a whole.
const PIECE: usize = 40 << 20;

/// Where something was put: the piece, the first item and how many.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    piece: usize,
    start: usize,
    count: usize,
}

/// Things of one kind, in pieces that never move.
#[derive(Debug)]
pub(super) struct Store<T>(Mutex<Vec<Vec<T>>>);

/// The same once nothing more is put into it.
pub(super) struct Closed<T>(Vec<Vec<T>>);

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Default for Closed<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Store<T> {
    /// Puts items into the store.
    pub(super) fn put(&self, items: &[T]) -> Slot {
        let mut pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pieces.last().is_none_or(|last| last.capacity() - last.len() < items.len()) {
            pieces.push(Vec::with_capacity(items.len().max(PIECE / size_of::<T>().max(1))));
        }
        let piece = pieces.len() - 1;
        let last = &mut pieces[piece];
        last.extend_from_slice(items);
        Slot { piece, start: last.len() - items.len(), count: items.len() }
    }

    /// Returns what was put into a slot, while more may come.
    pub(super) fn copy(&self, slot: Slot) -> Vec<T> {
        let pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at(&pieces, slot).to_vec()
    }

    /// Takes everything out.
    pub(super) fn close(&self) -> Closed<T> {
        Closed(std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl<T> Closed<T> {
    /// Returns what was put into a slot.
    pub(super) fn at(&self, slot: Slot) -> &[T] {
        at(&self.0, slot)
    }
}

fn at<T>(pieces: &[Vec<T>], slot: Slot) -> &[T] {
    let piece = pieces.get(slot.piece);
    piece.and_then(|p| p.get(slot.start..slot.start + slot.count)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_back_from_its_slot() {
        let store = Store::default();
        let lists: Vec<Vec<u64>> = (0..40).map(|n| (0..n * 8_000).collect()).collect();
        let slots: Vec<Slot> = lists.iter().map(|list| store.put(list)).collect();
        assert_eq!(store.copy(slots[7]), lists[7]);
        let closed = store.close();
        for (list, slot) in lists.iter().zip(slots) {
            assert_eq!(closed.at(slot), list);
        }
    }
}
