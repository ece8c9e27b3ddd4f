//! The learner's own words in a profile, known by where they stand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::settings::{Items, Settings, is_in};
use crate::profile::schema::{Node, visit};

/// A text that the learner typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Prose {
    /// Its place in the profile.
    pub(super) pointer: String,
    /// What a person calls the part in which it stands.
    pub(super) section: String,
    /// The text.
    pub(super) text: String,
}

/// Finds the learner's texts: prose that did not come with the case and is more than names and titles.
pub(super) fn of(profile: &Value, schema: &Value, settings: &Settings) -> Vec<Prose> {
    let supplied = profile.pointer("/case/supplied").and_then(Value::as_array).into_iter().flatten();
    let supplied: BTreeSet<&str> = supplied.filter_map(Value::as_str).collect();
    let mut found = Vec::new();
    visit(schema, profile, &mut |node, value, pointer| {
        let Some(text) = value.as_str().filter(|_| node.is_prose()) else { return };
        let is_supplied = with_parents(pointer).any(|part| supplied.contains(part));
        if !is_supplied && !settings.not_own.iter().any(|part| is_in(pointer, part)) {
            let section = section(profile, schema, settings, pointer);
            found.push(Prose { pointer: pointer.to_owned(), section, text: text.to_owned() });
        }
    });
    found
}

/// A pointer, and those of everything around its place.
fn with_parents(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.match_indices('/').map(|(at, _)| &pointer[..at]).chain([pointer])
}

/// What a person calls the part in which a text stands.
fn section(profile: &Value, schema: &Value, settings: &Settings, pointer: &str) -> String {
    let item = |items: &Items| {
        let rest = pointer.strip_prefix(&items.list)?.strip_prefix('/')?;
        let item = format!("{}/{}", items.list, rest.split('/').next()?);
        let label = profile.pointer(&item)?.get(&items.label)?.as_str()?;
        Some(format!("{}, {label}", titled(schema, &items.list)))
    };
    if let Some(name) = settings.sections.items.iter().find_map(item) {
        return name;
    }
    let names = pointer.split('/').skip(1).take(settings.sections.depth);
    let names = names.take_while(|step| !step.bytes().all(|b| b.is_ascii_digit()));
    let mut path = String::new();
    let titles = names.map(|step| {
        path = format!("{path}/{step}");
        titled(schema, &path)
    });
    titles.collect::<Vec<_>>().join(", ")
}

fn titled(schema: &Value, pointer: &str) -> String {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    Node::root(schema).descend(pointer).map_or(name, |node| node.text("title").unwrap_or(name)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_with_the_case_is_known_by_its_place_or_one_around_it() {
        let all = |pointer| with_parents(pointer).collect::<Vec<_>>();
        assert_eq!(all("/a/0/bc"), ["", "/a", "/a/0", "/a/0/bc"]);
        assert_eq!(all(""), [""]);
    }
}
