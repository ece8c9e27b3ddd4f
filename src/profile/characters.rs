//! Characters that a document cannot or must not print.
//!
//! Owns the list of refused characters. Refuses to mend text silently: what is typed is what is
//! printed, or the author is told.

use serde_json::Value;

use super::schema::step;
use super::source::Source;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// Returns every character that is refused, one problem per value and character.
pub(super) fn problems(source: &Source, covers: &dyn Fn(char) -> bool) -> Diagnostics {
    let mut found = Diagnostics::new();
    walk(&source.value, "", &mut |text, pointer| {
        if !is_plain(text) {
            found.extend(in_text(text, &source.place(pointer), covers));
        }
    });
    found
}

/// Returns every character of a text that is refused, each once.
pub(super) fn in_text(text: &str, place: &Place, covers: &dyn Fn(char) -> bool) -> Diagnostics {
    let mut seen = Vec::new();
    let mut found = Diagnostics::new();
    for c in text.chars().filter(|c| !c.is_ascii_graphic() && *c != ' ') {
        if seen.contains(&c) {
            continue;
        }
        seen.push(c);
        found.extend(reason(c, covers).map(|why| refused(place, c, why)));
    }
    found
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
}

fn walk(value: &Value, pointer: &str, f: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) => f(text, pointer),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| walk(v, &format!("{pointer}/{i}"), f))
        }
        Value::Object(map) => {
            for (name, child) in map {
                f(name, pointer);
                walk(child, &step(pointer, name), f);
            }
        }
        _ => {}
    }
}

fn reason(c: char, covers: &dyn Fn(char) -> bool) -> Option<(&'static str, &'static str)> {
    let code = c as u32;
    let retype = "delete the text around this place and type it again";
    match code {
        0x0A => None,
        0x09 | 0x0D => {
            Some(("is a tab or an old-style line end, which a document cannot show", "use a space or \\n"))
        }
        0..=0x1F | 0x7F..=0x9F => Some(("is an invisible control character", retype)),
        0x202A..=0x202E | 0x2066..=0x2069 => {
            Some(("turns the reading direction round, so that text reads other than typed", retype))
        }
        0xFEFF | 0x200B | 0x200E | 0x200F | 0x2028 | 0x2029 | 0xFFF9..=0xFFFB => {
            Some(("is invisible", retype))
        }
        0xE000..=0xF8FF | 0xF0000..=0x10_FFFF => Some((
            "belongs to a private font, so that others see something else",
            "use an ordinary character",
        )),
        _ if code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code) => {
            Some(("is not a character", retype))
        }
        0x200C | 0x200D | 0xFE0E | 0xFE0F => None,
        _ if covers(c) => None,
        _ => Some((
            "is in none of the fonts, so that it cannot be printed",
            "use another character, or name a font file that has it under `fonts`",
        )),
    }
}

fn refused(place: &Place, c: char, (what, hint): (&str, &str)) -> Diagnostic {
    let shown = if c.is_control() || what.contains("invisible") || what.contains("direction") {
        String::new()
    } else {
        format!(" “{c}”")
    };
    let message = format!("the character{shown} U+{:04X} {what}", c as u32);
    Diagnostic::error(Builtin::CharacterRefused, message).at(place.clone()).hint(hint)
}
