//! Files that evipack did not make: their text by page, and what of the unit's wording stands there.
//!
//! Owns the step from a loose file to suggestions. They are never evidence: a person looks whether the
//! words mean what the requirement asks for. Refuses to open what is neither a PDF nor a DOCX.

mod docx;
mod pdf;
mod suggest;

use super::coverage::Suggestion;
use super::desk::Desk;
use super::finding::Finding;
use super::pdf as own;
pub use pdf::{PageReader, read_pages};
pub(crate) use suggest::Wording;

/// How many pages of a file are looked at.
const PAGES: usize = 1_000;
/// How much text of a file is looked at, in bytes; so many pages hold less.
const TEXT: usize = 4 << 20;

/// The text of a file.
#[derive(Debug, Default, PartialEq)]
struct Text {
    /// Page by page, or all of it where the file has no pages of its own.
    pages: Vec<String>,
    has_pages: bool,
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read {
    /// Suggestions for the requirements of each unit, by its code.
    pub(crate) suggestions: Vec<(String, Suggestion)>,
    /// What keeps it from being read.
    pub(crate) finding: Option<Finding>,
}

/// Tells whether a file is looked into, by its name.
pub(crate) fn is_readable(name: &str) -> bool {
    is_pdf(name) || ends(name, ".docx")
}

fn is_pdf(name: &str) -> bool {
    ends(name, ".pdf")
}

fn ends(name: &str, end: &str) -> bool {
    name.len() > end.len() && name.get(name.len() - end.len()..).is_some_and(|e| e.eq_ignore_ascii_case(end))
}

/// Reads a file, and looks for the wording of all units in it.
pub(crate) fn read(name: &str, bytes: Vec<u8>, desk: &Desk<'_>) -> Read {
    let text = if is_pdf(name) { pdf_text(bytes, desk) } else { docx::read(bytes, desk) };
    let text = text.and_then(fitting);
    let unread = |code, text: String| Read {
        finding: Some(
            Finding::note(code, format!("{text}, so nothing is suggested from it"))
                .in_file(name)
                .hint("look at it with your own eyes"),
        ),
        ..Read::default()
    };
    match text {
        Ok(text) if text.pages.iter().all(|page| page.trim().is_empty()) => {
            unread("file-without-text", "it holds pictures and no text, as a scan does".into())
        }
        Ok(text) => Read { suggestions: suggestions(name, &text, desk), finding: None },
        Err(why) => unread("file-not-read", why),
    }
}

fn suggestions(name: &str, text: &Text, desk: &Desk<'_>) -> Vec<(String, Suggestion)> {
    let mut found = Vec::new();
    for wording in desk.wordings() {
        for (requirement, index, words) in wording.found_on(&text.pages) {
            let page = text.has_pages.then_some(index + 1);
            let suggestion = Suggestion { requirement, file: name.to_owned(), page, words };
            found.push((wording.unit.clone(), suggestion));
        }
    }
    found
}

/// Reads a PDF: by the audit's own bounded reader where evipack's form allows it, or apart from this
/// process, because a hostile file can make a general reader fall.
fn pdf_text(bytes: Vec<u8>, desk: &Desk<'_>) -> Result<Text, String> {
    let own = own::texts(&bytes).filter(|pages| pages.iter().any(|page| !page.is_empty()));
    let pages = match (own, desk.reader) {
        (Some(pages), _) => pages,
        (None, Some(reader)) => reader.pages(bytes)?,
        (None, None) => return Err("it is a PDF of another program, which is not read here".into()),
    };
    Ok(Text { pages, has_pages: true })
}

/// Refuses a text that would take long to look through.
fn fitting(text: Text) -> Result<Text, String> {
    if text.pages.len() > PAGES || text.pages.iter().map(String::len).sum::<usize>() > TEXT {
        return Err(format!("it has more than {PAGES} pages, or more text than they hold"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_ends() {
        assert!(
            is_readable("a.PDF") && is_readable("é.docx") && !is_readable(".pdf") && !is_readable("a.doc")
        );
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        let text = |pages: usize, size: usize| Text { pages: vec!["a".repeat(size); pages], has_pages: true };
        assert!(fitting(text(PAGES, 4)).is_ok() && fitting(text(1, TEXT)).is_ok());
        assert!(fitting(text(PAGES + 1, 4)).is_err() && fitting(text(1, TEXT + 1)).is_err());
    }
}
