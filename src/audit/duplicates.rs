//! The same bytes in the submissions of several learners.
//!
//! Refuses to call it copying: it may be a team, a shared file, or a submission in the wrong place.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::lms::Part;
use super::submission::LearnerReport;

/// How many other learners are named.
const NAMED: usize = 5;

/// Notes with each learner who handed in the same pack or file.
pub(crate) fn mark(learners: &mut [LearnerReport]) {
    let mut holders: BTreeMap<(&'static str, String), BTreeSet<usize>> = BTreeMap::new();
    for (nth, learner) in learners.iter().enumerate() {
        for id in learner.packs.iter().filter_map(|p| p.id.clone()) {
            holders.entry(("pack", id)).or_default().insert(nth);
        }
        let files = learner.files.iter().filter(|f| f.part == Part::File && f.size > 0);
        for digest in files.filter_map(|f| f.sha256.clone()) {
            holders.entry(("file", digest)).or_default().insert(nth);
        }
    }
    let shared: Vec<_> = holders.into_iter().filter(|(_, who)| who.len() > 1).collect();
    let names: Vec<String> = learners.iter().map(|l| l.shown_as.clone()).collect();
    for ((what, digest), who) in shared {
        for nth in &who {
            let others: Vec<&str> = who.iter().filter(|o| *o != nth).map(|o| names[*o].as_str()).collect();
            learners[*nth].findings.push(finding(what, &digest, &others));
        }
    }
}

fn finding(what: &'static str, digest: &str, others: &[&str]) -> Finding {
    let more = others.len().saturating_sub(NAMED);
    let shown = others[..others.len() - more].join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let text = format!("the same {what} was handed in by {shown}{more} ({})", &digest[..12]);
    let code = if what == "pack" { "same-pack" } else { "same-file" };
    Finding::warning(code, text)
        .hint("look whether it is a team, a shared file or a submission in the wrong place")
}
