//! Archives of feedback files that platforms give back to learners.
//!
//! Moodle reads folders `name_number_assignsubmission_file_`; only from 4.1 on also without the last
//! underscore, and only from 5.1 on a team's number for what it is. Canvas reads names with the numbers
//! of a user and of a file that this user handed in, and shows the new file under the old one's name:
//! so feedback on an archive goes into an archive.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, Write};

use super::layout;
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;
use crate::bundle::{self, Packer};

/// One feedback file: the learner's place in the report, the file's name, its contents.
pub type FeedbackFile = (usize, String, Vec<u8>);

/// An archive, the number of files in it, and who was left out and why.
pub type Archived<W> = (W, usize, Vec<Finding>);

/// An archive of feedback files for the platform that the submissions came from.
pub struct FeedbackArchive<'a, W: Read + Write + Seek> {
    report: &'a Report,
    zip: Packer<W>,
    places: BTreeSet<String>,
    findings: Vec<Finding>,
    /// Whether any submission came from a platform that reads such an archive.
    is_known: bool,
}

impl<'a, W: Read + Write + Seek> FeedbackArchive<'a, W> {
    /// Begins an archive in something empty.
    pub fn new(report: &'a Report, empty: W) -> Self {
        let (places, findings) = (BTreeSet::new(), Vec::new());
        Self { report, zip: Packer::new(empty), places, findings, is_known: false }
    }

    /// Packs a file, or notes why it is left out.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add(&mut self, (nth, name, bytes): &FeedbackFile) -> io::Result<()> {
        let learner = &self.report.learners[*nth];
        let placed = match layout(self.report, learner) {
            "moodle" => moodle(learner, name, bytes),
            "canvas" => canvas(learner, name, bytes),
            _ => return Ok(()),
        };
        self.is_known = true;
        let why = match placed {
            Ok((place, bytes)) if self.places.insert(place.clone()) => {
                return self.zip.add(&[(place, bytes.as_slice())]);
            }
            Ok(_) => "more than one hand-in is theirs",
            Err(why) => why,
        };
        self.findings.push(
            Finding::warning("feedback-not-packed", format!("{}: {why}", learner.shown_as))
                .hint("give this feedback back by hand"),
        );
        Ok(())
    }

    /// Ends the archive; the inner result says in one sentence why none can be made, and in one what to do.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> io::Result<Result<Archived<W>, (String, String)>> {
        if !self.is_known {
            return Ok(Err((
                "none of the submissions comes from a download of Moodle or Canvas, which alone read such an archive".into(),
                "name the archive as the platform wrote it, with “Download all submissions”".into(),
            )));
        }
        Ok(Ok((self.zip.finish()?, self.places.len(), self.findings)))
    }
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
