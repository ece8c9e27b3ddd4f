//! The text of a DOCX file.
//!
//! Owns the way to `word/document.xml` and its breaks between pages. A DOCX has no pages until a
//! program lays it out; the breaks that Word noted down when it last did so are used where they are
//! there, else those that the writer made. The text is read from its beginning to its end and nothing
//! of it is kept but words, so that no file takes more time or memory than its size. Refuses documents
//! with declarations of their own.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Text;
use crate::audit::desk::Desk;
use crate::audit::reader::Archive;
use crate::audit::source::Tree;

/// Where the text stands in the archive.
const MAIN: &str = "word/document.xml";
/// The most that is read of it, in bytes.
const MOST: u64 = 16 << 20;

/// Reads a file; an error is words that say why it cannot be read.
pub(super) fn read(bytes: Vec<u8>, desk: &Desk<'_>) -> Result<Text, String> {
    let archive = Archive::new(Box::new(bytes), desk.limits.pack_entries, desk);
    let index = archive.items().iter().position(|item| item.path == MAIN);
    let index = index.ok_or("it is damaged, or no DOCX file")?;
    let mut xml = Vec::new();
    archive.copy(index, MOST, &mut |piece| xml.extend_from_slice(piece)).map_err(|flaw| flaw.message)?;
    let xml = std::str::from_utf8(&xml).map_err(|_| "its text is not UTF-8")?;
    parse(xml)
}

/// Words, and where pages end among them.
#[derive(Default)]
struct Words {
    text: String,
    /// Places of breaks that Word noted down.
    noted: Vec<usize>,
    /// Places of breaks that the writer made.
    made: Vec<usize>,
    /// Whether what comes is text, and not the name of a field or a style.
    is_text: bool,
}

fn parse(xml: &str) -> Result<Text, String> {
    let mut reader = Reader::from_str(xml);
    let (mut words, mut open) = (Words::default(), 0_usize);
    let damaged = |why: String| format!("its text is damaged: {why}");
    loop {
        match reader.read_event().map_err(|e| damaged(e.to_string()))? {
            Event::Start(tag) => {
                open += 1;
                words.is_text = is(&tag, "t");
                words.mark(&tag);
            }
            Event::Empty(tag) => words.mark(&tag),
            Event::End(_) => {
                open -= 1;
                words.is_text = false;
            }
            Event::Text(text) if words.is_text => words.text.push_str(&text),
            Event::CData(text) if words.is_text => words.text.push_str(&text),
            Event::GeneralRef(name) if words.is_text => words.text.extend(letter(&name)),
            Event::DocType(_) => return Err(damaged("it declares words of its own".into())),
            Event::Eof if open > 0 => return Err(damaged("it ends too early".into())),
            Event::Eof => return Ok(words.pages()),
            _ => {}
        }
    }
}

impl Words {
    /// Notes what a tag puts between words.
    fn mark(&mut self, tag: &BytesStart<'_>) {
        let is_page = || {
            let mut all = tag.attributes();
            let mut all = all.with_checks(false).flatten();
            all.any(|a| a.key.local_name().as_ref() == "type" && a.value == "page")
        };
        if is(tag, "p") || is(tag, "tab") {
            self.text.push(' ');
        } else if is(tag, "lastRenderedPageBreak") {
            self.noted.push(self.text.len());
        } else if is(tag, "br") && is_page() {
            self.made.push(self.text.len());
        }
    }

    /// Cuts the words at the breaks.
    fn pages(self) -> Text {
        let breaks = if self.noted.is_empty() { self.made } else { self.noted };
        let (mut pages, mut start) = (Vec::new(), 0);
        for end in breaks.iter().copied().chain([self.text.len()]) {
            pages.push(self.text[start..end].to_owned());
            start = end;
        }
        Text { pages, has_pages: !breaks.is_empty() }
    }
}

/// Tells whether a tag has a name, whatever stands before its colon.
fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref() == name
}

/// The letter that is written as a number or by one of the five names that every XML file knows.
fn letter(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            code.ok().and_then(char::from_u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(body: &str) -> Result<Text, String> {
        parse(&format!("<w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>"))
    }

    #[test]
    fn breaks_that_word_noted_down_win_over_those_that_were_made() {
        let made = "<w:p><w:r><w:t>one</w:t><w:br w:type=\"page\"/><w:t>two</w:t></w:r></w:p>";
        let text = pages(made).expect("text");
        assert_eq!((text.pages, text.has_pages), (vec![" one".into(), "two".into()], true));
        let noted = made.replace("<w:t>two", "<w:lastRenderedPageBreak/><w:t>two");
        assert_eq!(pages(&noted).expect("text").pages.len(), 2);
        let text = pages("<w:p><w:r><w:t>one</w:t><w:br/></w:r></w:p>").expect("text");
        assert!(!text.has_pages);
    }

    #[test]
    fn only_text_is_read_and_each_letter_counts() {
        let body = "<w:p><w:instrText>PAGE</w:instrText><w:r><w:t>R&amp;D</w:t><w:tab/><w:t>&#233;&#x20AC;&none;<![CDATA[<b>]]></w:t> out</w:r></w:p>";
        assert_eq!(pages(body).expect("text").pages, [" R&D é€<b>"]);
    }

    #[test]
    fn a_document_with_declarations_is_refused() {
        let bomb = "<!DOCTYPE w [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><w>&b;</w>";
        assert!(parse(bomb).is_err_and(|why| why.contains("damaged")));
        for cut in ["<w:p><w:t>a", "<w:p></w:t>", "<w:t", "<!--"] {
            assert!(parse(cut).is_err_and(|why| why.contains("damaged")), "{cut}");
        }
    }
}
