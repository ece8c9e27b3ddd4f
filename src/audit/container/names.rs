//! Names of entries: their encoding, what they may not be, and names that get in each other's way.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::{Container, Foreign, extra_field, u32_at};
use crate::audit::source::Kind;

/// The upper half of code page 437, in which zip archives without any mark are written.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// The flag that says that a name is UTF-8.
const UTF8: u16 = 1 << 11;
/// The id of the extra field with a name in UTF-8.
const UNICODE_PATH: u16 = 0x7075;

/// A name as it was read.
pub(super) struct Name {
    pub(super) text: String,
    is_foreign: bool,
    is_damaged: bool,
}

/// Reads a name: UTF-8 where it is marked or possible, a name in UTF-8 beside it, or code page 437.
pub(super) fn decode(bytes: &[u8], flags: u16, extra: &[u8]) -> Name {
    let plain = |text: String, is_foreign| Name { is_foreign, is_damaged: false, text };
    let name = match std::str::from_utf8(bytes) {
        Ok(text) => plain(text.to_owned(), !text.is_ascii() && flags & UTF8 == 0),
        Err(_) if flags & UTF8 != 0 => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            Name { is_damaged: true, ..plain(text, true) }
        }
        Err(_) => plain(beside(bytes, extra).unwrap_or_else(|| cp437(bytes)), true),
    };
    if name.text.contains('\\') {
        return Name { text: name.text.replace('\\', "/"), is_foreign: true, ..name };
    }
    name
}

fn beside(bytes: &[u8], extra: &[u8]) -> Option<String> {
    let field = extra_field(extra, UNICODE_PATH).ok()??;
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    let is_its = field.first() == Some(&1) && field.len() > 5 && u32_at(field, 1) == crc.sum();
    is_its.then(|| String::from_utf8(field[5..].to_vec()).ok()).flatten()
}

fn cp437(bytes: &[u8]) -> String {
    let upper: Vec<char> = CP437.chars().collect();
    let letter = |b: &u8| match usize::from(*b).checked_sub(0x80) {
        Some(at) => upper[at],
        None => char::from(*b),
    };
    bytes.iter().map(letter).collect()
}

/// Cuts a name that is too long to be shown.
pub(super) fn shortened(name: &str, most: usize) -> String {
    if name.len() <= most {
        return name.to_owned();
    }
    let cut = (0..=most).rev().find(|at| name.is_char_boundary(*at)).unwrap_or_default();
    format!("{}…", &name[..cut])
}

/// Judges one name.
pub(super) fn judge(container: &mut Container, index: usize, name: &Name, most: usize) {
    if name.is_foreign {
        container.foreign.insert(Foreign::Names);
    }
    if container.entries[index].kind == Kind::Folder {
        container.foreign.insert(Foreign::Folders);
    }
    let steps: Vec<&str> = name.text.trim_end_matches('/').split('/').collect();
    let has_drive = steps[0].as_bytes().get(1) == Some(&b':');
    let text = if name.text.is_empty() {
        "it has no name"
    } else if name.text.len() > most {
        "its name is longer than any program needs"
    } else if name.is_damaged {
        "its name is not the UTF-8 text that it says it is"
    } else if name.text.contains('\0') {
        "its name holds a zero byte, behind which some programs see nothing"
    } else if steps.contains(&"..") || steps.contains(&"") || has_drive {
        "its name leads out of the folder that it would be unpacked into"
    } else {
        return;
    };
    container.fault_in(index, "zip-name", text);
}

/// Compares all names with each other.
pub(super) fn compare(container: &mut Container) {
    let folded: Vec<String> = container.entries.iter().map(|e| fold(&e.name)).collect();
    if !container.entries.is_sorted_by(|a, b| a.name.as_bytes() < b.name.as_bytes()) {
        container.foreign.insert(Foreign::Order);
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, name) in folded.iter().enumerate() {
        let clean = name.trim_end_matches('/');
        if let Some(first) = seen.insert(clean, index) {
            found.push((index, first));
        }
        for (at, _) in clean.match_indices('/') {
            folders.entry(&clean[..at]).or_insert(index);
        }
    }
    for (index, first) in found {
        let (one, other) = (&container.entries[first].name, &container.entries[index].name);
        let same = one == other;
        let text = if same {
            "it is there twice: programs would not agree which one counts".to_owned()
        } else {
            format!("its name is that of `{one}` on many computers: one would replace the other")
        };
        container.fault_in(index, if same { "zip-twice" } else { "zip-clash" }, text);
    }
    for (index, name) in folded.iter().enumerate() {
        let is_file = container.entries[index].kind == Kind::File;
        if is_file && folders.contains_key(name.as_str()) {
            container.fault_in(index, "zip-clash", "it is a file and a folder at the same time");
        }
    }
}

/// A name as file systems compare it that know neither case nor forms of accents.
fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().collect::<String>().to_lowercase()
}
