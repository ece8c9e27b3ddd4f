//! The class report: a workbook, and one web page that works from a disk.
//!
//! Owns the page and its security policy: its one style and its one script are named by their digests,
//! and nothing else is loaded or run. Without the script everything can still be read. The page of a
//! large class is large, so it is made in pieces that are written one after the other.

use std::iter::once;
use std::path::Path;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::Report;
use super::pages::Links;
use super::view::View;
use crate::blank::UNDATED;
use crate::catalog::Catalog;
use crate::diag::{Diagnostic, Diagnostics};
use crate::render::{self, Labels, Renderer, Values};
use crate::workbook::{self, Class};

/// The page's template, its style and its script.
const PAGE: &str = "audit/report.html.j2";
/// What is made for each learner, for each row of a matrix, for each pair that shares words.
const LEARNER: &str = "audit/learner.html.j2";
const ROW: &str = "audit/row.html.j2";
const PAIR: &str = "audit/pair.html.j2";
const STYLE: &str = "audit/report.css";
const SCRIPT: &str = "audit/report.js";

/// Stands on both sides of the name of a part in the page's frame; no text that is shown has it.
const MARK: char = '\u{1}';

/// The class report as one page.
pub struct ClassReport<'a> {
    view: View<'a>,
    renderer: Renderer,
    parts: Vec<Part>,
}

/// A part of the page.
enum Part {
    Text(String),
    Learners,
    /// The matrix of a unit, by its place.
    Rows(usize),
    Pairs,
}

/// Makes the class report as one file.
///
/// # Errors
/// What is wrong with a template.
pub fn class_report<'a>(
    catalog: &Catalog,
    report: &'a Report,
    links: Links<'a>,
) -> Result<ClassReport<'a>, Diagnostics> {
    let (renderer, view) = (renderer(catalog), View { report, links });
    let digest = |name: &str| -> Result<String, Diagnostics> {
        let text = catalog.text(&format!("templates/{name}")).map_err(|d| vec![d])?;
        Ok(base64(&Sha256::digest(text.as_bytes())))
    };
    let values = [
        ("report", render::value(&frame(&view))),
        ("style_digest", render::value(&json!(digest(STYLE)?))),
        ("script_digest", render::value(&json!(digest(SCRIPT)?))),
        ("program_version", render::value(&json!(env!("CARGO_PKG_VERSION")))),
    ];
    let page = renderer.page(PAGE, &values).map_err(|d| vec![d])?;
    Ok(ClassReport { view, renderer, parts: page.split(MARK).enumerate().map(Part::of).collect() })
}

/// The frame of the page: where parts come that are made one by one, it has their marked names.
fn frame(view: &View<'_>) -> Json {
    let marked = |name: &str| json!(format!("{MARK}{name}{MARK}"));
    let mut frame = view.frame();
    frame["learners"] = marked("learners");
    frame["pairs"] = if view.report.similar.is_empty() { Json::Null } else { marked("pairs") };
    for (nth, unit) in frame["units"].as_array_mut().into_iter().flatten().enumerate() {
        unit["rows"] = marked(&nth.to_string());
    }
    frame
}

impl Part {
    fn of((nth, text): (usize, &str)) -> Self {
        match text {
            _ if nth % 2 == 0 => Self::Text(text.to_owned()),
            "learners" => Self::Learners,
            "pairs" => Self::Pairs,
            unit => Self::Rows(unit.parse().expect("the frame names units by their places")),
        }
    }
}

impl ClassReport<'_> {
    /// The pieces of the page, in their order.
    pub fn pieces(&self) -> impl Iterator<Item = Result<String, Diagnostic>> {
        self.parts.iter().flat_map(|part| self.part(part))
    }

    fn part<'a>(&'a self, part: &'a Part) -> Box<dyn Iterator<Item = Result<String, Diagnostic>> + 'a> {
        let made =
            |template, name, value: Json| self.renderer.page(template, &[(name, render::value(&value))]);
        match part {
            Part::Text(text) => Box::new(once(Ok(text.clone()))),
            Part::Learners => Box::new(self.view.learners().map(move |l| made(LEARNER, "learner", l))),
            Part::Rows(unit) => Box::new(self.view.rows(*unit).map(move |row| made(ROW, "row", row))),
            Part::Pairs => Box::new(self.view.pairs().map(move |pair| made(PAIR, "pair", pair))),
        }
    }
}

/// Makes the class report as a workbook; its sheets lie in temporary files of a folder, where one is lent, or
/// in memory. Both show the same.
pub fn class_workbook(report: &Report, links: Links<'_>, folder: Option<&Path>) -> Vec<u8> {
    let (year, month, day) = UNDATED;
    let small = |n: u8| i8::try_from(n).unwrap_or(1);
    let created = jiff::civil::date(i16::try_from(year).unwrap_or(2000), small(month), small(day));
    workbook::class(&View { report, links }, created, folder)
}

/// Templates over no profile.
pub(super) fn renderer(catalog: &Catalog) -> Renderer {
    let nothing = json!({});
    let figure = |token: &str| Err(format!("a report of the audit has no figure `{token}`"));
    let values = Values { schema: &nothing, supplied: &[], figure: &figure, draft: false };
    Renderer::new(catalog, &nothing, &values, Labels::new())
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
