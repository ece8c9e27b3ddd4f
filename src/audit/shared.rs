//! What is the same in the reports of many learners, kept once.
//!
//! A class hands in packs of one unit: headings and pages recur from learner to learner. Owns equal
//! things until the run ends; refuses to change what somebody may hold.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Serialize, Serializer};

/// Things of one kind, each of them once.
#[derive(Debug)]
pub(crate) struct Shared<T>(Mutex<BTreeSet<Arc<T>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Ord> Shared<T> {
    /// Returns the one that is kept.
    pub(crate) fn one(&self, item: T) -> Arc<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&item) {
            return Arc::clone(known);
        }
        let new = Arc::new(item);
        all.insert(Arc::clone(&new));
        new
    }
}

/// Writes shared things as if each list had its own.
pub(crate) fn list<T: Serialize, S: Serializer>(items: &[Arc<T>], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(items.iter().map(Arc::as_ref))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_are_one() {
        let shared = Shared::default();
        let [one, same, other] = ["D01", "D01", "D02"].map(|text| shared.one(text.to_owned()));
        assert!(Arc::ptr_eq(&one, &same));
        assert_eq!((one.as_str(), other.as_str()), ("D01", "D02"));
    }
}
