//! Files that nobody should trust: damaged, huge, nested, of another kind.

use std::fs;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::{empty, export};
use crate::support::{Evipack, Project, Run, files_below, root};

fn run(project: &Project, bytes: &[u8]) -> Run {
    project.write("file", bytes);
    Evipack::new(["import", "file", "--into", "profile.json", "--exported-on", "2027-01-05"])
        .within(project.folder())
        .run()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a file");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

#[test]
fn damaged_files_are_refused_and_never_a_panic() {
    let project = empty();
    let mut seed = 7_u32;
    for name in files_below(&root().join("tests/fixtures/exports")) {
        let whole = fs::read(export(&name)).expect("an export");
        run(&project, &whole[..whole.len() / 2]);
        let mut bytes = whole.clone();
        for _ in 0..12 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (seed >> 8) as usize % bytes.len();
            bytes[at] = u8::try_from(seed >> 24).expect("a byte");
        }
        run(&project, &bytes);
    }
}

#[test]
fn other_kinds_of_files_are_named() {
    let project = empty();
    let cases: [(&[u8], &str); 6] = [
        (b"%PDF-1.7", "a PDF document"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"{\"a\": 1}", "JSON"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"PK\x03\x04garbage", "damaged"),
        (b"", "the file is empty"),
    ];
    for (bytes, says) in cases {
        run(&project, bytes).ends(1).says(says);
    }
}

#[test]
fn archives_are_bounded_and_never_nested() {
    let project = empty();
    let inner = zipped(&[("Totals.csv", b"Date,Views\n2026-07-01,1\n")]);
    run(&project, &zipped(&[("inner.zip", &inner)])).ends(1).says("inside a zip file is not opened");
    let zeros = vec![b'0'; 21_000_000];
    run(&project, &zipped(&[("Totals.csv", &zeros)])).ends(1).says("when unpacked");
    let names: Vec<String> = (0..1001).map(|i| format!("{i}.csv")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"a"[..])).collect();
    run(&project, &zipped(&many)).ends(1).says("holds 1001 files");
    let mut youtube = fs::read(export("youtube.zip")).expect("an export");
    youtube.extend([0; 20_000_000]);
    run(&project, &youtube).ends(1).says("more than 20000000 bytes");
}

#[test]
fn a_workbook_cannot_claim_room_that_it_does_not_fill() {
    let project = empty();
    let sheet = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"#;
    let book = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Metrics" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let links = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let start = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let files: [(&str, &[u8]); 4] = [
        ("_rels/.rels", start.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    run(&project, &zipped(&files)).ends(1).says("more than is read");
}

#[test]
fn names_of_files_cannot_reach_anything() {
    let project = empty();
    let table = fs::read(export("tiktok-Overview.csv")).expect("an export");
    let before = files_below(project.folder()).len();
    run(&project, &zipped(&[("../../evil.csv", &table)])).ok().says("../../evil.csv");
    assert_eq!(files_below(project.folder()).len(), before + 1, "only the zip itself is new");
    let project = empty();
    project.write("\u{202e}=cmd ..csv", &table);
    let args =
        ["import", "\u{202e}=cmd ..csv", "--into", "profile.json", "--exported-on", "2027-01-05", "--yes"];
    Evipack::new(args).within(project.folder()).run().ok();
    assert!(project.folder().join("data/cmd-metrics.csv").is_file());
}
