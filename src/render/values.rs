//! The profile as templates see it.
//!
//! Owns the turn from JSON into template values: prose becomes [`Text`] with its origin, figure
//! tokens in prose become computed words, gaps of a draft become visible marks. Refuses to change
//! codes, ids, dates, numbers.

use minijinja::value::Value;
use serde_json::{Map, Value as Json};

use crate::profile::schema::{GAP, Node, step};
use crate::text::{Gap, Origin, Segment, Text};

/// Looks up a figure token: the words between `[[` and `]]`.
pub(crate) type Figure<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// Turns a profile (filled, for a draft) into the top-level values of a template.
pub(crate) struct Values<'a> {
    /// The profile's schema: tells prose from codes.
    pub(crate) schema: &'a Json,
    /// JSON pointers of the parts that came with the case.
    pub(crate) supplied: &'a [String],
    /// The lookup of figure tokens.
    pub(crate) figure: Figure<'a>,
    /// Gaps are marked and not refused.
    pub(crate) draft: bool,
}

impl Values<'_> {
    /// Converts the whole profile.
    pub(crate) fn convert(&self, profile: &Json) -> Value {
        self.value(Some(Node::root(self.schema)), profile, "")
    }

    fn value(&self, node: Option<Node<'_>>, value: &Json, pointer: &str) -> Value {
        match value {
            Json::String(text) if node.is_some_and(|n| n.is_prose()) => {
                self.prose(text, pointer).into_value()
            }
            Json::Array(items) => {
                let schema = node.and_then(|n| n.items());
                let item = |(i, v): (usize, &Json)| self.value(schema, v, &format!("{pointer}/{i}"));
                items.iter().enumerate().map(item).collect::<Vec<Value>>().into()
            }
            Json::Object(map) => match gap_label(map) {
                Some(label) => Value::from_object(Gap(label.to_owned())),
                None => self.object(node, map, pointer),
            },
            other => plain(other),
        }
    }

    fn object(&self, node: Option<Node<'_>>, map: &Map<String, Json>, pointer: &str) -> Value {
        let pair = |(name, value): (&String, &Json)| {
            let child = node.and_then(|n| n.property(name));
            (name.clone(), self.value(child, value, &step(pointer, name)))
        };
        Value::from_pairs(map.iter().map(pair))
    }

    fn prose(&self, text: &str, pointer: &str) -> Text {
        let is_supplied = |p: &String| pointer == p || pointer.starts_with(&format!("{p}/"));
        let origin = if self.supplied.iter().any(is_supplied) { Origin::Case } else { Origin::Learner };
        Text { segments: segments(text, origin, self.figure) }
    }
}

fn segments(text: &str, origin: Origin, figure: Figure<'_>) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut push = |origin, text: &str| {
        if !text.is_empty() {
            found.push(Segment { origin, text: text.to_owned() });
        }
    };
    let mut last = 0;
    for (range, token) in tokens(text) {
        let Ok(shown) = figure(token) else { continue };
        push(origin, &text[last..range.start]);
        push(Origin::Computed, &shown);
        last = range.end;
    }
    push(origin, &text[last..]);
    found
}

/// Returns the figure tokens of a text with their byte ranges: `[[…]]` around letters, digits and `-_/@:`.
pub(crate) fn tokens(text: &str) -> Vec<(std::ops::Range<usize>, &str)> {
    let is_name =
        |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || "-_/@:. ".contains(c));
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("[[").map(|i| from + i) {
        let Some(close) = text[open..].find("]]").map(|i| open + i) else { break };
        let inner = &text[open + 2..close];
        if is_name(inner) {
            found.push((open..close + 2, inner.trim()));
            from = close + 2;
        } else {
            from = open + 2;
        }
    }
    found
}

fn gap_label(map: &Map<String, Json>) -> Option<&str> {
    map.get(GAP).and_then(Json::as_str)
}

fn plain(value: &Json) -> Value {
    Value::from(minijinja::value::Serde(value))
}

/// Turns computed JSON into template values: `{"=": …}` is computed text, `{"~": …}` the learner's.
pub(crate) fn computed(value: &Json) -> Value {
    match value {
        Json::Object(map) if map.len() == 1 => {
            let marked = |key: &str, origin| Some(Text::new(origin, map.get(key)?.as_str()?).into_value());
            let text = marked("=", Origin::Computed).or_else(|| marked("~", Origin::Learner));
            text.unwrap_or_else(|| computed_map(map))
        }
        Json::Object(map) => computed_map(map),
        Json::Array(items) => items.iter().map(computed).collect::<Vec<_>>().into(),
        other => plain(other),
    }
}

fn computed_map(map: &Map<String, Json>) -> Value {
    Value::from_pairs(map.iter().map(|(k, v)| (k.clone(), computed(v))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figure_tokens_are_found_and_other_brackets_stay() {
        let text = "Reach was [[facebook/reach@p2]], [[not a token!]] and [[k-one@p1:change]] [";
        let names: Vec<&str> = tokens(text).into_iter().map(|(_, t)| t).collect();
        assert_eq!(names, ["facebook/reach@p2", "k-one@p1:change"]);
    }

    #[test]
    fn words_of_a_sentence_keep_their_authors() {
        let found = segments("We reached [[x@p1]] people", Origin::Learner, &|_| Ok("1,204".into()));
        let authors: Vec<Origin> = found.iter().map(|s| s.origin).collect();
        assert_eq!(authors, [Origin::Learner, Origin::Computed, Origin::Learner]);
    }
}
