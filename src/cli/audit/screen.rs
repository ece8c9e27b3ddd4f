//! What the audit prints for a person: one line a learner, reasons where there is room for them.

use std::fmt::Write as _;

use super::{Order, genuine};
use crate::audit::{Coverage, Finding, LearnerReport, PackReport, Report, Suggestion};
use crate::cli::output::{display, width, wrapped};
use crate::diag::Severity;
use crate::trace::Status;

/// With more learners than this, only the first reason is printed.
const FEW: usize = 3;
/// Columns for a learner's name.
const NAME: usize = 26;
/// Characters of a pack's id that are printed.
const ID: usize = 12;
/// Columns of a line, where the terminal is no narrower.
const WIDTH: usize = 100;

/// Puts the whole report into words.
pub(super) fn report(report: &Report, order: Order, details: bool) -> String {
    let mut out = String::new();
    if report.is_empty() {
        return out;
    }
    for input in report.inputs.iter().filter(|i| !i.unreadable) {
        let count = if input.entries > 0 { format!(", {}", files(input.entries)) } else { String::new() };
        let _ = writeln!(out, "{}  ({}{count})", display(&input.path), display(&input.layout_in_words()));
        for finding in &input.findings {
            out.push_str(&told(finding, "  "));
        }
        if !input.left_over.is_empty() {
            let names: Vec<String> = input.left_over.iter().take(5).map(|n| display(n)).collect();
            let more = if input.left_over.len() > 5 { " …" } else { "" };
            let text = format!("{} of no learner: {}{more}", files(input.left_over.len()), names.join(", "));
            out.push_str(&wrapped(&text, "  ", columns()));
        }
    }
    out.push('\n');
    let mut learners: Vec<&LearnerReport> = report.learners.iter().collect();
    if order == Order::Worst {
        learners.sort_by_key(|l| (l.worst().is_none(), l.worst()));
    }
    let details = details || learners.len() <= FEW;
    for learner in learners {
        line(&mut out, learner, details);
    }
    out.push_str(&genuine::told(report, columns()));
    out.push_str(&totals(report));
    if report.stopped {
        out.push_str("Stopped before the end: what is printed is finished, the rest was neither looked at nor compared\n");
    }
    out
}

/// Where more is told than was printed; nothing where everything was.
pub(super) fn more(report: &Report, details: bool) -> &'static str {
    if details || report.learners.len() <= FEW {
        return "";
    }
    "To see all that was found, add --details; for a page to read and print, add --html class.html\n"
}

/// How wide paragraphs are.
pub(super) fn columns() -> usize {
    width().min(WIDTH)
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".into() } else { format!("{count} files") }
}

fn line(out: &mut String, learner: &LearnerReport, details: bool) {
    let (mark, word) = learner.verdict();
    let id =
        learner.packs.iter().find_map(|p| p.id.as_deref()).and_then(|id| id.get(..ID)).unwrap_or_default();
    let late = if learner.late == Some(true) { "  late" } else { "" };
    let name = fitted(&display(&learner.shown_as));
    let covered = learner.packs.iter().find_map(|p| p.coverage.as_ref()).map(covered).unwrap_or_default();
    let head = format!("{mark} {word:<13} {name} {id:<ID$}{late}{covered}");
    if details {
        let place = Some(learner.place()).filter(|place| *place != learner.shown_as).unwrap_or_default();
        let _ = writeln!(out, "{}", format!("{head}  {}", display(place).replace('\n', " ")).trim_end());
        learner.packs.iter().for_each(|pack| out.push_str(&pack_told(pack)));
        learner.findings.iter().for_each(|f| out.push_str(&told(f, "  ")));
        learner.suggestions.iter().for_each(|s| out.push_str(&suggested(s)));
        return;
    }
    let packs = learner.packs.iter().flat_map(|p| &p.findings);
    let mut all: Vec<&Finding> =
        packs.chain(&learner.findings).filter(|f| f.severity != Severity::Note || is_news(f)).collect();
    all.sort_by_key(|f| (f.problem.is_none(), f.problem));
    let reason = all.first().map(|first| {
        let file = first.file.as_ref().map(|f| format!("{}: ", display(f))).unwrap_or_default();
        let more = if all.len() > 1 { format!(" (and {} more)", all.len() - 1) } else { String::new() };
        format!("  {file}{}{more}", gist(&display(&first.message)))
    });
    let _ = writeln!(out, "{}", format!("{head}{}", reason.unwrap_or_default()).trim_end());
}

/// What a message begins with, on one line: details follow behind a semicolon.
fn gist(message: &str) -> String {
    message.split("; ").next().unwrap_or(message).replace('\n', " ")
}

/// Tells whether a note answers a question that the user asked.
fn is_news(finding: &Finding) -> bool {
    finding.code.starts_with("rebuild-")
}

/// How many requirements are met, and the first that are not.
fn covered(coverage: &Coverage) -> String {
    let totals = &coverage.totals;
    let all = totals.met + totals.partly_met + totals.missing;
    format!("  {} of {all} met", totals.met)
}

/// The requirements that are not met, the missing first, each with its first reason.
fn open_rows(coverage: &Coverage) -> String {
    let mut rows = coverage.rows.get();
    rows.retain(|r| r.status != Status::Met && !r.group);
    rows.sort_by_key(|r| std::cmp::Reverse(r.status));
    let mut out = String::new();
    for row in rows {
        let accepted = if row.accepted { ", left open with a reason" } else { "" };
        let reason = row.reasons.first().map(|r| format!(": {}", display(r))).unwrap_or_default();
        let text = format!("{}: {}{accepted}{reason}", row.status.label().to_lowercase(), row.id);
        out.push_str(&wrapped(&text, "  ", columns()));
    }
    out
}

fn suggested(suggestion: &Suggestion) -> String {
    let page = suggestion.page.map(|page| format!("page {page} of ")).unwrap_or_default();
    let words = suggestion.words.join(", ");
    let text = format!(
        "perhaps: words of {} stand on {page}{}: {words}",
        suggestion.requirement,
        display(&suggestion.file)
    );
    wrapped(&text, "  ", columns())
}

/// A name in a column; longer names push the rest of the line.
fn fitted(name: &str) -> String {
    let name = name.replace('\n', " ");
    let gap = NAME.saturating_sub(name.chars().count());
    format!("{name}{}", " ".repeat(gap))
}

fn pack_told(pack: &PackReport) -> String {
    let mut out = String::new();
    let identity = &pack.identity;
    let mut answers = vec![
        ("readable", pack.verdicts.readable),
        ("complete", pack.verdicts.complete),
        ("valid", pack.verdicts.valid),
        ("original container", pack.verdicts.original_container),
    ];
    answers.extend(pack.verdicts.rebuilt_identically.map(|is| ("rebuilt identically", Some(is))));
    let is_asked = answers.iter().any(|(_, is)| is.is_some());
    let answer = |(word, is): &(&str, Option<bool>)| match is {
        Some(true) => format!("{word} yes"),
        Some(false) => format!("{word} NO"),
        None => format!("{word} not asked"),
    };
    let learner = identity.named_learner.as_ref().map(|l| {
        let id = l.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        format!("{}{id}", l.name.as_deref().unwrap_or("no name"))
    });
    let lines = [
        ("Pack", (!pack.source.is_empty()).then(|| pack.source.clone())),
        ("Pack id", pack.id.clone()),
        ("Learner", learner),
        ("Unit", identity.unit.clone()),
        ("About", identity.organisation.clone()),
        ("Made by", identity.made_by.clone()),
        ("Verdicts", is_asked.then(|| answers.iter().map(answer).collect::<Vec<_>>().join(", "))),
    ];
    for (label, value) in lines {
        if let Some(value) = value {
            let _ = writeln!(out, "  {label:<9} {}", display(&value).replace('\n', " "));
        }
    }
    if let Some(coverage) = &pack.coverage {
        let totals = &coverage.totals;
        let text = format!(
            "{}, {} partly met, {} missing; {} to be confirmed by an assessor in any case",
            covered(coverage).trim_start(),
            totals.partly_met,
            totals.missing,
            totals.confirm
        );
        let _ = writeln!(out, "  {:<9} {text}", "Coverage");
        out.push_str(&open_rows(coverage));
    }
    pack.findings.iter().for_each(|f| out.push_str(&told(f, "  ")));
    out
}

fn told(finding: &Finding, indent: &str) -> String {
    let word = match (finding.problem, finding.severity) {
        (Some(problem), _) => problem.word(),
        (None, Severity::Error) => "error",
        (None, Severity::Warning) => "warning",
        (None, Severity::Note) => "note",
    };
    let file = finding.file.as_ref().map(|f| format!("{}: ", display(f))).unwrap_or_default();
    let mut out = wrapped(&format!("{word}: {file}{}", display(&finding.message)), indent, columns());
    if let Some(hint) = &finding.hint {
        out.push_str(&wrapped(&format!("→ {hint}"), &format!("{indent}  "), columns()));
    }
    out
}

/// Sums up the class, each learner once; a problem that is not the worst of a hand-in is told with it.
fn totals(report: &Report) -> String {
    let totals = &report.totals;
    let warned = match report.warned() {
        0 => String::new(),
        count => format!(" ({count} with a warning)"),
    };
    let fine = (totals.fine, format!("without a problem{warned}"));
    let problems = report.by_worst().into_iter().rev().map(|(p, count)| (count, p.word_of_many().to_owned()));
    let rest = [(totals.not_looked_at, "not looked at".to_owned())];
    let counts = std::iter::once(fine).chain(problems).chain(rest).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    let learners =
        if totals.learners == 1 { "1 learner".into() } else { format!("{} learners", totals.learners) };
    let late = if totals.late > 0 { format!("; {} late", totals.late) } else { String::new() };
    format!("\n{}", wrapped(&format!("{learners}: {}{late}", counts.join(", ")), "", columns()))
}
