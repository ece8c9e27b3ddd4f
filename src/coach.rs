//! What to do next: problems put together, counted and sorted for a person.
//!
//! Owns which problems belong together, which wait for others, and which few are worth doing first.
//! Refuses to find problems: that is the profile's and the rules' business; and to print them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Checked;
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Severity, stops_build};
use crate::profile::in_reading_order;
use crate::profile::schema::Node;
use crate::trace::{Row, Status};

/// How many steps are worth reading at once.
const STEPS: usize = 5;
/// A section with more gaps than this is told part by part.
const MANY: usize = 30;
/// Rows of one group without a finding of their own that are told one by one.
const FEW: usize = 3;

/// Everything that a person is told about a profile.
pub struct Coaching {
    /// The few things that are worth doing first, the most valuable one first.
    pub steps: Vec<Entry>,
    /// What keeps the pack or a requirement from being finished, the worst group first.
    pub groups: Vec<Group>,
    /// Advice on quality or risk: it changes no status.
    pub advice: Vec<Entry>,
    /// For information only.
    pub notes: Vec<Entry>,
    /// How many mandatory parts are still to be filled in.
    pub gaps: usize,
    /// How many other errors there are that do not wait for a part.
    pub errors: usize,
}

/// Problems of one part of the profile or of the unit.
pub struct Group {
    /// What it is about.
    pub title: String,
    /// Its problems in reading order.
    pub entries: Vec<Entry>,
}

/// A problem, or several that are alike.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is wrong, without a full stop at its end.
    pub message: String,
    /// What to do about it; empty if the message says it.
    pub action: String,
    /// Where the first of them stands.
    pub place: Option<Place>,
    /// The check that found it; none for a requirement that has nothing yet.
    pub code: Option<String>,
    /// How many more there are like it.
    pub more: usize,
    /// The requirements that it keeps from being met.
    pub feeds: Vec<String>,
    /// The problems behind it, for an excerpt.
    pub behind: Diagnostics,
}

impl Coaching {
    /// Puts together what is to be told; `all` leaves nothing out and folds nothing.
    pub fn of(checked: &Checked, all: bool) -> Self {
        let (gaps, form): (Vec<_>, Vec<_>) = checked.problems.iter().cloned().partition(Diagnostic::is_gap);
        let (form, mut rest): (Vec<_>, Vec<_>) =
            form.into_iter().partition(|d| d.severity == Severity::Error);
        let is_waiting = |d: &Diagnostic| {
            !all && !gaps.is_empty() && d.severity == Severity::Error && is_empty_at(checked, d)
        };
        let (waiting, failures): (Vec<_>, Vec<_>) =
            checked.outcomes.failures.iter().cloned().partition(is_waiting);
        let (errors, others): (Vec<_>, Vec<_>) =
            failures.into_iter().partition(|d| d.severity == Severity::Error);
        rest.extend(others);
        rest.extend(checked.outcomes.faults.iter().cloned());
        let (notes, advice): (Vec<_>, Vec<_>) = rest.into_iter().partition(|d| d.severity == Severity::Note);

        let (count, faults) = (gaps.len(), form.len() + errors.len());
        let mut form = folded(form, all);
        form.sort_by_key(|e| e.place.as_ref().is_none_or(|p| p.line == 0));
        let missing = if all { folded(gaps, true) } else { by_section(checked, gaps, waiting.len()) };
        let mut of_unit = by_part(checked, errors, all);
        let open = if missing.is_empty() || all { rows_without_finding(checked, all) } else { Vec::new() };
        for (title, entries) in open {
            match of_unit.iter_mut().find(|g| g.title == title) {
                Some(group) => group.entries.extend(entries),
                None => of_unit.push(Group { title, entries }),
            }
        }
        of_unit.sort_by_key(|g| std::cmp::Reverse(g.count()));
        let steps = steps(checked, &form, &missing, &of_unit);
        let mut groups = vec![
            Group {
                title: "How the profile is written: no pack can be made before these are put right".into(),
                entries: form,
            },
            Group { title: "Parts still to fill in".into(), entries: missing },
        ];
        groups.append(&mut of_unit);
        groups.push(Group { title: "Left open with a reason".into(), entries: left_open(checked) });
        groups.retain(|g| !g.entries.is_empty());
        Self {
            steps,
            groups,
            advice: folded(in_reading_order(advice), all),
            notes: folded(notes, all),
            gaps: count,
            errors: faults,
        }
    }
}

impl Group {
    /// Returns how many problems it holds.
    pub fn count(&self) -> usize {
        self.entries.iter().map(Entry::count).sum()
    }
}

impl Entry {
    fn of(problem: &Diagnostic) -> Self {
        Self {
            message: problem.message.trim_end_matches('.').to_owned(),
            action: problem.hints.iter().map(|h| sentence(h)).collect::<Vec<_>>().join(" "),
            place: problem.place.clone(),
            code: Some(problem.code.as_str().to_owned()),
            more: 0,
            feeds: problem.feeds.clone(),
            behind: vec![problem.clone()],
        }
    }

    /// How many problems it stands for: a remark stands for none.
    fn count(&self) -> usize {
        let is_remark = self.behind.is_empty() && self.feeds.is_empty();
        if is_remark { 0 } else { self.behind.len().max(1 + self.more) }
    }

    fn told(message: String, action: String) -> Self {
        Self { message, action, place: None, code: None, more: 0, feeds: Vec::new(), behind: Vec::new() }
    }
}

/// A sentence begins with a capital and ends with a mark.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.is_empty() || text.ends_with(['.', '!', '?', ':', '…']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Tells whether nothing stands yet where a problem points: filling in the part comes first.
fn is_empty_at(checked: &Checked, problem: &Diagnostic) -> bool {
    let pointer = problem.place.as_ref().and_then(|p| p.pointer.as_deref()).unwrap_or_default();
    let value = checked.profile.value().pointer(pointer);
    is_unfilled(value.unwrap_or(&Value::Null))
}

/// Tells whether a part holds nothing but empty parts.
fn is_unfilled(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_unfilled),
        Value::Object(map) => map.values().all(is_unfilled),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Puts problems of the same check together, behind the first of them.
fn folded(problems: Diagnostics, all: bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for problem in problems {
        let is_rule = matches!(problem.code, Code::Rule(_));
        let is_alike = |e: &&mut Entry| {
            e.code.as_deref() == Some(problem.code.as_str()) && (is_rule || e.message == problem.message)
        };
        match entries.iter_mut().find(is_alike).filter(|_| !all) {
            Some(entry) => {
                entry.more += 1;
                entry.behind.push(problem);
            }
            None => entries.push(Entry::of(&problem)),
        }
    }
    entries
}

/// Tells gaps section by section, in the order of the profile.
fn by_section(checked: &Checked, gaps: Diagnostics, waiting: usize) -> Vec<Entry> {
    let pointer = |d: &Diagnostic| pointer_of_gap(checked, d);
    let top = |d: &Diagnostic| pointer(d).split('/').nth(1).unwrap_or_default().to_owned();
    let mut sections: Vec<(String, Diagnostics)> = Vec::new();
    for gap in &gaps {
        let section = top(gap);
        let is_large = gaps.iter().filter(|g| top(g) == section).count() > MANY;
        let deep = pointer(gap).splitn(4, '/').skip(1).take(2).collect::<Vec<_>>().join("/");
        let section = if is_large { deep } else { section };
        match sections.iter_mut().find(|(name, _)| *name == section) {
            Some((_, list)) => list.push(gap.clone()),
            None => sections.push((section, vec![gap.clone()])),
        }
    }
    let mut entries: Vec<Entry> =
        sections.into_iter().map(|(name, list)| section(checked, &name, list)).collect();
    if waiting > 0 {
        let text = format!(
            "{waiting} more {} for these parts",
            if waiting == 1 { "check waits" } else { "checks wait" }
        );
        entries.push(Entry::told(
            text,
            "Once the parts are there, the program looks again; to see what waits, add --all to the command."
                .into(),
        ));
    }
    entries
}

/// A part that is missing altogether points at what it is missing in; its name is in the message.
fn pointer_of_gap(checked: &Checked, gap: &Diagnostic) -> String {
    let pointer = gap.place.as_ref().and_then(|p| p.pointer.clone()).unwrap_or_default();
    let name = gap.message.split('`').nth(1).filter(|_| pointer.is_empty()).unwrap_or_default();
    let is_part = Node::root(&checked.profile.schema).property(name).is_some();
    if is_part { format!("/{name}") } else { pointer }
}

fn section(checked: &Checked, name: &str, gaps: Diagnostics) -> Entry {
    let first = &gaps[0];
    if gaps.len() == 1 {
        return Entry::of(first);
    }
    let title =
        Node::root(&checked.profile.schema).descend(&format!("/{name}")).and_then(|n| n.text("title"));
    let hint = first.hints.first().map(|h| sentence(h)).unwrap_or_default();
    Entry {
        message: format!(
            "{}: {} parts still to fill in, first: {}",
            title.unwrap_or(name),
            gaps.len(),
            first.message
        ),
        action: hint,
        more: 0,
        behind: gaps.clone(),
        ..Entry::of(first)
    }
}

/// Sorts problems into the parts of the unit that they keep from being met.
fn by_part(checked: &Checked, errors: Diagnostics, all: bool) -> Vec<Group> {
    let mut parts: Vec<(String, Diagnostics)> = Vec::new();
    for problem in in_reading_order(errors) {
        let row = problem.feeds.first().and_then(|id| checked.forecast.rows.iter().find(|r| r.id == *id));
        let title = row.map_or_else(|| "The unit as a whole".into(), |r| part_title(checked, r));
        match parts.iter_mut().find(|(t, _)| *t == title) {
            Some((_, list)) => list.push(problem),
            None => parts.push((title, vec![problem])),
        }
    }
    parts.into_iter().map(|(title, list)| Group { title, entries: folded(list, all) }).collect()
}

/// The first ancestor's wording, or the kind of the requirement where it has none.
fn part_title(checked: &Checked, row: &Row) -> String {
    let above = |r: &Row| checked.forecast.rows.iter().find(|p| Some(&p.id) == r.parent.as_ref());
    let mut first = row;
    while let Some(parent) = above(first) {
        first = parent;
    }
    if first.id == row.id {
        return sentence(&row.kind.replace('_', " ")).trim_end_matches('.').to_owned();
    }
    format!("{} {}", first.id, first.text.trim_end_matches(['.', ':']))
}

/// Requirements that are not met although no rule says why: what would close the gap.
fn rows_without_finding(checked: &Checked, all: bool) -> Vec<(String, Vec<Entry>)> {
    let is_told = |id: &str| checked.outcomes.blocking(id).next().is_some();
    let is_open = |r: &&Row| r.is_counted() && r.status != Status::Met && !r.is_accepted();
    let open = checked.forecast.rows.iter().filter(is_open).filter(|r| !is_told(&r.id));
    let mut parts: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in open {
        let title = part_title(checked, row);
        match parts.iter_mut().find(|(t, _)| *t == title) {
            Some((_, list)) => list.push(row),
            None => parts.push((title, vec![row])),
        }
    }
    parts.into_iter().map(|(title, rows)| (title, open_rows(&rows, all))).collect()
}

/// Requirements that the profile leaves open and says why: nothing is to be done about them here.
fn left_open(checked: &Checked) -> Vec<Entry> {
    let accepted = checked.forecast.rows.iter().filter(|r| r.is_accepted());
    let told = |row: &Row| {
        let words = row.accepted.as_ref().map(|a| a.in_words()).unwrap_or_default();
        Entry { feeds: vec![row.id.clone()], ..Entry::told(format!("{}: {words}", row.id), String::new()) }
    };
    accepted.map(told).collect()
}

fn open_rows(rows: &[&Row], all: bool) -> Vec<Entry> {
    let one = |row: &&Row| Entry {
        feeds: vec![row.id.clone()],
        ..Entry::told(
            format!("{}: {}", row.id, row.reasons.join("; ")).trim_end_matches('.').to_owned(),
            String::new(),
        )
    };
    if all || rows.len() <= FEW {
        return rows.iter().map(one).collect();
    }
    let ids: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
    let text = format!("{} requirements are open: {}", rows.len(), ids.join(", "));
    let first = format!("Begin with {}: {}", rows[0].id, rows[0].reasons.join("; "));
    vec![Entry {
        feeds: rows.iter().map(|r| r.id.clone()).collect(),
        more: rows.len() - 1,
        ..Entry::told(text, sentence(&first))
    }]
}

/// Picks what is worth doing first: form, then gaps in reading order, then what the most requirements wait for.
fn steps(checked: &Checked, form: &[Entry], missing: &[Entry], of_unit: &[Group]) -> Vec<Entry> {
    let mut steps: Vec<Entry> = form.iter().take(STEPS).cloned().collect();
    let gaps = missing.iter().filter(|e| e.place.is_some());
    let room = if stops_build(&checked.problems, true) { 0 } else { STEPS - 2 };
    steps.extend(gaps.take(room).cloned());
    let open: BTreeSet<&str> = checked
        .forecast
        .rows
        .iter()
        .filter(|r| r.is_counted() && r.status != Status::Met)
        .map(|r| r.id.as_str())
        .collect();
    let gain = |e: &&Entry| e.feeds.iter().filter(|id| open.contains(id.as_str())).count();
    let mut others: Vec<&Entry> = of_unit.iter().flat_map(|g| &g.entries).collect();
    others.sort_by_key(|e| std::cmp::Reverse(gain(e)));
    let mut served: Vec<&Vec<String>> = Vec::new();
    for entry in others.into_iter().filter(|e| !e.feeds.is_empty()) {
        // What helps the very same requirements is one step and not two.
        if steps.len() < STEPS && !served.contains(&&entry.feeds) {
            served.push(&entry.feeds);
            steps.push(entry.clone());
        }
    }
    steps
}
