//! The result of a check for a person: the verdict, what to do next, then what is open.
//!
//! Owns the order and the form of what is read: words before places, one paragraph a problem, no
//! sign that needs a colour or an eye to be understood.

use std::fmt::Write as _;

use super::Depth;
use super::coverage::coverage;
use super::machine::all;
use crate::Checked;
use crate::cli::output::{display, in_full, item, strong, width, wrapped};
use crate::coach::{Coaching, Entry, Group, sentence};
use crate::diag::{Code, stops_build};

/// Notes beyond this number are counted and not listed.
const NOTES: usize = 3;

/// What cannot be known before the pages are there.
const LATER: &str =
    "Whether the pages hold enough, and how many of the words are your own, is said by `evipack build`.";

/// Tells everything that a person needs to know now.
pub(super) fn report(checked: &Checked, depth: Depth) -> String {
    let coaching = Coaching::of(checked, depth.all);
    let page = Page { checked, depth, width: width() };
    let mut out = page.verdict(&coaching);
    out.push_str(&page.steps(&coaching.steps));
    for group in &coaching.groups {
        out.push_str(&page.group(group));
    }
    if !coaching.advice.is_empty() {
        let title = "Advice: it changes no status, but it makes the pack better".into();
        out.push_str(&page.group(&Group { title, entries: coaching.advice }));
    }
    out.push_str(&page.notes(coaching.notes));
    if depth.verbose {
        let _ = write!(out, "\n{}", coverage(&checked.forecast, &checked.unit.code).trim_end());
        out.push('\n');
    }
    out.push_str(&page.ways_on());
    out
}

struct Page<'a> {
    checked: &'a Checked,
    depth: Depth,
    width: usize,
}

impl Page<'_> {
    fn verdict(&self, coaching: &Coaching) -> String {
        let totals = self.checked.forecast.totals;
        let rows = totals.met + totals.partly_met + totals.missing;
        let accepted = match totals.accepted {
            0 => String::new(),
            n => format!("; {n} left open with a reason"),
        };
        let met = format!(
            "{} met, {} partly met, {} missing of {rows} requirements; {} for the assessor to confirm{accepted}.",
            totals.met, totals.partly_met, totals.missing, totals.confirm
        );
        let advice = coaching.advice.iter().map(|e| 1 + e.more).sum();
        let counts = [
            (coaching.gaps, "part still to fill in", "parts still to fill in"),
            (coaching.errors, "thing to mend", "things to mend"),
            (advice, "piece of advice", "pieces of advice"),
        ];
        let told = counts.iter().filter(|(n, ..)| *n > 0);
        let told: Vec<String> =
            told.map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many })).collect();
        let found = if told.is_empty() { String::new() } else { format!(" {}.", told.join(", ")) };
        let problems = &self.checked.problems;
        let next = if stops_build(problems, true) {
            "No pack can be made until the first group of problems below is put right."
        } else if stops_build(problems, false) {
            "You can make a draft of the pack now (type `evipack build --draft -o draft.zip` and the name of your profile); the final pack needs the missing parts."
        } else if totals.partly_met + totals.missing > 0 {
            "It can be built; requirements that are not met yet will say so in the checklist."
        } else {
            "It can be built."
        };
        wrapped(&format!("{met}{found} {next} {LATER}"), "", self.width)
    }

    fn steps(&self, steps: &[Entry]) -> String {
        let mut out = String::new();
        for (i, step) in steps.iter().enumerate() {
            if i == 0 {
                let _ = writeln!(out, "\n{}", strong("Next steps"));
            }
            let is_rule = step.behind.first().is_some_and(|d| matches!(d.code, Code::Rule(_)));
            let text = match is_rule && !step.action.is_empty() {
                true => format!("{1}. {0}{2}", sentence(&step.action), step.message, self.place(step)),
                false => format!("{} {}{}", sentence(&step.message), step.action, self.place(step)),
            };
            out.push_str(&item(&format!("{}. ", i + 1), &display(&text), self.width));
        }
        out
    }

    fn group(&self, group: &Group) -> String {
        let title = wrapped(&format!("{} ({})", display(&group.title), group.count()), "", self.width);
        let mut out = format!("\n{}\n", strong(title.trim_end()));
        for entry in &group.entries {
            if self.depth.verbose && !entry.behind.is_empty() {
                let shown = if self.depth.all { &entry.behind[..] } else { &entry.behind[..1] };
                out.push_str(&in_full(shown, Some(&self.checked.profile.source.text)));
                if entry.more > 0 && !self.depth.all {
                    let _ = writeln!(out, "and {} more like it\n", entry.more);
                }
                continue;
            }
            out.push_str(&item("- ", &self.paragraph(entry), self.width));
        }
        out
    }

    fn paragraph(&self, entry: &Entry) -> String {
        let is_alike = entry.more > 0 && entry.code.is_some();
        let more = if is_alike { format!(" {} more like it.", entry.more) } else { String::new() };
        let action = if entry.action.is_empty() { String::new() } else { format!(" {}", entry.action) };
        display(&format!("{}{action}{}{more}", sentence(&entry.message), self.place(entry)))
    }

    /// Where and which check, in brackets behind the words: `(profile.json:12:5, json-syntax)`.
    fn place(&self, entry: &Entry) -> String {
        let place = entry.place.as_ref().map(|p| match p.line {
            0 => p.file.clone(),
            line => format!("{}:{line}:{}", p.file, p.column),
        });
        let parts: Vec<String> = place.into_iter().chain(entry.code.clone()).collect();
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    }

    fn notes(&self, notes: Vec<Entry>) -> String {
        if notes.len() > NOTES && !self.depth.all {
            return format!("\n{} notes; to see them, add --all to the command.\n", notes.len());
        }
        let group = Group { title: "Notes".into(), entries: notes };
        if group.entries.is_empty() { String::new() } else { self.group(&group) }
    }

    /// How to learn more, where there is anything to learn.
    fn ways_on(&self) -> String {
        let code = all(self.checked).into_iter().next().map(|d| d.code.as_str().to_owned());
        let Some(code) = code else { return String::new() };
        let text = format!(
            "In brackets stand the file, the line and the column, and the name of the check. To read what a check asks for and why, type `evipack check --explain {code}`. To see more, add --verbose to your command (the lines of the profile, and every requirement) or --all (every single problem)."
        );
        format!("\n{}", wrapped(&text, "", self.width))
    }
}
