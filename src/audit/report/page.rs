//! The class report: a workbook, and one web page that works from a disk.
//!
//! Owns the page and its security policy: its one style and its one script are named by their digests,
//! and nothing else is loaded or run. Without the script everything can still be read.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::pages::Links;
use super::{Report, view};
use crate::blank::UNDATED;
use crate::catalog::Catalog;
use crate::diag::Diagnostics;
use crate::render::{self, Labels, Renderer, Values};
use crate::workbook;

/// The page's template, its style and its script.
const PAGE: &str = "audit/report.html.j2";
const STYLE: &str = "audit/report.css";
const SCRIPT: &str = "audit/report.js";

/// Makes the class report as one file.
///
/// # Errors
/// What is wrong with a template.
pub fn class_report(catalog: &Catalog, report: &Report, links: Links<'_>) -> Result<String, Diagnostics> {
    let renderer = renderer(catalog);
    let digest = |name: &str| -> Result<String, Diagnostics> {
        let text = catalog.text(&format!("templates/{name}")).map_err(|d| vec![d])?;
        Ok(base64(&Sha256::digest(text.as_bytes())))
    };
    let values = [
        ("report", render::value(&view::view(report, links))),
        ("style_digest", render::value(&json!(digest(STYLE)?))),
        ("script_digest", render::value(&json!(digest(SCRIPT)?))),
        ("program_version", render::value(&json!(env!("CARGO_PKG_VERSION")))),
    ];
    renderer.page(PAGE, &values).map_err(|d| vec![d])
}

/// Makes the class report as a workbook.
pub fn class_workbook(report: &Report, links: Links<'_>) -> Vec<u8> {
    let (year, month, day) = UNDATED;
    let small = |n: u8| i8::try_from(n).unwrap_or(1);
    let created = jiff::civil::date(i16::try_from(year).unwrap_or(2000), small(month), small(day));
    workbook::class(&view::view(report, links), created)
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
