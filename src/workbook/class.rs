//! The audit of a class as a spreadsheet.
//!
//! Owns its sheets: one row a learner, one a pack and requirement, one a finding. Refuses to judge:
//! it shows what the report says, with its words.

use std::path::Path;

use jiff::civil::Date;
use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::Value;

use super::cells::{Column, Formats, Sheet, column};
use super::{begin, items, lines, saved, text};

/// Columns of the learners.
const CLASS: [Column; 16] = [
    column("Learner", 28.0),
    column("Id", 14.0),
    column("File", 14.0),
    column("Problems", 22.0),
    column("Late", 8.0),
    column("Unit", 11.0),
    column("Met", 8.0),
    column("Partly met", 9.0),
    column("Missing", 9.0),
    column("Assessor to confirm", 11.0),
    column("Organisation", 28.0),
    column("Names the learner", 24.0),
    column("Pack", 30.0),
    column("Where it lies", 40.0),
    column("Open the pack", 18.0),
    column("Pack id", 68.0),
];
/// Columns of the open requirements.
const OPEN: [Column; 11] = [
    column("Learner", 28.0),
    column("Id", 14.0),
    column("Pack", 24.0),
    column("Requirement", 12.0),
    column("Wording", 44.0),
    column("Status", 12.0),
    column("The checklist says", 12.0),
    column("Left open with a reason", 11.0),
    column("Why", 48.0),
    column("Where", 40.0),
    column("More places", 40.0),
];
/// Columns of the requirements.
const REQUIREMENTS: [Column; 10] = [
    column("Requirement", 12.0),
    column("Unit", 11.0),
    column("Wording", 52.0),
    column("Not met in full", 10.0),
    column("Of", 8.0),
    column("Per cent", 9.0),
    column("Missing", 9.0),
    column("Partly met", 9.0),
    column("Most frequent reason", 52.0),
    column("Times", 8.0),
];
/// Columns of the findings.
const FINDINGS: [Column; 8] = [
    column("Learner", 28.0),
    column("Id", 14.0),
    column("Weight", 12.0),
    column("Check", 20.0),
    column("Pack", 26.0),
    column("File in it", 34.0),
    column("What was found", 56.0),
    column("What to do", 48.0),
];
/// Columns of the shared words.
const SIMILAR: [Column; 10] = [
    column("One", 26.0),
    column("Other", 26.0),
    column("Per cent", 9.0),
    column("Shared words", 9.0),
    column("Words of the one", 9.0),
    column("Words of the other", 9.0),
    column("Passage of the one", 56.0),
    column("Where", 28.0),
    column("Passage of the other", 56.0),
    column("Where it is there", 28.0),
];
/// Columns of the legend.
const LEGEND: [Column; 2] = [column("Word", 24.0), column("What it means", 100.0)];
/// What words mean.
const WORDS: [(&str, &str); 16] = [
    ("Met", "The evidence is there in full, on the pages and by the unit’s rules."),
    ("Partly met", "Some evidence is there."),
    ("Missing", "No evidence is there."),
    ("Not looked at", "The pack says nothing of this requirement, or its pages were not looked at."),
    ("the checklist says …", "The pack’s own checklist gives another status than the audit found."),
    ("? at a requirement", "Documents alone cannot show it: the assessor has to confirm it in any case."),
    ("original", "The pack is unchanged, in the very archive that evipack wrote."),
    ("valid", "The pack is unchanged; it was handed in unpacked, or inside another archive."),
    ("rebuilt", "Built again from the profile inside, the pack is the same to the last byte."),
    ("broken", "The file cannot be read in full, or contradicts itself."),
    ("not a pack", "There is no pack in the hand-in."),
    ("incomplete", "Files are missing in the pack, or files are there that nobody listed."),
    ("changed", "Files are not what the pack’s manifest lists."),
    ("contradicts itself", "What the pack says about its pages is not what they hold."),
    (
        "repacked",
        "The files are as they were made, in an archive that another program wrote. Platforms do that without meaning harm.",
    ),
    (
        "All of it",
        "The status describes evidence. It is not a decision on competence: that decision is the assessor’s.",
    ),
];
/// Characters that a name of a sheet may have, beside letters and digits, and how many.
const NAME: usize = 24;

/// A report on a class as its printed forms see it. What grows with the class is made one by one, as
/// often as it is asked for.
pub trait Class {
    /// Everything but what follows.
    fn frame(&self) -> Value;
    /// What was found about each learner.
    fn learners(&self) -> impl Iterator<Item = Value>;
    /// The rows of the matrix of a unit, by its place in the frame.
    fn rows(&self, unit: usize) -> impl Iterator<Item = Value>;
    /// Hand-ins that share words.
    fn pairs(&self) -> impl Iterator<Item = Value>;
}

/// Makes the workbook of a class, dated `created`; its sheets lie in temporary files of a folder, where one is
/// lent and has room.
pub fn class(class: &impl Class, created: Date, folder: Option<&Path>) -> Vec<u8> {
    let written = write(class, created, folder).or_else(|_| write(class, created, None));
    written.expect("sheets, names and texts stay within the limits of the format")
}

/// A workbook whose sheets lie in memory, or in temporary files until it is saved.
struct Book {
    workbook: Workbook,
    formats: Formats,
    is_on_disk: bool,
}

impl Book {
    fn begin(created: Date, folder: Option<&Path>) -> Result<Self, XlsxError> {
        let mut workbook = begin("Class report", created)?;
        if let Some(folder) = folder {
            workbook.set_tempdir(folder)?;
        }
        Ok(Self { workbook, formats: Formats::new(), is_on_disk: folder.is_some() })
    }

    fn open(&mut self, name: &str, columns: &[Column<'_>]) -> Result<Sheet<'_>, XlsxError> {
        let sheet = match self.is_on_disk {
            true => self.workbook.add_worksheet_with_constant_memory()?,
            false => self.workbook.add_worksheet(),
        };
        Sheet::on(sheet, &self.formats, name, columns)
    }
}

fn write(class: &impl Class, created: Date, folder: Option<&Path>) -> Result<Vec<u8>, XlsxError> {
    let frame = class.frame();
    let mut book = Book::begin(created, folder)?;
    learners(&mut book.open("Class", &CLASS)?, (&frame, class))?;
    let units: Vec<&Value> = items(&frame, "units").collect();
    for (nth, unit) in units.iter().enumerate() {
        let plain: String =
            text(unit, "code").chars().filter(char::is_ascii_alphanumeric).take(NAME).collect();
        let name = if units.len() == 1 { "Matrix".to_owned() } else { format!("Matrix {plain}") };
        matrix(&mut book, (&name, unit), class.rows(nth))?;
    }
    open(&mut book.open("Open", &OPEN)?, class)?;
    requirements(&mut book.open("Requirements", &REQUIREMENTS)?, &units)?;
    findings(&mut book.open("Findings", &FINDINGS)?, (&frame, class))?;
    similar(&mut book.open("Similar", &SIMILAR)?, (&frame, class))?;
    let mut legend = book.open("Legend", &LEGEND)?;
    for (word, meaning) in WORDS {
        legend.begin(false)?;
        legend.text(word)?;
        legend.text(meaning)?;
    }
    legend.close()?;
    saved(book.workbook)
}

fn learners(sheet: &mut Sheet<'_>, (frame, class): (&Value, &impl Class)) -> Result<(), XlsxError> {
    for learner in class.learners() {
        let learner = &learner;
        let packs: Vec<&Value> = items(learner, "packs").collect();
        let nothing = Value::Null;
        for pack in if packs.is_empty() { vec![&nothing] } else { packs } {
            let totals = pack.get("totals").unwrap_or(&Value::Null);
            sheet.begin(false)?;
            sheet.text(text(learner, "name"))?;
            sheet.text(text(learner, "id"))?;
            sheet.status(text(learner, "tone"), text(learner, "word"))?;
            sheet.text(text(learner, "problems"))?;
            sheet.text(if learner.get("late").and_then(Value::as_bool) == Some(true) {
                "late"
            } else {
                ""
            })?;
            sheet.text(text(pack, "unit"))?;
            ["met", "partly_met", "missing", "confirm"]
                .iter()
                .try_for_each(|s| sheet.number(totals.get(s)))?;
            sheet.text(text(pack, "organisation"))?;
            sheet.text(pack.get("named").map(|n| text(n, "name")).unwrap_or_default())?;
            sheet.text(text(pack, "source"))?;
            sheet.text(text(learner, "place"))?;
            let start = text(pack, "start");
            sheet.link(start, if start.is_empty() { "" } else { "start page" })?;
            sheet.text(text(pack, "id"))?;
        }
    }
    for person in items(frame, "absent") {
        sheet.begin(false)?;
        sheet.text(text(person, "name"))?;
        sheet.text(text(person, "id"))?;
        sheet.status("none", "nothing handed in")?;
    }
    sheet.close()
}

fn matrix(
    book: &mut Book,
    (name, unit): (&str, &Value),
    rows: impl Iterator<Item = Value>,
) -> Result<(), XlsxError> {
    let heading = |c: &Value| {
        let confirm = c.get("confirm").and_then(Value::as_bool) == Some(true);
        format!("{}{}", text(c, "id"), if confirm { " ?" } else { "" })
    };
    let headings: Vec<String> = items(unit, "columns").map(heading).collect();
    let mut columns = vec![column("Learner", 26.0), column("File", 11.0), column("Open", 7.0)];
    columns.extend(headings.iter().map(|h| column(h, 8.5)));
    let mut sheet = book.open(name, &columns)?;
    sheet.keep(3)?;
    for row in rows {
        let row = &row;
        let totals = row.get("totals").unwrap_or(&Value::Null);
        let count = |status: &str| totals.get(status).and_then(Value::as_u64).unwrap_or(0);
        let several = row.get("of").and_then(Value::as_u64) > Some(1);
        let nth = row.get("nth").and_then(Value::as_u64).unwrap_or(1);
        let name = text(row, "name");
        sheet.begin(false)?;
        sheet.text(&if several { format!("{name} (pack {nth})") } else { name.to_owned() })?;
        sheet.text(text(row, "word"))?;
        sheet.number(Some(&Value::from(count("partly_met") + count("missing"))))?;
        items(row, "cells").try_for_each(|cell| sheet.text(text(cell, "w")))?;
    }
    sheet.begin(true)?;
    sheet.text("Not met in full")?;
    sheet.text("")?;
    sheet.text("")?;
    items(unit, "columns").try_for_each(|c| sheet.number(c.get("open")))?;
    sheet.heat(3)?;
    sheet.close()
}

fn open(sheet: &mut Sheet<'_>, class: &impl Class) -> Result<(), XlsxError> {
    for learner in class.learners() {
        let learner = &learner;
        for pack in items(learner, "packs") {
            for row in items(pack, "open") {
                let places: Vec<&Value> =
                    row.get("places").map(|p| items(p, "shown").collect()).unwrap_or_default();
                let first = places.first().copied().unwrap_or(&Value::Null);
                let others: Vec<&str> = places.iter().skip(1).map(|p| text(p, "at")).collect();
                sheet.begin(false)?;
                sheet.text(text(learner, "name"))?;
                sheet.text(text(learner, "id"))?;
                sheet.text(text(pack, "source"))?;
                sheet.text(text(row, "id"))?;
                sheet.text(text(row, "text"))?;
                sheet.status(text(row, "status"), text(row, "label"))?;
                sheet.text(text(row, "claimed"))?;
                sheet.text(if row.get("accepted").and_then(Value::as_bool) == Some(true) {
                    "yes"
                } else {
                    ""
                })?;
                sheet.text(&lines(row, "reasons"))?;
                sheet.link(text(first, "href"), text(first, "at"))?;
                sheet.text(&others.join("\n"))?;
            }
        }
    }
    sheet.close()
}

fn requirements(sheet: &mut Sheet<'_>, units: &[&Value]) -> Result<(), XlsxError> {
    for unit in units {
        for missed in items(unit, "missed") {
            sheet.begin(false)?;
            sheet.text(text(missed, "id"))?;
            sheet.text(text(unit, "code"))?;
            sheet.text(text(missed, "text"))?;
            ["open", "of", "share", "missing", "partly_met"]
                .iter()
                .try_for_each(|n| sheet.number(missed.get(n)))?;
            sheet.text(text(missed, "reason"))?;
            sheet.number(missed.get("times"))?;
        }
    }
    sheet.close()
}

fn findings(sheet: &mut Sheet<'_>, (frame, class): (&Value, &impl Class)) -> Result<(), XlsxError> {
    let mut write = |whose: (&str, &str), pack: &str, f: &Value| {
        sheet.begin(false)?;
        sheet.text(whose.0)?;
        sheet.text(whose.1)?;
        sheet.status(text(f, "tone"), text(f, "word"))?;
        sheet.text(text(f, "code"))?;
        sheet.text(pack)?;
        sheet.text(text(f, "file"))?;
        sheet.text(text(f, "message"))?;
        sheet.text(text(f, "hint"))
    };
    for input in items(frame, "inputs") {
        items(input, "findings").try_for_each(|f| write(("", ""), text(input, "path"), f))?;
    }
    for learner in class.learners() {
        let learner = &learner;
        let whose = (text(learner, "name"), text(learner, "id"));
        for pack in items(learner, "packs") {
            items(pack, "findings").try_for_each(|f| write(whose, text(pack, "source"), f))?;
        }
        items(learner, "findings").try_for_each(|f| write(whose, "", f))?;
    }
    sheet.close()
}

fn similar(sheet: &mut Sheet<'_>, (frame, class): (&Value, &impl Class)) -> Result<(), XlsxError> {
    let nothing = Value::Null;
    let part = |value: &Value, name: &str| value.get(name).cloned().unwrap_or(Value::Null);
    for pair in class.pairs() {
        let (one, other) = (part(&pair, "one"), part(&pair, "other"));
        let passages: Vec<&Value> = items(&pair, "passages").collect();
        for passage in if passages.is_empty() { vec![&nothing] } else { passages } {
            sheet.begin(false)?;
            sheet.text(text(&one, "name"))?;
            sheet.text(text(&other, "name"))?;
            sheet.number(pair.get("percent"))?;
            sheet.number(pair.get("shared"))?;
            sheet.number(one.get("words"))?;
            sheet.number(other.get("words"))?;
            for side in ["one", "other"] {
                let excerpt = part(passage, side);
                sheet.text(text(&excerpt, "text"))?;
                sheet.text(text(&excerpt, "at"))?;
            }
        }
    }
    for group in items(frame, "common") {
        let names: Vec<&str> = items(group, "sides").map(|side| text(side, "name")).collect();
        for passage in items(group, "passages") {
            let excerpt = part(passage, "one");
            sheet.begin(false)?;
            sheet.text(names.first().copied().unwrap_or_default())?;
            sheet.text(&names.iter().skip(1).copied().collect::<Vec<_>>().join("\n"))?;
            sheet.number(None)?;
            sheet.number(group.get("shared"))?;
            sheet.number(None)?;
            sheet.number(None)?;
            sheet.text(text(&excerpt, "text"))?;
            sheet.text(text(&excerpt, "at"))?;
        }
    }
    sheet.close()
}
