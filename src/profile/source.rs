//! The text of a JSON file and where each of its values stands.
//!
//! Owns reading: syntax, duplicate keys, numbers, NFC. Refuses everything beyond strict JSON
//! (comments, trailing commas), because other programs must be able to read a profile too.

use std::collections::BTreeMap;
use std::ops::Range;

use jsonc_parser::ast::{ObjectProp, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Number, Value};
use unicode_normalization::UnicodeNormalization;

use super::syntax::{self, Mistake};
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// The largest profile that is read, in bytes.
pub const MAX_BYTES: usize = 1_000_000;

/// A JSON file with the position of every value.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file as the user named it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Its value; strings are in Unicode normalisation form C.
    pub value: Value,
    spans: BTreeMap<String, Range<usize>>,
    line_starts: Vec<usize>,
}

impl Source {
    /// Reads strict JSON.
    ///
    /// # Errors
    /// The first syntax error, or all duplicate keys and unusable numbers.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let text = decode(file, bytes).map_err(|d| vec![d])?;
        let mut source = Self {
            file: file.into(),
            line_starts: line_starts(&text),
            text,
            value: Value::Null,
            spans: BTreeMap::new(),
        };
        let text = source.text.clone();
        let parsed = parse_to_ast(&text, &CollectOptions::default(), &strict())
            .map_err(|e| vec![source.syntax_error(e.range().start, &syntax::mistake(e.kind()))])?;
        let Some(root) = parsed.value else {
            return Err(vec![source.syntax_error(0, &Mistake::EMPTY)]);
        };
        let mut problems = Diagnostics::new();
        source.value = source.convert(&root, String::new(), &mut problems);
        if problems.is_empty() { Ok(source) } else { Err(problems) }
    }

    /// Returns the place of the value at a JSON pointer, or of its nearest ancestor.
    pub fn place(&self, pointer: &str) -> Place {
        let mut at = pointer;
        loop {
            if let Some(span) = self.spans.get(at) {
                let mut place = self.place_of(span.clone());
                place.pointer = Some(pointer.into());
                return place;
            }
            match at.rfind('/') {
                Some(cut) => at = &at[..cut],
                None => return Place { pointer: Some(pointer.into()), ..Place::whole(&self.file) },
            }
        }
    }

    /// Returns the place of a range of bytes: containers are named by their first line.
    pub fn place_of(&self, bytes: Range<usize>) -> Place {
        let line = self.line_starts.partition_point(|&start| start <= bytes.start).max(1);
        let start = self.line_starts[line - 1];
        let column = self.text[start..bytes.start].chars().count() + 1;
        let line_end = self.text[bytes.start..].find('\n').map_or(self.text.len(), |n| bytes.start + n);
        let end = bytes.end.min(line_end).max(bytes.start);
        Place { file: self.file.clone(), line, column, bytes: bytes.start..end, pointer: None }
    }

    /// Returns the bytes of the value at a pointer.
    pub fn span(&self, pointer: &str) -> Option<Range<usize>> {
        self.spans.get(pointer).cloned()
    }

    /// Returns the file with a part at its top level set to a JSON text; all else stays as it is
    /// written.
    pub fn with_part(&self, name: &str, json: &str) -> String {
        if let Some(span) = self.span(&format!("/{name}")) {
            return format!("{}{json}{}", &self.text[..span.start], &self.text[span.end..]);
        }
        let close = self.text.trim_end().len().saturating_sub(1);
        let end = self.text[..close].trim_end().len();
        let comma = if self.text[..end].ends_with('{') { "" } else { "," };
        format!("{}{comma}\n  \"{name}\": {json}{}", &self.text[..end], &self.text[end..])
    }

    fn syntax_error(&self, at: usize, mistake: &Mistake) -> Diagnostic {
        let end = self.text.trim_end().len();
        let at = if mistake.at_end { end.saturating_sub(1) } else { at.min(self.text.len()) };
        let at = self.text.floor_char_boundary(at);
        Diagnostic::error(Builtin::JsonSyntax, format!("the file cannot be read: {}", mistake.what))
            .at(self.place_of(at..(at + 1).min(self.text.len())))
            .hint(mistake.hint)
    }

    fn convert(&mut self, node: &Node<'_>, pointer: String, problems: &mut Diagnostics) -> Value {
        let range = node.range();
        self.spans.insert(pointer.clone(), range.start..range.end);
        match node {
            Node::StringLit(s) => Value::String(s.value.nfc().collect()),
            Node::BooleanLit(b) => Value::Bool(b.value),
            Node::NullKeyword(_) => Value::Null,
            Node::NumberLit(n) => self.number(n.value, range.start..range.end, problems),
            Node::Array(a) => {
                let items = a.elements.iter().enumerate();
                Value::Array(
                    items.map(|(i, e)| self.convert(e, format!("{pointer}/{i}"), problems)).collect(),
                )
            }
            Node::Object(o) => self.object(&o.properties, &pointer, problems),
        }
    }

    fn object(&mut self, properties: &[ObjectProp<'_>], pointer: &str, problems: &mut Diagnostics) -> Value {
        let mut map = Map::new();
        for property in properties {
            let name: String = property.name.as_str().nfc().collect();
            let child = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            if map.contains_key(&name) {
                let range = property.name.range();
                let problem = Diagnostic::error(
                    Builtin::JsonDuplicateKey,
                    format!("`{name}` stands twice in the same object"),
                )
                .at(self.place_of(range.start..range.end))
                .hint("keep one of the two: a reader cannot know which one counts");
                problems.push(problem);
                continue;
            }
            let value = self.convert(&property.value, child, problems);
            map.insert(name, value);
        }
        // Whatever goes through the keys of an object meets them in the same order, however they were typed.
        map.sort_keys();
        Value::Object(map)
    }

    fn number(&self, digits: &str, at: Range<usize>, problems: &mut Diagnostics) -> Value {
        let whole = digits.parse::<i64>().ok().map(Number::from);
        let number = whole.or_else(|| digits.parse::<f64>().ok().and_then(Number::from_f64));
        number.map(Value::Number).unwrap_or_else(|| {
            let problem = Diagnostic::error(
                Builtin::JsonSyntax,
                format!("`{digits}` is not a number that can be used"),
            )
            .at(self.place_of(at))
            .hint("write an ordinary number such as 12 or 4.5");
            problems.push(problem);
            Value::Null
        })
    }
}

fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn decode(file: &str, bytes: &[u8]) -> Result<String, Diagnostic> {
    if bytes.len() > MAX_BYTES {
        let message = format!("the profile has {} bytes; at most {MAX_BYTES} are read", bytes.len());
        return Err(Diagnostic::error(Builtin::FileTooLarge, message)
            .at(Place::whole(file))
            .hint("move long tables into CSV files beside the profile"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    String::from_utf8(bytes.to_vec()).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Diagnostic::error(Builtin::JsonSyntax, format!("the file is not UTF-8 text (byte {at})"))
            .at(Place::whole(file))
            .hint("save the file again with the encoding UTF-8")
    })
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_set_and_the_rest_stays_as_written() {
        let read = |text: &str| Source::parse("f", text.as_bytes()).expect("JSON");
        let text = "{\r\n\t\"a\" : 1,  \"b\": [ ]\r\n}\n";
        let added = read(text).with_part("c", "{ \"d\": 2 }");
        assert_eq!(added, "{\r\n\t\"a\" : 1,  \"b\": [ ],\n  \"c\": { \"d\": 2 }\r\n}\n");
        assert_eq!(read(&added).with_part("c", "3"), added.replace("{ \"d\": 2 }", "3"));
        assert_eq!(read("{}").with_part("c", "3"), "{\n  \"c\": 3}");
    }
}
