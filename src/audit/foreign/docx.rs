//! The text of a DOCX file.
//!
//! Owns the way to `word/document.xml` and its breaks between pages. A DOCX has no pages until a
//! program lays it out; the breaks that Word noted down when it last did so are used where they are
//! there, else those that the writer made. Refuses documents with declarations of their own.

use roxmltree::{Document, Node, ParsingOptions};

use super::Text;
use crate::audit::desk::Desk;
use crate::audit::reader::Archive;
use crate::audit::source::Tree;

/// Where the text stands in the archive.
const MAIN: &str = "word/document.xml";
/// The most that is read of it, in bytes.
const MOST: u64 = 16 << 20;
/// The most parts that it may have.
const NODES: u32 = 400_000;

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

fn parse(xml: &str) -> Result<Text, String> {
    let options = ParsingOptions { nodes_limit: NODES, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(xml, options).map_err(|e| format!("its text is damaged: {e}"))?;
    let is_noted = |node: &Node<'_, '_>| node.has_tag_name_local("lastRenderedPageBreak");
    let is_made = |node: &Node<'_, '_>| {
        node.has_tag_name_local("br") && node.attributes().any(|a| a.name() == "type" && a.value() == "page")
    };
    let notes = document.descendants().any(|node| is_noted(&node));
    let is_break = |node: &Node<'_, '_>| if notes { is_noted(node) } else { is_made(node) };
    let mut pages = vec![String::new()];
    for node in document.descendants() {
        if is_break(&node) {
            pages.push(String::new());
            continue;
        }
        let Some(page) = pages.last_mut() else { continue };
        if node.has_tag_name_local("t") {
            page.push_str(node.text().unwrap_or_default());
        } else if node.has_tag_name_local("p") || node.has_tag_name_local("tab") {
            page.push(' ');
        }
    }
    let has_pages = pages.len() > 1;
    Ok(Text { pages, has_pages })
}

trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
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
    fn a_document_with_declarations_is_refused() {
        let bomb = "<!DOCTYPE w [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><w>&b;</w>";
        assert!(parse(bomb).is_err_and(|why| why.contains("damaged")));
        let deep = "<w>".repeat(500_000);
        assert!(parse(&deep).is_err());
    }
}
