//! Blank forms of a unit: what assessors and learners need before there is any evidence.
//!
//! Owns which forms there are, what they are called and what their templates see. Needs a unit and
//! no profile. Refuses to fill in anything that an assessor or a learner decides: results, ticks,
//! dates and signatures stay blank.

mod guide;

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use rayon::prelude::*;
use serde_json::{Value as Json, json};

use crate::catalog::Catalog;
use crate::diag::Diagnostics;
use crate::render::{Labels, Renderer, Values, value};
use crate::typeset::{self, Engine, Flavour, Job, Typeset};
use crate::unit::{Requirement, Unit};
use crate::{pool, workbook};
use guide::Guide;

/// The date of files that carry none, as year, month and day.
pub(crate) const UNDATED: (i32, u8, u8) = (2000, 1, 1);

/// Kinds of requirements that are met by others than by work of the learner.
const CONDITIONS: [&str; 2] = ["prerequisite", "assessment_condition"];

/// A blank form.
pub struct Form {
    /// What it is called.
    pub title: &'static str,
    /// How many pages it has; a spreadsheet has none.
    pub pages: Option<usize>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The blank forms of a unit.
pub struct Forms {
    /// Forms by file name.
    pub files: BTreeMap<String, Form>,
    /// Titles of forms that the unit's data do not suffice for.
    pub left_out: Vec<&'static str>,
}

/// A form that is printed.
struct Printed {
    /// Template and file are called after it.
    slug: &'static str,
    title: &'static str,
    landscape: bool,
    /// It is made from the unit's guide, and cannot be without.
    needs_guide: bool,
}

const PRINTED: [Printed; 5] = [
    Printed { slug: "mapping-matrix", title: "Mapping matrix", landscape: true, needs_guide: false },
    Printed {
        slug: "observation-checklist",
        title: "Observation checklist",
        landscape: false,
        needs_guide: true,
    },
    Printed {
        slug: "evidence-guide",
        title: "Evidence guide for learners",
        landscape: false,
        needs_guide: true,
    },
    Printed { slug: "self-assessment", title: "Self-assessment", landscape: false, needs_guide: false },
    Printed { slug: "assessor-record", title: "Assessor record", landscape: false, needs_guide: false },
];

/// Makes the blank forms of a unit.
///
/// # Errors
/// An unknown code, faults of the unit's files, or what is wrong with a template.
pub fn blank(catalog: &Catalog, code: &str) -> Result<Forms, Diagnostics> {
    let unit = Unit::load(catalog, code)?;
    let guide = Guide::load(catalog, &unit)?;
    let rows: Vec<Json> = unit.requirements.iter().map(|r| row(&unit, guide.as_ref(), r)).collect();
    let (made, left_out): (Vec<&Printed>, Vec<&Printed>) =
        PRINTED.iter().partition(|p| guide.is_some() || !p.needs_guide);
    let plate = Plate::new(catalog, unit, guide.as_ref(), &rows);
    let engine = Engine::new(catalog, &BTreeMap::new())?;
    let print = |form: &&Printed| {
        let ident = format!("{}/blank/{}", plate.unit.code, form.slug);
        engine.typeset(&plate.job(form, &Json::Null, ident)?)
    };
    let printed: Vec<_> = pool(None)?.install(|| made.par_iter().map(print).collect());
    typeset::forget();
    let mut files = BTreeMap::new();
    for (form, typeset) in made.iter().zip(printed) {
        let Typeset { pdf, pages, .. } = typeset?;
        let name = format!("{code}-{}.pdf", form.slug);
        files.insert(name, Form { title: form.title, pages: Some(pages), bytes: pdf });
    }
    let rows = Json::Array(rows);
    let sheets = [
        ("mapping-matrix", PRINTED[0].title, workbook::assessor_forms(&rows, plate.dated)),
        ("self-assessment", PRINTED[3].title, workbook::survey(&rows, plate.dated)),
    ];
    for (slug, title, bytes) in sheets {
        files.insert(format!("{code}-{slug}.xlsx"), Form { title, pages: None, bytes });
    }
    Ok(Forms { files, left_out: left_out.iter().map(|p| p.title).collect() })
}

/// What every form of a unit is printed from.
struct Plate {
    unit: Unit,
    renderer: Renderer,
    dated: Date,
}

impl Plate {
    fn new(catalog: &Catalog, unit: Unit, guide: Option<&Guide>, rows: &[Json]) -> Self {
        let dated = guide.map_or(date(2000, 1, 1), |g| g.as_at);
        let mut renderer = renderer(catalog, &unit);
        renderer.set("has_guide", &json!(guide.is_some()));
        renderer.set("dated", &json!({ "y": dated.year(), "m": dated.month(), "d": dated.day() }));
        renderer.set("parts", &Json::Array(parts(&unit, rows)));
        renderer.set("tasks", &json!(tasks(&unit)));
        Self { unit, renderer, dated }
    }

    /// Fills a form in with what is known; nothing, where it is to be blank.
    fn job(&self, form: &Printed, known: &Json, ident: String) -> Result<Job, Diagnostics> {
        let about = json!({ "title": form.title, "landscape": form.landscape });
        let template = format!("shared/blank/{}.typ.j2", form.slug);
        let values = [("form", value(&about)), ("record", value(known))];
        let source = self.renderer.document(&template, &values).map_err(|d| vec![d])?;
        let small = |n: i8| n.unsigned_abs();
        Ok(Job {
            name: form.title.into(),
            main: "/main.typ".into(),
            sources: [("/main.typ".into(), source)].into(),
            files: BTreeMap::new(),
            flavour: Flavour::Single,
            ident,
            date: (i32::from(self.dated.year()), small(self.dated.month()), small(self.dated.day())),
            statements_count: false,
        })
    }
}

/// Assessor records that say whom and what they are about; every judgement in them is blank.
pub(crate) struct Records(Plate);

impl Records {
    /// Gets ready to print records for a unit.
    pub(crate) fn new(catalog: &Catalog, unit: Unit) -> Result<Self, Diagnostics> {
        let guide = Guide::load(catalog, &unit)?;
        let rows: Vec<Json> = unit.requirements.iter().map(|r| row(&unit, guide.as_ref(), r)).collect();
        Ok(Self(Plate::new(catalog, unit, guide.as_ref(), &rows)))
    }

    /// Fills in what is known.
    pub(crate) fn job(&self, known: &Json, ident: String) -> Result<Job, Diagnostics> {
        self.0.job(&PRINTED[4], known, ident)
    }
}

/// What the unit's guide says to learners about a requirement.
pub(crate) struct Advice {
    /// What it means.
    pub(crate) plain: String,
    /// How it can be shown.
    pub(crate) show: Option<String>,
}

/// Returns the advice of the unit's guide by requirement; nothing where the unit has no guide.
pub(crate) fn advice(catalog: &Catalog, unit: &Unit) -> Result<BTreeMap<String, Advice>, Diagnostics> {
    let entries = Guide::load(catalog, unit)?.map(|g| g.entries).unwrap_or_default();
    Ok(entries.into_iter().map(|(id, e)| (id, Advice { plain: e.plain, show: e.show })).collect())
}

/// The templates over an empty profile.
fn renderer(catalog: &Catalog, unit: &Unit) -> Renderer {
    let nothing = json!({});
    let figure = |token: &str| Err(format!("a blank form has no figure `{token}`"));
    let values = Values { schema: &nothing, supplied: &[], figure: &figure, draft: false };
    let mut renderer = Renderer::new(catalog, &nothing, &values, Labels::new());
    renderer.set("unit", &unit.value);
    renderer
}

/// Returns a requirement as forms see it: every part is there, if only as nothing.
fn row(unit: &Unit, guide: Option<&Guide>, requirement: &Requirement) -> Json {
    let entry = guide.and_then(|g| g.entries.get(&requirement.id));
    let count = requirement.count.as_ref();
    json!({
        "id": requirement.id, "kind": requirement.kind, "group": unit.is_parent(&requirement.id),
        "text": requirement.text, "lead_in": lead_in(unit, requirement), "confirm": requirement.confirm,
        "needed": count.map(|c| unit.needed(c)), "of": count.map(|c| &c.of),
        "convention": count.is_some_and(|c| c.convention),
        "evidence_type": requirement.evidence_type, "task": requirement.task,
        "plain": entry.map(|e| &e.plain), "show": entry.and_then(|e| e.show.as_ref()),
        "ask": entry.and_then(|e| e.ask.as_ref()), "observe": entry.map_or(&[][..], |e| &e.observe),
    })
}

/// Returns the line that introduces a wording: its own, or that of the rows between it and its first ancestor.
fn lead_in(unit: &Unit, requirement: &Requirement) -> Option<String> {
    let above = ancestors(unit, requirement);
    let between = above.iter().rev().skip(1).map(|r| r.text.as_str()).collect::<Vec<_>>().join(" ");
    requirement.lead_in.clone().or(Some(between).filter(|text| !text.is_empty()))
}

/// Returns the rows that a row is part of, the nearest first.
fn ancestors<'a>(unit: &'a Unit, requirement: &Requirement) -> Vec<&'a Requirement> {
    let above = |r: &Requirement| r.parent.as_deref().and_then(|p| unit.requirement(p));
    std::iter::successors(above(requirement), |r| above(r)).take(unit.requirements.len()).collect()
}

/// Returns the parts of the unit in its order, each with its groups: rows below one first ancestor, or
/// neighbours that have none.
fn parts(unit: &Unit, rows: &[Json]) -> Vec<Json> {
    let mut parts: Vec<(&str, Vec<Group<'_>>)> = Vec::new();
    for (requirement, row) in unit.requirements.iter().zip(rows).filter(|(r, _)| !unit.is_parent(&r.id)) {
        let head = ancestors(unit, requirement).pop();
        if parts.last().is_none_or(|(kind, _)| *kind != requirement.kind) {
            parts.push((&requirement.kind, Vec::new()));
        }
        let groups = &mut parts.last_mut().expect("a part was just made").1;
        let is_same = |g: &&mut Group<'_>| head.is_some() && g.head.map(|h| &h.id) == head.map(|h| &h.id);
        match groups.last_mut().filter(is_same) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { head, rows: vec![row] }),
        }
    }
    let json = |(kind, part): (&str, Vec<Group<'_>>)| {
        let all: Vec<&Json> = part.iter().flat_map(|g| g.rows.iter().copied()).collect();
        let groups: Vec<Json> = match part.iter().any(|g| g.head.is_some()) {
            true => part.iter().map(Group::json).collect(),
            false => vec![json!({ "head": null, "rows": all })],
        };
        json!({ "kind": kind, "groups": groups, "rows": all })
    };
    parts.into_iter().map(json).collect()
}

/// Rows that stand together.
struct Group<'a> {
    head: Option<&'a Requirement>,
    rows: Vec<&'a Json>,
}

impl Group<'_> {
    /// A row that is part of no other is its own head.
    fn json(&self) -> Json {
        let own = self.rows.first().map(|r| json!({ "id": r["id"], "text": r["text"] }));
        let head = self.head.map(|h| json!({ "id": h.id, "text": h.text })).or(own);
        json!({ "head": head, "rows": self.rows })
    }
}

/// Returns the tasks of the learner in the order in which requirements name them.
fn tasks(unit: &Unit) -> Vec<&str> {
    let mut tasks: Vec<&str> = Vec::new();
    let is_done = |r: &&Requirement| !r.extra && !CONDITIONS.contains(&r.kind.as_str());
    for task in unit.requirements.iter().filter(is_done).map(|r| r.task.as_str()) {
        if !task.is_empty() && !tasks.contains(&task) {
            tasks.push(task);
        }
    }
    tasks
}
