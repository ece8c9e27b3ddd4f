//! What is put aside until the end of a run, and a run that is stopped there.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use evipack::audit::{Aside, Desk, Limits, Report, Shelf};
use evipack::catalog::Catalog;

use crate::support::cohort::{HandIn, compared_at, download, genuine, words};

static NEVER: AtomicBool = AtomicBool::new(false);

/// A shelf with some room, that counts what is taken from it.
#[derive(Default)]
struct Counting {
    room: usize,
    bytes: Mutex<Vec<u8>>,
    reads: Mutex<usize>,
}

impl Shelf for Counting {
    fn put(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut all = self.bytes.lock().expect("whole");
        if all.len() + bytes.len() > self.room {
            return Err(ErrorKind::StorageFull.into());
        }
        all.extend_from_slice(bytes);
        Ok((all.len() - bytes.len()) as u64)
    }

    fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        *self.reads.lock().expect("whole") += 1;
        let all = self.bytes.lock().expect("whole");
        buffer.copy_from_slice(&all[at as usize..at as usize + buffer.len()]);
        Ok(())
    }
}

/// A class of which two share a paragraph.
fn class(count: u64) -> Vec<u8> {
    let paragraph = format!("{}.", words(999_999, 45));
    let hand_in = |n: u64| {
        let own = HandIn::new(n + 1, &format!("Student Number{n}"));
        if n < 2 { own.with("/knowledge/1/answer", paragraph.clone()) } else { own }
    };
    download(&(0..count).map(hand_in).collect::<Vec<_>>())
}

fn audited(class: &[u8], shelf: &Arc<Counting>) -> Report {
    let (catalog, genuine) = (Catalog::embedded(), genuine());
    let desk = Desk::new(Limits::default(), false, &NEVER).with_catalog(&catalog);
    let desk = desk.with_genuine(Some(&genuine)).with_aside(Aside::on(shelf.clone()));
    compared_at(&desk, class.to_vec(), None, &|_, _| {})
}

#[test]
fn what_each_pack_needs_at_the_end_lies_on_the_shelf_as_long_as_there_is_room() {
    let class = class(6);
    let json = |room: usize| {
        let shelf = Arc::new(Counting { room, ..Counting::default() });
        let report = audited(&class, &shelf);
        let put = shelf.bytes.lock().expect("whole").len();
        let before = *shelf.reads.lock().expect("whole");
        let json = serde_json::to_string(&report).expect("JSON");
        (json, put, *shelf.reads.lock().expect("whole") - before)
    };
    let (in_memory, none, no_reads) = json(0);
    assert_eq!((none, no_reads), (0, 0), "a full shelf takes nothing");
    assert!(in_memory.contains("shared-words"), "two of them share a paragraph");
    let (all, put, reads) = json(usize::MAX);
    assert!(put > 6 * 10_000, "texts and fingerprints of six packs are more than {put} bytes");
    assert!(reads >= 6, "the report on each pack is read from the shelf: {reads}");
    let (some, half, _) = json(put / 2);
    assert!(half > put / 4, "{half} of {put}");
    assert!(all == in_memory && some == in_memory, "where things lie changes nothing");
}

#[test]
fn a_run_that_is_stopped_before_packs_are_compared_says_so_and_compares_none() {
    let (catalog, genuine, stop) = (Catalog::embedded(), genuine(), AtomicBool::new(false));
    let desk = Desk::new(Limits::default(), false, &stop).with_catalog(&catalog).with_genuine(Some(&genuine));
    let at_the_last = |done: usize, known: usize| stop.store(done == known, Ordering::Relaxed);
    let report = compared_at(&desk, class(4), None, &at_the_last);
    assert!(report.stopped && report.similar.is_empty() && report.common.is_empty());
    assert!(report.learners.iter().all(|l| l.looked_at), "all were looked at");
    let told = report.learners.iter().flat_map(|l| &l.findings).map(|f| f.code);
    assert!(!told.into_iter().any(|code| code == "shared-words"));
}
