//! Ids and what refers to them.
//!
//! Owns two checks: an id stands once in its list, and every reference (`x-refers` in the schema)
//! leads to an item. Refuses to know any collection by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::OutsideNames;
use super::schema::visit;
use super::source::Source;
use super::validity::nearest;
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// Returns every id that stands twice and every reference that leads nowhere.
pub(super) fn problems(source: &Source, schema: &Value, outside: &OutsideNames) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut known = outside.clone();
    visit(schema, &source.value, &mut |node, value, pointer| {
        if let (Some(items), true) =
            (value.as_array(), node.items().is_some_and(|n| n.property("id").is_some()))
        {
            twice(source, items, pointer, &mut found);
        }
        if let Some(path) = node.text("x-refers")
            && let Some(id) = value.as_str().filter(|id| !id.is_empty())
        {
            let names = known.entry(path.to_owned()).or_insert_with(|| ids(&source.value, path));
            if !names.contains(id) {
                found.push(unknown(source, pointer, (id, path), names));
            }
        }
    });
    found
}

fn ids(profile: &Value, path: &str) -> BTreeSet<String> {
    let items = profile.pointer(&format!("/{path}")).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(|i| i.get("id").and_then(Value::as_str))
        .map(str::to_owned)
        .collect()
}

/// Tells whether two items of a list share an id: then the one that is missed may be among them.
fn has_doubled_id(profile: &Value, path: &str) -> bool {
    let items = profile.pointer(&format!("/{path}")).and_then(Value::as_array);
    let named = items.into_iter().flatten().filter(|i| i.get("id").is_some_and(Value::is_string)).count();
    named > ids(profile, path).len()
}

fn twice(source: &Source, items: &[Value], pointer: &str, found: &mut Diagnostics) {
    let mut first = BTreeMap::new();
    for (i, item) in items.iter().enumerate() {
        let Some(id) = item.get("id").and_then(Value::as_str) else { continue };
        let here = format!("{pointer}/{i}/id");
        if let Some(earlier) = first.insert(id, here.clone()) {
            let line = source.place(&earlier).line;
            let problem =
                Diagnostic::error(Builtin::IdTwice, format!("the id `{id}` stands twice in this list"))
                    .at(source.place(&here))
                    .hint(format!("give one of them an id of its own; the first is in line {line}. Where the changed one is named elsewhere, change the name there too"));
            found.push(problem);
        }
    }
}

fn unknown(source: &Source, pointer: &str, (id, path): (&str, &str), known: &BTreeSet<String>) -> Diagnostic {
    let place = path.replace('/', " › ");
    let problem = Diagnostic::error(
        Builtin::ReferenceUnknown,
        format!("there is no `{id}` in {place}, but it is named here"),
    )
    .at(source.place(pointer));
    let is_doubled = has_doubled_id(&source.value, path);
    if let Some(near) = nearest(id, known.iter().map(String::as_str)).filter(|_| !is_doubled) {
        return problem.hint(format!("did you mean `{near}`?"));
    }
    if is_doubled {
        return problem.hint(format!("two items in {place} have the same id: mend that first"));
    }
    if known.is_empty() {
        return problem.hint(format!("fill in {place} first, then refer to an id from there"));
    }
    let some = known.iter().take(12).map(String::as_str).collect::<Vec<_>>().join(", ");
    problem.hint(format!("use one of: {some}"))
}
