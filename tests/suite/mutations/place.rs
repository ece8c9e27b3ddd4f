//! Where a value stands, worked out from the value alone.

use serde_json::Value;

/// The line, from 1, of a value in the indented JSON of a whole: each member and each bracket has a
/// line of its own, and what is empty stays in one. What is not there stands where its nearest owner does.
pub(super) fn line(whole: &Value, pointer: &str) -> usize {
    let (mut here, mut line) = (whole, 1);
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        let found = members(here).into_iter().position(|(key, _)| key == name);
        let Some(index) = found else { return line };
        let before: usize = members(here)[..index].iter().map(|(_, v)| height(v)).sum();
        line += 1 + before;
        here = members(here)[index].1;
    }
    line
}

/// How many lines a value takes.
fn height(value: &Value) -> usize {
    let inside: usize = members(value).iter().map(|(_, v)| height(v)).sum();
    if inside == 0 { 1 } else { inside + 2 }
}

fn members(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), v)).collect(),
        _ => Vec::new(),
    }
}
