//! The profile's text with other data.
//!
//! Owns the change of `data` in the profile's syntax tree. Refuses to touch anything else: spaces,
//! order and line ends of the rest stay as the author left them.

use std::collections::BTreeSet;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use serde_json::Value;

use super::trouble;
use crate::diag::Diagnostic;

/// What changes.
pub(super) struct Change<'c> {
    /// New entries of the list of files.
    pub(super) entries: Vec<Value>,
    /// Entries of the list of values that go.
    pub(super) typed: &'c BTreeSet<usize>,
    /// Files without rows, whose entries go.
    pub(super) emptied: &'c BTreeSet<String>,
}

/// Returns the new text.
pub(super) fn apply(text: &str, change: Change<'_>) -> Result<String, Diagnostic> {
    let odd = || trouble("the profile's part “data” does not have the form that is needed");
    let odd = || odd().hint("run `evipack check` and mend what it says about data");
    let root = CstRootNode::parse(text, &ParseOptions::default()).map_err(|_| odd())?;
    let data = root.object_value().and_then(|o| o.object_value("data")).ok_or_else(odd)?;
    if let Some(values) = data.array_value("values") {
        let gone = values.elements().into_iter().enumerate().filter(|(i, _)| change.typed.contains(i));
        gone.for_each(|(_, node)| node.remove());
    }
    let files: CstArray = data.array_value_or_create("files").ok_or_else(odd)?;
    for node in files.elements() {
        if name(&node).is_some_and(|n| change.emptied.contains(&n)) {
            node.remove();
        }
    }
    for entry in &change.entries {
        files.append(input(entry));
    }
    Ok(root.to_string())
}

fn name(node: &CstNode) -> Option<String> {
    let object: CstObject = node.as_object()?;
    object.get("file")?.value()?.as_string_lit()?.decoded_value().ok()
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(b) => CstInputValue::Bool(*b),
        Value::Number(n) => CstInputValue::Number(n.to_string()),
        Value::String(s) => CstInputValue::String(s.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(map) => CstInputValue::Object(map.iter().map(|(k, v)| (k.clone(), input(v))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(text: &str, typed: &[usize], emptied: &[&str]) -> String {
        let (typed, emptied) =
            (typed.iter().copied().collect(), emptied.iter().map(|n| (*n).to_owned()).collect());
        let entries = vec![json!({"file": "data/n.csv", "holds": "metrics"})];
        apply(text, Change { entries, typed: &typed, emptied: &emptied }).expect("a text")
    }

    #[test]
    fn only_data_changes() {
        let text = "{\r\n    \"a\" :  [1,\t2],\r\n    \"data\": {\r\n        \"files\": [\r\n            {\"file\": \"x.csv\"}\r\n        ]\r\n    },\r\n  \"z\":{ }\r\n}\r\n";
        let new = changed(text, &[], &[]);
        let before = text.split("            {\"file\"").next().expect("a start");
        assert!(
            new.starts_with(before) && new.ends_with("        ]\r\n    },\r\n  \"z\":{ }\r\n}\r\n"),
            "{new}"
        );
        assert!(new.contains("{\"file\": \"x.csv\"},\r\n            {\r\n"), "{new}");
    }

    #[test]
    fn lists_are_made_filled_and_emptied() {
        let new = changed("{\"data\": {\"values\": [{\"v\": 0}, {\"v\": 1}, {\"v\": 2}]}}", &[0, 2], &[]);
        let value: Value = serde_json::from_str(&new).expect("JSON");
        assert_eq!(value["data"]["values"], json!([{"v": 1}]));
        assert_eq!(value["data"]["files"][0]["file"], "data/n.csv");
        let new = changed("{\"data\": {\"files\": [{\"file\": \"old.csv\"}]}}", &[], &["old.csv"]);
        let value: Value = serde_json::from_str(&new).expect("JSON");
        assert_eq!(value["data"]["files"], json!([{"file": "data/n.csv", "holds": "metrics"}]));
    }

    #[test]
    fn a_profile_without_data_is_refused() {
        let (typed, emptied) = (BTreeSet::new(), BTreeSet::new());
        let change = || Change { entries: Vec::new(), typed: &typed, emptied: &emptied };
        for text in ["[]", "{}", "{\"data\": 3}", "{\"data\": {\"files\": {}}}"] {
            assert!(apply(text, change()).is_err(), "{text}");
        }
    }
}
