//! The schema's verdict on a profile, in plain words.
//!
//! Owns the wording for each JSON Schema keyword. Refuses to stop at the first problem.

use std::ops::Deref;
use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::schema::{Node, step};
use super::source::Source;
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// The schema of a profile, compiled when it is first asked.
#[derive(Debug)]
pub struct Schema {
    value: Value,
    compiled: OnceLock<Validator>,
}

impl Schema {
    /// Takes a schema of the catalogue.
    pub fn new(value: Value) -> Self {
        Self { value, compiled: OnceLock::new() }
    }

    fn validator(&self) -> &Validator {
        self.compiled.get_or_init(|| {
            let options = jsonschema::options().should_validate_formats(true);
            options.build(&self.value).expect("schemas of the catalogue are checked by a test")
        })
    }
}

impl Deref for Schema {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

/// Returns every place where the profile does not fit its schema.
pub(super) fn problems(source: &Source, schema: &Schema) -> Diagnostics {
    schema.validator().iter_errors(&source.value).map(|e| explain(source, schema, &e)).collect()
}

fn explain(source: &Source, schema: &Value, error: &ValidationError<'_>) -> Diagnostic {
    let pointer = error.instance_path().as_str().to_owned();
    let node = Node::root(schema).descend(&pointer);
    let name = pointer.rsplit('/').next().unwrap_or_default().to_owned();
    let label = node.and_then(|n| n.text("title")).map_or_else(|| format!("`{name}`"), |t| format!("“{t}”"));
    if let ValidationErrorKind::Required { property } = error.kind() {
        return missing(source, node, &pointer, property.as_str().unwrap_or_default());
    }
    if is_blank_part(error, node) {
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let whose = owner(source, parent).map(|owner| format!(" in {owner}")).unwrap_or_default();
        return gap(source, node, &pointer, &format!("{label}{whose} is still empty"));
    }
    if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
        return unexpected_names(source, node, &pointer, unexpected);
    }
    let (message, hint) = wording(error, node, &label);
    let problem = Diagnostic::error(Builtin::ProfileInvalid, message).at(source.place(&pointer)).hint(hint);
    match node.and_then(|n| n.text("description")) {
        Some(text) => problem.hint(format!("what goes here: {text}")),
        None => problem,
    }
}

fn is_blank_part(error: &ValidationError<'_>, node: Option<Node<'_>>) -> bool {
    match error.kind() {
        ValidationErrorKind::MinLength { .. } => {
            error.instance().as_str().is_some_and(|s| s.trim().is_empty())
        }
        ValidationErrorKind::MinItems { .. } => error.instance().as_array().is_some_and(Vec::is_empty),
        ValidationErrorKind::Pattern { .. }
        | ValidationErrorKind::Format { .. }
        | ValidationErrorKind::Enum { .. } => node.is_some() && error.instance().as_str() == Some(""),
        _ => false,
    }
}

fn missing(source: &Source, node: Option<Node<'_>>, pointer: &str, property: &str) -> Diagnostic {
    let child = node.and_then(|n| n.property(property));
    let title = child.and_then(|n| n.text("title")).unwrap_or(property);
    let whole = match owner(source, pointer) {
        Some(owner) => format!("“{title}” (`{property}`) is missing in {owner}"),
        None => format!("the part “{title}” (`{property}`) is missing"),
    };
    let problem = gap(source, child, pointer, &whole);
    Diagnostic { place: Some(source.place(pointer)), ..problem }
}

fn gap(source: &Source, node: Option<Node<'_>>, pointer: &str, message: &str) -> Diagnostic {
    let problem = Diagnostic::error(Builtin::PartMissing, message).at(source.place(pointer));
    let words = node.and_then(|n| n.get("enum")).and_then(Value::as_array);
    let words: Vec<&str> = words.into_iter().flatten().filter_map(Value::as_str).collect();
    let choice =
        if words.is_empty() { String::new() } else { format!("; write one of: {}", words.join(", ")) };
    match node.and_then(|n| n.text("description")) {
        Some(text) => problem.hint(format!("fill it in: {}{choice}", text.trim_end_matches('.'))),
        None => problem.hint(format!("fill it in{choice}")),
    }
}

/// Names the item that a pointer belongs to: “`riders` in audiences”.
fn owner(source: &Source, pointer: &str) -> Option<String> {
    if pointer.is_empty() {
        return None;
    }
    let id = source.value.pointer(pointer).and_then(|v| v.get("id")).and_then(Value::as_str);
    let place =
        |part: &str| part.parse::<usize>().map_or_else(|_| part.to_owned(), |i| format!("no. {}", i + 1));
    let path = pointer.trim_start_matches('/').split('/').map(place).collect::<Vec<_>>().join(" › ");
    Some(id.map_or_else(|| format!("`{path}`"), |id| format!("`{id}` ({path})")))
}

fn unexpected_names(source: &Source, node: Option<Node<'_>>, pointer: &str, names: &[String]) -> Diagnostic {
    let known: Vec<&str> = node
        .and_then(|n| n.get("properties"))
        .and_then(Value::as_object)
        .map(|p| p.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let first = names.first().map(String::as_str).unwrap_or_default();
    let list = names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    let problem = Diagnostic::error(
        Builtin::ProfileInvalid,
        format!("this part of the profile has no place for {list}"),
    )
    .at(source.place(&step(pointer, first)));
    match nearest(first, known.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!(
            "correct the name, or take it out; names that are known here: {}",
            known.join(", ")
        )),
    }
}

/// Returns the most similar name, if one is similar enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|k| (strsim::jaro_winkler(name, k), k)).filter(|(score, _)| *score > 0.75);
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, k)| k)
}

fn wording(error: &ValidationError<'_>, node: Option<Node<'_>>, label: &str) -> (String, String) {
    let example = || match node.and_then(|n| n.get("examples")).and_then(|e| e.get(0)) {
        Some(example) => format!("write it like this, for example: {example}"),
        None => "see `evipack schema profile` for what is expected".to_owned(),
    };
    match error.kind() {
        ValidationErrorKind::Type { kind } => (format!("{label} must be {}", type_words(kind)), example()),
        ValidationErrorKind::Enum { options } => {
            let value = error.instance().as_str().unwrap_or_default();
            let known: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let near = nearest(value, known.iter().copied()).map(|n| format!("did you mean `{n}`? If not, "));
            let hint = format!("{}write one of: {}", near.unwrap_or_default(), known.join(", "));
            (format!("{} is not one of the words that {label} can hold", error.instance()), hint)
        }
        ValidationErrorKind::Constant { expected_value } => {
            (format!("{label} must be {expected_value}"), format!("write {expected_value}"))
        }
        ValidationErrorKind::Format { format } if format == "date" => (
            format!("{} in {label} is not a day in the form year-month-day", error.instance()),
            "write a day that is in the calendar as year-month-day, such as 2026-07-01 for 1 July 2026"
                .into(),
        ),
        ValidationErrorKind::Pattern { .. } | ValidationErrorKind::Format { .. } => {
            (format!("{} is not written as {label} has to be", error.instance()), example())
        }
        ValidationErrorKind::MaxLength { limit } => {
            let has = error.instance().as_str().map_or(0, |s| s.chars().count());
            (
                format!("{label} has {has} characters; at most {limit} fit"),
                "shorten it, or split it into several items".into(),
            )
        }
        ValidationErrorKind::MaxItems { limit } => {
            let has = error.instance().as_array().map_or(0, Vec::len);
            (
                format!("{label} has {has} items; at most {limit} are printed"),
                "keep the most important ones".into(),
            )
        }
        ValidationErrorKind::MinItems { limit } => {
            (format!("{label} needs at least {limit} items"), example())
        }
        ValidationErrorKind::Minimum { limit } | ValidationErrorKind::ExclusiveMinimum { limit } => {
            (format!("{} is too small for {label}; the least is {limit}", error.instance()), example())
        }
        ValidationErrorKind::Maximum { limit } | ValidationErrorKind::ExclusiveMaximum { limit } => {
            (format!("{} is too large for {label}; the most is {limit}", error.instance()), example())
        }
        ValidationErrorKind::UniqueItems => {
            (format!("{label} names the same thing twice"), "keep one of the two".into())
        }
        _ => (format!("{label} does not fit: {}", error.masked()), example()),
    }
}

fn type_words(kind: &TypeKind) -> String {
    let word = |name: &str| match name {
        "object" => "a group of named parts in { }".to_owned(),
        "array" => "a list in [ ]".to_owned(),
        "string" => "text in quotation marks".to_owned(),
        "integer" => "a whole number without quotation marks".to_owned(),
        "number" => "a number without quotation marks".to_owned(),
        "boolean" => "true or false without quotation marks".to_owned(),
        other => other.to_owned(),
    };
    match kind {
        TypeKind::Single(kind) => word(&kind.to_string()),
        TypeKind::Multiple(kinds) => {
            kinds.iter().map(|k| word(&k.to_string())).collect::<Vec<_>>().join(" or ")
        }
    }
}
