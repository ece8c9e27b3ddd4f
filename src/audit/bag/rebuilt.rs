//! Whether a pack is what its own profile gives.
//!
//! Manifests prove that nothing changed since somebody wrote them, and anybody can write them. What
//! nobody can write is a page that the profile inside does not give: so the pack is built again.

mod differs;
mod pages;

use std::collections::BTreeSet;

use super::super::desk::Desk;
use super::super::finding::{Finding, Flaw, Problem};
use super::contents::Contents;
use super::{MANIFEST, Place, TAG_MANIFEST, identity, named};
use crate::bundle::{Bundle, digest};
use crate::rebuild::{Recipe, Refusal};

/// The line of `bag-info.txt` that follows from all other files.
const SUM: &str = "Payload-Oxum: ";

/// Builds a pack again; returns whether it is the same, if that can be said, and what differs.
pub(super) fn compare(
    place: &Place<'_>,
    contents: &Contents,
    desk: &Desk<'_>,
) -> (Option<bool>, Vec<Finding>) {
    let Some(catalog) = desk.catalog else { return (None, Vec::new()) };
    let info = identity::info(contents);
    let line = |name: &str| info.get(name).map(String::as_str);
    let read = |name: &str| bytes(place, &format!("data/{name}"), desk).map_err(|flaw| flaw.message);
    let recipe = Recipe {
        made_by: line("Bag-Software-Agent"),
        catalog: line("Evipack-Catalog"),
        options: line("Evipack-Options").unwrap_or_default(),
        read: &read,
        stop: &|| desk.is_stopped(),
    };
    let built = desk.alone(|builder| (!desk.is_stopped()).then(|| builder.rebuild(catalog, &recipe)));
    match built.filter(|built| built.is_ok() || !desk.is_stopped()) {
        None => (None, vec![Finding::note(STOPPED, "it was not built again, because the run was stopped")]),
        Some(Err(refusal)) => refused(&refusal, line("Bag-Software-Agent").unwrap_or("an unknown program")),
        Some(Ok(bundle)) => {
            let findings = differences(&bundle, (place, contents), desk);
            (Some(findings.is_empty()), findings)
        }
    }
}

/// The code of what is said when the run ended before a pack was built.
pub(crate) const STOPPED: &str = "rebuild-stopped";

fn refused(refusal: &Refusal, maker: &str) -> (Option<bool>, Vec<Finding>) {
    let not_asked = |text: String| {
        let hint = "audit it with the program and the templates that it was made with";
        (None, vec![Finding::note("rebuild-not-asked", text).hint(hint)])
    };
    let changed = |file: &str, text: String| {
        let finding = Finding::of(Problem::Changed, "rebuild-fails", text).in_file(file);
        (Some(false), vec![finding.hint("ask for the pack as evipack wrote it")])
    };
    match refusal {
        Refusal::OtherVersion => not_asked(format!(
            "it was not built again, because {maker} made it and this is {}; that is nothing wrong",
            crate::rebuild::AGENT
        )),
        Refusal::OtherCatalog => not_asked(
            "it was not built again, because it was made with other templates than these; that is nothing wrong".into(),
        ),
        Refusal::UnknownOption(word) => {
            changed("bag-info.txt", format!("it says that it was built with `{word}`, which is no option"))
        }
        Refusal::Unreadable(why) => {
            changed("data/profile.json", format!("the pack cannot be built again without it: {why}"))
        }
        Refusal::DoesNotBuild(first, count) => {
            let line = first.place.as_ref().map(|p| format!(", line {}", p.line)).unwrap_or_default();
            let more = if *count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
            let text = format!(
                "the documents cannot come from this profile, because it does not build{line}: {}{more}",
                first.message
            );
            changed("data/profile.json", text)
        }
    }
}

/// Names the files that are not what was built.
fn differences(bundle: &Bundle, (place, contents): (&Place<'_>, &Contents), desk: &Desk<'_>) -> Vec<Finding> {
    let names: BTreeSet<&String> = bundle.files.keys().chain(contents.files.keys()).collect();
    let is_same = |name: &str| {
        let built = bundle.files.get(name).map(|bytes| digest(bytes));
        built.is_some() && built.as_deref() == contents.digest(name)
    };
    let mut other: Vec<&str> = names.iter().map(|n| n.as_str()).filter(|n| !is_same(n)).collect();
    // Manifests and sums follow from the files: they are news only where they alone differ.
    if other.iter().any(|name| name.starts_with("data/") || *name == "index.html") {
        other.retain(|name| ![MANIFEST, TAG_MANIFEST].contains(name));
        other.retain(|name| *name != "bag-info.txt" || !is_same_but_sum(bundle, contents));
    } else if other.iter().any(|name| *name != TAG_MANIFEST) {
        other.retain(|name| *name != TAG_MANIFEST);
    }
    let mut findings = Vec::new();
    for name in other {
        let text = match (bundle.files.get(name), contents.files.contains_key(name)) {
            (Some(_), false) => "the profile inside gives it, and it is not there".to_owned(),
            (None, _) => "the profile inside does not give it".to_owned(),
            (Some(built), true) => match bytes(place, name, desk) {
                Ok(found) => differs::told(name, &found, built),
                Err(flaw) => flaw.message,
            },
        };
        let finding = Finding::of(Problem::Changed, "rebuilt-differs", text).in_file(name);
        findings
            .push(finding.hint("look at it beside the profile, and ask for the pack as evipack wrote it"));
    }
    named(findings)
}

fn is_same_but_sum(bundle: &Bundle, contents: &Contents) -> bool {
    let found = contents.kept.get("bag-info.txt").map(Vec::as_slice).unwrap_or_default();
    let built = bundle.files.get("bag-info.txt").map(Vec::as_slice).unwrap_or_default();
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        text.split('\n').filter(|line| !line.starts_with(SUM)).map(str::to_owned).collect()
    };
    lines(found) == lines(built)
}

/// Reads a file of the pack once more.
fn bytes(place: &Place<'_>, name: &str, desk: &Desk<'_>) -> Result<Vec<u8>, Flaw> {
    let items = place.tree.items();
    let is_it = |index: &&usize| items[**index].path.strip_prefix(&place.base) == Some(name);
    let index = place.members.iter().find(is_it).ok_or_else(|| Flaw::unreadable("it is not there"))?;
    let mut bytes = Vec::new();
    place.tree.copy(*index, desk.limits.entry, &mut |piece| bytes.extend_from_slice(piece))?;
    Ok(bytes)
}
