//! How much of the documents the learner wrote.

use serde_json::Value;

use super::Genuine;
use super::compare::Packs;
use super::settings::Settings;
use crate::audit::finding::Finding;
use crate::audit::report::Report;

/// The words of the documents that count, as the pack's own checklist tells them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// All of them.
    pub(super) words: u64,
    /// The learner's.
    pub(super) learner: u64,
}

impl Ledger {
    /// Reads it from a checklist; none where it counts no words.
    pub(super) fn read(checklist: &[u8], profile: &Value, settings: &Settings) -> Option<Self> {
        let checklist: Value = serde_json::from_slice(checklist).ok()?;
        let range = settings.own_words.documents.get(profile["unit"].as_str()?);
        let mut ledger = Self::default();
        for document in checklist["documents"].as_array()? {
            let id = document["document"].as_str().unwrap_or_default();
            // A document that is made several times has a part of its number behind a point.
            let base = id.split('.').next().unwrap_or_default();
            if range.is_none_or(|r| (&*r.first..=&*r.last).contains(&base)) {
                let count = |key: &str| document[key].as_u64().unwrap_or_default();
                ledger.words = ledger.words.saturating_add(count("words"));
                ledger.learner = ledger.learner.saturating_add(count("learner"));
            }
        }
        (ledger.words > 0).then_some(ledger)
    }

    fn percent(self) -> u64 {
        u64::try_from(u128::from(self.learner) * 100 / u128::from(self.words.max(1))).unwrap_or(u64::MAX)
    }
}

/// Says where learners wrote little, where the count cannot be right, and whose words are a sample's.
pub(super) fn look(genuine: &Genuine, packs: &Packs, report: &mut Report) {
    let settings = &genuine.settings.own_words;
    for pack in &packs.list {
        let Some(learner) = pack.learner else { continue };
        let findings = &mut report.learners[learner].findings;
        let imprint = &pack.imprint;
        if let Some(ledger) = imprint.ledger {
            if ledger.percent() < settings.least_percent as u64 {
                findings.push(few(ledger, imprint.words));
            }
            if ledger.learner > (imprint.words as u64 + 100).saturating_mul(settings.repeated as u64) {
                findings.push(impossible(ledger, imprint.words));
            }
        }
        let sampled = imprint.sample.as_ref().map(|(name, words)| (name, words * 100 / imprint.words.max(1)));
        if let Some((name, percent)) = sampled.filter(|(_, p)| *p >= genuine.settings.sections.flag_percent) {
            let text = format!(
                "{percent}% of the learner's words are those of the sample {name}, which evipack hands out"
            );
            findings.push(
                Finding::warning("sample-words", text)
                    .in_file("data/profile.json")
                    .hint("look whether the learner started from the sample and what they wrote themselves"),
            );
        }
    }
}

fn few(ledger: Ledger, words: usize) -> Finding {
    let text = format!(
        "{}% of the words of its documents are the learner's: {} of {}, as its own checklist counts them; its profile holds {words} words of the learner",
        ledger.percent(),
        ledger.learner,
        ledger.words
    );
    Finding::warning("few-own-words", text)
        .in_file("data/checklist.json")
        .hint("look whether the rest is enough to show what the learner can do; oral questions may help")
}

fn impossible(ledger: Ledger, words: usize) -> Finding {
    let text = format!(
        "it counts {} words of the learner in the documents, and the profile holds only {words}",
        ledger.learner
    );
    Finding::warning("own-words-differ", text)
        .in_file("data/checklist.json")
        .hint("do not rely on its counts; build the pack again from its profile and compare")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn only_documents_in_the_range_of_the_unit_count() {
        let settings = Settings::load(&Catalog::embedded()).expect("settings");
        let (unit, range) = settings.own_words.documents.iter().next().expect("a unit");
        let row = |id: &str| json!({ "document": id, "words": 10, "learner": 4 });
        let part = format!("{}.2", range.last);
        let rows = [row(&range.first), row(&part), row("A00"), row("Z99")];
        let checklist = json!({ "documents": rows }).to_string();
        let read = |unit: &str| Ledger::read(checklist.as_bytes(), &json!({ "unit": unit }), &settings);
        assert_eq!(read(unit), Some(Ledger { words: 20, learner: 8 }));
        assert_eq!(read("OTHER"), Some(Ledger { words: 40, learner: 16 }));
        assert_eq!(Ledger::read(b"{}", &json!({ "unit": unit }), &settings), None);
    }
}
