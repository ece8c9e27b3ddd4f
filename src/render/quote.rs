//! Writing values into Typst source so that they can never become code.
//!
//! Owns the one way in which a value is written: as a string literal of Typst, wrapped in the
//! function that names its origin. There is no list of dangerous characters. Refuses values that
//! have no printed form (lists, maps, nothing).

use std::fmt::Write;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value, ValueKind};
use minijinja::{AutoEscape, Error, ErrorKind, Output, State};

use crate::text::{Gap, Origin, Text};

/// Words longer than this get places where a line may break, in characters.
const LONG_WORD: usize = 22;
/// Characters between two such places.
const PIECE: usize = 4;

/// A literal of Typst in code position: made by the filter `lit`, written as it is.
#[derive(Debug)]
struct Literal(String);

impl Object for Literal {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The filter `lit`: a bare literal for code position.
pub(super) fn lit(value: &Value) -> Result<Value, Error> {
    let literal = match value.kind() {
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Number => number(value)?,
        ValueKind::String => literal(value.as_str().unwrap_or_default()),
        _ => literal(&prose(value)?.to_string()),
    };
    Ok(Value::from_object(Literal(literal)))
}

fn number(value: &Value) -> Result<String, Error> {
    let text = value.to_string();
    let finite = text.parse::<f64>().is_ok_and(f64::is_finite);
    if !finite {
        return Err(unprintable(value));
    }
    Ok(if text.starts_with('-') { format!("({text})") } else { text })
}

/// The formatter of all templates: writes a value as text of a Typst document, or of a web page.
pub(super) fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if *state.auto_escape() == AutoEscape::Html {
        return html(out, value);
    }
    if let Some(literal) = value.downcast_object_ref::<Literal>() {
        return out.write_str(&literal.0).map_err(broken);
    }
    let text = match value.kind() {
        ValueKind::String | ValueKind::Number => Text::of(value, Origin::Template),
        _ => prose(value)?,
    };
    for segment in &text.segments {
        out.write_str(&markup(segment.origin, &segment.text)).map_err(broken)?;
    }
    Ok(())
}

fn prose(value: &Value) -> Result<Text, Error> {
    let text = value.downcast_object_ref::<Text>().cloned();
    text.or_else(|| value.downcast_object_ref::<Gap>().map(Gap::text)).ok_or_else(|| unprintable(value))
}

fn html(out: &mut Output, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Err(unprintable(value));
    }
    for c in value.to_string().chars() {
        let escaped = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&#39;",
            c => {
                out.write_char(c).map_err(broken)?;
                continue;
            }
        };
        out.write_str(escaped).map_err(broken)?;
    }
    Ok(())
}

fn broken(_: std::fmt::Error) -> Error {
    Error::new(ErrorKind::WriteFailure, "the output could not be written")
}

fn unprintable(value: &Value) -> Error {
    let what =
        if value.is_undefined() { "nothing (undefined)".to_owned() } else { format!("a {}", value.kind()) };
    Error::new(ErrorKind::InvalidOperation, format!("{what} cannot be printed"))
}

/// Returns text of one origin as Typst markup.
fn markup(origin: Origin, text: &str) -> String {
    let mut out = String::new();
    let paragraphs: Vec<&str> = text.split("\n\n").map(|p| p.trim_matches('\n')).collect();
    for (i, paragraph) in paragraphs.iter().enumerate() {
        if i > 0 {
            out.push_str("#parbreak();");
        }
        for (j, line) in paragraph.split('\n').enumerate() {
            if j > 0 {
                out.push_str("#linebreak();");
            }
            write_line(&mut out, origin, line);
        }
    }
    out
}

fn write_line(out: &mut String, origin: Origin, line: &str) {
    for (i, piece) in pieces(line).iter().enumerate() {
        if i > 0 {
            out.push_str("#wrap;");
        }
        match origin.function() {
            Some(name) => {
                let _ = write!(out, "#{name}({});", literal(piece));
            }
            None => {
                let _ = write!(out, "#{};", literal(piece));
            }
        }
    }
}

/// Cuts a line inside its very long words, so that it can break there: behind the marks that part an
/// address into readable pieces, and every few characters where a run without such marks is long.
fn pieces(line: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in line.split_inclusive(' ') {
        if word.trim_end().chars().count() <= LONG_WORD {
            pieces.last_mut().expect("there is always a piece").push_str(word);
            continue;
        }
        let runs: Vec<&str> = word.split_inclusive(is_seam).collect();
        for (i, run) in runs.iter().enumerate() {
            if i > 0 && run.chars().any(|c| !is_seam(c) && c != ' ') {
                pieces.push(String::new());
            }
            cut(run, &mut pieces);
        }
    }
    pieces
}

fn cut(run: &str, pieces: &mut Vec<String>) {
    let length = run.trim_end().chars().count();
    for (i, c) in run.chars().enumerate() {
        let inside = length > LONG_WORD && i > 0 && i % PIECE == 0 && i < length && !joins(c);
        if inside {
            pieces.push(String::new());
        }
        pieces.last_mut().expect("there is always a piece").push(c);
    }
}

/// Tells whether an address may break behind a character.
fn is_seam(c: char) -> bool {
    matches!(c, '/' | '?' | '&' | '=' | '_' | '-' | '@' | '.' | ':' | ',' | ';' | '#' | '+')
}

/// Tells whether a character belongs to the one before it and must not be cut off.
fn joins(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036F | 0x200C..=0x200D | 0xFE00..=0xFE0F | 0x20D0..=0x20FF | 0x1F3FB..=0x1F3FF)
}

/// Returns a string literal of Typst.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_cannot_end_a_literal() {
        assert_eq!(literal(r#"a"; #panic() \"#), r#""a\"; #panic() \\""#);
    }

    #[test]
    fn long_words_can_break_and_lose_nothing() {
        let word = "x".repeat(300);
        assert_eq!(pieces(&word).len(), 75);
        assert_eq!(pieces(&format!("a {word} b")).concat(), format!("a {word} b"));
        assert_eq!(pieces("short words only").len(), 1);
        assert_eq!(
            pieces("removals@wattlebird-cycles.example"),
            ["removals@", "wattlebird-", "cycles.", "example"]
        );
    }

    #[test]
    fn paragraphs_and_lines_are_kept() {
        assert_eq!(
            markup(Origin::Learner, "a\nb\n\nc"),
            "#learner(\"a\");#linebreak();#learner(\"b\");#parbreak();#learner(\"c\");"
        );
    }
}
