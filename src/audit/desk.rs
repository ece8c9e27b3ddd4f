//! What all workers of one run share: limits, memory, the total of what was unpacked, the stop sign.
//!
//! Owns the accounts of memory. Who waits for the first may not hold any of it, and who holds some of
//! the second waits for nothing more: so waiting always ends.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use super::aside::Aside;
use super::finding::Flaw;
use super::foreign::{PageReader, Wording};
use super::genuine::Genuine;
use super::limits::{Limits, megabytes};
use super::roster::Roster;
use crate::catalog::Catalog;
use crate::rebuild::Builder;
use crate::unit::Unit;
use crate::{Checker, Kept};

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
    /// The class list, if there is one.
    pub roster: Option<&'a Roster>,
    /// Whether packs are built again from what lies inside them.
    pub rebuild: bool,
    /// Reads PDFs that evipack did not make.
    pub reader: Option<&'a dyn PageReader>,
    /// What packs are compared by, where they are.
    pub genuine: Option<&'a Genuine>,
    /// Where is put what only the end of the run needs.
    pub(crate) aside: Aside,
    unpacked: AtomicU64,
    /// Memory for archives.
    archives: Account,
    /// Memory for single files.
    files: Account,
    /// Builds packs; one at a time, because a build uses all processors and much memory.
    builder: Mutex<Builder>,
    /// What judges of profiles left behind, one for each that was at work at the same time.
    kept: Mutex<Vec<Kept>>,
    /// Memory for the bytes of single files, used again and again: what is given back to the system and
    /// taken anew leaves holes between the small things that stay.
    buffers: Mutex<Vec<Vec<u8>>>,
    wordings: OnceLock<Vec<Wording>>,
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
            roster: None,
            rebuild: false,
            reader: None,
            aside: Aside::default(),
            unpacked: AtomicU64::new(0),
            archives,
            files,
            builder: Mutex::default(),
            kept: Mutex::default(),
            buffers: Mutex::default(),
            wordings: OnceLock::new(),
        }
    }

    /// Lets packs be looked into with what a catalogue knows of units.
    #[must_use]
    pub fn with_catalog(self, catalog: &'a Catalog) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    /// Puts what only the end of the run needs outside of memory.
    #[must_use]
    pub fn with_aside(self, aside: Aside) -> Self {
        Self { aside, ..self }
    }

    /// Names learners by a class list, and says who of it is absent.
    #[must_use]
    pub fn with_roster(self, roster: Option<&'a Roster>) -> Self {
        Self { roster, ..self }
    }

    /// Asks for packs to be built again.
    #[must_use]
    pub fn with_rebuild(self, rebuild: bool) -> Self {
        Self { rebuild, ..self }
    }

    /// Does heavy work when nobody else does any, on a thread of its own: a worker that waited in the
    /// pool would be given other submissions meanwhile, and could come to wait for itself.
    pub(crate) fn alone<T: Send>(&self, work: impl FnOnce(&mut Builder) -> T + Send) -> T {
        let work = || work(&mut self.builder.lock().unwrap_or_else(PoisonError::into_inner));
        let done = std::thread::scope(|threads| threads.spawn(work).join());
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Lets PDFs that evipack did not make be read.
    #[must_use]
    pub fn with_reader(self, reader: &'a dyn PageReader) -> Self {
        Self { reader: Some(reader), ..self }
    }

    /// Returns the wording of all units that are known.
    pub(crate) fn wordings(&self) -> &[Wording] {
        self.wordings.get_or_init(|| {
            let catalog = self.catalog.into_iter();
            let units =
                catalog.flat_map(|c| c.units().into_iter().filter_map(|code| Unit::load(c, &code).ok()));
            units.map(|unit| Wording::of(&unit)).collect()
        })
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

    /// Lends a judge of profiles, where there is a catalogue: what it learns serves the next pack too.
    pub(crate) fn with_checker<T>(&self, work: impl FnOnce(&mut Checker<'_>) -> T) -> Option<T> {
        let idle = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop().unwrap_or_default();
        let mut checker = Checker::resume(self.catalog?, kept);
        let result = work(&mut checker);
        idle().push(checker.pause());
        Some(result)
    }

    /// Lends an empty buffer.
    pub(crate) fn lend_buffer(&self) -> Vec<u8> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes a buffer back.
    pub(crate) fn take_buffer(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
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
