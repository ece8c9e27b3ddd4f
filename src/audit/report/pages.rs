//! Pages of packs, in words and as links.
//!
//! Owns how a place is called and when it can be opened: only in a pack that lies unpacked beside the
//! report or the sheet, because no viewer opens a page inside an archive. Refuses addresses: a link is a relative
//! path with everything but letters, digits and `-._~/` spelled out.

use serde_json::{Value as Json, json};

use super::super::bag::PackReport;
use super::super::coverage::{CoveredRow, PagePlace};
use super::super::submission::LearnerReport;
use crate::trace::Status;

/// Given a learner and a pack: the folder of the pack as a relative link that ends with `/`, or none.
pub type Links<'a> = &'a dyn Fn(&LearnerReport, &PackReport) -> Option<String>;

/// How many places are shown for a row that is met, and for one that is open.
const MET: usize = 2;
const OPEN: usize = 6;

/// Returns where a row is evidenced, shortened; more so in a large class.
pub(super) fn places(row: &CoveredRow, base: Option<&str>, is_large: bool) -> Json {
    let is_met = row.status == Status::Met;
    let most = if is_met { MET } else { OPEN };
    let shown = row.places.iter().take(most).enumerate().map(|(nth, place)| {
        // A class has tens of thousands of rows that are met: one link each, or none, keeps the page small.
        let base = base.filter(|_| !is_met || nth == 0 && (!is_large || row.confirm));
        json!({
            "at": in_words(name_of(&place.file), Some(place.page)),
            "section": if is_met { None } else { Some(&place.section) },
            "href": base.map(|base| href(base, place)),
        })
    });
    json!({ "shown": shown.collect::<Vec<_>>(), "more": row.places.len().saturating_sub(most) })
}

/// The last step of a path.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Calls a page by its file.
pub(super) fn in_words(file: &str, page: Option<usize>) -> String {
    page.map_or_else(|| file.to_owned(), |page| format!("{file}, p.\u{a0}{page}"))
}

/// The link to a page, where the folder of the pack is `base`.
pub(super) fn href(base: &str, place: &PagePlace) -> String {
    format!("{base}data/{}#page={}", encoded(&place.file), place.page)
}

/// Spells out all characters of a path that could mean something in an address.
pub fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_step_is_known_on_every_system() {
        for path in ["pack.zip", "a b/pack.zip", "/x/pack.zip", r"C:\my class\pack.zip", r"C:\x/pack.zip"] {
            assert_eq!(name_of(path), "pack.zip", "{path}");
        }
    }
}
