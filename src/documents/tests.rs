//! Which parts of the templates the samples reach.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::*;

/// A profile in one of the forms that it can take: a sample, or a sample with one thing changed.
struct Form {
    name: String,
    folder: String,
    profile: Json,
}

impl Form {
    fn check(&self, catalog: &Catalog) -> Checked {
        let read = |file: &str| {
            let found = catalog.bytes(&format!("{}{file}", self.folder));
            found.map(|b| b.into_owned()).ok_or_else(|| "is not there".to_owned())
        };
        let bytes = serde_json::to_vec(&self.profile).unwrap();
        crate::check(catalog, &self.name, &bytes, &read).unwrap_or_else(|d| panic!("{}: {d:?}", self.name))
    }

    fn with(&self, change: &str, edit: impl FnOnce(&mut Json)) -> Self {
        let mut profile = self.profile.clone();
        edit(&mut profile);
        Self { name: format!("{} with {change}", self.name), folder: self.folder.clone(), profile }
    }
}

/// All samples as they are.
fn samples(catalog: &Catalog) -> Vec<Form> {
    let names = catalog.list("samples").into_iter().filter(|n| n.ends_with("/profile.json"));
    let form = |name: String| {
        let profile = serde_json::from_slice(&catalog.bytes(&name).unwrap()).unwrap();
        Form { folder: name.trim_end_matches("profile.json").to_owned(), name, profile }
    };
    names.map(form).collect()
}

/// A sample in other states and industries, with each of its lists empty, and with a few edits at once.
fn variants(sample: &Form) -> Vec<Form> {
    let edits: Vec<BTreeMap<String, Json>> =
        serde_json::from_str(include_str!("../../tests/fixtures/variants.json")).unwrap();
    let set = |edits: BTreeMap<String, Json>| {
        sample.with(&format!("{edits:?}"), |p| edits.iter().for_each(|(at, value)| put(p, at, value)))
    };
    let mut forms: Vec<Form> = edits.into_iter().map(set).collect();
    for pointer in lists(&sample.profile, "", 0) {
        forms.push(sample.with(&format!("{pointer} empty"), |p| put(p, &pointer, &json!([]))));
    }
    forms
}

/// Puts a value at a pointer, in every item of the lists on the way where a step is `*`; null takes away.
fn put(at: &mut Json, pointer: &str, value: &Json) {
    let mut steps = pointer.trim_start_matches('/').splitn(2, '/');
    let (step, rest) = (steps.next().unwrap(), steps.next());
    if let (Json::Object(map), None, Json::Null) = (&mut *at, rest, value) {
        map.remove(step);
        return;
    }
    let children: Vec<&mut Json> = match at {
        Json::Array(items) if step == "*" => items.iter_mut().collect(),
        Json::Array(items) => items.get_mut(step.parse::<usize>().unwrap()).into_iter().collect(),
        Json::Object(map) => vec![map.entry(step).or_insert(Json::Null)],
        _ => Vec::new(),
    };
    for child in children {
        match rest {
            Some(rest) => put(child, rest, value),
            None => *child = value.clone(),
        }
    }
}

/// Pointers of all lists that stand outside of lists.
fn lists(value: &Json, pointer: &str, depth: usize) -> Vec<String> {
    match value {
        Json::Array(items) if !items.is_empty() => vec![pointer.to_owned()],
        Json::Object(map) if depth < 4 => {
            map.iter().flat_map(|(k, v)| lists(v, &format!("{pointer}/{k}"), depth + 1)).collect()
        }
        _ => Vec::new(),
    }
}

/// Source ranges that were printed, by template.
type Printed = BTreeMap<String, BTreeSet<(usize, usize)>>;

/// Adds what a form prints; one that would not be built prints nothing.
fn print(catalog: &Catalog, form: &Form, draft: bool, printed: &mut Printed) {
    let checked = form.check(catalog);
    if crate::diag::stops_build(&checked.problems, draft) {
        return;
    }
    let options = Options { draft, annotate: draft, progress: &|_| {}, stop: &|| false, threads: Some(1) };
    let engine = Engine::new(catalog, &BTreeMap::new()).unwrap();
    let workshop = Workshop::new(catalog, &checked, &options, &engine).unwrap();
    let documents = expand(&checked.unit.documents, checked.profile.value());
    for document in documents.iter().filter(|d| d.spec.role != DocumentRole::Checklist) {
        let template = format!("{}/{}.typ.j2", checked.unit.folder, document.spec.slug);
        let mut values = workshop.values(document);
        values.push(("ledger", render::value(&trace::authorship(std::iter::empty()))));
        let spans = workshop.renderer.spans(&template, &values);
        for (template, range) in spans.unwrap_or_else(|e| panic!("{}: {e}", form.name)) {
            printed.entry(template).or_default().insert((range.start, range.end));
        }
    }
}

/// Pieces of a template that a reader would see: the words between tags.
fn pieces(source: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < source.len() {
        let next = ["{{", "{%", "{#"]
            .iter()
            .filter_map(|t| source[at..].find(t))
            .min()
            .map_or(source.len(), |i| at + i);
        if source[at..next].chars().any(char::is_alphabetic) {
            found.push(at..next);
        }
        let end = match source.get(next..next + 2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some(_) => "#}",
            None => break,
        };
        at = source[next..].find(end).map_or(source.len(), |i| next + i + 2);
    }
    found
}

#[test]
fn the_samples_and_their_variants_together_print_the_branches_of_the_documents() {
    let catalog = Catalog::embedded();
    let mut printed = BTreeMap::new();
    for sample in samples(&catalog) {
        let has_gaps = sample.check(&catalog).problems.iter().any(Diagnostic::is_gap);
        print(&catalog, &sample, has_gaps, &mut printed);
    }
    for variant in samples(&catalog).last().map(variants).unwrap_or_default() {
        print(&catalog, &variant, true, &mut printed);
    }
    let templates = catalog
        .list("templates/units")
        .into_iter()
        .filter(|n| n.ends_with(".typ.j2") && !n.contains("checklist"));
    let mut untouched = BTreeSet::new();
    let mut all = 0;
    for file in templates {
        let source = catalog.text(&file).unwrap();
        let name = file.trim_start_matches("templates/");
        let ranges = printed.get(name).cloned().unwrap_or_default();
        for piece in pieces(&source) {
            all += 1;
            if !ranges.iter().any(|(start, end)| *start < piece.end && piece.start < *end) {
                let line = source[..piece.start].matches('\n').count() + 1;
                let words: String =
                    source[piece].split_whitespace().collect::<Vec<_>>().join(" ").chars().take(90).collect();
                untouched.insert((name.to_owned(), line, words));
            }
        }
    }
    let list: Vec<String> = untouched.iter().map(|(n, l, w)| format!("{n}:{l}: {w}")).collect();
    assert!(list.is_empty(), "{} of {all} pieces are printed by no form:\n{}", list.len(), list.join("\n"));
}
