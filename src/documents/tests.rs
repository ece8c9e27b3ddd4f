//! Which parts of the templates the samples reach.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::*;
use crate::Checked;

/// Profiles of all samples with the options that build them.
fn samples(catalog: &Catalog) -> Vec<(String, Checked, bool)> {
    let names: Vec<String> =
        catalog.list("samples").into_iter().filter(|n| n.ends_with("/profile.json")).collect();
    let one = |name: String| {
        let folder = name.trim_end_matches("profile.json").to_owned();
        let bytes = catalog.bytes(&name).unwrap().into_owned();
        let read = |file: &str| {
            let found = catalog.bytes(&format!("{folder}{file}"));
            found.map(|b| b.into_owned()).ok_or_else(|| "is not there".to_owned())
        };
        let checked = crate::check(catalog, &name, &bytes, &read).unwrap_or_else(|d| panic!("{name}: {d:?}"));
        let draft = checked.problems.iter().any(Diagnostic::is_gap);
        (name, checked, draft)
    };
    names.into_iter().map(one).collect()
}

/// Source ranges that were printed, by template.
fn printed(catalog: &Catalog) -> BTreeMap<String, Vec<Range<usize>>> {
    let mut printed: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    for (name, checked, draft) in samples(catalog) {
        let options = Options { draft, annotate: draft, progress: &|_| {}, threads: Some(1) };
        let engine = Engine::new(catalog, &BTreeMap::new()).unwrap();
        let workshop = Workshop::new(catalog, &checked, &options, &engine).unwrap();
        let documents = expand(&checked.unit.documents, checked.profile.value());
        for document in documents.iter().filter(|d| d.spec.role != DocumentRole::Checklist) {
            let template = format!("{}/{}.typ.j2", checked.unit.folder, document.spec.slug);
            let spans = workshop.renderer.spans(&template, &workshop.values(document, None));
            for (template, range) in spans.unwrap_or_else(|e| panic!("{name}: {e}")) {
                printed.entry(template).or_default().push(range);
            }
        }
    }
    printed
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
fn the_samples_together_print_every_branch_of_the_documents() {
    let catalog = Catalog::embedded();
    let printed = printed(&catalog);
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
            if !ranges.iter().any(|r| r.start < piece.end && piece.start < r.end) {
                let line = source[..piece.start].matches('\n').count() + 1;
                let words: String =
                    source[piece].split_whitespace().collect::<Vec<_>>().join(" ").chars().take(90).collect();
                untouched.insert((name.to_owned(), line, words));
            }
        }
    }
    let list: Vec<String> = untouched.iter().map(|(n, l, w)| format!("{n}:{l}: {w}")).collect();
    assert!(list.is_empty(), "{} of {all} pieces are printed by no sample:\n{}", list.len(), list.join("\n"));
}
