//! Reading a JSON Schema beside the value that it describes.
//!
//! Owns the walk over schema and value together, and the custom annotations of the profile schema
//! (`x-refers`, `x-asset`, `x-colour`, `x-prose`, `x-labels`, `x-own`). Refuses to validate: that is the `jsonschema`
//! crate's business.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A place in a schema: the node as written, and the definition that its `$ref` names.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    root: &'a Value,
    own: &'a Value,
    target: Option<&'a Value>,
}

impl<'a> Node<'a> {
    /// The root of a schema.
    pub fn root(schema: &'a Value) -> Self {
        Self::at(schema, schema)
    }

    fn at(root: &'a Value, own: &'a Value) -> Self {
        let pointer = own.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
        Self { root, own, target: pointer.and_then(|p| root.pointer(p)) }
    }

    /// Returns a keyword of the node, the referring place first.
    pub fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.own.get(keyword).or_else(|| self.target.and_then(|t| t.get(keyword)))
    }

    /// Returns a keyword that is text.
    pub fn text(&self, keyword: &str) -> Option<&'a str> {
        self.get(keyword).and_then(Value::as_str)
    }

    /// Returns the node of a property.
    pub fn property(&self, name: &str) -> Option<Self> {
        let node = self.get("properties")?.get(name)?;
        Some(Self::at(self.root, node))
    }

    /// Returns the node of an array's items.
    pub fn items(&self) -> Option<Self> {
        self.get("items").map(|items| Self::at(self.root, items))
    }

    /// Returns the names of the mandatory properties.
    pub fn required(&self) -> impl Iterator<Item = &'a str> {
        self.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// Returns the title, or the given name when there is none.
    pub fn title(&self, name: &'a str) -> &'a str {
        self.text("title").unwrap_or(name)
    }

    /// Tells whether a string here is prose: words for a reader, not a code, a date or an id.
    pub fn is_prose(&self) -> bool {
        let coded = ["enum", "const", "format", "pattern", "x-refers", "x-asset"]
            .iter()
            .any(|k| self.get(k).is_some());
        self.text("type") == Some("string") && !coded && self.get("x-prose") != Some(&Value::Bool(false))
    }

    /// Follows a JSON pointer of a value down the schema.
    pub fn descend(&self, pointer: &str) -> Option<Self> {
        pointer.split('/').skip(1).try_fold(*self, |node, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            node.property(&step).or_else(|| node.items())
        })
    }
}

/// Visits every value together with its place in the schema, parents first.
pub fn visit<'a>(schema: &'a Value, value: &'a Value, f: &mut dyn FnMut(Node<'a>, &'a Value, &str)) {
    walk(Node::root(schema), value, &mut String::new(), f);
}

fn walk<'a>(
    node: Node<'a>,
    value: &'a Value,
    pointer: &mut String,
    f: &mut dyn FnMut(Node<'a>, &'a Value, &str),
) {
    f(node, value, pointer);
    let here = pointer.len();
    match value {
        Value::Object(map) => {
            for (name, child) in map {
                if let Some(property) = node.property(name) {
                    push(pointer, name);
                    walk(property, child, pointer, f);
                    pointer.truncate(here);
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = node.items() else { return };
            for (i, child) in items.iter().enumerate() {
                push(pointer, &i.to_string());
                walk(schema, child, pointer, f);
                pointer.truncate(here);
            }
        }
        _ => {}
    }
}

/// Adds a name to a JSON pointer.
pub fn step(pointer: &str, name: &str) -> String {
    let mut longer = pointer.to_owned();
    push(&mut longer, name);
    longer
}

fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    for c in name.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// What stands for a part that is still to be completed: an object that no valid profile can hold.
pub const GAP: &str = "\u{0}gap";

/// Returns the value with every missing mandatory part filled by a gap, for a draft.
///
/// Lists that must not be empty get one item of gaps, so that the document shows what belongs there.
pub fn fill(schema: &Value, value: &Value) -> Value {
    fill_node(Node::root(schema), Some(value), "profile")
}

fn fill_node(node: Node<'_>, value: Option<&Value>, name: &str) -> Value {
    match (node.text("type"), value) {
        (Some("object"), Some(Value::Object(map))) => fill_object(node, map),
        (Some("object"), None) => fill_object(node, &Map::new()),
        (Some("array"), Some(Value::Array(items))) if !items.is_empty() => {
            let Some(schema) = node.items() else { return Value::Array(items.clone()) };
            Value::Array(items.iter().map(|i| fill_node(schema, Some(i), name)).collect())
        }
        (Some("array"), _) => match node.items() {
            Some(schema) if node.get("minItems").is_some() => {
                json!([fill_node(schema, None, node.title(name))])
            }
            _ => json!([]),
        },
        (_, Some(Value::String(text))) if text.trim().is_empty() => gap(node, name),
        (_, Some(value)) => value.clone(),
        (Some("boolean"), None) => Value::Bool(false),
        (Some("integer" | "number"), None) => gap(node, name),
        (_, None) => gap(node, name),
    }
}

fn gap(node: Node<'_>, name: &str) -> Value {
    json!({ GAP: node.title(name) })
}

fn fill_object(node: Node<'_>, map: &Map<String, Value>) -> Value {
    let mut filled = Map::new();
    for (name, value) in map {
        let child = node.property(name).map_or_else(|| value.clone(), |p| fill_node(p, Some(value), name));
        filled.insert(name.clone(), child);
    }
    for name in node.required().filter(|n| !map.contains_key(*n)) {
        if let Some(property) = node.property(name) {
            filled.insert(name.into(), fill_node(property, None, name));
        }
    }
    Value::Object(filled)
}

/// Collects the human labels of all codes: property name → code → label.
pub fn labels(schema: &Value) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    collect_labels(Node::root(schema), "", &mut found, 0);
    found
}

fn collect_labels(
    node: Node<'_>,
    name: &str,
    found: &mut BTreeMap<String, BTreeMap<String, String>>,
    depth: usize,
) {
    if depth > 16 {
        return;
    }
    if let Some(Value::Object(labels)) = node.get("x-labels") {
        let texts = labels.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())));
        found.entry(name.to_owned()).or_default().extend(texts);
    }
    if let Some(Value::Object(properties)) = node.get("properties") {
        for (name, child) in properties {
            collect_labels(Node::at(node.root, child), name, found, depth + 1);
        }
    }
    if let Some(items) = node.items() {
        collect_labels(items, name, found, depth + 1);
    }
}
