//! What was planted in the data of a simulated case, and whether a pack writes about it.
//!
//! A note for the assessor and never a verdict: words are found, not understood.

use serde::Deserialize;

use super::Genuine;
use super::cases::{read, twice};
use super::compare::Packs;
use super::imprint::Written;
use super::prose::Prose;
use super::words::{Word, all, hashed};
use crate::audit::finding::Finding;
use crate::audit::report::Report;
use crate::catalog::Catalog;
use crate::diag::Diagnostics;

/// The assessor's keys, by case.
#[derive(Default, Deserialize)]
pub(super) struct Keys {
    cases: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    code: String,
    issues: Vec<Issue>,
}

/// One planted issue.
#[derive(Deserialize)]
struct Issue {
    code: String,
    title: String,
    from: String,
    to: String,
    /// Everything that has to be said, each in one of several ways.
    cause: Vec<Vec<String>>,
    #[serde(default)]
    tables: Vec<String>,
}

/// How much of an issue a text names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    /// How many of the things to say it says.
    cause: usize,
    /// Whether it is about the period.
    period: bool,
}

impl Keys {
    /// Reads a file of keys.
    pub(super) fn read(catalog: &Catalog, file: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let (keys, source): (Self, _) = read(catalog, "schemas/key.schema.json", (file, bytes))?;
        let problems = twice(keys.cases.iter().map(|c| c.code.as_str()), &source);
        if problems.is_empty() { Ok(keys) } else { Err(problems) }
    }
}

/// Notes with each learner whose case has a key what of it the pack names.
pub(super) fn look(genuine: &Genuine, packs: &Packs, report: &mut Report) {
    for pack in &packs.list {
        let (Some(learner), Some(code)) = (pack.learner, &pack.imprint.case) else { continue };
        let Some(key) = genuine.keys.cases.iter().find(|k| k.code.eq_ignore_ascii_case(code)) else {
            continue;
        };
        let written = pack.imprint.written();
        let texts: Vec<&Prose> =
            written.prose.iter().filter(|t| t.is_in(&genuine.settings.issues.parts)).collect();
        let found = key.issues.iter().map(|issue| finding(genuine, &written, issue, &texts));
        report.learners[learner].findings.extend(found);
    }
}

fn finding(genuine: &Genuine, written: &Written, issue: &Issue, texts: &[&Prose]) -> Finding {
    let named = texts.iter().rev().map(|text| (issue.named(written, text), text));
    let best = named.max_by_key(|(named, _)| *named).filter(|(named, _)| named.cause > 0);
    let head = format!("planted issue {} ({}, {} to {}): ", issue.code, issue.title, issue.from, issue.to);
    let seen = if issue.tables.is_empty() {
        String::new()
    } else {
        format!("; it shows in {}", issue.tables.join(", "))
    };
    let Some((named, text)) = best else {
        let text = format!("{head}not found in reports and evaluations{seen}");
        return Finding::note("planted-issue", text)
            .hint("read them and judge: words were looked for, not meaning");
    };
    let is_whole = named.cause == issue.cause.len() && named.period;
    let answer = match (is_whole, named.period) {
        (true, _) => "found".to_owned(),
        (false, true) => format!("part: {} of {} words of the cause", named.cause, issue.cause.len()),
        (false, false) => {
            format!("part: {} of {} words of the cause, not about the period", named.cause, issue.cause.len())
        }
    };
    let words: Vec<&str> = text.text.split_whitespace().take(genuine.settings.issues.shown_words).collect();
    let text_of = format!("{head}{answer}, in {}: “{} …”", text.section, words.join(" "));
    Finding::note("planted-issue", text_of)
        .in_file(format!("data/profile.json {}", text.pointer))
        .hint("read it and judge: words were looked for, not meaning")
}

impl Issue {
    /// How much of it a text names.
    fn named(&self, written: &Written, text: &Prose) -> Named {
        let words = all(&text.text);
        let says = |ways: &&Vec<String>| ways.iter().any(|way| is_said(&text.text, &words, way));
        Named { cause: self.cause.iter().filter(says).count(), period: self.is_in_period(written, text) }
    }

    /// Tells whether a text stands in a report on a period that touches the issue's, cites one of its
    /// figures, or names its month.
    fn is_in_period(&self, written: &Written, text: &Prose) -> bool {
        let touching = written.periods.iter().filter(|(_, from, to)| *from <= self.to && self.from <= *to);
        let mut ids = touching.map(|(id, _, _)| id.as_str());
        let own = written.period_of(&text.pointer);
        let is_cited = |id: &str| text.text.contains(&format!("@{id}"));
        let months = self.months();
        let is_month = |word: &str| months.iter().any(|month| month == word);
        ids.any(|id| own == Some(id) || is_cited(id))
            || text.text.split(|c: char| !c.is_alphanumeric()).any(is_month)
    }

    /// The names of the months that it lasts, as people write them.
    fn months(&self) -> Vec<String> {
        let (Ok(from), Ok(to)) =
            (self.from.parse::<jiff::civil::Date>(), self.to.parse::<jiff::civil::Date>())
        else {
            return Vec::new();
        };
        let firsts = from.first_of_month().series(jiff::Span::new().months(1));
        firsts.take_while(|day| *day <= to).take(24).map(|day| day.strftime("%B").to_string()).collect()
    }
}

/// Tells whether words begin as wanted, one after the other.
fn is_said(text: &str, words: &[Word], wanted: &str) -> bool {
    let wanted: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let begins = |word: &Word, start: &String| {
        let range = word.start as usize..word.end as usize;
        word.hash == hashed(start)
            || text.get(range).is_some_and(|w| w.to_lowercase().starts_with(start.as_str()))
    };
    !wanted.is_empty()
        && words.windows(wanted.len()).any(|row| row.iter().zip(&wanted).all(|(w, s)| begins(w, s)))
}
