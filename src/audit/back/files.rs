//! Archives of feedback files that platforms give back to learners.
//!
//! Moodle reads folders `name_number_assignsubmission_file_`; only from 4.1 on also without the last
//! underscore, and only from 5.1 on a team's number for what it is. Canvas reads names with the numbers
//! of a user and of a file that this user handed in, and shows the new file under the old one's name:
//! so feedback on an archive goes into an archive.

use std::collections::BTreeMap;

use super::layout;
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;
use crate::bundle;

/// One feedback file: the learner's place in the report, the file's name, its contents.
pub type FeedbackFile = (usize, String, Vec<u8>);

/// An archive, the number of files in it, and who was left out and why.
pub type Archived = (Vec<u8>, usize, Vec<Finding>);

/// Packs feedback files for the platform that the submissions came from; returns the archive, the
/// number of files in it, and who was left out and why.
///
/// # Errors
/// One sentence on why no archive can be made, and one on what to do.
pub fn feedback_files(report: &Report, files: &[FeedbackFile]) -> Result<Archived, (String, String)> {
    let mut entries: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut findings = Vec::new();
    let mut known = false;
    for (nth, name, bytes) in files {
        let learner = &report.learners[*nth];
        let place = match layout(report, learner) {
            "moodle" => moodle(learner, name, bytes),
            "canvas" => canvas(learner, name, bytes),
            _ => continue,
        };
        known = true;
        let place = place.and_then(|(place, bytes)| {
            if entries.contains_key(&place) {
                return Err("more than one hand-in is theirs");
            }
            Ok((place, bytes))
        });
        match place {
            Ok((place, bytes)) => drop(entries.insert(place, bytes)),
            Err(why) => findings.push(
                Finding::warning("feedback-not-packed", format!("{}: {why}", learner.shown_as))
                    .hint("give this feedback back by hand"),
            ),
        }
    }
    if !known {
        return Err((
            "none of the submissions comes from a download of Moodle or Canvas, which alone read such an archive".into(),
            "name the archive as the platform wrote it, with “Download all submissions”".into(),
        ));
    }
    let count = entries.len();
    let borrowed = entries.iter().map(|(name, bytes)| (name.clone(), bytes)).collect();
    Ok((bundle::zip(&borrowed), count, findings))
}

type Placed = Result<(String, Vec<u8>), &'static str>;

fn moodle(learner: &LearnerReport, name: &str, bytes: &[u8]) -> Placed {
    let (Some(who), Some(id)) = (&learner.learner.name, &learner.learner.id) else {
        return Err("the download has no number for them, and Moodle finds learners by it");
    };
    Ok((format!("{who}_{id}_assignsubmission_file_/{name}"), bytes.to_vec()))
}

fn canvas(learner: &LearnerReport, name: &str, bytes: &[u8]) -> Placed {
    let old = learner.source.rsplit('/').next().unwrap_or_default();
    let end = |name: &str| name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    let Some(place) = readable(learner, old) else {
        return Err("they handed in no file, and Canvas finds learners by the number of a file");
    };
    if end(old).as_deref() == Some("zip") {
        let inner = [(name.to_owned(), bytes.to_vec())];
        let inner = inner.iter().map(|(name, bytes)| (name.clone(), bytes)).collect();
        return Ok((place, bundle::zip(&inner)));
    }
    if end(old) == end(name) {
        return Ok((place, bytes.to_vec()));
    }
    Err("they handed in another kind of file, under whose name Canvas would show the feedback")
}

/// The name as Canvas finds user and file in it: the first two parts that are numbers, or the two parts
/// after `anon`; it passes over names whose last part begins with `link`. None where there is no file.
fn readable(learner: &LearnerReport, old: &str) -> Option<String> {
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let name = learner.learner.name.as_deref().filter(is_number);
    let old = name.and_then(|name| old.strip_prefix(name)?.strip_prefix('_')).unwrap_or(old);
    let mut parts = old.split('_').filter(|part| *part != "LATE");
    let file = if learner.names.is_none() { parts.nth(2) } else { parts.filter(is_number).nth(1) };
    file.filter(is_number)?;
    let (stem, end) = old.rsplit_once('.').unwrap_or((old, ""));
    let is_passed_over = old.rsplit('_').next().is_some_and(|last| last.starts_with("link"));
    Some(if is_passed_over { format!("{stem}_feedback.{end}") } else { old.to_owned() })
}
