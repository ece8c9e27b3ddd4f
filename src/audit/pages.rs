//! What is printed on which page of the documents of a pack.
//!
//! Owns the search for a passage. Refuses to tell how a page looks: lines, tables and letter case are
//! no part of it.

use super::pdf::bare;

/// The text of documents, page by page.
pub(crate) struct Pages {
    /// The documents, in the unit's order.
    pub(crate) documents: Vec<PageDoc>,
}

/// The text of one document.
pub(crate) struct PageDoc {
    /// The PDF below the pack's `data` folder.
    pub(crate) file: String,
    /// What is printed on each page, without all but letters and digits, in lower case.
    pub(crate) pages: Vec<String>,
}

impl Pages {
    /// Finds the first page on which a passage begins: its file and its number, counted from 1.
    pub(crate) fn find(&self, passage: &str) -> Option<(&str, usize)> {
        let wanted = bare(passage);
        let is_on = |pages: &[String], index: usize| {
            let next = pages.get(index + 1).map_or("", String::as_str);
            let (head, _) = next.split_at(floor(next, wanted.len()));
            let both = format!("{}{head}", pages[index]);
            both.find(&wanted).is_some_and(|at| at < pages[index].len())
        };
        let in_document = |document: &PageDoc| {
            (0..document.pages.len()).find(|index| is_on(&document.pages, *index)).map(|index| index + 1)
        };
        let found = self.documents.iter().find_map(|d| Some((d.file.as_str(), in_document(d)?)));
        found.filter(|_| !wanted.is_empty())
    }
}

/// The last place of a character that is not behind `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_found_where_it_begins() {
        let pages = ["onetwothrée", "fourfive", "onetwo"].map(str::to_owned).to_vec();
        let pages = Pages { documents: vec![PageDoc { file: "a.pdf".into(), pages }] };
        assert_eq!(pages.find("One – two"), Some(("a.pdf", 1)));
        assert_eq!(pages.find("thrée, four"), Some(("a.pdf", 1)));
        assert_eq!(pages.find("Four."), Some(("a.pdf", 2)));
        assert_eq!(pages.find("five one"), Some(("a.pdf", 2)));
        assert_eq!(pages.find("six"), None);
        assert_eq!(pages.find("!"), None);
    }
}
