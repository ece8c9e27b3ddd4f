//! What the topics share: the program, profiles that can be changed, packs that can be looked into.

pub(crate) mod audit;
pub(crate) mod class;
pub(crate) mod cohort;
mod command;
pub(crate) mod covered;
pub(crate) mod foreign;
mod layout;
mod pack;
mod pdf;
mod project;
pub(crate) mod zips;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

pub(crate) use command::{Evipack, Run};
pub(crate) use layout::faults;
pub(crate) use pack::Pack;
pub(crate) use pdf::{Page, pages, squeeze};
pub(crate) use project::{Project, Report};

/// All that is printed in a PDF, without white space.
pub(crate) fn printed(bytes: &[u8]) -> String {
    pages(bytes).iter().map(|p| p.squeezed.as_str()).collect()
}

/// The folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a JSON file of the repository.
pub(crate) fn json(name: &str) -> Value {
    let path = root().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The names of all files below a folder, relative to it, sorted; links are listed, not followed.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, above: &str, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = format!("{above}{}", entry.file_name().to_string_lossy());
            if entry.file_type().expect("a type").is_dir() {
                walk(&entry.path(), &format!("{name}/"), found);
            } else {
                found.push(name);
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

/// The pack of the complete sample, built once.
pub(crate) fn sample() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| Project::sample().pack(&[]))
}

/// The packs of all complete samples by their names, built once.
pub(crate) fn samples() -> &'static BTreeMap<String, Pack> {
    static PACKS: OnceLock<BTreeMap<String, Pack>> = OnceLock::new();
    PACKS.get_or_init(|| {
        let entries = std::fs::read_dir(root().join("samples")).expect("samples");
        let names = entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned());
        let complete = names.filter(|n| !n.ends_with("half-finished"));
        complete.map(|n| (n.clone(), Project::named(&n).pack(&[]))).collect()
    })
}

/// The draft of the half-finished sample, built once.
pub(crate) fn half_finished() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| Project::half_finished().pack(&["--draft"]))
}

/// The pack of the toy unit, built once.
pub(crate) fn toy() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| Project::toy().pack(&[]))
}
