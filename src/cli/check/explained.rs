//! `evipack check --explain CODE`: what a check asks for and why.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::machine::all;
use crate::Checked;
use crate::catalog::Catalog;
use crate::cli::output::{display, item, print, strong, width, wrapped};
use crate::cli::{Outcome, files};
use crate::coach::sentence;
use crate::diag::Severity;
use crate::explain::{Explanation, Explanations, family, thresholds};
use crate::unit::{Rule, Unit};

/// The width of the labels.
const LABEL: usize = 14;

/// Explains a check, with its findings where a profile is given.
pub(super) fn run(catalog: &Catalog, code: &str, profile: Option<&Path>) -> Outcome {
    let checked = match profile {
        Some(path) => match files::checked(catalog, path) {
            Ok((checked, _)) => Some(checked),
            Err(stopped) => return stopped.tell(),
        },
        None => None,
    };
    let unit = match &checked {
        Some(checked) => Some(checked.unit.clone()),
        None => unit_with(catalog, code)?.map(Arc::new),
    };
    let explanations = Explanations::load(catalog, unit.as_deref())?;
    let Some((key, explanation)) = explanations.of(code) else { return Err(vec![unknown(catalog, code)?]) };
    let rules: Vec<&Rule> = unit.iter().flat_map(|u| &u.rules).filter(|r| is_meant(r, code, key)).collect();
    let mut out = words(key, explanation);
    if let Some(unit) = unit.as_deref().filter(|_| !rules.is_empty()) {
        out.push_str(&whose(unit, &rules));
    }
    if let Some(checked) = &checked {
        out.push_str(&findings(checked, key));
    }
    print(&out)
}

/// The first unit that has a rule of the code, or the first of all.
fn unit_with(catalog: &Catalog, code: &str) -> Result<Option<Unit>, Vec<crate::diag::Diagnostic>> {
    let mut first = None;
    for name in catalog.units() {
        let unit = Unit::load(catalog, &name)?;
        if unit.rules.iter().any(|r| is_meant(r, code, code)) {
            return Ok(Some(unit));
        }
        first.get_or_insert(unit);
    }
    Ok(first)
}

fn unknown(catalog: &Catalog, code: &str) -> Result<crate::diag::Diagnostic, Vec<crate::diag::Diagnostic>> {
    let mut all = Explanations::default();
    for name in catalog.units() {
        all.entries.extend(Explanations::load(catalog, Some(&Unit::load(catalog, &name)?))?.entries);
    }
    Ok(all.unknown(code))
}

/// A letter means one rule, an id without a letter all rules that it was split into.
fn is_meant(rule: &Rule, code: &str, key: &str) -> bool {
    rule.id == code || (family(&rule.id) == code && key == code)
}

fn words(key: &str, explanation: &Explanation) -> String {
    let mut out = format!("{}\n\n", strong(&format!("{key}  {}", display(&explanation.title))));
    out.push_str(&labelled("It asks", &explanation.asks));
    out.push_str(&labelled("Why", &explanation.why));
    out.push_str(&labelled("Passes", &explanation.good));
    out.push_str(&labelled("Does not", &explanation.bad));
    out
}

fn labelled(label: &str, text: &str) -> String {
    item(&format!("{label:LABEL$}"), &display(text), width())
}

/// Says whose rule it is, what it feeds in the unit's words, and the numbers that it rests on.
fn whose(unit: &Unit, rules: &[&Rule]) -> String {
    let conventions = rules.iter().filter(|r| r.convention).count();
    let whose = match (conventions, rules.len()) {
        (0, _) => "It follows from the wording of the unit, or from what must agree with itself.".to_owned(),
        (n, all) if n == all => {
            "A convention of this program and not of the unit: the RTO may set another.".into()
        }
        (n, all) => format!(
            "{n} of its {all} rules are conventions of this program; the others follow from the unit."
        ),
    };
    let mut out = labelled("Whose rule", &whose);
    let mut numbers: Vec<String> = rules
        .iter()
        .flat_map(|r| thresholds(unit, r))
        .map(|(name, n)| format!("{} {n}", name.replace('_', " ")))
        .collect();
    numbers.dedup();
    if !numbers.is_empty() {
        out.push_str(&labelled("Numbers", &sentence(&numbers.join(", "))));
    }
    let weight = |r: &&Rule| match r.severity {
        Severity::Error => format!("{} (keeps its requirements from being met)", r.id),
        Severity::Warning => format!("{} (advice)", r.id),
        Severity::Note => format!("{} (for information)", r.id),
    };
    out.push_str(&labelled("Rules", &rules.iter().map(weight).collect::<Vec<_>>().join(", ")));
    let mut feeds: Vec<&String> = rules.iter().flat_map(|r| &r.feeds).collect();
    feeds.sort();
    feeds.dedup();
    if !feeds.is_empty() {
        let _ = writeln!(out, "\n{}", strong("It counts towards, in the words of the unit"));
    }
    for requirement in unit.requirements.iter().filter(|r| feeds.contains(&&r.id)) {
        let lead_in = requirement.lead_in.as_ref().map(|l| format!("{l} ")).unwrap_or_default();
        out.push_str(&item("- ", &format!("{} {lead_in}{}", requirement.id, requirement.text), width()));
    }
    out
}

fn findings(checked: &Checked, key: &str) -> String {
    let found: Vec<_> = all(checked).into_iter().filter(|d| family(d.code.as_str()) == key).collect();
    let mut out = format!("\n{}\n", strong("In this profile"));
    if found.is_empty() {
        out.push_str("- Nothing to mend.\n");
    }
    for problem in found {
        let place =
            problem.place.map(|p| format!(" ({}:{}:{})", p.file, p.line, p.column)).unwrap_or_default();
        out.push_str(&item("- ", &display(&format!("{}{place}", sentence(&problem.message))), width()));
    }
    out.push_str(&wrapped("", "", width()));
    out
}
