//! The objects of a PDF in the form in which evipack writes it: a plain table of objects, each
//! readable as it stands (ISO 32000-1, sections 7.3 and 7.5.4).
//!
//! Owns the bounds: every read is counted, and nesting has a limit, so that no file can keep the audit
//! busy or make it fall. A general PDF reader follows whatever a file says; this one refuses what
//! evipack never writes, such as objects in packed streams.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

/// How deep values may nest.
const DEEP: usize = 24;
/// How many values are read of one file.
const MOST: usize = 1 << 20;
/// How many objects a file may have.
const OBJECTS: usize = 1 << 20;

/// A value of a PDF.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing, or something that is not needed here: a truth value, a keyword.
    Other,
    /// A number.
    Number(f64),
    /// The bytes of a string.
    Text(Vec<u8>),
    /// A name without its slash.
    Name(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// Names and values.
    Dict(Vec<(Vec<u8>, Value)>),
    /// The number of another object.
    Link(usize),
}

impl Value {
    /// Returns a value of a dictionary.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Dict(entries) = self else { return None };
        entries.iter().find(|(n, _)| n == name.as_bytes()).map(|(_, value)| value)
    }

    /// Returns the items of a list.
    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// Returns the number of the object that it links to.
    pub(super) fn link(&self) -> Option<usize> {
        if let Self::Link(number) = self { Some(*number) } else { None }
    }
}

/// A file whose objects can be found.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    /// Where each object begins, by its number; zero where there is none.
    places: Vec<usize>,
    root: Value,
    left: usize,
}

impl<'a> File<'a> {
    /// Reads the table of objects; none where it is not in the form that evipack writes.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let tail = &bytes[bytes.len().saturating_sub(64)..];
        let tail = std::str::from_utf8(tail.get(find(tail, b"startxref")?..)?).ok()?;
        let start: usize = tail.split_ascii_whitespace().nth(1)?.parse().ok()?;
        let mut file = Self { bytes, places: Vec::new(), root: Value::Other, left: MOST };
        let mut reader = Reader { bytes, at: start };
        reader.word(b"xref")?;
        let (first, count) = (reader.whole()?, reader.whole()?);
        if first != 0 || count > OBJECTS || count > bytes.len() / 20 {
            return None;
        }
        for _ in 0..count {
            let (place, _) = (reader.whole()?, reader.whole()?);
            reader.space();
            let is_used = reader.next()? == b'n';
            file.places.push(if is_used { place } else { 0 });
        }
        reader.word(b"trailer")?;
        file.root = reader.value(&mut file.left, DEEP)?;
        Some(file)
    }

    /// Returns the catalogue of the document.
    pub(super) fn root(&mut self) -> Option<Value> {
        let root = self.root.get("Root")?.clone();
        Some(self.follow(&root))
    }

    /// Returns the object that a value links to, or the value itself.
    pub(super) fn follow(&mut self, value: &Value) -> Value {
        match value.link() {
            Some(number) => self.object(number).map_or(Value::Other, |(value, _)| value),
            None => value.clone(),
        }
    }

    /// Returns what a dictionary holds under a name, whether it stands there or elsewhere.
    pub(super) fn get(&mut self, dict: &Value, name: &str) -> Value {
        dict.get(name).cloned().map_or(Value::Other, |value| self.follow(&value))
    }

    /// Returns the unpacked bytes of a stream, at most `most` of them.
    pub(super) fn stream(&mut self, link: &Value, most: u64) -> Option<Vec<u8>> {
        let (dict, mut reader) = self.object(link.link()?)?;
        reader.word(b"stream")?;
        reader.at += if self.bytes.get(reader.at) == Some(&b'\r') { 2 } else { 1 };
        let Value::Number(size) = self.get(&dict, "Length") else { return None };
        let data = self.bytes.get(reader.at..reader.at.checked_add(size as usize)?)?;
        match self.get(&dict, "Filter") {
            Value::Other => Some(data.to_vec()),
            Value::Name(name) if name == b"FlateDecode" => {
                let mut out = Vec::new();
                ZlibDecoder::new(data).take(most + 1).read_to_end(&mut out).ok()?;
                (out.len() as u64 <= most).then_some(out)
            }
            _ => None,
        }
    }

    fn object(&mut self, number: usize) -> Option<(Value, Reader<'a>)> {
        let at = *self.places.get(number).filter(|at| **at > 0)?;
        let mut reader = Reader { bytes: self.bytes, at };
        let is_it = reader.whole()? == number;
        reader.whole()?;
        reader.word(b"obj")?;
        let value = reader.value(&mut self.left, DEEP).filter(|_| is_it)?;
        Some((value, reader))
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.space();
        let is_it = self.bytes.get(self.at..)?.starts_with(word);
        self.at += word.len();
        is_it.then_some(())
    }

    /// Reads bytes up to white space or a delimiter.
    fn token(&mut self) -> &[u8] {
        let start = self.at;
        while self.peek().is_some_and(|b| !is_space(b) && !is_delimiter(b)) {
            self.at += 1;
        }
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    fn whole(&mut self) -> Option<usize> {
        self.space();
        std::str::from_utf8(self.token()).ok()?.parse().ok()
    }

    /// Reads a value; `left` values may still be read, `deep` levels of nesting.
    fn value(&mut self, left: &mut usize, deep: usize) -> Option<Value> {
        *left = left.checked_sub(1)?;
        let deep = deep.checked_sub(1)?;
        self.space();
        match self.peek()? {
            b'(' => self.string(),
            b'/' => {
                self.at += 1;
                Some(Value::Name(self.token().to_vec()))
            }
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.ends(b"]")? {
                    items.push(self.value(left, deep)?);
                }
                Some(Value::List(items))
            }
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                let mut entries = Vec::new();
                while !self.ends(b">>")? {
                    let Value::Name(name) = self.value(left, deep)? else { return None };
                    entries.push((name, self.value(left, deep)?));
                }
                Some(Value::Dict(entries))
            }
            b'<' => self.digits(),
            _ => self.number(),
        }
    }

    /// Tells whether the end comes next, and steps over it.
    fn ends(&mut self, end: &[u8]) -> Option<bool> {
        self.space();
        let is_end = self.bytes.get(self.at..)?.starts_with(end);
        self.at += if is_end { end.len() } else { 0 };
        Some(is_end)
    }

    /// Reads a number, a link to an object, or a word such as `true`.
    fn number(&mut self) -> Option<Value> {
        let token = self.token();
        let text = std::str::from_utf8(token).ok().filter(|t| !t.is_empty())?;
        let Ok(number) = text.parse::<f64>() else { return Some(Value::Other) };
        let whole: Option<usize> = text.parse().ok();
        let mut ahead = *self;
        if let (Some(target), Some(_), Some(())) = (whole, ahead.whole(), ahead.word(b"R")) {
            self.at = ahead.at;
            return Some(Value::Link(target));
        }
        Some(Value::Number(number))
    }

    /// Reads a string in parentheses.
    fn string(&mut self) -> Option<Value> {
        self.at += 1;
        let (mut out, mut open) = (Vec::new(), 1);
        loop {
            match self.next()? {
                b')' if open == 1 => return Some(Value::Text(out)),
                b'\\' => out.extend(self.escaped()?),
                byte => {
                    open += i32::from(byte == b'(') - i32::from(byte == b')');
                    out.push(byte);
                }
            }
        }
    }

    fn escaped(&mut self) -> Option<Option<u8>> {
        Some(match self.next()? {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\n' => None,
            first @ b'0'..=b'7' => {
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                u8::try_from(code).ok()
            }
            other => Some(other),
        })
    }

    /// Reads a string of hexadecimal digits.
    fn digits(&mut self) -> Option<Value> {
        self.at += 1;
        let mut digits = Vec::new();
        loop {
            match self.next()? {
                b'>' => break,
                byte if is_space(byte) => {}
                byte => digits.push(u8::try_from(char::from(byte).to_digit(16)?).ok()?),
            }
        }
        Some(Value::Text(digits.chunks(2).map(|d| d[0] << 4 | d.get(1).copied().unwrap_or(0)).collect()))
    }
}

/// Tells whether a byte is white space (section 7.2.3).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

/// Tells whether a byte begins or ends something (section 7.2.3).
pub(super) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|w| w == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<Value> {
        Reader { bytes: text.as_bytes(), at: 0 }.value(&mut 1000, DEEP)
    }

    #[test]
    fn values_are_read_as_the_standard_says() {
        let text = |t: &[u8]| Some(Value::Text(t.to_vec()));
        assert_eq!(value("(a\\(b\\)(c)\\101\\n)"), text(b"a(b)(c)A\n"));
        assert_eq!(value("<48 6F5>"), text(b"HoP"));
        assert_eq!(value("[1 0 R 2 3.5]").map(|v| v.items().len()), Some(3));
        let dict = value("<</A/B/C[(x)]/D 7 0 R>>").expect("a dictionary");
        assert_eq!(dict.get("A"), Some(&Value::Name(b"B".to_vec())));
        assert_eq!(dict.get("D").and_then(Value::link), Some(7));
    }

    #[test]
    fn what_nests_without_end_is_refused() {
        for hostile in
            ["[".repeat(1 << 20), "<</A".repeat(1 << 20), "(".repeat(9), "<4".into(), "<<1 2>>".into()]
        {
            assert_eq!(value(&hostile), None);
        }
        assert_eq!(value(&format!("[{}]", "1 ".repeat(2000))), None, "more values than may be read");
    }
}
