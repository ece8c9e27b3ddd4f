//! Which simulated case was given to which learner, and whether that case comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::Genuine;
use super::compare::{Packed, Packs};
use crate::audit::Person;
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Severity};
use crate::profile::source::MAX_BYTES;
use crate::profile::{OutsideNames, Profile, Schema, Source, in_reading_order};

/// The cases of a class.
#[derive(Default, Deserialize)]
pub(super) struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    code: String,
    learner: Option<Person>,
    #[serde(default)]
    texts: Vec<String>,
}

/// Reads a file of the training organisation's own after a check against its schema.
pub(super) fn read<T: for<'a> Deserialize<'a>>(
    catalog: &Catalog,
    schema: &str,
    (file, bytes): (&str, &[u8]),
) -> Result<(T, Source), Diagnostics> {
    if bytes.len() > MAX_BYTES {
        let text = format!("`{file}` has {} bytes; at most {MAX_BYTES} are read", bytes.len());
        let hint = "leave out texts of cases that no learner could copy from";
        return Err(vec![Diagnostic::error(Builtin::FileTooLarge, text).hint(hint)]);
    }
    let source = Source::parse(file, bytes)?;
    let schema = Arc::new(Schema::new(catalog.json(schema).map_err(|d| vec![d])?));
    let profile = Profile { source, schema, files: BTreeMap::new() };
    let problems = profile.problems(&OutsideNames::new(), &|_| true);
    if !problems.is_empty() {
        return Err(in_reading_order(problems));
    }
    let source = profile.source;
    let value = serde_json::from_value(source.value.clone()).map_err(|e| {
        vec![Diagnostic::error(Builtin::DataInvalid, format!("`{file}` cannot be used: {e}"))]
    })?;
    Ok((value, source))
}

/// Finds codes that stand twice.
pub(super) fn twice<'a>(codes: impl Iterator<Item = &'a str>, source: &Source) -> Diagnostics {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = Diagnostics::new();
    for (nth, code) in codes.enumerate() {
        if let Some(first) = seen.insert(code.to_lowercase(), nth) {
            let text = format!("the case `{code}` is listed twice: entries {} and {}", first + 1, nth + 1);
            let place = source.place(&format!("/cases/{nth}/code"));
            let hint = "give each case a code of its own, and each learner a case of their own";
            problems.push(Diagnostic::error(Builtin::IdTwice, text).at(place).hint(hint));
        }
    }
    problems
}

impl Cases {
    /// Reads a file of cases.
    pub(super) fn read(catalog: &Catalog, file: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let (cases, source): (Self, _) = read(catalog, "schemas/cases.schema.json", (file, bytes))?;
        let problems = twice(cases.cases.iter().map(|c| c.code.as_str()), &source);
        if problems.is_empty() { Ok(cases) } else { Err(problems) }
    }

    /// What was handed out with the cases.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().flat_map(|c| &c.texts).map(String::as_str)
    }

    /// The learners who were given cases.
    pub(super) fn people(&self) -> impl Iterator<Item = Person> {
        self.cases.iter().filter_map(|c| c.learner.clone())
    }

    fn of_learner(&self, learner: &LearnerReport, pack: &Packed) -> Option<&Case> {
        let given = || self.cases.iter().filter(|c| c.learner.is_some());
        let people = [Some(&learner.learner), pack.person.as_ref()];
        let mut matches = people.into_iter().flatten().flat_map(|p| [(p, true), (p, false)]);
        matches.find_map(|(person, by_id)| {
            given().find(|c| c.learner.as_ref().is_some_and(|other| is_named(person, other, by_id)))
        })
    }

    fn of_code(&self, code: &str) -> Option<&Case> {
        self.cases.iter().find(|c| c.code.eq_ignore_ascii_case(code))
    }
}

/// Tells whether two people have the same id, or names with the same words.
fn is_named(one: &Person, other: &Person, by_id: bool) -> bool {
    let words = |text: &Option<String>| {
        let plain = text.as_deref().unwrap_or_default().to_lowercase();
        let mut words: Vec<String> = plain.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        words.retain(|w| !w.is_empty());
        words.sort();
        words
    };
    let (one, other) =
        if by_id { (words(&one.id), words(&other.id)) } else { (words(&one.name), words(&other.name)) };
    !one.is_empty() && one == other
}

/// Compares the code in each pack with the one that was given to its learner.
pub(super) fn look(genuine: &Genuine, packs: &Packs, report: &mut Report) {
    let cases = &genuine.cases;
    if cases.cases.is_empty() {
        return;
    }
    let mut holders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for pack in &packs.list {
        let (Some(learner), Some(code)) = (pack.learner, &pack.imprint.case) else { continue };
        let holders = holders.entry(code.to_lowercase()).or_default();
        if !holders.contains(&learner) {
            holders.push(learner);
        }
    }
    let names: Vec<String> = report.learners.iter().map(|l| l.shown_as.clone()).collect();
    for pack in &packs.list {
        let Some(nth) = pack.learner else { continue };
        let learner = &mut report.learners[nth];
        let found = own_case(cases, learner, pack);
        learner.findings.extend(found);
        let holders = pack.imprint.case.as_ref().and_then(|c| Some((c, holders.get(&c.to_lowercase())?)));
        if let Some((code, others)) = holders.filter(|(_, holders)| holders.len() > 1) {
            let others: Vec<&str> =
                others.iter().filter(|o| **o != nth).map(|o| names[*o].as_str()).collect();
            let more = if others.len() > 5 { " and others" } else { "" };
            let others = others[..others.len().min(5)].join(", ");
            let text = format!("the case {code} is also in the pack of {others}{more}");
            learner.findings.push(told("case-shared", Severity::Error, text));
        }
    }
}

fn own_case(cases: &Cases, learner: &LearnerReport, pack: &Packed) -> Option<Finding> {
    let assigned = cases.of_learner(learner, pack);
    let Some(code) = &pack.imprint.case else {
        let assigned = assigned?;
        let text = format!("it names no case; {} was given to this learner", assigned.code);
        return Some(told("case-missing", Severity::Warning, text));
    };
    let owner = cases.of_code(code).map(|c| c.learner.as_ref().and_then(|l| l.name.as_deref()));
    let owner = match owner {
        None => "which is not in the file of cases".to_owned(),
        Some(None) => "which was given to nobody".to_owned(),
        Some(Some(name)) => format!("which was given to {name}"),
    };
    match assigned {
        Some(assigned) if assigned.code.eq_ignore_ascii_case(code) => None,
        Some(assigned) => {
            let text =
                format!("it is about the case {code}, {owner}; {} was given to this learner", assigned.code);
            Some(told("case-differs", Severity::Error, text))
        }
        None => {
            let text =
                format!("it is about the case {code}, {owner}; this learner is not in the file of cases");
            Some(told("case-unknown", Severity::Note, text))
        }
    }
}

fn told(code: &'static str, severity: Severity, text: String) -> Finding {
    let hint = "look which case the learner was given, and whether the file of cases is right";
    Finding { severity, ..Finding::warning(code, text).in_file("data/profile.json").hint(hint) }
}
