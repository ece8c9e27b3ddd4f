//! The pack: documents, checklist, calendar, data and start page, put together as a bag.
//!
//! Owns which file is called what. Refuses to write to a disk.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bundle::Bundle;
use crate::calendar::calendar;
use crate::catalog::Catalog;
use crate::diag::Diagnostics;
use crate::documents::{Set, Workshop};
use crate::render;
use crate::trace::Matrix;
use crate::typeset::Engine;
use crate::workbook::workbook;
use crate::{Checked, Options, pretty};

/// The program that makes packs, as it names itself in them.
pub(crate) const AGENT: &str = concat!("evipack ", env!("CARGO_PKG_VERSION"));
/// The word for a pack that was built although parts were missing.
pub(crate) const DRAFT: &str = "draft";
/// The word for a pack with the ids of requirements in the margin.
pub(crate) const ANNOTATE: &str = "annotate";

/// A finished pack.
pub struct Pack {
    /// The bag with all its files.
    pub bundle: Bundle,
    /// The mapping matrix.
    pub matrix: Matrix,
    /// Typst sources of all documents, such that the Typst command line compiles them too.
    pub sources: BTreeMap<String, Vec<u8>>,
    /// Number of pages of all documents together.
    pub pages: usize,
    /// Number of documents.
    pub documents: usize,
}

/// Makes the pack.
pub(crate) fn assemble(
    catalog: &Catalog,
    checked: &Checked,
    options: &Options<'_>,
    engine: &Engine,
) -> Result<Pack, Diagnostics> {
    let workshop = Workshop::new(catalog, checked, options, engine)?;
    let set = workshop.make()?;
    let index = start_page(&workshop, checked, &set)?;
    let sources = sources(catalog, &workshop, checked, &set)?;
    let payload = payload(checked, &set);
    let tags = [("index.html".to_owned(), index.into_bytes())].into();
    Ok(Pack {
        bundle: Bundle::bag(&checked.pack_name(), payload, tags, &info(catalog, checked, options)),
        pages: set.made.iter().map(|m| m.typeset.pages).sum(),
        documents: set.made.len(),
        matrix: set.matrix,
        sources,
    })
}

fn payload(checked: &Checked, set: &Set) -> BTreeMap<String, Vec<u8>> {
    let context = set.matrix.context();
    let (year, month, day) = checked.date();
    let small = |n: u8| i8::try_from(n).expect("months and days are small");
    let created = jiff::civil::date(i16::try_from(year).unwrap_or(2000), small(month), small(day));
    let mut files = checked.profile.files.clone();
    files.extend(set.made.iter().map(|m| (m.document.pdf(), m.typeset.pdf.clone())));
    files.insert("submission.pdf".into(), set.submission.clone());
    files.insert("checklist.json".into(), pretty(&set.matrix.checklist(&checked.unit)));
    files.insert("checklist.xlsx".into(), workbook(&context, created));
    if checked.profile.value().get("calendar").is_some() {
        files.insert("calendar.ics".into(), calendar(checked.profile.value(), &checked.pack_name()));
    }
    files.insert("profile.json".into(), checked.canonical_profile());
    if !checked.unit.conventions.is_usual() {
        files.insert("thresholds.json".into(), pretty(&checked.unit.conventions.to_json()));
    }
    files
}

/// Lines of `bag-info.txt`: who made the bag, from what, when and how; reserved names of RFC 8493 first.
fn info(catalog: &Catalog, checked: &Checked, options: &Options<'_>) -> Vec<(String, String)> {
    let (year, month, day) = checked.date();
    let organisation = checked.profile.text("/organisation/name").to_owned();
    let title = checked.unit.value["title"].as_str().unwrap_or_default();
    let words: Vec<&str> =
        [(options.draft, DRAFT), (options.annotate, ANNOTATE)].iter().filter(|o| o.0).map(|o| o.1).collect();
    let line = |name: &str, value: String| (name.to_owned(), value);
    vec![
        line("Source-Organization", organisation),
        line("Bagging-Date", format!("{year:04}-{month:02}-{day:02}")),
        line("External-Description", format!("Evidence pack for {} {title}", checked.unit.code)),
        line("Bag-Software-Agent", AGENT.into()),
        line("Evipack-Format", "evipack-pack/1".into()),
        line("Evipack-Unit", checked.unit.code.clone()),
        line("Evipack-Options", words.join(" ")),
        line("Evipack-Catalog", catalog.digest()),
    ]
}

fn start_page(workshop: &Workshop<'_>, checked: &Checked, set: &Set) -> Result<String, Diagnostics> {
    let rows = set.matrix.rows.iter().filter(|r| r.group && r.parent.is_none());
    let row = |r: &crate::trace::Row| {
        let below = set.matrix.rows.iter().filter(|b| b.parent.as_ref() == Some(&r.id) && !b.group);
        let count = |status| below.clone().filter(|b| b.status == status).count();
        use crate::trace::Status::{Met, Missing, PartlyMet};
        json!({
            "id": r.id, "text": r.text, "kind": r.kind, "status": r.status, "status_label": r.status.label(),
            "confirm": r.confirm, "met": count(Met), "partly_met": count(PartlyMet), "missing": count(Missing),
            "count": below.clone().count(),
        })
    };
    let documents = set.made.iter().map(|m| {
        let words: usize = m.typeset.found.words.values().sum();
        json!({
            "id": m.document.id, "number": m.document.stem, "title": m.document.title, "pages": m.typeset.pages,
            "words": words, "href": format!("data/{}", m.document.pdf()),
        })
    });
    let values = [
        ("rows", render::value(&Value::Array(rows.map(row).collect()))),
        ("documents", render::value(&Value::Array(documents.collect()))),
        ("totals", render::value(&json!(set.matrix.totals))),
        ("accepted", render::value(&Value::Array(accepted(&set.matrix)))),
        ("findings", render::value(&json!(set.matrix.findings.len()))),
        ("kinds", render::value(&set.matrix.context()["kinds"])),
        ("files", render::value(&files(checked, set))),
        ("submission_pages", render::value(&json!(set.submission_pages))),
    ];
    workshop.renderer().page("web/index.html.j2", &values).map_err(|d| vec![d])
}

/// Rows that the learner leaves open with a reason.
fn accepted(matrix: &Matrix) -> Vec<Value> {
    let row = |r: &crate::trace::Row| {
        let accepted = r.accepted.as_ref().filter(|_| r.is_accepted())?.in_words();
        Some(json!({ "id": r.id, "text": r.text, "status_label": r.status.label(), "accepted": accepted }))
    };
    matrix.rows.iter().filter_map(row).collect()
}

fn files(checked: &Checked, set: &Set) -> Value {
    let file = |name: &str, title: &str, description: String| json!({ "href": format!("data/{name}"), "title": title, "description": description });
    let pages = set.submission_pages;
    let mut list = vec![
        file(
            "submission.pdf",
            "The whole submission",
            format!("All documents in one PDF, {pages} pages, with bookmarks"),
        ),
        file(
            "checklist.xlsx",
            "Checklist as a spreadsheet",
            "The mapping matrix with columns for the assessor".into(),
        ),
        file("checklist.json", "Checklist for other programs", "The mapping matrix as JSON".into()),
    ];
    if checked.profile.value().get("calendar").is_some() {
        list.push(file("calendar.ics", "Calendar", "Planned activities for any calendar program".into()));
    }
    list.push(file("profile.json", "Profile", "What this pack was built from".into()));
    if !checked.unit.conventions.is_usual() {
        let text = "The conventions that this pack was judged by, for `--thresholds`".into();
        list.push(file("thresholds.json", "Conventions", text));
    }
    for name in checked.profile.files.keys() {
        list.push(file(name, name, "A file that the profile names".into()));
    }
    Value::Array(list)
}

/// The sources as a tree: one main file a document, house style, pictures, fonts.
fn sources(
    catalog: &Catalog,
    workshop: &Workshop<'_>,
    checked: &Checked,
    set: &Set,
) -> Result<BTreeMap<String, Vec<u8>>, Diagnostics> {
    let mut files = BTreeMap::new();
    let house = catalog.text("templates/shared/house.typ").map_err(|d| vec![d])?;
    files.insert("house.typ".into(), house.into_bytes());
    for made in &set.made {
        files.insert(format!("{}.typ", made.document.stem), made.main.text.clone().into_bytes());
        files.insert(
            made.document.path().trim_start_matches('/').into(),
            made.source.text.clone().into_bytes(),
        );
    }
    files.insert("submission.typ".into(), set.submission_source.text.clone().into_bytes());
    let attachments = workshop.attachments(&set.matrix);
    files.extend(
        attachments.into_iter().map(|(name, bytes)| (name.trim_start_matches('/').to_owned(), bytes)),
    );
    files.extend(checked.profile.files.clone());
    for name in catalog.list("templates/fonts") {
        let bytes = catalog.bytes(&name).expect("listed files exist").into_owned();
        files.insert(name.trim_start_matches("templates/").into(), bytes);
    }
    Ok(files)
}
