//! The same data in several packs.

use std::collections::BTreeMap;

use super::Genuine;
use super::compare::Packs;
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::diag::Severity;

/// How many others are named.
const NAMED: usize = 5;

/// How the cases of two packs with the same data stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cases {
    Different,
    Unknown,
    Same,
}

/// Says with each learner who has the same data.
pub(super) fn compare(genuine: &Genuine, packs: &Packs, report: &mut Report) {
    let settings = &genuine.settings.figures;
    let numbered =
        packs.list.iter().enumerate().flat_map(|(nth, p)| p.imprint.series.iter().map(move |s| (*s, nth)));
    let mut holders: Vec<(u64, usize)> = numbered.collect();
    holders.sort_unstable();
    for (nth, pack) in packs.list.iter().enumerate() {
        let Some(learner) = pack.learner else { continue };
        let mut counts = vec![0_usize; packs.list.len()];
        for number in &pack.imprint.series {
            let from = holders.partition_point(|(n, _)| n < number);
            holders[from..]
                .iter()
                .take_while(|(n, _)| n == number)
                .for_each(|(_, other)| counts[*other] += 1);
        }
        let mut others: BTreeMap<Cases, Vec<(usize, usize)>> = BTreeMap::new();
        for (other, count) in counts.into_iter().enumerate().filter(|(other, _)| packs.differ(nth, *other)) {
            let least = pack.imprint.series.len().min(packs.list[other].imprint.series.len());
            if count >= settings.series && count * 100 >= settings.percent * least {
                let cases = stand(pack.imprint.case.as_deref(), packs.list[other].imprint.case.as_deref());
                others.entry(cases).or_default().push((other, count));
            }
        }
        let told = others.iter().map(|(cases, list)| finding(packs, nth, *cases, list));
        report.learners[learner].findings.extend(told);
    }
}

fn stand(one: Option<&str>, other: Option<&str>) -> Cases {
    match (one, other) {
        (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => Cases::Same,
        (Some(_), Some(_)) => Cases::Different,
        _ => Cases::Unknown,
    }
}

fn finding(packs: &Packs, nth: usize, cases: Cases, others: &[(usize, usize)]) -> Finding {
    let own = &packs.list[nth].imprint;
    let code = |nth: usize| packs.list[nth].imprint.case.as_deref().unwrap_or_default();
    let named: Vec<String> = others
        .iter()
        .take(NAMED)
        .map(|(other, _)| match cases {
            Cases::Different => format!("{} (case {})", packs.list[*other].name, code(*other)),
            _ => packs.list[*other].name.clone(),
        })
        .collect();
    let more = others.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let most = others.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let (severity, why, hint) = match cases {
        Cases::Different => (
            Severity::Error,
            format!(", although its case is another one ({})", code(nth)),
            "look which case each learner was given, and whose data these are",
        ),
        Cases::Unknown => (
            Severity::Warning,
            String::new(),
            "look whether they work at the same organisation or were given the same case",
        ),
        Cases::Same => (
            Severity::Note,
            format!("; the same case ({}) is named in both", code(nth)),
            "nothing to do where the same case was given to both",
        ),
    };
    let text = format!(
        "{most} of {} series of data are the same as those of {}{more}{why}",
        own.series.len(),
        named.join(", ")
    );
    let finding = Finding::warning("same-figures", text).in_file("data/profile.json").hint(hint);
    Finding { severity, ..finding }
}
