//! Folders without a layout: one folder a learner, or one archive a learner.

use std::collections::BTreeMap;

use super::{Attempt, Handed, Named, Names, Part, Person, Sorted, Submission, around, below};

/// Sorts names by the folder at the top; an archive that lies in none is a submission of its own.
pub(super) fn group(names: &[Named<'_>]) -> Sorted {
    let mut sorted = Sorted { layout: "plain".into(), ..Sorted::default() };
    let depth = depth(names);
    let mut open: BTreeMap<&str, Submission> = BTreeMap::new();
    for (index, path) in names {
        let path = below(path, depth);
        let (top, name) = match path.split_once('/') {
            Some((folder, name)) => (folder, name),
            None if is_archive(path) => (path, path),
            None => {
                sorted.left_over.push(*index);
                continue;
            }
        };
        let submission = open.entry(top).or_insert_with(|| start(top));
        submission.attempts[0].handed.push(Handed { index: *index, name: name.into(), part: Part::File });
    }
    sorted.submissions = open.into_values().collect();
    sorted
}

/// A folder around several folders or archives is no learner.
fn depth(names: &[Named<'_>]) -> usize {
    let around = around(names);
    let top = |path| match <str>::split_once(path, '/') {
        Some((top, _)) => Some(top),
        None => is_archive(path).then_some(path),
    };
    let count = |depth: usize| {
        let mut tops: Vec<&str> = names.iter().filter_map(|(_, path)| top(below(path, depth))).collect();
        tops.sort_unstable();
        tops.dedup();
        tops.len()
    };
    (0..=around).rev().find(|d| count(*d) > 1).unwrap_or(0)
}

fn start(top: &str) -> Submission {
    let stem = if is_archive(top) { &top[..top.len() - 4] } else { top };
    Submission {
        learner: Person { name: Some(stem.to_owned()), id: None },
        names: Some(Names::Code),
        source: top.to_owned(),
        late: None,
        attempts: vec![Attempt::default()],
        receipt: None,
    }
}

/// Tells whether a file is an archive by its name.
pub(crate) fn is_archive(name: &str) -> bool {
    name.len() > 4 && name.get(name.len() - 4..).is_some_and(|end| end.eq_ignore_ascii_case(".zip"))
}
