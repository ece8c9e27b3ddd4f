//! Functions and filters that templates may call.
//!
//! Owns lookups by id, lists of names, colours for text, dates and amounts of money as people write them. Refuses to
//! calculate: figures come from `metrics`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use minijinja::value::{Object, Value};
use minijinja::{Environment, Error, ErrorKind, State};

use crate::colour::Colour;
use crate::text::{Gap, Origin, Segment, Text, dollars, grouped};

/// Code labels: property name → code → label.
pub(crate) type Labels = BTreeMap<String, BTreeMap<String, String>>;

/// Adds the functions and filters that read nothing but their arguments and the profile.
pub(super) fn add(env: &mut Environment<'static>, profile: &Value, labels: Labels) {
    let root = profile.clone();
    env.add_function("ref", move |path: &str, id: &Value| find(&root, path, id));
    let root = profile.clone();
    env.add_function("person", move |id: &Value| find(&root, "personnel", id));
    let root = profile.clone();
    env.add_function("names", move |path: &str, ids: &Value| names(&root, path, ids));
    env.add_function("listing", |items: &Value| Ok::<_, Error>(join(parts(items)?)));
    env.add_function("label", move |name: &str, code: &Value| label(&labels, name, code));
    env.add_function("where", matching);
    env.add_filter("lit", super::quote::lit);
    env.add_filter("date", |v: &Value| dated(v, "%-d %B %Y"));
    env.add_filter("date_short", |v: &Value| dated(v, "%-d %b %Y"));
    env.add_filter("weekday", |v: &Value| dated(v, "%A"));
    env.add_filter("month", month);
    env.add_filter("day", |v: &Value| day(v));
    env.add_filter("money", |v: &Value| number(v, |text| text.parse().ok().map(dollars)));
    env.add_filter("number", |v: &Value| number(v, thousands));
    env.add_filter("in_force", in_force);
    env.add_filter("readable", readable);
    env.add_filter("contrast", contrast);
    env.add_filter("lower", |v: &Value| recased(v, str::to_lowercase));
    env.add_filter("upper", |v: &Value| recased(v, str::to_uppercase));
    env.add_filter("capitalize", |v: &Value| recased(v, spoken));
    for name in ["safe", "tojson", "escape", "e", "join", "title", "replace", "format"] {
        env.remove_filter(name);
    }
}

/// Changes the case of a text and keeps its authors.
fn recased(value: &Value, change: impl Fn(&str) -> String) -> Value {
    match value.downcast_object_ref::<Text>() {
        Some(text) => {
            let segment = |s: &Segment| Segment { origin: s.origin, text: change(&s.text) };
            Text { segments: text.segments.iter().map(segment).collect() }.into_value()
        }
        None => Value::from(change(&value.to_string())),
    }
}

fn find(root: &Value, path: &str, id: &Value) -> Result<Value, Error> {
    if let Some(gap) = id.downcast_object_ref::<Gap>() {
        return Ok(Value::from_object(Gap(gap.0.clone())));
    }
    let mut list = root.clone();
    for step in path.split('/') {
        list = list.get_attr(step)?;
    }
    if list.is_undefined() {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("there is no list `{path}` in the profile"),
        ));
    }
    for item in list.try_iter()? {
        if item.get_attr("id")? == *id {
            return Ok(item);
        }
    }
    Ok(Value::from(()))
}

fn names(root: &Value, path: &str, ids: &Value) -> Result<Value, Error> {
    let mut found = Vec::new();
    for id in ids.try_iter()? {
        let item = find(root, path, &id)?;
        if item.is_none() {
            continue;
        }
        found.push(called(&item)?);
    }
    Ok(join(found))
}

/// Returns what an item is called: its name, or the first of its other speaking parts.
fn called(item: &Value) -> Result<Text, Error> {
    for part in
        ["name", "title", "objective", "purpose", "function", "responsibility", "item", "action", "id"]
    {
        let value = item.get_attr(part)?;
        if !value.is_undefined() {
            return Ok(Text::of(&value, Origin::Learner));
        }
    }
    Ok(Text::new(Origin::Template, "unnamed"))
}

fn parts(items: &Value) -> Result<Vec<Text>, Error> {
    Ok(items.try_iter()?.map(|v| Text::of(&v, Origin::Template)).collect())
}

fn join(texts: Vec<Text>) -> Value {
    let count = texts.len();
    let mut segments = Vec::new();
    for (i, text) in texts.into_iter().enumerate() {
        let link = match i {
            0 => "",
            _ if i + 1 == count => " and ",
            _ => ", ",
        };
        if !link.is_empty() {
            segments.push(Segment { origin: Origin::Template, text: link.into() });
        }
        segments.extend(text.segments);
    }
    Text { segments }.into_value()
}

fn label(labels: &Labels, name: &str, code: &Value) -> Value {
    if let Some(gap) = code.downcast_object_ref::<Gap>() {
        return gap.text().into_value();
    }
    let code = code.to_string();
    let known = labels.get(name).and_then(|l| l.get(&code)).cloned();
    Value::from(known.unwrap_or_else(|| spoken(&code)))
}

/// Turns a code into words: `open_day` becomes “Open day”.
fn spoken(code: &str) -> String {
    let words = code.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn matching(items: &Value, key: &str, wanted: &Value) -> Result<Value, Error> {
    let mut found = Vec::new();
    for item in items.try_iter()? {
        let value = item.get_attr(key)?;
        let is_equal =
            value == *wanted || (value.as_object().is_some() && value.to_string() == wanted.to_string());
        if is_equal {
            found.push(item);
        }
    }
    Ok(found.into())
}

fn dated(value: &Value, format: &str) -> Result<Value, Error> {
    spell(value, |text| {
        let date: Date = text.parse().ok()?;
        Some(date.strftime(format).to_string())
    })
}

fn month(value: &Value) -> Result<Value, Error> {
    spell(value, |text| {
        let date: Date = format!("{}-01", text.get(..7)?).parse().ok()?;
        Some(date.strftime("%B %Y").to_string())
    })
}

fn day(value: &Value) -> Result<Value, Error> {
    let text = value.to_string();
    let number = text.get(8..10).and_then(|d| d.parse::<u32>().ok());
    number
        .map(Value::from)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a date")))
}

fn spell(value: &Value, words: impl Fn(&str) -> Option<String>) -> Result<Value, Error> {
    if let Some(gap) = value.downcast_object_ref::<Gap>() {
        return Ok(gap.text().into_value());
    }
    let text = value.to_string();
    let words = words(&text)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a date")))?;
    Ok(Text::new(Origin::Learner, words).into_value())
}

fn number(value: &Value, words: impl Fn(&str) -> Option<String>) -> Result<Value, Error> {
    if let Some(gap) = value.downcast_object_ref::<Gap>() {
        return Ok(gap.text().into_value());
    }
    if value.downcast_object_ref::<Text>().is_some() {
        return Ok(value.clone());
    }
    let text = value.to_string();
    let shown = words(&text).filter(|_| value.is_number());
    let shown = shown.ok_or_else(|| {
        Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a number that fits"))
    })?;
    Ok(Text::new(Origin::Learner, shown).into_value())
}

/// The version of a history that was in force on a day: the last one dated no later, or the first there is.
fn in_force(history: &Value, on: &str) -> Result<Value, Error> {
    let versions: Vec<Value> = listed(history).try_iter()?.collect();
    let is_dated = |v: &&Value| v.get_attr("on").is_ok_and(|day| day.as_str().is_some_and(|day| day <= on));
    Ok(versions.iter().rfind(is_dated).or(versions.first()).cloned().unwrap_or_default())
}

/// The shade of a colour that text can be printed in; what is no colour stays what it is.
fn readable(value: &Value) -> Value {
    let colour = value.as_str().and_then(Colour::parse);
    colour.map_or_else(|| value.clone(), |c| Value::from(c.readable().to_string()))
}

/// The contrast ratio of two colours; 0 for what is no colour.
fn contrast(value: &Value, ground: &str) -> f64 {
    let pair = value.as_str().and_then(Colour::parse).zip(Colour::parse(ground));
    pair.map_or(0.0, |(colour, ground)| colour.contrast(ground))
}

/// Groups the digits before the point; hours such as 2.5 keep what is behind it.
fn thousands(number: &str) -> Option<String> {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("\u{2212}", rest));
    let (whole, rest) = digits.split_once('.').map_or((digits, ""), |(w, r)| (w, r.trim_end_matches('0')));
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("{sign}{}{point}{rest}", grouped(whole.parse().ok()?)))
}

/// Figures with their lookups, as the value `figures` of a template.
#[derive(Debug)]
pub(crate) struct Figures(pub(crate) Value);

impl Object for Figures {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get_item(key).ok().filter(|v| !v.is_undefined())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let part = |name: &str| self.0.get_attr(name);
        let arg = |i: usize| args.get(i).cloned().unwrap_or_default();
        match method {
            "kpi" => by_id(&part("kpis")?, &arg(0)),
            "platforms" | "metrics" => Ok(listed(&part(method)?.get_item(&arg(0))?)),
            "top" => slice(&part("posts")?.get_item(&arg(0))?, &arg(1), false),
            "bottom" => slice(&part("posts")?.get_item(&arg(0))?, &arg(1), true),
            "value" => {
                let shown =
                    part("values")?.get_item(&Value::from(format!("{}/{}@{}", arg(0), arg(1), arg(2))))?;
                Ok(if shown.is_undefined() { Text::new(Origin::Computed, "n/a").into_value() } else { shown })
            }
            _ => Err(Error::new(ErrorKind::UnknownMethod, format!("figures have no `{method}`"))),
        }
    }
}

fn listed(value: &Value) -> Value {
    if value.is_undefined() { Value::from(Vec::<Value>::new()) } else { value.clone() }
}

fn by_id(items: &Value, id: &Value) -> Result<Value, Error> {
    for item in items.try_iter()? {
        if item.get_attr("id")? == *id {
            return Ok(item);
        }
    }
    if let Some(gap) = id.downcast_object_ref::<Gap>() {
        return Ok(Value::from_object(Gap(gap.0.clone())));
    }
    Err(Error::new(ErrorKind::InvalidOperation, format!("there is no figure `{id}`")))
}

/// The best or the worst of ranked posts. With few posts each list stays on its side of the middle, so
/// that no post is shown as both.
fn slice(posts: &Value, count: &Value, from_end: bool) -> Result<Value, Error> {
    let mut items: Vec<Value> = listed(posts).try_iter()?.collect();
    let half = if from_end { items.len() / 2 } else { items.len().div_ceil(2) };
    if from_end {
        items.reverse();
    }
    items.truncate(count.as_usize().unwrap_or(3).min(half));
    Ok(items.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_in_force_is_the_last_one_by_that_day() {
        let version = |v: &str, on: &str| Value::from_pairs([("version", v), ("on", on)]);
        let history = Value::from(vec![version("1.0", "2026-06-12"), version("1.1", "2026-09-28")]);
        let on = |day: &str| in_force(&history, day).unwrap().get_attr("version").unwrap().to_string();
        assert_eq!((on("2026-06-30"), on("2026-09-28")), ("1.0".into(), "1.1".into()));
        assert_eq!(on("2026-01-01"), "1.0");
        assert!(in_force(&Value::UNDEFINED, "2026-01-01").unwrap().is_undefined());
    }

    #[test]
    fn no_post_is_both_best_and_worst() {
        let posts = Value::from(vec![1, 2, 3, 4, 5]);
        let three = Value::from(3);
        assert_eq!(slice(&posts, &three, false).unwrap().to_string(), "[1, 2, 3]");
        assert_eq!(slice(&posts, &three, true).unwrap().to_string(), "[5, 4]");
        assert_eq!(slice(&Value::from(vec![1]), &three, true).unwrap().to_string(), "[]");
    }

    #[test]
    fn money_and_numbers_are_grouped() {
        assert_eq!(dollars(123_456_789), "$1,234,567.89");
        assert_eq!(dollars(-5), "\u{2212}$0.05");
        assert_eq!(thousands("-1204").unwrap(), "\u{2212}1,204");
        assert_eq!(thousands("999").unwrap(), "999");
        assert_eq!(thousands("2.50").unwrap(), "2.5");
        assert_eq!(thousands("3.0").unwrap(), "3");
    }

    #[test]
    fn dates_are_written_out() {
        assert_eq!(dated(&Value::from("2026-03-02"), "%-d %B %Y").unwrap().to_string(), "2 March 2026");
        assert!(dated(&Value::from("soon"), "%A").is_err());
    }

    #[test]
    fn codes_without_a_label_are_spoken() {
        assert_eq!(spoken("out_of_hours"), "Out of hours");
    }
}
