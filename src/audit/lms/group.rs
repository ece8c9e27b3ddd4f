//! From matched names to submissions: one for each learner, attempts in their order.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use regex::Captures;

use super::{Attempt, Handed, Layout, Named, Part, Pattern, Person, Sorted, Submission, below, is_archive};

/// Attempts by their moment and by how the platform writes it.
type Attempts = BTreeMap<(Option<DateTime>, Option<String>), Vec<Handed>>;

struct Open {
    submission: Submission,
    attempts: Attempts,
}

/// Sorts names by a layout.
pub(super) fn group(layout: &Layout, names: &[Named<'_>], depth: usize) -> Sorted {
    let mut sorted = Sorted { layout: layout.id.clone(), ..Sorted::default() };
    let mut open: BTreeMap<Vec<String>, Open> = BTreeMap::new();
    for (index, path) in names {
        let path = below(path, depth);
        let Some((pattern, found)) = layout.matched(path) else {
            sorted.left_over.push(*index);
            continue;
        };
        let text = |name: &str| found.name(name).map(|m| m.as_str().to_owned()).filter(|t| !t.is_empty());
        let key = layout.key.iter().map(|k| text(k).unwrap_or_default()).collect();
        let entry = open.entry(key).or_insert_with(|| start(layout, pattern, &found, path));
        if text("late").is_some() {
            entry.submission.late = Some(true);
        }
        let is_better = !path.contains('/') && is_archive(path) && !is_archive(&entry.submission.source);
        if is_better {
            entry.submission.source = path.to_owned();
        }
        let last = || path.rsplit('/').next().unwrap_or(path).to_owned();
        let handed = Handed {
            index: *index,
            name: text("file").unwrap_or_else(last),
            part: part(layout, pattern, &found),
        };
        let attempt = text("attempt");
        let moment = layout.when.as_ref().and_then(|when| moment(&when.text, &when.format, &found));
        entry.attempts.entry((moment, attempt)).or_default().push(handed);
    }
    sorted.submissions = open.into_values().map(close).collect();
    sorted
}

fn start(layout: &Layout, pattern: &Pattern, found: &Captures<'_>, path: &str) -> Open {
    let text = |name: &str| found.name(name).map(|m| m.as_str().to_owned()).filter(|t| !t.is_empty());
    let name = text("name");
    let is_hidden =
        pattern.anonymous || name.as_ref().zip(layout.anonymous.as_ref()).is_some_and(|(n, a)| a.is_match(n));
    let source = match path.split_once('/') {
        Some((folder, _)) => folder,
        None => path,
    };
    let submission = Submission {
        learner: Person { name, id: text("id") },
        names: (!is_hidden).then_some(layout.names),
        source: source.to_owned(),
        late: layout.tells_late.then_some(false),
        attempts: Vec::new(),
        receipt: layout.receipt.clone(),
    };
    Open { submission, attempts: Attempts::new() }
}

fn part(layout: &Layout, pattern: &Pattern, found: &Captures<'_>) -> Part {
    let word = found.name("part").and_then(|m| layout.parts.get(m.as_str()).copied());
    word.or(pattern.part).unwrap_or(Part::File)
}

/// Puts the moment of an attempt together.
fn moment(text: &str, format: &str, found: &Captures<'_>) -> Option<DateTime> {
    let mut out = String::new();
    for piece in text.split_inclusive(['{', '}']) {
        match piece.strip_suffix('}') {
            Some(group) => out.push_str(found.name(group)?.as_str()),
            None => out.push_str(piece.trim_end_matches('{')),
        }
    }
    DateTime::strptime(format, &out).ok()
}

fn close(open: Open) -> Submission {
    let attempt = |((_, when), handed)| Attempt { when, handed };
    let mut submission = open.submission;
    submission.attempts = open.attempts.into_iter().map(attempt).collect();
    submission
}
