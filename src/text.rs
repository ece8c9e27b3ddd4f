//! Words and who wrote them.
//!
//! Owns [`Origin`] and [`Text`], the form in which prose travels from the profile into a template.
//! Refuses to know how a text is written down in a document: that is `render`'s business.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use serde::Serialize;

/// Who wrote a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Typed by the learner.
    Learner,
    /// Supplied with the case by the training provider.
    Case,
    /// Calculated from data.
    Computed,
    /// Part of a template, the law register or the unit.
    Template,
    /// Nobody yet: a part that is still to be completed.
    Gap,
}

impl Origin {
    /// Returns the name of the Typst function that carries the origin into the source text.
    pub fn function(self) -> Option<&'static str> {
        match self {
            Self::Learner => Some("learner"),
            Self::Case => Some("case"),
            Self::Computed => Some("computed"),
            Self::Gap => Some("gap"),
            Self::Template => None,
        }
    }

    /// Returns the origin that a Typst function of this name carries.
    pub fn of_function(name: &str) -> Option<Self> {
        [Self::Learner, Self::Case, Self::Computed, Self::Gap]
            .into_iter()
            .find(|o| o.function() == Some(name))
    }
}

/// A run of text by one author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Who wrote it.
    pub origin: Origin,
    /// The words, as typed.
    pub text: String,
}

/// Prose with its authors, as a value of the template language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The runs in reading order.
    pub segments: Vec<Segment>,
}

impl Text {
    /// Text by a single author.
    pub fn new(origin: Origin, text: impl Into<String>) -> Self {
        Self { segments: vec![Segment { origin, text: text.into() }] }
    }

    /// Wraps the text as a value of the template language.
    pub fn into_value(self) -> Value {
        Value::from_object(self)
    }

    /// Returns the text of a value with its authors: plain strings and numbers belong to `otherwise`.
    pub fn of(value: &Value, otherwise: Origin) -> Self {
        match (value.downcast_object_ref::<Self>(), value.downcast_object_ref::<Gap>()) {
            (Some(text), _) => text.clone(),
            (None, Some(gap)) => gap.text(),
            (None, None) => Self::new(otherwise, value.to_string()),
        }
    }

    /// Tells whether there is nothing to read.
    pub fn is_blank(&self) -> bool {
        self.segments.iter().all(|s| s.text.trim().is_empty())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments.iter().try_for_each(|s| f.write_str(&s.text))
    }
}

impl Object for Text {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.is_blank()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), f)
    }
}

/// A part that is still to be completed: prints its mark, and so do all of its parts.
#[derive(Debug)]
pub(crate) struct Gap(pub(crate) String);

impl Gap {
    /// The text that stands in its place.
    pub(crate) fn text(&self) -> Text {
        Text::new(Origin::Gap, self.0.clone())
    }
}

impl Object for Gap {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, _key: &Value) -> Option<Value> {
        Some(Value::from_object(Self(self.0.clone())))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Counts the words of a text: runs of characters between white space that hold a letter or a digit.
pub fn count_words(text: &str) -> usize {
    text.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count()
}

/// Writes a date out for a message, or the value as it is.
pub(crate) fn date_in_words(value: &Value) -> String {
    let text = value.to_string();
    text.parse::<jiff::civil::Date>().map_or(text, |date| date.strftime("%-d %B %Y").to_string())
}

/// Writes cents as dollars for a message, or the value as it is.
pub(crate) fn money_in_words(value: &Value) -> String {
    value.as_i64().map_or_else(|| value.to_string(), dollars)
}

/// Writes cents as dollars, with a true minus sign.
pub(crate) fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "\u{2212}" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
}

/// Writes a whole number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Spells out characters that could change what a reader sees, such as `\u{202E}`.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            out.push_str(&format!("\\u{{{:04X}}}", c as u32));
        } else {
            out.push(c);
        }
    }
    out
}

/// Puts what stands between backticks into quotation marks: on paper nobody knows the former.
pub(crate) fn quoted(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let piece = |(nth, piece): (usize, &&str)| match nth % 2 {
        0 => (*piece).to_owned(),
        _ => format!("“{piece}”"),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Tells whether a character does something where it is shown, instead of being seen.
pub(crate) fn acts(c: char) -> bool {
    let is_turning = matches!(
        c as u32,
        0x061C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xE0000..=0xE007F
    );
    (c.is_control() && c != '\n') || is_turning
}

/// Plain lower-case letters and digits with single hyphens, at most 40 characters.
pub(crate) fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let dashed: String = name.chars().filter(|c| *c != '\'' && *c != '’').map(plain).collect();
    let parts: Vec<&str> = dashed.split('-').filter(|p| !p.is_empty()).collect();
    parts.join("-").chars().take(40).collect::<String>().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_without_lone_punctuation() {
        assert_eq!(count_words("we — the riders – reply, within 4 hours."), 7);
    }

    #[test]
    fn blank_text_is_false_in_a_template() {
        assert!(!Text::new(Origin::Learner, " \n").into_value().is_true());
        assert!(Text::new(Origin::Learner, "x").into_value().is_true());
    }

    #[test]
    fn folder_names_are_plain_and_short() {
        assert_eq!(slug("Wattlebird’s Cycles & Co."), "wattlebirds-cycles-co");
        assert_eq!(slug("  "), "");
        assert!(slug(&"long name ".repeat(20)).len() <= 40);
    }

    #[test]
    fn what_stands_between_backticks_is_quoted() {
        assert_eq!(quoted("the files below `data/` and `x`"), "the files below “data/” and “x”");
        for whole in ["", "nothing", "one ` alone"] {
            assert_eq!(quoted(whole), whole);
        }
    }
}
