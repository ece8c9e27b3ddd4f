//! What is known before a file is opened: the profile's periods and platforms, and the answers.
//!
//! Owns their form and the questions that do not depend on a file. Refuses to fill in an answer that
//! nobody gave.

use jiff::civil::Date;
use serde_json::Value;

use super::format::Formats;
use super::platforms::Platform;
use super::rows::Table;
use super::tally::{Key, Tally, warning};
use super::words::{day, file_name, listing};
use super::{Answers, Request, trouble};
use crate::diag::{Diagnostic, Diagnostics};
use crate::profile::{Profile, nearest};

/// Which role a period should have to be a post's own, the best first.
const ROLES: [&str; 5] = ["report", "baseline", "campaign", "before", "after"];

/// A period of the profile.
#[derive(Clone, Debug)]
pub(super) struct Period {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Its first day.
    pub(super) from: Date,
    /// Its last day.
    pub(super) to: Date,
    rank: usize,
}

impl Period {
    /// Returns its days.
    pub(super) fn each_day(&self) -> impl Iterator<Item = Date> {
        let to = self.to;
        std::iter::successors(Some(self.from), |d| d.tomorrow().ok()).take_while(move |d| *d <= to).take(4000)
    }
}

/// Everything that is known beforehand.
pub(super) struct Known<'a> {
    /// What is known of exports.
    pub(super) formats: &'a Formats,
    /// The profile's periods that have days.
    pub(super) periods: Vec<Period>,
    /// The same as spans.
    pub(super) spans: Vec<(Date, Date)>,
    /// The profile's platforms.
    pub(super) platforms: Vec<Platform>,
    /// What the user said.
    pub(super) answers: &'a Answers,
    /// By file, the day of the export.
    pub(super) exported: Vec<Option<Date>>,
    /// By file, its name without folders.
    pub(super) files: Vec<String>,
    /// Who exported the files.
    pub(super) by: Option<String>,
}

impl<'a> Known<'a> {
    /// Reads the profile, which may be half-finished.
    pub(super) fn of(formats: &'a Formats, request: &Request<'a>) -> Self {
        let value = request.profile.value();
        let periods: Vec<Period> = list(value, "/data/periods").filter_map(period).collect();
        let platform = |item: &Value| {
            let is_selected = item.get("selected").and_then(Value::as_bool).unwrap_or(false);
            let (id, name) = (text(item, "id").to_owned(), text(item, "name").to_owned());
            (!id.is_empty()).then_some(Platform { id, name, is_selected })
        };
        let answers = request.answers;
        Self {
            formats,
            spans: periods.iter().map(|p| (p.from, p.to)).collect(),
            periods,
            platforms: list(value, "/platforms").filter_map(platform).collect(),
            answers,
            exported: request.exports.iter().map(|e| answers.exported_on.or(e.saved_on)).collect(),
            files: request.exports.iter().map(|e| file_name(&e.name)).collect(),
            by: answers.by.clone().or_else(|| exporter(value)),
        }
    }

    /// Returns what is wrong with the answers, and what must be asked whatever the files hold.
    pub(super) fn unanswered(&self, profile: &Profile) -> (Diagnostics, Diagnostics) {
        let (mut problems, mut questions) = (Diagnostics::new(), Diagnostics::new());
        if self.periods.is_empty() {
            let text = "the profile has no periods yet, so nobody can say what a number belongs to";
            let place = profile.source.place("/data/periods");
            problems.push(
                trouble(text)
                    .at(place)
                    .hint("write down the report periods under data, periods, with first and last day"),
            );
        }
        let people: Vec<&str> = list(profile.value(), "/personnel").map(|p| text(p, "id")).collect();
        let platforms: Vec<&str> = self.platforms.iter().map(|p| p.id.as_str()).collect();
        let periods: Vec<&str> = self.periods.iter().map(|p| p.id.as_str()).collect();
        let said = [
            ("--platform", "platform", &self.answers.platform, platforms),
            ("--period", "period", &self.answers.period, periods),
            ("--by", "person", &self.answers.by, people.clone()),
        ];
        for (option, what, answer, ids) in said {
            problems.extend(
                answer
                    .as_ref()
                    .filter(|a| !ids.contains(&a.as_str()))
                    .map(|id| no_such((option, what), id, &ids)),
            );
        }
        if self.by.is_none() {
            let asked = trouble("who exported the files?");
            questions.push(asked.hint(format!("add `--by` and one of: {}", people.join(", "))));
        }
        for (file, _) in self.files.iter().zip(&self.exported).filter(|(_, on)| on.is_none()) {
            let asked = trouble(format!("when was `{file}` exported?"));
            questions.push(asked.hint("add the day, such as `--exported-on 2026-10-05`"));
        }
        (problems, questions)
    }

    /// Returns problems of files that speak of days after their export.
    pub(super) fn too_early(&self, tables: &[Table<'_>], tally: &Tally) -> Diagnostics {
        let mut found = Diagnostics::new();
        for (index, table) in tables.iter().enumerate() {
            let (Some(on), Some((_, last))) = (self.exported[table.file], tally.seen[index].span) else {
                continue;
            };
            if last > on {
                let label = self.label(tables, index);
                let text = format!("{label} speaks of {}, but was exported on {}", day(last), day(on));
                let hint = if self.answers.exported_on.is_some() {
                    "look at the date after `--exported-on`"
                } else {
                    "say when it was exported with `--exported-on`"
                };
                found.push(trouble(text).hint(hint));
            }
        }
        found
    }

    /// Returns a warning when a platform was named that no file needed.
    pub(super) fn unused(&self, tally: &Tally) -> Option<Diagnostic> {
        let said = self.answers.platform.as_ref()?;
        let is_used = tally.seen.iter().any(|s| s.platforms.contains(said));
        let is_asked = !tally.problems.is_empty() || !tally.questions.is_empty();
        (!is_used && !is_asked).then(|| {
            let text =
                format!("`--platform {said}` was not used: the files say themselves whose numbers they hold");
            warning(text).hint("leave it out")
        })
    }

    /// Returns a table's name for messages.
    pub(super) fn label(&self, tables: &[Table<'_>], table: usize) -> String {
        let table = &tables[table];
        let title = table
            .found
            .telling_title()
            .map(|t| format!(", “{}”", super::words::short(t)))
            .unwrap_or_default();
        format!("`{}` ({}{title})", self.files[table.file], table.found.form.name)
    }

    /// Returns a cell's name for messages.
    pub(super) fn cell(&self, (period, platform, input): &Key) -> String {
        let name = self.formats.name(input);
        format!("{name} of {} in {}", self.platform(platform), self.periods[*period].name)
    }

    /// Returns a platform's name.
    pub(super) fn platform<'p>(&'p self, id: &'p str) -> &'p str {
        self.platforms.iter().find(|p| p.id == id).map_or(id, |p| p.name.as_str())
    }

    /// Tells whether an input may be added over days and posts.
    pub(super) fn is_additive(&self, input: &str) -> bool {
        self.formats.inputs.get(input).is_some_and(|i| i.is_additive)
    }

    /// Returns the first and last day of a period.
    pub(super) fn days(&self, period: usize) -> (Date, Date) {
        self.spans[period]
    }

    /// Returns the periods in which a day lies: they may overlap.
    pub(super) fn periods_of(&self, on: Date) -> impl Iterator<Item = usize> {
        (0..self.periods.len()).filter(move |p| self.spans[*p].0 <= on && on <= self.spans[*p].1)
    }

    /// Returns the one period that a post belongs to.
    pub(super) fn home(&self, on: Date) -> Option<usize> {
        self.periods_of(on).min_by_key(|p| self.periods[*p].rank)
    }

    /// Returns the names of periods as a list.
    pub(super) fn period_names(&self, periods: impl Iterator<Item = usize>) -> String {
        listing(&periods.map(|p| self.periods[p].name.clone()).collect::<Vec<_>>())
    }
}

fn no_such((option, what): (&str, &str), id: &str, ids: &[&str]) -> Diagnostic {
    let problem = trouble(format!("`{option} {id}`: the profile has no {what} `{id}`"));
    match nearest(id, ids.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!("use one of: {}", ids.join(", "))),
    }
}

/// Returns the only person who can be meant: the learner, or the only one there is.
fn exporter(value: &Value) -> Option<String> {
    let people: Vec<&Value> = list(value, "/personnel").filter(|p| !text(p, "id").is_empty()).collect();
    let is_learner = |p: &&&Value| p.get("learner").and_then(Value::as_bool) == Some(true);
    let learners: Vec<&&Value> = people.iter().filter(is_learner).collect();
    match (&learners[..], &people[..]) {
        ([one], _) => Some(text(one, "id").to_owned()),
        ([], [one]) => Some(text(one, "id").to_owned()),
        _ => None,
    }
}

fn period(item: &Value) -> Option<Period> {
    let date = |name: &str| text(item, name).parse::<Date>().ok();
    let (from, to) = (date("from")?, date("to")?);
    let rank = ROLES.iter().position(|r| *r == text(item, "role")).unwrap_or(ROLES.len());
    let (id, name) = (text(item, "id").to_owned(), text(item, "name").to_owned());
    let name = if name.is_empty() { id.clone() } else { name };
    (!id.is_empty() && from <= to).then_some(Period { id, name, from, to, rank })
}

/// Returns the items of a list in the profile.
pub(super) fn list<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// Returns a text of an item.
pub(super) fn text<'v>(item: &'v Value, name: &str) -> &'v str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}
