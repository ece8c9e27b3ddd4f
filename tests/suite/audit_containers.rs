//! Archives of every kind: those of evipack, those of honest programs, and hostile ones.

use evipack::audit::Problem::{Broken, Changed, Incomplete, NotAPack, Repacked};
use evipack::audit::{Limits, Problem};

use crate::support::audit::{audited, audited_under, expect, single, told, toy_files, zip_of};
use crate::support::toy;
use crate::support::zips::{END, Entry, Trailer, Zip, crc, deflated, extra};

fn original() -> Zip {
    zip_of(&toy_files())
}

#[test]
fn a_pack_as_it_was_made_answers_every_question_with_yes() {
    for pack in [toy(), crate::support::sample(), crate::support::half_finished()] {
        let learner = single(&pack.bytes);
        assert!(learner.problems.is_empty(), "{:#?}", told(&learner));
        let report = &learner.packs[0];
        let verdicts = report.verdicts;
        let all = [verdicts.readable, verdicts.complete, verdicts.valid, verdicts.original_container];
        assert_eq!(all, [Some(true); 4]);
        let id = report.id.as_deref().expect("an id");
        assert!(pack.run.stdout.contains(id), "build and audit agree on the pack's id");
    }
}

#[test]
fn the_writer_of_the_tests_writes_what_evipack_writes() {
    assert!(original().write() == toy().bytes, "otherwise the other tests test something else");
}

/// Archives as common programs write them.
fn foreign() -> Vec<(&'static str, Zip)> {
    let folder =
        |made_by, attributes| Entry { made_by, attributes, needed: 10, ..Entry::stored("pips-TOY001/", b"") };
    let clock = [0x4b, 0x6d, 0x5c, 0x5b];
    let unix = extra(0x5455, &[1, 0, 0, 0, 0x66]);
    let apple = || Entry::new("__MACOSX/pips-TOY001/._index.html", b"\0\x05\x16\x07");
    vec![
        ("Explorer", original().each(|e| (e.made_by, e.attributes, e.time) = (20, 0x20, clock))),
        (
            "7-Zip",
            original().with(folder(63, 0x10)).each(|e| {
                (e.made_by, e.time, e.extra) = (63, clock, extra(10, &[0; 32]));
            }),
        ),
        ("Python", original().each(|e| (e.time, e.attributes) = (clock, 0o600 << 16))),
        (
            "macOS",
            original().with(apple()).with(folder(0x315, 0o040_755 << 16)).each(|e| {
                (e.made_by, e.time, e.local_extra) = (0x315, clock, extra(0x5855, &[0; 12]));
                e.extra = extra(0x5855, &[0; 8]);
                e.trailer = (e.method == 8).then_some(Trailer::Signed);
            }),
        ),
        (
            "Java",
            original().each(|e| {
                (e.made_by, e.attributes, e.flags, e.time) = (20, 0, 1 << 11, clock);
                e.trailer = Some(Trailer::Signed);
            }),
        ),
        ("a stream without signatures", original().each(|e| e.trailer = Some(Trailer::Bare))),
        ("a stream with long sizes", original().each(|e| e.trailer = Some(Trailer::Wide))),
        (
            "Info-ZIP",
            original().each(|e| {
                (e.made_by, e.time) = (0x31e, clock);
                (e.local_extra, e.extra) = (extra(0x5455, &[3, 0, 0, 0, 0x66, 0, 0, 0, 0x66]), unix.clone());
            }),
        ),
        ("stored", {
            let files = toy_files();
            let entries = files.iter().map(|(name, bytes)| Entry::stored(name, bytes)).collect();
            Zip { entries, ..Zip::default() }
        }),
        (
            ".NET",
            original().each(|e| {
                e.name = e.name.iter().map(|b| if *b == b'/' { b'\\' } else { *b }).collect();
            }),
        ),
        ("a comment", Zip { comment: b"for my teacher".to_vec(), ..original() }),
        ("nothing at the end", Zip { comment: Vec::new(), ..original() }),
        ("another order", {
            let mut zip = original();
            zip.entries.reverse();
            zip
        }),
        ("a gap", Zip { gap: b"something".to_vec(), ..original() }),
        ("something before", Zip { before: b"MZ".to_vec(), ..original() }),
    ]
}

#[test]
fn archives_of_honest_programs_are_repacked_and_nothing_worse() {
    for (program, zip) in foreign() {
        expect(program, &zip.write(), &[Repacked], "container-repacked");
        let learner = single(&zip.write());
        let verdicts = learner.packs[0].verdicts;
        let all = [verdicts.readable, verdicts.complete, verdicts.valid, verdicts.original_container];
        assert_eq!(all, [Some(true), Some(true), Some(true), Some(false)], "{program}");
    }
}

#[test]
fn without_its_folder_or_with_others_around_a_pack_is_repacked() {
    let bare = toy().files.iter().map(|(n, b)| (n.as_str(), b.as_slice()));
    expect("no folder", &Zip::of(bare).write(), &[Repacked], "");
    let deeper = toy_files().into_iter().map(|(n, b)| (format!("My work/{n}"), b)).collect();
    expect("a folder around", &zip_of(&deeper).write(), &[Repacked], "");
    let mut beside = toy_files();
    beside.insert("notes.txt".into(), b"hello".to_vec());
    expect("a file beside", &zip_of(&beside).write(), &[Repacked], "");
}

fn renamed(to: &[u8]) -> Zip {
    let mut entry = Entry::new("x", b"x");
    entry.name = to.to_vec();
    original().with(entry)
}

/// What it is, the archive, and the code of the finding.
type Hostile = (&'static str, Vec<u8>, &'static str);

/// Archives whose end or directory lies.
fn lying_structure() -> Vec<Hostile> {
    let bytes = toy().bytes.clone();
    let patched = |at: usize, with: &[u8]| {
        let mut bytes = bytes.clone();
        let at = if at > bytes.len() { bytes.len() - (usize::MAX - at) - 1 } else { at };
        bytes[at..at + with.len()].copy_from_slice(with);
        bytes
    };
    let end = bytes.len() - END;
    vec![
        ("truncated in the data", bytes[..1000].to_vec(), "zip-truncated"),
        ("truncated in the directory", bytes[..end - 10].to_vec(), "zip-truncated"),
        ("truncated in the end", bytes[..bytes.len() - 3].to_vec(), "zip-"),
        ("something before, places not mended", [b"#!/bin/sh\n", bytes.as_slice()].concat(), "zip-end"),
        ("something behind", [bytes.as_slice(), b"\n"].concat(), "zip-end"),
        ("a second archive behind", [bytes.as_slice(), &Zip::default().write()].concat(), "zip-end"),
        ("an end in the comment", Zip { comment: Zip::default().write(), ..original() }.write(), "zip-end"),
        ("too few in the count", Zip { more: -1, ..original() }.write(), "zip-count"),
        ("too many in the count", Zip { more: 1, ..original() }.write(), "zip-count"),
        ("counts that differ", patched(end + 8, &[1]), "zip-parts"),
        ("another disk", patched(end + 4, &[1]), "zip-parts"),
        ("zip64 without its record", patched(end + 16, &[0xff; 4]), "zip-end"),
        ("a directory outside", patched(end + 12, &[0xf0, 0xff, 0xff, 0x7f]), "zip-end"),
    ]
}

/// Archives whose entries lie.
fn lying_entries() -> Vec<Hostile> {
    let first = Entry::new("pips-TOY001/bag-info.txt", toy().file("bag-info.txt"));
    let link =
        Entry { attributes: 0o120_777 << 16, ..Entry::stored("pips-TOY001/data/link", b"/etc/passwd") };
    let device = Entry { attributes: 0o020_666 << 16, ..Entry::stored("pips-TOY001/data/device", b"") };
    let locked = Entry { flags: 1, ..Entry::new("pips-TOY001/data/secret", b"x") };
    let other = Entry { method: 14, ..Entry::new("pips-TOY001/data/lzma", b"x") };
    vec![
        ("twice", original().with(first.clone()).write(), "zip-twice"),
        ("twice in another case", renamed(b"pips-toy001/BAGIT.txt").write(), "zip-clash"),
        ("a file that is a folder", renamed(b"pips-TOY001/data").write(), "zip-clash"),
        ("up", renamed(b"../../etc/passwd").write(), "zip-name"),
        ("up in the middle", renamed(b"pips-TOY001/data/../../x").write(), "zip-name"),
        ("from the root", renamed(b"/etc/passwd").write(), "zip-name"),
        ("a drive", renamed(b"C:/windows/x").write(), "zip-name"),
        ("up with backslashes", renamed(b"..\\..\\x").write(), "zip-name"),
        ("a zero byte", renamed(b"pips-TOY001/data/a.pdf\0.exe").write(), "zip-name"),
        ("no name", renamed(b"").write(), "zip-name"),
        ("a huge name", renamed(&[b'a'; 60_000]).write(), "zip-name"),
        ("a link", original().with(link).write(), "zip-link"),
        ("a device", original().with(device).write(), "zip-link"),
        ("encrypted", original().with(locked).write(), "zip-encrypted"),
        ("another method", original().with(other).write(), "zip-method"),
        (
            "two names",
            original().each(|e| e.local_name = Some([&e.name[..], b"x"].concat())).write(),
            "zip-differs",
        ),
        ("a trailer that lies", original().each(|e| e.trailer = Some(Trailer::Lying)).write(), "zip-trailer"),
        (
            "not UTF-8",
            {
                let mut z = renamed(b"pips-TOY001/\xff\xfe");
                z.entries.last_mut().expect("one").flags = 1 << 11;
                z.write()
            },
            "zip-name",
        ),
        ("a wrong checksum", original().each(|e| e.crc ^= 1).write(), "file-damaged"),
        ("smaller than it says", original().each(|e| e.size += 1).write(), "file-damaged"),
        ("larger than it says", original().each(|e| e.size -= 1).write(), "file-damaged"),
        ("data behind the data", original().each(|e| e.data.push(0)).write(), "file-damaged"),
        ("damaged data", original().each(|e| e.data.truncate(e.data.len() / 2)).write(), "file-damaged"),
    ]
}

#[test]
fn hostile_archives_are_broken_and_say_why() {
    for (what, bytes, code) in [lying_structure(), lying_entries()].concat() {
        let learner = single(&bytes);
        let told = told(&learner);
        assert_eq!(learner.problems.first(), Some(&Broken), "{what}: {told:#?}");
        assert!(told.iter().any(|t| t.starts_with(code)), "{what}: no {code} in {told:#?}");
        assert_eq!(learner.packs[0].verdicts.readable, Some(false), "{what}");
    }
}

#[test]
fn entries_that_share_their_data_are_broken_before_anything_is_unpacked() {
    let mut bytes = toy().bytes.clone();
    let end = bytes.len() - END;
    let directory = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().expect("four bytes")) as usize;
    let second = directory + 46 + usize::from(bytes[directory + 28]);
    bytes.copy_within(directory + 42..directory + 46, second + 42);
    expect("overlap", &bytes, &[Broken], "zip-overlap");
}

#[test]
fn what_is_no_archive_is_no_pack() {
    for (what, bytes) in [("nothing", Vec::new()), ("a PDF", toy().file("data/submission.pdf").to_vec())] {
        expect(what, &bytes, &[NotAPack], "not-a-zip");
    }
    expect("an empty archive", &Zip::default().write(), &[NotAPack], "no-pack");
    expect("an archive of documents", &Zip::of([("essay.docx", &b"x"[..])]).write(), &[NotAPack], "no-pack");
}

/// Zeros, many times over.
fn bomb(name: &str, megabytes: usize) -> Entry {
    let zeros = vec![0; megabytes << 20];
    Entry::new(name, &zeros)
}

#[test]
fn bombs_stop_at_the_limits() {
    let limits = || Limits { entry: 4 << 20, pack: 8 << 20, held: 4 << 20, ..Limits::default() };
    let worst = |zip: &Zip| {
        let report = audited_under(limits(), &zip.write(), false);
        let told = told(&report.learners[0]);
        (report.learners[0].problems.first().copied(), told)
    };
    let (problem, told) = worst(&original().with(bomb("pips-TOY001/data/bomb", 5)));
    assert!(problem == Some(Broken) && told.iter().any(|t| t.starts_with("limit")), "{told:#?}");
    let several = (0..4).fold(original(), |z, n| z.with(bomb(&format!("pips-TOY001/data/bomb{n}"), 3)));
    let (problem, told) = worst(&several);
    assert!(
        problem == Some(Broken) && told.iter().any(|t| t.contains("the pack unpacks to more")),
        "{told:#?}"
    );
    let mut lying = bomb("pips-TOY001/data/bomb", 5);
    lying.size = 10;
    let (problem, told) = worst(&original().with(lying));
    assert!(problem == Some(Broken) && told.iter().any(|t| t.contains("longer than it says")), "{told:#?}");
    let packed = Zip::of([("pack.zip", &bomb("x", 5).data[..])]).each(|e| e.size = 5 << 20);
    assert_eq!(worst(&packed).0, Some(Broken), "a packed archive that is larger than what is held");
}

#[test]
fn archives_are_opened_two_deep_and_no_deeper() {
    let inner = toy().bytes.clone();
    let once = Zip::of([("pack.zip", inner.as_slice())]).write();
    expect("in an archive", &once, &[], "");
    let twice = Zip::of([("outer.zip", once.as_slice())]).write();
    expect("in an archive in an archive", &twice, &[NotAPack], "too-deep");
    let thrice = Zip::of([("deeper.zip", twice.as_slice())]).write();
    let names: Vec<String> = (0..16).map(|n| format!("lib {n}.zip")).collect();
    let many = Zip::of(names.iter().map(|n| (n.as_str(), thrice.as_slice()))).write();
    let report = audited(&many);
    assert_eq!(report.learners.len(), 16);
    assert!(report.learners.iter().all(|l| l.problems == [NotAPack]), "nested archives stay closed");
}

#[test]
fn too_many_entries_are_not_read() {
    let entry = Entry::stored("x", b"");
    let many = |count: usize| {
        let numbered = |n: usize| Entry { name: format!("pips-TOY001/data/{n:05}").into(), ..entry.clone() };
        Zip { entries: (0..count).map(numbered).collect(), ..original() }
    };
    expect("60,000", &many(60_000).write(), &[Broken], "too-many-entries");
    let wrapped = Zip { more: -65_536, ..many(65_536) };
    expect("65,536 more than it says", &wrapped.write(), &[Broken], "too-many-entries");
    let mut zip = many(3_000);
    zip.entries.extend(original().entries);
    expect("3,000 in a pack", &zip.write(), &[Broken, Incomplete], "limit");
}

#[test]
fn changed_files_are_named() {
    let change = |name: &str, bytes: Option<&[u8]>| {
        let mut files = toy_files();
        match bytes {
            Some(bytes) => drop(files.insert(format!("pips-TOY001/{name}"), bytes.to_vec())),
            None => drop(files.remove(&format!("pips-TOY001/{name}"))),
        }
        zip_of(&files).write()
    };
    type Case<'a> = (&'a str, Option<&'a [u8]>, &'a [Problem], &'a str);
    let cases: [Case<'_>; 9] = [
        ("data/submission.pdf", Some(b"%PDF"), &[Changed], "file-changed: data/submission.pdf"),
        ("index.html", Some(b"<p>"), &[Changed], "file-changed: index.html"),
        ("data/profile.json", None, &[Incomplete], "file-missing: data/profile.json"),
        ("data/essay.docx", Some(b"x"), &[Incomplete], "file-unexpected: data/essay.docx"),
        ("virus.exe", Some(b"x"), &[Incomplete], "file-unexpected: virus.exe"),
        ("manifest-sha256.txt", Some(b""), &[Incomplete, Changed], "file-changed: manifest-sha256.txt"),
        ("tagmanifest-sha256.txt", Some(b""), &[Incomplete], "file-unexpected: index.html"),
        ("tagmanifest-sha256.txt", None, &[Incomplete], "file-missing: tagmanifest-sha256.txt"),
        ("bag-info.txt", Some(b"Evipack-Format: evipack-pack/9\n"), &[Changed], "format-newer"),
    ];
    for (name, bytes, problems, code) in cases {
        expect(&format!("{name} {bytes:?}"), &change(name, bytes), problems, code);
    }
    expect("bag-info.txt", &change("bag-info.txt", Some(b"x: y\n")), &[NotAPack, Changed], "not-of-evipack");
    assert_eq!(crc(&deflated(b"")), crc(&[3, 0]), "the packer of the tests is the usual one");
}
