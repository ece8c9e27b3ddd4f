//! Options of `audit` about whose work a pack is, and how that is printed.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::disk;
use crate::audit::{Common, Excerpt, Genuine, Limits, Report, Side, Similarity};
use crate::catalog::Catalog;
use crate::cli::files;
use crate::cli::output::{display, wrapped};
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// The most that is read of a file of cases or keys, in bytes.
const MOST: u64 = crate::profile::source::MAX_BYTES as u64 + 1;
/// How many pairs are printed; the file of the whole result has all of them.
const PRINTED: usize = 20;
/// How many passages of a pair are printed.
const PASSAGES: usize = 2;
/// How many sections of a pair are printed.
const SECTIONS: usize = 5;
/// Characters of a passage that are printed.
const EXCERPT: usize = 280;

/// Options about whose work a pack is.
#[derive(clap::Args)]
#[command(next_help_heading = super::COMPARED)]
pub(super) struct Args {
    /// Compare learners' words with these packs, downloads or folders too, such as last year's; may be
    /// given several times
    #[arg(long, value_name = "PATH", conflicts_with = "quick")]
    pub(super) reference: Vec<PathBuf>,
    /// Which simulated case was given to whom: a JSON file (see `evipack schema cases`)
    #[arg(long, value_name = "FILE", conflicts_with = "quick")]
    cases: Option<PathBuf>,
    /// What was planted in the cases, for assessors only: a JSON file (see `evipack schema key`)
    #[arg(long, value_name = "FILE", conflicts_with = "quick")]
    key: Option<PathBuf>,
}

impl Args {
    /// Reads everything that is known before packs are read.
    pub(super) fn load(&self, catalog: &Catalog) -> Result<Genuine, Diagnostics> {
        if let Some(path) = self.reference.iter().find(|path| !path.exists()) {
            let text =
                format!("`{}` cannot be compared with: there is no such file or folder", path.display());
            return Err(vec![Diagnostic::error(Builtin::FileUnreadable, text).hint(disk::SPELLING)]);
        }
        let mut genuine = Genuine::load(catalog)?;
        if let Some(path) = &self.cases {
            let (name, bytes) = read(path)?;
            genuine = genuine.with_cases(catalog, &name, &bytes)?;
        }
        if let Some(path) = &self.key {
            let (name, bytes) = read(path)?;
            genuine = genuine.with_keys(catalog, &name, &bytes)?;
        }
        Ok(genuine)
    }

    /// The references as inputs.
    pub(super) fn references<'a>(&'a self, limits: &'a Limits) -> Vec<crate::audit::Input<'a>> {
        self.reference.iter().map(|path| super::input(path, limits)).collect()
    }
}

fn read(path: &std::path::Path) -> Result<(String, Vec<u8>), Diagnostics> {
    let name = path.display().to_string();
    let bytes = files::read(path, MOST).map_err(|why| {
        let text = format!("`{name}` cannot be read: {why}");
        vec![Diagnostic::error(Builtin::FileUnreadable, text).at(Place::whole(&name))]
    })?;
    Ok((name, bytes))
}

/// Prints which hand-ins share words, for people; empty where none do.
pub(super) fn told(report: &Report, width: usize) -> String {
    let mut out = String::new();
    if report.similar.is_empty() && report.common.is_empty() {
        return out;
    }
    out.push_str(
        "\nWords in common (learners' own words; the unit's wording, cases and quotations are left out)\n",
    );
    for pair in report.similar.iter().take(PRINTED) {
        similarity(&mut out, report, pair, width);
    }
    for group in report.common.iter().take(PRINTED) {
        common(&mut out, group, width);
    }
    let more = report.similar.len().saturating_sub(PRINTED) + report.common.len().saturating_sub(PRINTED);
    if more > 0 {
        let _ = writeln!(out, "  and {more} more; --json FILE writes all of them");
    }
    out
}

fn similarity(out: &mut String, report: &Report, pair: &Similarity, width: usize) {
    if report.is_same_pack(pair) {
        let text = format!("{} and {}: the same pack", display(&pair.one.name), display(&pair.other.name));
        out.push_str(&wrapped(&text, "  ", width));
        return;
    }
    let text = format!(
        "{} and {}: {} words in common, {} of the shorter",
        display(&pair.one.name),
        display(&pair.other.name),
        pair.shared_words,
        pair.share()
    );
    out.push_str(&wrapped(&text, "  ", width));
    for alike in pair.sections.iter().take(SECTIONS) {
        let text = format!("alike: {} ({}%)", display(&alike.section), alike.percent);
        out.push_str(&wrapped(&text, "    ", width));
    }
    let more = pair.sections.len().saturating_sub(SECTIONS);
    if more > 0 {
        let noun = if more == 1 { "section" } else { "sections" };
        let _ = writeln!(out, "    and {more} more {noun}");
    }
    for passage in pair.passages.iter().take(PASSAGES) {
        in_a_row(out, passage.words, passage.stands_in.as_deref(), width);
        let (one, other) = ((&pair.one, &passage.one), (&pair.other, &passage.other));
        if passage.one.text == passage.other.text {
            quoted(out, &[one, other], width);
        } else {
            quoted(out, &[one], width);
            quoted(out, &[other], width);
        }
    }
}

fn in_a_row(out: &mut String, words: usize, stands_in: Option<&str>, width: usize) {
    let known = stands_in.map(|known| format!("; they stand in {}", display(known))).unwrap_or_default();
    out.push_str(&wrapped(&format!("{words} words in a row{known}"), "    ", width));
}

/// Prints a passage once, with all places where it stands in these words.
fn quoted(out: &mut String, places: &[(&Side, &Excerpt)], width: usize) {
    let Some((_, first)) = places.first() else { return };
    let named: Vec<String> =
        places.iter().map(|(side, excerpt)| format!("{}, {}", display(&side.name), place(excerpt))).collect();
    let text = format!("{}: “{}”", named.join("; "), short(&first.text));
    out.push_str(&wrapped(&text, "      ", width));
}

fn place(excerpt: &Excerpt) -> String {
    let file = display(&excerpt.file);
    match (excerpt.page, &excerpt.pointer) {
        (Some(page), _) => format!("{file}, page {page}"),
        (None, Some(pointer)) => format!("{file} {}", display(pointer)),
        (None, None) => file,
    }
}

/// A text on one line, cut between words where it is long.
fn short(text: &str) -> String {
    let text = display(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(EXCERPT) {
        Some((at, _)) => {
            let words = text[..at].rsplit_once(' ').map_or(&text[..at], |(words, _)| words);
            format!("{words} …")
        }
        None => text,
    }
}

fn common(out: &mut String, group: &Common, width: usize) {
    let names: Vec<String> = group.sides.iter().take(5).map(|s| display(&s.name)).collect();
    let more = group.sides.len().saturating_sub(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let text = format!(
        "{} words are the same in {} hand-ins: {}{more}",
        group.words,
        group.sides.len(),
        names.join(", ")
    );
    out.push_str(&wrapped(&text, "  ", width));
    for passage in group.passages.iter().take(PASSAGES) {
        in_a_row(out, passage.words, passage.stands_in.as_deref(), width);
        if let Some(side) = group.sides.first() {
            quoted(out, &[(side, &passage.place)], width);
        }
    }
}
