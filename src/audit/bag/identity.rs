//! What a pack says about itself: format, version, unit, organisation, learner.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::finding::{Finding, Problem};
use super::contents::Contents;

/// The form of packs that this version reads.
const FORMAT: &str = "evipack-pack/";
/// The newest version of it.
const NEWEST: u32 = 1;
/// The declaration of a bag.
const DECLARATION: &[u8] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A person as a name and an id; either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Person {
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The id that the learning platform or the training organisation gave.
    #[serde(default)]
    pub id: Option<String>,
}

/// What a pack says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The form of the pack and its version.
    pub format: Option<String>,
    /// The program that made it.
    pub made_by: Option<String>,
    /// The unit of competency.
    pub unit: Option<String>,
    /// The organisation that it is about.
    pub organisation: Option<String>,
    /// The learner that the profile inside names.
    pub named_learner: Option<Person>,
    /// Which attempt the profile inside says it is.
    pub named_attempt: Option<u32>,
}

/// The part of a profile that says who hands in what.
#[derive(Deserialize)]
struct Profile {
    unit: Option<String>,
    submission: Option<Submission>,
}

#[derive(Deserialize)]
struct Submission {
    learner: Option<Person>,
    attempt: Option<u32>,
}

impl Identity {
    /// Tells whether this version knows the form of the pack.
    pub(super) fn is_known(&self) -> bool {
        self.version().is_some_and(|v| (1..=NEWEST).contains(&v))
    }

    /// Tells whether this very version of the program made the pack.
    pub(crate) fn is_this_version(&self) -> bool {
        self.made_by.as_deref() == Some(concat!("evipack ", env!("CARGO_PKG_VERSION")))
    }

    fn version(&self) -> Option<u32> {
        self.format.as_deref()?.strip_prefix(FORMAT)?.parse().ok()
    }
}

/// The lines of `bag-info.txt`.
pub(super) fn info(contents: &Contents) -> BTreeMap<String, String> {
    contents.kept.get("bag-info.txt").map(|b| lines(b)).unwrap_or_default()
}

/// Reads what the pack says about itself.
pub(super) fn read(contents: &Contents) -> (Identity, Vec<Finding>) {
    let mut findings = Vec::new();
    let info = info(contents);
    let line = |name: &str| info.get(name).cloned();
    let mut identity = Identity {
        format: line("Evipack-Format"),
        made_by: line("Bag-Software-Agent"),
        unit: line("Evipack-Unit"),
        organisation: line("Source-Organization"),
        ..Identity::default()
    };
    if let Some(bytes) = contents.kept.get("bagit.txt").filter(|b| *b != DECLARATION) {
        let first = String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned();
        let text = format!("it does not declare a bag as evipack does: it begins with `{first}`");
        findings.push(Finding::of(Problem::Changed, "bag-declaration", text).in_file("bagit.txt"));
    }
    if info.get("Evipack-Options").is_some_and(|o| o.split(' ').any(|o| o == "draft")) {
        let text = "it was built as a draft: what is missing stands in it as marks";
        findings.push(Finding::warning("draft", text).hint("ask for the final pack"));
    }
    findings.extend(format_finding(&identity, !info.is_empty()));
    if let Some(bytes) = contents.kept.get("data/profile.json") {
        findings.extend(profile(bytes, &mut identity));
    }
    (identity, findings)
}

/// Compares what `bag-info.txt` says about the payload with what is there: whoever mends manifests may
/// forget this line.
pub(super) fn payload_differs(contents: &Contents) -> Option<Finding> {
    let info = lines(contents.kept.get("bag-info.txt")?);
    let payload = || contents.files.iter().filter(|(name, _)| name.starts_with("data/"));
    let size: u64 = payload().map(|(_, file)| file.size).sum();
    let oxum = format!("{size}.{}", payload().count());
    (info.get("Payload-Oxum") != Some(&oxum)).then(|| {
        let text = "the number or size of the files below `data/` is not what it says";
        Finding::of(Problem::Changed, "payload-size", text).in_file("bag-info.txt")
    })
}

fn format_finding(identity: &Identity, has_info: bool) -> Option<Finding> {
    let maker = identity.made_by.as_deref().unwrap_or("an unknown program");
    match (&identity.format, identity.version()) {
        (_, Some(version)) if version > NEWEST => Some(
            Finding::warning("format-newer", format!(
                "it was made by {maker} in form {version}, which is newer than this version of evipack knows; its files were verified, and nothing else"
            ))
            .hint("get the newest evipack, then audit again"),
        ),
        (_, Some(_)) if !identity.is_this_version() => Some(Finding::note("other-version", format!(
            "it was made by {maker}, and this is version {}; that is nothing wrong",
            env!("CARGO_PKG_VERSION")
        ))),
        (_, Some(_)) => None,
        (None, None) if has_info => Some(
            Finding::of(Problem::NotAPack, "not-of-evipack", "it is a BagIt bag, but nothing says that evipack made it")
                .in_file("bag-info.txt"),
        ),
        (None, None) => None,
        (Some(format), None) => Some(
            Finding::of(Problem::NotAPack, "format-unknown", format!("its form `{format}` is not one of evipack's"))
                .in_file("bag-info.txt"),
        ),
    }
}

fn profile(bytes: &[u8], identity: &mut Identity) -> Option<Finding> {
    let name = "data/profile.json";
    let Ok(profile) = serde_json::from_slice::<Profile>(bytes) else {
        let text = "it cannot be read in the usual way, so the name of the learner is not known";
        return Some(Finding::warning("profile-unreadable", text).in_file(name));
    };
    if let Some(submission) = profile.submission {
        identity.named_learner = submission.learner;
        identity.named_attempt = submission.attempt;
    }
    let differs = identity.unit.is_some() && profile.unit.is_some() && profile.unit != identity.unit;
    differs.then(|| {
        let text = "it is for another unit than the pack says";
        Finding::of(Problem::Changed, "unit-differs", text).in_file(name)
    })
}

/// Reads lines of a label and a value; the first of a label counts.
fn lines(bytes: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut found = BTreeMap::new();
    for (label, value) in text.lines().filter_map(|l| l.split_once(": ")) {
        found.entry(label.to_owned()).or_insert_with(|| value.trim().to_owned());
    }
    found
}
