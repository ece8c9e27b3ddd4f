//! Files beside the profile that it names: images, fonts and CSV data.
//!
//! Owns which names are allowed and what each kind of file must look like from outside. Refuses to
//! touch the disk: the caller reads the files and hands in their contents.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::visit;
use super::source::Source;
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// The largest file beside a profile that is read, in bytes.
pub const MAX_BYTES: u64 = 5_000_000;
/// The most pixels that a picture may have.
const MAX_PIXELS: usize = 40_000_000;

/// A file that the profile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// JSON pointer of the name.
    pub pointer: String,
    /// The name as written, relative to the profile's folder.
    pub name: String,
    /// What the schema says it is: `image`, `font` or `csv`.
    pub kind: String,
}

/// Returns the files that a profile names, in the order of the profile.
pub fn named(source: &Source, schema: &Value) -> Vec<Asset> {
    let mut found = Vec::new();
    visit(schema, &source.value, &mut |node, value, pointer| {
        if let (Some(kind), Some(name)) = (node.text("x-asset"), value.as_str()) {
            found.push(Asset { pointer: pointer.into(), name: name.into(), kind: kind.into() });
        }
    });
    found
}

/// Tells whether a name stays inside the profile's folder, on every system.
pub fn is_inside(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let step = |s: &str| !s.is_empty() && !s.starts_with('.') && !s.ends_with('.') && !is_device(s);
    name.len() <= 120 && name.chars().all(plain) && name.split('/').all(step)
}

/// Tells whether Windows keeps a name for a device, whatever its ending is: a pack that held such a file
/// could not be unpacked there.
fn is_device(step: &str) -> bool {
    let stem = step.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_port =
        |name: &str| stem.strip_prefix(name).is_some_and(|n| n.len() == 1 && ("1"..="9").contains(&n));
    ["aux", "con", "nul", "prn"].contains(&stem.as_str()) || ["com", "lpt"].into_iter().any(is_port)
}

/// Returns what is wrong with the named files; `files` holds those that could be read.
pub(super) fn problems(source: &Source, schema: &Value, files: &BTreeMap<String, Vec<u8>>) -> Diagnostics {
    let assets = named(source, schema);
    assets.iter().filter_map(|a| problem(a, files).map(|d| d.at(source.place(&a.pointer)))).collect()
}

fn problem(asset: &Asset, files: &BTreeMap<String, Vec<u8>>) -> Option<Diagnostic> {
    let unusable = |text: String| Diagnostic::error(Builtin::AssetUnusable, text);
    let name = &asset.name;
    if let Some(step) = name.split('/').find(|step| is_device(step)) {
        let hint = format!("give it another name than `{step}`");
        return Some(unusable(format!("Windows can keep no file called `{name}`")).hint(hint));
    }
    if !is_inside(name) {
        let hint = "put the file into the profile's folder and write its plain name, such as assets/logo.svg, with `/` and not `\\`";
        return Some(unusable(format!("`{name}` does not stay inside the profile's folder")).hint(hint));
    }
    let bytes = files.get(name)?;
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let wrong = match asset.kind.as_str() {
        "image" => image_problem(&ending, bytes),
        "font" => (!["ttf", "otf"].contains(&ending.as_str()))
            .then(|| "is not a TrueType or OpenType font (.ttf, .otf)".into()),
        "csv" => (ending != "csv").then(|| "is not a CSV file (.csv)".to_owned()),
        _ => None,
    };
    wrong.map(|why| {
        unusable(format!("`{name}` {why}")).hint("save the file again in a form that works, or name another")
    })
}

fn image_problem(ending: &str, bytes: &[u8]) -> Option<String> {
    if ending == "svg" {
        return (!bytes.windows(4).any(|w| w == b"<svg")).then(|| "holds no SVG drawing".to_owned());
    }
    if !["png", "jpg", "jpeg", "webp", "gif"].contains(&ending) {
        return Some("is not a picture that can be printed (PNG, JPEG, GIF, WebP or SVG)".into());
    }
    match imagesize::blob_size(bytes) {
        Err(_) => Some("cannot be read as a picture".into()),
        Ok(size) if size.width.saturating_mul(size.height) > MAX_PIXELS => {
            Some(format!("has {} × {} pixels, more than can be printed", size.width, size.height))
        }
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for name in
            ["../x.svg", "/etc/passwd", "a/../b.png", "a\\b.png", ".hidden", "a//b", "c:x", "", "a/./b"]
        {
            assert!(!is_inside(name), "{name}");
        }
        assert!(is_inside("assets/logo-2.svg"));
    }

    #[test]
    fn names_that_windows_keeps_for_devices_are_refused() {
        for name in ["data/con.csv", "AUX.csv", "nul", "data/LPT1.a.csv", "com9/x.csv", "prn.svg"] {
            assert!(!is_inside(name), "{name}");
        }
        for name in
            ["data/icon.csv", "con-2.csv", "com.csv", "com10.csv", "com0.csv", "x.con.csv", "lpta.csv"]
        {
            assert!(is_inside(name), "{name}");
        }
    }
}
