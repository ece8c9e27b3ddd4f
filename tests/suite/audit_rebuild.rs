//! `evipack audit --rebuild`: packs built again from the profile inside them.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::audit::zip_of;
use crate::support::{Evipack, Pack, Project, Run, sample, samples, toy};
use evipack::bundle::Bundle;

/// A toy project with its unit; the folder lives as long as the tests.
fn project() -> &'static Project {
    static PROJECT: OnceLock<Project> = OnceLock::new();
    PROJECT.get_or_init(Project::toy)
}

/// Audits files and folders of the toy unit with `--rebuild`, in one run.
fn rebuilt(handed: &[(&str, &[u8])]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in handed {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    let mut args = vec!["--catalog".into(), project().catalog().as_os_str().to_owned()];
    args.extend(["audit", "--rebuild", "--format", "json"].map(Into::into));
    args.extend(handed.iter().map(|(name, _)| name.into()));
    Evipack::new(args).within(folder.path()).run()
}

/// The one pack of a run.
fn pack(run: &Run) -> Value {
    let report = run.json();
    assert_eq!(report["learners"].as_array().map(Vec::len), Some(1), "{report:#}");
    report["learners"][0]["packs"][0].clone()
}

/// What building again says about a pack, as `code file`; looking into it may say more.
fn said(pack: &Value) -> Vec<String> {
    let findings = pack["findings"].as_array().expect("findings");
    let text = |f: &Value, key: &str| f[key].as_str().unwrap_or_default().to_owned();
    let all = findings.iter().map(|f| format!("{} {}", text(f, "code"), text(f, "file")));
    all.filter(|said| said.starts_with("rebuil")).collect()
}

/// The toy pack with changes, its manifests mended as a forger would.
fn forged(change: impl Fn(&mut BTreeMap<String, Vec<u8>>, &mut Vec<(String, String)>)) -> Vec<u8> {
    let line = |l: &str| l.split_once(": ").map(|(k, v)| (k.to_owned(), v.to_owned())).expect("a line");
    let mut info: Vec<_> = toy().text("bag-info.txt").lines().map(line).collect();
    info.retain(|(label, _)| label != "Payload-Oxum");
    let of = |name: &&String| name.starts_with("data/");
    let payload = toy().files.iter().filter(|(n, _)| of(n));
    let mut files: BTreeMap<_, _> =
        payload.map(|(n, b)| (n.trim_start_matches("data/").to_owned(), b.clone())).collect();
    change(&mut files, &mut info);
    let tags = [("index.html".to_owned(), toy().file("index.html").to_vec())].into();
    Bundle::bag("pips-TOY001", files, tags, &info).zip()
}

#[test]
fn packs_that_nobody_changed_are_the_same_however_they_were_packed() {
    let files = toy().files.iter().map(|(n, b)| (format!("pips-TOY001/{n}"), b.clone())).collect();
    let other_program = zip_of(&files).each(|e| e.time = [1, 2, 3, 4]).write();
    let draft = Project::toy().pack(&["--draft", "--annotate", "--standard", "strict"]);
    let forged_not_at_all = forged(|_, _| {});
    assert!(forged_not_at_all == toy().bytes, "the forger works with clean hands");
    let handed = [("a.zip", &toy().bytes[..]), ("b.zip", &other_program), ("c.zip", &draft.bytes)];
    let report = rebuilt(&handed).ends(0).json();
    for learner in report["learners"].as_array().expect("learners") {
        let pack = &learner["packs"][0];
        assert_eq!(pack["verdicts"]["rebuilt_identically"], true, "{pack:#}");
    }
    assert_eq!(report["totals"]["changed"], 0);
}

#[test]
fn a_pdf_that_was_changed_is_found_though_its_manifest_was_mended() {
    let name = toy().files.keys().find(|n| n.starts_with("data/documents/")).expect("a document").clone();
    let inner = name.trim_start_matches("data/").to_owned();
    let bytes = forged(|files, _| {
        let pdf = files.get_mut(&inner).expect("a document");
        let at = pdf.len() / 2;
        pdf[at] ^= 1;
    });
    let run = rebuilt(&[("a.zip", &bytes)]).ends(1);
    let pack = pack(&run);
    assert_eq!(pack["verdicts"]["valid"], true, "the checksums were mended");
    assert_eq!(pack["verdicts"]["rebuilt_identically"], false);
    assert_eq!(pack["problems"][0], "changed");
    assert_eq!(said(&pack), [format!("rebuilt-differs {name}")], "nothing else is accused");
}

#[test]
fn a_document_with_other_words_is_named_with_its_page() {
    let other = Project::toy().set("/organisation/name", "Plum’s Lemonade").pack(&[]);
    let name = toy().files.keys().rfind(|n| n.starts_with("data/documents/")).expect("a document").clone();
    let inner = name.trim_start_matches("data/").to_owned();
    let bytes = forged(|files, _| drop(files.insert(inner.clone(), other.file(&name).to_vec())));
    let run = rebuilt(&[("a.zip", &bytes)]).ends(1);
    assert_eq!(said(&pack(&run)), [format!("rebuilt-differs {name}")]);
    run.says("page 1 reads “").says("Plum’s Lemonade").says("and the profile inside gives “");
}

#[test]
fn every_part_of_a_pack_is_compared() {
    let text = |files: &mut BTreeMap<String, Vec<u8>>, name: &str, from: &str, to: &str| {
        let old = String::from_utf8(files[name].clone()).expect("text");
        assert!(old.contains(from), "{name} holds {from}");
        files.insert(name.into(), old.replacen(from, to, 1).into_bytes());
    };
    let checklist = forged(|files, _| text(files, "checklist.json", "\"met\"", "\"missing\""));
    let more = forged(|files, _| drop(files.insert("more.txt".into(), b"more".to_vec())));
    let less = forged(|files, _| drop(files.remove("checklist.xlsx")));
    let info = forged(|_, info| info[0].1 = "Somebody else".into());
    let handed = [("a.zip", &checklist[..]), ("b.zip", &more), ("c.zip", &less), ("d.zip", &info)];
    let report = rebuilt(&handed).ends(1).json();
    let by_input = |input: &str| {
        let learners = report["learners"].as_array().expect("learners");
        said(&learners.iter().find(|l| l["input"] == input).expect("a learner")["packs"][0])
    };
    assert_eq!(by_input("a.zip"), ["rebuilt-differs data/checklist.json"]);
    assert_eq!(by_input("b.zip"), ["rebuilt-differs data/more.txt"]);
    assert_eq!(by_input("c.zip"), ["rebuilt-differs data/checklist.xlsx"]);
    assert_eq!(by_input("d.zip"), ["rebuilt-differs bag-info.txt"]);
    let report = report.to_string();
    assert!(report.contains("reads “"), "the line that differs is quoted");
}

#[test]
fn a_profile_that_does_not_build_says_why() {
    let bytes = forged(|files, _| {
        let mut profile: Value = serde_json::from_slice(&files["profile.json"]).expect("JSON");
        profile["surprise"] = true.into();
        files.insert("profile.json".into(), profile.to_string().into_bytes());
    });
    let pack = pack(&rebuilt(&[("a.zip", &bytes)]).ends(1).says("surprise"));
    assert_eq!(said(&pack), ["rebuild-fails data/profile.json"]);
    assert_eq!(pack["verdicts"]["rebuilt_identically"], false);
}

#[test]
fn packs_of_other_versions_and_other_templates_are_not_accused() {
    let set = |label: &'static str, value: &'static str| {
        forged(|_, info| {
            info.iter_mut().filter(|(l, _)| l == label).for_each(|(_, v)| *v = value.into());
        })
    };
    let other = set("Bag-Software-Agent", "evipack 0.0.1");
    let templates = set("Evipack-Catalog", "0000");
    let handed = [("a.zip", &other[..]), ("b.zip", &templates)];
    let report = rebuilt(&handed).ends(0).json();
    for learner in report["learners"].as_array().expect("learners") {
        let pack = &learner["packs"][0];
        assert_eq!(pack["verdicts"]["rebuilt_identically"], Value::Null);
        assert!(said(pack).contains(&"rebuild-not-asked ".to_owned()), "{pack:#}");
    }
    // An option that no version knows cannot have been used.
    let option = forged(|_, info| info.push(("Evipack-Options".into(), "gilded".into())));
    assert_eq!(said(&pack(&rebuilt(&[("a.zip", &option)]).ends(1))), ["rebuild-fails bag-info.txt"]);
}

#[test]
fn a_real_sample_is_rebuilt_from_its_unpacked_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in &sample().files {
        let path = folder.path().join("pack").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    let run = Evipack::new(["audit", "pack", "--rebuild"]).within(folder.path()).run();
    run.ends(0).says("rebuilt identically yes");
}

#[test]
#[ignore = "all samples, and the conventions of an organisation: a minute"]
fn no_sample_gives_a_false_alarm() {
    let folder = tempfile::tempdir().expect("a folder");
    let strict = Project::sample().pack(&["--draft", "--annotate", "--standard", "strict"]);
    let own = Project::half_finished();
    own.write("own.json", br#"{ "base": "strict", "numbers": { "longest_sentence": 30 } }"#);
    let own = own.pack(&["--draft", "--thresholds", "own.json"]);
    let mut all: BTreeMap<&str, &Pack> = samples().iter().map(|(n, p)| (n.as_str(), p)).collect();
    all.extend([("strict", &strict), ("own", &own)]);
    for (name, pack) in &all {
        fs::write(folder.path().join(format!("{name}.zip")), &pack.bytes).expect("written");
    }
    let run = Evipack::new(["audit", ".", "--rebuild", "--format", "json"]).within(folder.path()).run();
    let report = run.json();
    let learners = report["learners"].as_array().expect("learners");
    assert_eq!(learners.len(), all.len());
    for learner in learners {
        assert_eq!(learner["packs"][0]["verdicts"]["rebuilt_identically"], true, "{learner:#}");
    }
}
