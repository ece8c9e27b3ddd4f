//! What all workers of one run share: limits, memory, the total of what was unpacked, the stop sign.
//!
//! Owns the accounts of memory. Who waits for the first may not hold any of it, and who holds some of
//! the second waits for nothing more: so waiting always ends.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use super::finding::Flaw;
use super::genuine::Genuine;
use super::limits::{Limits, megabytes};
use crate::catalog::Catalog;

/// What all workers share.
pub struct Desk<'a> {
    /// The most that is read.
    pub limits: Limits,
    /// Set from outside when the run has to end early.
    pub stop: &'a AtomicBool,
    /// Whether only what is quick is looked at.
    pub quick: bool,
    /// What is known of units, where packs are looked into.
    pub catalog: Option<&'a Catalog>,
    /// What packs are compared by, where they are.
    pub genuine: Option<&'a Genuine>,
    unpacked: AtomicU64,
    /// Memory for archives.
    archives: Account,
    /// Memory for single files.
    files: Account,
}

/// An amount of memory that is given out and taken back.
struct Account {
    all: u64,
    free: Mutex<u64>,
    freed: Condvar,
}

/// Memory that was asked for; given back when it is dropped.
pub(crate) struct Held<'a> {
    account: &'a Account,
    size: u64,
}

impl<'a> Desk<'a> {
    /// A desk with nothing on it.
    pub fn new(limits: Limits, quick: bool, stop: &'a AtomicBool) -> Self {
        let (archives, files) = (Account::new(limits.held), Account::new(limits.again));
        Self {
            limits,
            stop,
            quick,
            catalog: None,
            genuine: None,
            unpacked: AtomicU64::new(0),
            archives,
            files,
        }
    }

    /// Lets packs be looked into with what a catalogue knows of units.
    #[must_use]
    pub fn with_catalog(self, catalog: &'a Catalog) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    /// Lets packs be compared with each other.
    #[must_use]
    pub fn with_genuine(self, genuine: Option<&'a Genuine>) -> Self {
        Self { genuine, ..self }
    }

    /// Tells whether the run has to end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Counts bytes that were unpacked.
    pub(crate) fn count(&self, bytes: u64) -> Result<(), Flaw> {
        let before = self.unpacked.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) <= self.limits.class {
            return Ok(());
        }
        let most = megabytes(self.limits.class);
        Err(Flaw::limit(
            format!("all submissions together unpack to more than {most}, the most that one run reads"),
            "audit the download in parts",
        ))
    }

    /// Waits until there is memory for an archive.
    pub(crate) fn hold_archive(&self, size: u64) -> Held<'_> {
        self.archives.hold(size)
    }

    /// Waits until there is memory for a file of an archive.
    pub(crate) fn hold_file(&self, size: u64) -> Held<'_> {
        self.files.hold(size)
    }
}

impl Account {
    fn new(all: u64) -> Self {
        Self { all, free: Mutex::new(all), freed: Condvar::new() }
    }

    fn hold(&self, size: u64) -> Held<'_> {
        let size = size.min(self.all);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < size {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= size;
        Held { account: self, size }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.account.free.lock().unwrap_or_else(PoisonError::into_inner) += self.size;
        self.account.freed.notify_all();
    }
}
