//! How a file of a pack differs from the one that its profile gives, in one sentence.

use super::pages;

/// The most characters of a line that are quoted.
const QUOTED: usize = 80;

/// Says how a file differs.
pub(super) fn told(name: &str, found: &[u8], built: &[u8]) -> String {
    if name.ends_with(".pdf") {
        return pages::told(found, built);
    }
    match (std::str::from_utf8(found), std::str::from_utf8(built)) {
        (Ok(found), Ok(built)) => {
            let same = found.split('\n').zip(built.split('\n')).take_while(|(one, other)| one == other);
            format!("line {} {}", same.count() + 1, first_line(found, built))
        }
        _ => format!(
            "it is not the file that the profile inside gives: {} bytes instead of {}",
            found.len(),
            built.len()
        ),
    }
}

/// Quotes the first line that differs, as it is and as it should be.
pub(super) fn first_line(found: &str, built: &str) -> String {
    let (mut found, mut built) = (found.split('\n'), built.split('\n'));
    loop {
        match (found.next(), built.next()) {
            (None, None) => return "is the same".into(),
            (one, other) if one != other => {
                let says = one.map_or("ends".to_owned(), |text| format!("reads “{}”", quoted(text)));
                let gives = other.map_or("nothing".to_owned(), |text| format!("“{}”", quoted(text)));
                return format!("{says}, and the profile inside gives {gives}");
            }
            _ => {}
        }
    }
}

fn quoted(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(QUOTED) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
