//! Names that must not stand in a text: those of other organisations.

use minijinja::Environment;
use minijinja::value::{Value, ValueKind};

use super::{items, text};

/// Adds `mentions(value, names, own)`: the texts below a value that hold one of the names, as
/// `{pointer, name}`, each text once and with the first of the names. Names that are part of an
/// `own` text are left alone: an organisation may use its own name.
pub(super) fn add(env: &mut Environment<'static>) {
    env.add_function("mentions", mentions);
}

fn mentions(value: &Value, names: &Value, own: &Value) -> Vec<Value> {
    let own = text(own);
    let names: Vec<String> =
        items(names).iter().map(text).filter(|n| !n.is_empty() && !has_name(&own, n)).collect();
    let mut found = Vec::new();
    search(value, "", &names, &mut found);
    found
}

fn search(value: &Value, pointer: &str, names: &[String], found: &mut Vec<Value>) {
    match value.kind() {
        ValueKind::String => {
            let text = text(value);
            if let Some(name) = names.iter().find(|n| has_name(&text, n)) {
                found.push(Value::from_pairs([("pointer", pointer), ("name", name)]));
            }
        }
        ValueKind::Map => {
            for key in value.try_iter().into_iter().flatten() {
                let below = value.get_item(&key).unwrap_or_default();
                search(&below, &format!("{pointer}/{key}"), names, found);
            }
        }
        ValueKind::Seq => {
            for (i, item) in items(value).iter().enumerate() {
                search(item, &format!("{pointer}/{i}"), names, found);
            }
        }
        _ => {}
    }
}

/// Tells whether a name stands in a text as whole words, in its own capitals.
fn has_name(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_whole_words_and_one_s_own_may_stand() {
        let profile =
            json!({ "a": ["Ask Robin Baths", "Robins bathe"], "b": { "c": "Lark Hall, Robin Baths" } });
        let names = Value::from(vec!["Robin Baths", "Lark Hall"]);
        let found = |own: &str| {
            let found = mentions(&Value::from(minijinja::value::Serde(&profile)), &names, &Value::from(own));
            found.iter().map(|f| text(&f.get_attr("pointer").unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(found("Grebe Arcade"), ["/a/0", "/b/c"]);
        assert_eq!(found("The Robin Baths of Grebe"), ["/b/c"]);
        assert!(mentions(&Value::UNDEFINED, &Value::UNDEFINED, &Value::UNDEFINED).is_empty());
    }
}
