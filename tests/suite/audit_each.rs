//! One change to a good pack, and exactly one kind of finding: the check for it speaks, and all others
//! are silent.

use std::collections::{BTreeMap, BTreeSet};

use evipack::audit::LearnerReport;
use evipack::bundle::Bundle;
use sha2::{Digest, Sha256};

use crate::support::audit::{audited, single, small, told};
use crate::support::zips::{Entry, Zip};

type Files = BTreeMap<String, Vec<u8>>;

/// The folder of the small pack.
const FOLDER: &str = "small-TOY001";

fn codes(learner: &LearnerReport) -> BTreeSet<&'static str> {
    let packs = learner.packs.iter().flat_map(|p| &p.findings);
    packs.chain(&learner.findings).map(|f| f.code).collect()
}

fn expect(what: &str, learner: &LearnerReport, codes: &[&'static str]) {
    let wanted: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(self::codes(learner), wanted, "{what}: {:#?}", told(learner));
}

fn manifest(files: &Files, is_payload: bool) -> Vec<u8> {
    let digest = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let is_meant = |name: &str| name.starts_with("data/") == is_payload && name != "tagmanifest-sha256.txt";
    let meant = files.iter().filter(|(name, _)| is_meant(name));
    meant.map(|(name, bytes)| format!("{}  {name}\n", digest(bytes))).collect::<String>().into_bytes()
}

fn sum(files: &Files) -> String {
    let payload: Vec<&Vec<u8>> =
        files.iter().filter(|(n, _)| n.starts_with("data/")).map(|(_, b)| b).collect();
    format!("Payload-Oxum: {}.{}\n", payload.iter().map(|b| b.len()).sum::<usize>(), payload.len())
}

/// The small pack after a change, with manifests and sums that fit it.
fn mended(change: impl FnOnce(&mut Files)) -> Vec<u8> {
    forged(change, |_| {})
}

/// The same with a change to its manifest that the tag manifest covers.
fn forged(change: impl FnOnce(&mut Files), last: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = small("Pip").files;
    let old = sum(&files);
    change(&mut files);
    let sum = sum(&files);
    replace(&mut files, "bag-info.txt", &old, &sum);
    let payload = manifest(&files, true);
    files.insert("manifest-sha256.txt".into(), payload);
    last(&mut files);
    let tags = manifest(&files, false);
    files.insert("tagmanifest-sha256.txt".into(), tags);
    Bundle { name: FOLDER.into(), files }.zip()
}

fn replace(files: &mut Files, name: &str, old: &str, new: &str) {
    let text = String::from_utf8(files[name].clone()).expect("text");
    files.insert(name.into(), text.replace(old, new).into_bytes());
}

#[test]
fn an_unchanged_pack_is_found_to_be_nothing() {
    expect("unchanged", &single(&small("Pip").zip()), &[]);
    expect("mended without a change", &single(&mended(|_| {})), &[]);
}

#[test]
fn each_change_inside_a_pack_is_told_once() {
    type Case = (&'static str, &'static str, Vec<u8>);
    let info = |old: &'static str, new: &'static str| mended(move |f| replace(f, "bag-info.txt", old, new));
    let profile =
        |text: &'static str| mended(move |f| drop(f.insert("data/profile.json".into(), text.into())));
    let listed = |old: &'static str, new: &'static str| {
        forged(|_| {}, move |f| replace(f, "manifest-sha256.txt", old, new))
    };
    let cases: Vec<Case> = vec![
        ("another declaration", "bag-declaration", mended(|f| replace(f, "bagit.txt", "1.0", "0.97"))),
        ("another form", "format-unknown", info("evipack-pack/1", "other-pack/1")),
        ("a newer form", "format-newer", info("evipack-pack/1", "evipack-pack/2")),
        ("no form", "not-of-evipack", info("Evipack-Format", "Format")),
        ("another version", "other-version", info("evipack 0", "evipack 99")),
        ("a draft", "draft", info("Evipack-Unit", "Evipack-Options: draft\nEvipack-Unit")),
        ("another sum", "payload-size", forged(|_| {}, |f| replace(f, "bag-info.txt", "Oxum: ", "Oxum: 1"))),
        ("a profile for another unit", "unit-differs", profile("{\"unit\":\"OTHER\"}")),
        ("a profile that is a list", "profile-unreadable", profile("[1]")),
        (
            "a name that evipack never writes",
            "file-name",
            mended(|f| {
                f.insert("data/a b.csv".into(), b"x".to_vec());
            }),
        ),
        (
            "a line that is none",
            "manifest-malformed",
            listed("data/submission.pdf", "data/submission.pdf\nand more"),
        ),
        (
            "a file that is not listed",
            "file-unexpected",
            forged(
                |_| {},
                |f| {
                    f.insert("data/more.csv".into(), b"x".to_vec());
                },
            ),
        ),
        ("a file that is gone", "file-missing", forged(|_| {}, |f| drop(f.remove("data/submission.pdf")))),
        (
            "a file that was changed",
            "file-changed",
            forged(
                |_| {},
                |f| {
                    f.insert("data/submission.pdf".into(), b"%PDF".to_vec());
                },
            ),
        ),
    ];
    for (what, code, bytes) in cases {
        expect(what, &single(&bytes), &[code]);
    }
}

#[test]
fn each_lie_of_an_archive_is_told_once() {
    let whole = || {
        let files = small("Pip").files;
        Zip::of(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
            .each(|e| e.name = [FOLDER.as_bytes(), b"/", &e.name].concat())
    };
    let first = |change: fn(&mut Entry)| {
        let mut zip = whole();
        change(&mut zip.entries[3]);
        zip.write()
    };
    assert!(whole().write() == small("Pip").zip(), "otherwise something else is changed");
    let folder = Entry { attributes: 0o040_755 << 16, ..Entry::new("small-TOY001/data/x/", b"contents") };
    let cases = [
        ("a damaged directory", "zip-directory", {
            let mut bytes = whole().write();
            let at = bytes.windows(4).position(|w| w == b"PK\x01\x02").expect("a directory");
            bytes[at] = b'X';
            bytes
        }),
        ("no entry where one should be", "zip-entry", {
            let mut bytes = whole().write();
            bytes[0] = b'X';
            bytes
        }),
        ("extra fields that are cut off", "zip-extra", first(|e| e.extra = vec![1, 0, 9, 0, 1])),
        ("stored with two sizes", "zip-size", first(|e| (e.method, e.size) = (0, e.size + 1))),
        ("a folder with contents", "zip-folder", whole().with(folder).write()),
    ];
    for (what, code, bytes) in cases {
        let learner = single(&bytes);
        let codes = codes(&learner);
        assert!(codes.contains(code), "{what}: {:#?}", told(&learner));
        let others: Vec<_> = codes.iter().filter(|c| c.starts_with("zip-") && **c != code).collect();
        assert!(others.is_empty(), "{what}: {others:?}");
    }
    let report = single(&Zip { comment: Vec::new(), ..whole() }.write());
    expect("no seal", &report, &["container-repacked"]);
    assert!(told(&report).iter().any(|t| t.contains("no seal at its end")), "{:#?}", told(&report));
    let mut bytes = whole().write();
    let last = bytes.len() - 1;
    bytes[last] = if bytes[last] == b'0' { b'1' } else { b'0' };
    let report = single(&bytes);
    expect("another seal", &report, &["container-repacked"]);
    assert!(told(&report).iter().any(|t| t.contains("does not fit its bytes")), "{:#?}", told(&report));
}

#[test]
fn each_oddity_of_a_hand_in_is_told_once() {
    let (pip, ana) = (small("Pip Squeeze").zip(), small("Ana Day").zip());
    let other = Entry::new("Bo Li_9_assignsubmission_file_/pack.zip", &small("Bo Li").zip());
    let class = |files: &[(&str, &[u8])]| {
        let entries = files.iter().map(|(name, bytes)| Entry::new(name, bytes));
        let zip = entries.fold(Zip::default().with(other.clone()), Zip::with);
        let mut learners = audited(&zip.write()).learners;
        assert_eq!(learners.len(), 2);
        learners.retain(|l| l.learner.name.as_deref() != Some("Bo Li"));
        learners.remove(0)
    };
    let folder = "Pip Squeeze_3_assignsubmission_file_";
    let pack = format!("{folder}/pack.zip");
    expect("in order", &class(&[(&pack, &pip)]), &[]);
    expect("somebody else's", &class(&[(&pack, &ana)]), &["learner-differs"]);
    expect("an essay", &class(&[(&format!("{folder}/essay.txt"), b"x")]), &["no-pack"]);
    let both = class(&[(&pack, &pip), (&format!("{folder}/essay.txt"), b"x")]);
    expect("an essay beside it", &both, &["files-beside"]);
    let mut second = small("Pip Squeeze");
    second.name = "second-TOY001".into();
    let two = class(&[(&pack, &pip), (&format!("{folder}/second.zip"), &second.zip())]);
    expect("two packs", &two, &["several-packs"]);
}
