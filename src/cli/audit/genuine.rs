//! Options of `audit` about whose work a pack is, and how that is printed.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::disk;
use crate::audit::{Common, Excerpt, Genuine, Limits, PackReport, Report, Side, Similarity};
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
    if is_same_pack(report, pair) {
        let text = format!("{} and {}: the same pack", display(&pair.one.name), display(&pair.other.name));
        out.push_str(&wrapped(&text, "  ", width));
        return;
    }
    let text = format!(
        "{} and {}: {} words in common, {} % of the shorter",
        display(&pair.one.name),
        display(&pair.other.name),
        pair.shared_words,
        pair.percent
    );
    out.push_str(&wrapped(&text, "  ", width));
    for alike in pair.sections.iter().take(SECTIONS) {
        let much = if alike.serious { ", nearly all of it" } else { "" };
        out.push_str(&wrapped(
            &format!("alike: {} ({} %{much})", display(&alike.section), alike.percent),
            "    ",
            width,
        ));
    }
    let more = pair.sections.len().saturating_sub(SECTIONS);
    if more > 0 {
        let noun = if more == 1 { "section" } else { "sections" };
        let _ = writeln!(out, "    and {more} more {noun}");
    }
    for passage in pair.passages.iter().take(PASSAGES) {
        let known =
            passage.stands_in.as_ref().map(|k| format!("; it stands in {}", display(k))).unwrap_or_default();
        out.push_str(&wrapped(&format!("{} words in a row{known}", passage.words), "    ", width));
        for (side, excerpt) in [(&pair.one, &passage.one), (&pair.other, &passage.other)] {
            quoted(out, side, excerpt, width);
        }
    }
}

/// Tells whether two learners handed in the same pack; one that was changed keeps its id, and is another.
fn is_same_pack(report: &Report, pair: &Similarity) -> bool {
    let ids = |side: &Side| -> Vec<&str> {
        let learner = side.learner.map(|nth| &report.learners[nth]);
        let valid = |pack: &&PackReport| pack.verdicts.valid == Some(true);
        let packs = learner.into_iter().flat_map(|l| &l.packs).filter(valid);
        packs.filter_map(|p| p.id.as_deref()).collect()
    };
    let (one, other) = (ids(&pair.one), ids(&pair.other));
    one.iter().any(|id| other.contains(id))
}

fn quoted(out: &mut String, side: &Side, excerpt: &Excerpt, width: usize) {
    let text = format!("{}, {}: “{}”", display(&side.name), place(excerpt), short(&excerpt.text));
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

/// A text on one line, cut where it is long.
fn short(text: &str) -> String {
    let text = display(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(EXCERPT) {
        Some((at, _)) => format!("{} …", text[..at].trim_end()),
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
        let known =
            passage.stands_in.as_ref().map(|k| format!("; it stands in {}", display(k))).unwrap_or_default();
        out.push_str(&wrapped(&format!("{} words in a row{known}", passage.words), "    ", width));
        if let Some(side) = group.sides.first() {
            quoted(out, side, &passage.place, width);
        }
    }
}
