//! How a file of a pack differs from the one that its profile gives, in one sentence.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::hayro_syntax::Pdf;

/// The most characters of a line that are quoted.
const QUOTED: usize = 80;

/// Says how a file differs.
pub(super) fn told(name: &str, found: &[u8], built: &[u8]) -> String {
    if name.ends_with(".pdf") {
        return pages(found, built);
    }
    match (std::str::from_utf8(found), std::str::from_utf8(built)) {
        (Ok(found), Ok(built)) => lines(found, built),
        _ => format!(
            "it is not the file that the profile inside gives: {} bytes instead of {}",
            found.len(),
            built.len()
        ),
    }
}

fn pages(found: &[u8], built: &[u8]) -> String {
    let count = |bytes: &[u8]| {
        let read = || Pdf::new(bytes.to_vec()).ok().map(|pdf| pdf.pages().len());
        catch_unwind(AssertUnwindSafe(read)).ok().flatten()
    };
    match (count(found), count(built)) {
        (None, _) | (_, None) => {
            "it is not the PDF that the profile inside gives, and it cannot be read".into()
        }
        (Some(found), Some(built)) if found != built => {
            format!("it has {found} pages, and the profile inside gives {built}")
        }
        _ => "it is not the PDF that the profile inside gives, though it has as many pages".into(),
    }
}

/// Names the first line that differs.
fn lines(found: &str, built: &str) -> String {
    let (mut found, mut built) = (found.split('\n'), built.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        match (found.next(), built.next()) {
            (None, None) => return "it is not the file that the profile inside gives".into(),
            (one, other) if one != other => {
                let says = one.map_or("ends".to_owned(), |text| format!("reads “{}”", quoted(text)));
                let gives = other.map_or("nothing".to_owned(), |text| format!("“{}”", quoted(text)));
                return format!("line {number} {says}, and the profile inside gives {gives}");
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
