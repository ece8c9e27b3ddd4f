//! The text of a page: strings of its content stream, through the tables that say what each code means
//! (ISO 32000-1, sections 9.4 and 9.10).
//!
//! Owns the reading of what evipack draws: strings in fonts with a table to Unicode. Refuses to know
//! where on the page they stand, and to follow anything that is drawn by reference.

use super::file::{File, Value, is_delimiter, is_space};

/// The most text that a page or a code may stand for, in bytes.
const PAGE: usize = 1 << 18;
const CODE: usize = 64;

/// How deep marked parts may nest.
const DEEP: usize = 64;

/// What the codes of a font mean.
pub(super) struct Font {
    /// Bytes of a code.
    width: usize,
    meanings: Vec<String>,
}

impl Font {
    /// Reads a font; `left` bytes may still be unpacked.
    pub(super) fn read(file: &mut File<'_>, font: &Value, left: &mut u64) -> Option<Self> {
        let font = file.follow(font);
        let is_wide = font.get("Subtype") == Some(&Value::Name(b"Type0".to_vec()));
        let Some(table) = file.stream(font.get("ToUnicode")?, *left) else {
            *left = 0;
            return None;
        };
        *left = left.saturating_sub(table.len() as u64);
        Some(Self {
            width: if is_wide { 2 } else { 1 },
            meanings: meanings(&String::from_utf8_lossy(&table)),
        })
    }

    fn add(&self, bytes: &[u8], out: &mut String) {
        for code in bytes.chunks(self.width) {
            let code = code.iter().fold(0, |sum, b| sum << 8 | usize::from(*b));
            out.push_str(self.meanings.get(code).map_or("", String::as_str));
        }
    }
}

/// Reads the lines of a table: a code and its text, both in hexadecimal digits, or a range of codes.
fn meanings(table: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut set = |code: u32, text: String| {
        let code = code as usize & 0xFFFF;
        if found.len() <= code {
            found.resize(code + 1, String::new());
        }
        found[code] = text;
    };
    let mut is_range = false;
    for line in table.lines() {
        if line.ends_with("range") || line.ends_with("bfchar") {
            is_range = line.ends_with("beginbfrange");
            continue;
        }
        let words: Vec<&str> = line.split(['<', '>', ' ']).filter(|w| !w.is_empty()).collect();
        let number = |text: &str| u32::from_str_radix(text, 16).ok();
        match words[..] {
            [code, text] if !is_range && text.len() <= CODE => {
                if let Some(code) = number(code) {
                    set(code, utf16(text));
                }
            }
            [first, last, start] if is_range => {
                let (Some(first), Some(last), Some(start)) = (number(first), number(last), number(start))
                else {
                    continue;
                };
                for code in first..=last.min(first.saturating_add(0xFFFF)) {
                    let text = char::from_u32(start + (code - first)).map(String::from);
                    set(code, text.unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    found
}

fn utf16(digits: &str) -> String {
    let unit = |d: &[u8]| u16::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok();
    let units: Vec<u16> = digits.as_bytes().chunks(4).filter_map(unit).collect();
    String::from_utf16_lossy(&units)
}

/// Returns the text of a content stream but for heads and feet of the page; `font` finds a font by its
/// name.
pub(super) fn read<'f>(content: &[u8], mut font: impl FnMut(&[u8]) -> Option<&'f Font>) -> String {
    let mut out = String::new();
    let mut current = None;
    let mut name: &[u8] = &[];
    // Marked parts that are open, and whether each is none of the document.
    let mut parts: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(byte) = content.get(at).copied().filter(|_| out.len() < PAGE) {
        match byte {
            b'(' => {
                let (string, end) = string(content, at + 1);
                if let (Some(font), false) = (current, parts.contains(&true)) {
                    Font::add(font, &string, &mut out);
                }
                at = end;
            }
            // Properties of what follows: nothing of it is drawn.
            b'<' if content.get(at + 1) == Some(&b'<') => at = after(content, at, b">>"),
            b'/' => {
                let end = at + 1 + word(&content[at + 1..]);
                name = &content[at + 1..end];
                at = end;
            }
            _ if byte.is_ascii_alphanumeric() => {
                let end = at + word(&content[at..]).max(1);
                match &content[at..end] {
                    b"Tf" => current = font(name),
                    b"BDC" | b"BMC" if parts.len() < DEEP => parts.push(name == b"Artifact"),
                    b"EMC" => {
                        parts.pop();
                    }
                    _ => {}
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    out
}

fn word(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| !is_space(**b) && !is_delimiter(**b)).count()
}

fn after(content: &[u8], at: usize, end: &[u8]) -> usize {
    content[at..].windows(end.len()).position(|w| w == end).map_or(content.len(), |n| at + n + end.len())
}

/// Reads a string in parentheses; returns it and where it ends.
fn string(content: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let (mut out, mut open) = (Vec::new(), 1);
    while let Some(byte) = content.get(at).copied() {
        at += 1;
        match byte {
            b')' if open == 1 => break,
            b'\\' => {
                let digits = content[at..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(*b)).count();
                let code = content[at..at + digits].iter().fold(0_u32, |n, b| n * 8 + u32::from(b - b'0'));
                let plain = content.get(at).map(|b| match b {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => *other,
                });
                out.extend(if digits > 0 { u8::try_from(code).ok() } else { plain });
                at += digits.max(1);
            }
            _ => {
                open += i32::from(byte == b'(') - i32::from(byte == b')');
                out.push(byte);
            }
        }
    }
    (out, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_through_the_table_of_its_font() {
        let table = "1 beginbfchar\n<0001> <0048>\n<0002> <00660069>\nendbfchar\n1 beginbfrange\n<0010> <0012> <0061>\nendbfrange";
        let font = Font { width: 2, meanings: meanings(table) };
        let content = b"/Span<</ActualText(no)>>BDC BT /f0 8 Tf [(\\000\x01)10(\\000\\002\\000\\020)]TJ (\x00\x12) Tj ET";
        assert_eq!(read(content, |name| (name == b"f0").then_some(&font)), "Hfiac");
        let foot = b"/Artifact<</Type/Pagination>>BDC /f0 8 Tf (\x00\x01) Tj EMC (\x00\x10) Tj";
        assert_eq!(read(foot, |_| Some(&font)), "a");
        assert_eq!(read(b"BT /f1 8 Tf (\x00\x01) Tj", |name| (name == b"f0").then_some(&font)), "");
    }

    #[test]
    fn what_is_cut_off_ends_where_it_ends() {
        let font = Font { width: 1, meanings: meanings("beginbfchar\n<41> <0041>") };
        for cut in
            [&b"/f Tf (A"[..], b"/f Tf (A\\", b"/f Tf (A\\1", b"/f Tf (A)<<", b"/f Tf (A)/", b"/f Tf (A) T"]
        {
            assert_eq!(read(cut, |_| Some(&font)), "A", "{cut:?}");
        }
    }
}
