//! Whom a sheet is for, and what may not stand in it: the name of any other learner.
//!
//! Owns by which name a learner is called in what only they read, and the test of every text that goes
//! into it. A text that names somebody else is left out as a whole, not mended.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::super::submission::LearnerReport;
use super::Report;

/// The learner that a sheet is for.
pub(super) struct Addressee {
    /// The name.
    pub(super) name: String,
    /// The id that the platform gave.
    pub(super) id: Option<String>,
    /// Names of all others, of several words.
    others: Vec<String>,
    /// Names of all others of one word, as they are written.
    single: Vec<String>,
}

impl Addressee {
    /// Finds out how a learner is called, and who the others are.
    pub(super) fn of(report: &Report, nth: usize) -> Self {
        let own = &report.learners[nth];
        let name = called(report, nth);
        let mut mine: Vec<String> = vec![plain(&name)];
        mine.extend(own.learner.name.as_deref().map(plain));
        let rest = report.learners.iter().enumerate().filter(|(n, _)| *n != nth);
        let foreign = rest.flat_map(|(_, l)| names(l)).chain(named(own));
        let foreign = foreign.filter(|other| !mine.contains(&plain(other)));
        let (mut others, mut single) = (Vec::new(), Vec::new());
        for other in foreign {
            let words = plain(other);
            match words.split(' ').count() {
                0 | 1 if words.len() > 2 => single.push(other.trim().to_owned()),
                0 | 1 => {}
                2 => {
                    let turned: Vec<&str> = words.split(' ').rev().collect();
                    others.extend([turned.join(" "), words.clone()]);
                }
                _ => others.push(words),
            }
        }
        Self { name, id: own.learner.id.clone(), others, single }
    }

    /// Returns the text, unless it names another learner.
    pub(super) fn only<'t>(&self, text: &'t str) -> Option<&'t str> {
        let words = format!(" {} ", plain(text));
        let is_named = |other: &String| words.contains(&format!(" {other} "));
        let token = |c: char| !c.is_alphanumeric();
        let is_single = |other: &String| text.split(token).any(|word| word == other) || text == *other;
        (!self.others.iter().any(is_named) && !self.single.iter().any(is_single)).then_some(text)
    }
}

/// The name that a learner knows as their own: never one that only somebody else’s pack gives them.
pub(super) fn called(report: &Report, nth: usize) -> String {
    let own = &report.learners[nth];
    let ids = |l: &LearnerReport| l.packs.iter().filter_map(|p| p.id.clone()).collect::<Vec<_>>();
    let own_ids = ids(own);
    let is_shared = report.learners.iter().enumerate().any(|(n, other)| {
        let is_same_name = plain(&other.shown_as) == plain(&own.shown_as);
        n != nth && (is_same_name || ids(other).iter().any(|id| own_ids.contains(id)))
    });
    match (&own.learner.name, &own.learner.id) {
        (Some(platform), _) if is_shared => platform.clone(),
        (None, Some(id)) if is_shared => id.clone(),
        (None, None) if is_shared => super::pages::name_of(own.place()).to_owned(),
        _ => own.shown_as.clone(),
    }
}

fn names(learner: &LearnerReport) -> impl Iterator<Item = &str> {
    [Some(learner.shown_as.as_str()), learner.learner.name.as_deref()]
        .into_iter()
        .flatten()
        .chain(named(learner))
}

/// The names in a learner’s packs.
fn named(learner: &LearnerReport) -> impl Iterator<Item = &str> {
    learner.packs.iter().filter_map(|p| p.identity.named_learner.as_ref()?.name.as_deref())
}

/// Lower-case words without accents and punctuation, one space between them.
fn plain(text: &str) -> String {
    let letters = ascii(text).to_lowercase();
    letters.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text without accents, as far as they can be taken off.
pub(super) fn ascii(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).collect()
}
