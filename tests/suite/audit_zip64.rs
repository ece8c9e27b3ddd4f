//! The form for very large archives, and a tree that makes the program itself fail.

use std::io::{Cursor, Write};
use std::sync::atomic::AtomicBool;

use evipack::audit::Problem::{Broken, Repacked};
use evipack::audit::source::{Bytes, Item, Kind, Tree};
use evipack::audit::{Desk, Flaw, Input, Layouts, Limits, Opened, Options, audit};
use evipack::catalog::Catalog;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::audit::{expect, toy_files};
use crate::support::toy;
use crate::support::zips::END;

/// The toy pack with the wide end record; the fields with a mark say that their number is there.
fn wide(marks: [bool; 3], change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let bytes = &toy().bytes;
    let (start, end) = bytes.split_at(bytes.len() - END);
    let number =
        |at: usize, size: usize| end[at..at + size].iter().rev().fold(0_u64, |n, b| n << 8 | u64::from(*b));
    let (count, size, directory) = (number(10, 2), number(12, 4), number(16, 4));
    let mut record = b"PK\x06\x06".to_vec();
    record.extend(44_u64.to_le_bytes());
    record.extend([0x2d, 3, 0x2d, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size, directory] {
        record.extend(number.to_le_bytes());
    }
    record.extend(b"PK\x06\x07\0\0\0\0");
    record.extend((start.len() as u64).to_le_bytes());
    record.extend(1_u32.to_le_bytes());
    change(&mut record);
    let mut end = end.to_vec();
    for (mark, range) in marks.into_iter().zip([8..12, 12..16, 16..20]) {
        if mark {
            end[range].fill(0xff);
        }
    }
    [start, &record, &end].concat()
}

#[test]
fn the_wide_form_is_read_where_it_is_well_formed() {
    for marks in [[true; 3], [false, false, true], [false; 3]] {
        let bytes = wide(marks, |_| {});
        let problems = crate::support::audit::single(&bytes).problems;
        assert_eq!(problems, [Repacked], "{marks:?}: evipack never writes it");
    }
    let changes: [(&str, usize, u8); 7] = [
        ("another size of the record", 4, 45),
        ("another disk", 16, 1),
        ("counts that differ", 24, 1),
        ("another count", 32, 200),
        ("another directory", 48, 1),
        ("another place of the record", 64, 1),
        ("several disks", 72, 3),
    ];
    for (what, at, byte) in changes {
        expect(what, &wide([true; 3], |r| r[at] = byte), &[Broken], "zip-");
        expect(what, &wide([false; 3], |r| r[at] = byte), &[Broken], "zip-");
    }
}

#[test]
fn wide_sizes_of_entries_are_read() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in toy_files() {
        writer.start_file(name, SimpleFileOptions::default().large_file(true)).expect("started");
        writer.write_all(&bytes).expect("written");
    }
    let bytes = writer.finish().expect("finished").into_inner();
    expect("another writer", &bytes, &[Repacked], "container-repacked");
}

/// A folder of two submissions, one of which makes the program fail.
struct Trap(Vec<Item>);

impl Tree for Trap {
    fn items(&self) -> &[Item] {
        &self.0
    }

    fn copy(&self, _: usize, _: u64, _: &mut dyn FnMut(&[u8])) -> Result<(), Flaw> {
        Err(Flaw::unreadable("it is not there"))
    }

    fn open<'a>(&'a self, index: usize, _: &'a Desk<'_>) -> Result<Box<dyn Bytes + 'a>, Flaw> {
        assert_ne!(index, 0, "a fault of the program");
        Ok(Box::new(toy().bytes.clone()))
    }
}

#[test]
fn a_fault_of_the_program_itself_hides_no_other_submission() {
    let item = |path: &str| Item { path: path.into(), kind: Kind::File, size: 1, crc: None };
    let open = || Ok(Opened::Folder(Box::new(Trap(vec![item("Ana/p.zip"), item("Bo/p.zip")]))));
    let input = Input { name: "class".into(), open: Box::new(open) };
    let layouts = Layouts::load(&Catalog::embedded()).expect("layouts");
    let never = AtomicBool::new(false);
    let desk = Desk::new(Limits::default(), true, &never);
    let report = audit(&[input], &Options { layouts: &layouts, desk: &desk, progress: &|_, _| {} });
    let codes: Vec<_> = report.learners.iter().map(|l| l.packs[0].findings.first().map(|f| f.code)).collect();
    assert_eq!(codes, [Some("internal"), None]);
}
