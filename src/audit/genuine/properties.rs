//! Who the properties of a PDF say wrote it, read while the file goes by.
//!
//! Looks for `/Author` of the information dictionary and `dc:creator` of the metadata as they stand in
//! the file: evipack, word processors and PDF/A leave both open. Nothing is unpacked for it.

use memchr::memmem;

/// How much of a file is looked at together; a name is shorter.
const KEPT: usize = 1_024;
/// The most authors that are kept of one file.
const MOST: usize = 8;

/// Reads authors from the pieces of a file.
#[derive(Default)]
pub(crate) struct Authors {
    tail: Vec<u8>,
    found: Vec<String>,
}

impl Authors {
    /// Takes the next piece.
    pub(crate) fn take(&mut self, piece: &[u8]) {
        self.tail.extend_from_slice(piece);
        self.look();
        let end = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..end);
    }

    /// Returns what was found, each once.
    pub(crate) fn found(self) -> Vec<String> {
        self.found
    }

    fn look(&mut self) {
        let bytes = &self.tail;
        let mut names = Vec::new();
        for at in places(bytes, b"/Author") {
            names.extend(string(&bytes[at..]));
        }
        for at in places(bytes, b"<dc:creator>") {
            names.extend(listed(&bytes[at..]));
        }
        for name in names {
            if self.found.len() < MOST && !name.trim().is_empty() && !self.found.contains(&name) {
                self.found.push(name);
            }
        }
    }
}

/// The places behind each occurrence of some bytes.
fn places<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    memmem::find_iter(bytes, wanted).map(|at| at + wanted.len())
}

/// A string of a PDF that is closed within the bytes.
fn string(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.trim_ascii_start();
    match bytes.first()? {
        b'(' => literal(&bytes[1..]).map(|raw| decoded(&raw)),
        b'<' => {
            let end = bytes.iter().position(|b| *b == b'>')?;
            let digits: Vec<u8> =
                bytes[1..end].iter().filter_map(|b| char::from(*b).to_digit(16)).map(|d| d as u8).collect();
            Some(decoded(
                &digits.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).unwrap_or(&0)).collect::<Vec<u8>>(),
            ))
        }
        _ => None,
    }
}

/// A string in brackets: they may be nested, and a backslash takes the next character as it is.
fn literal(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    let mut depth = 1;
    let mut bytes = bytes.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => found.push(bytes.next()?),
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(found),
            b')' => depth -= 1,
            byte => found.push(byte),
        }
    }
    None
}

/// UTF-16 or UTF-8 where it says so, and otherwise one byte a character.
fn decoded(raw: &[u8]) -> String {
    if let Some(wide) = raw.strip_prefix(b"\xFE\xFF") {
        let units = wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        return char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    String::from_utf8(raw.to_vec()).unwrap_or_else(|_| raw.iter().copied().map(char::from).collect())
}

/// The names of a list in the metadata.
fn listed(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let Some((list, _)) = text.split_once("</dc:creator>") else { return Vec::new() };
    let items =
        list.split("<rdf:li").skip(1).filter_map(|item| item.split_once('>')?.1.split_once("</rdf:li>"));
    items.map(|(name, _)| unescaped(name)).collect()
}

fn unescaped(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (code, plain)| text.replace(code, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], piece: usize) -> Vec<String> {
        let mut authors = Authors::default();
        bytes.chunks(piece).for_each(|p| authors.take(p));
        authors.found()
    }

    #[test]
    fn both_kinds_of_properties_are_read_wherever_the_file_is_cut() {
        let noise = vec![b'/'; 3_000];
        let info: &[u8] = b"<</Title(x)/Author (Jo \\(Joanne\\) Lee)/Author<FEFF004A00FC>>>";
        let meta = b"<dc:creator><rdf:Seq><rdf:li>A &amp; B</rdf:li></rdf:Seq></dc:creator>";
        let file = [&noise, info, &noise, meta, &noise].concat();
        for piece in [1, 7, 100, 1_000, file.len()] {
            assert_eq!(found(&file, piece), ["Jo (Joanne) Lee", "Jü", "A & B"], "{piece}");
        }
        assert!(found(b"/Author (never closed", 4).is_empty());
    }
}
