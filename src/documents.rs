//! The documents of a pack, from data to typeset pages.
//!
//! Owns the order of work: which documents a unit and a profile give, what each template sees, the
//! matrix after the pages, and the PDF that holds everything. Refuses to write files.

mod plan;
mod submission;

use std::collections::BTreeMap;

use minijinja::Value;
use rayon::prelude::*;
use serde_json::{Value as Json, json};

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics};
use crate::honesty;
use crate::law::Law;
use crate::profile::schema;
use crate::render::{self, Rendered, Renderer, Values};
use crate::trace::{self, Finding, Located, Matrix};
use crate::typeset::{self, Engine, Flavour, Job, Typeset};
use crate::unit::DocumentRole;
use crate::{Checked, Options};
pub(crate) use plan::{Document, expand};
use submission::Submission;

/// How many documents are made before the engine forgets what it remembers.
const HANDFUL: usize = 6;
/// How often the page numbers of the whole may move before it is a defect of the templates.
const ATTEMPTS: usize = 5;

/// A typeset document with its sources.
pub(crate) struct Made {
    pub(crate) document: Document,
    pub(crate) source: Rendered,
    pub(crate) main: Rendered,
    pub(crate) typeset: Typeset,
}

/// All documents of a pack.
pub(crate) struct Set {
    pub(crate) made: Vec<Made>,
    pub(crate) matrix: Matrix,
    pub(crate) submission: Vec<u8>,
    pub(crate) submission_pages: usize,
    pub(crate) submission_source: Rendered,
}

/// Where things stand in the PDF that holds everything, as far as is known.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Layout {
    front: usize,
    checklist: usize,
}

/// What every step needs.
pub(crate) struct Workshop<'a> {
    checked: &'a Checked,
    options: &'a Options<'a>,
    engine: &'a Engine,
    renderer: Renderer,
    law: Law,
}

impl<'a> Workshop<'a> {
    /// Prepares templates, figures and law for one profile.
    ///
    /// # Errors
    /// Faults of the catalogue.
    pub(crate) fn new(
        catalog: &Catalog,
        checked: &'a Checked,
        options: &'a Options<'a>,
        engine: &'a Engine,
    ) -> Result<Self, Diagnostics> {
        let law = Law::for_profile(catalog, checked.profile.value())?;
        let mut renderer = renderer(catalog, checked, options);
        renderer.set("law_as_at", &json!(law.as_at));
        renderer.set("law_note", &json!(law.note));
        renderer.set_lookup("law", law.by_code());
        renderer.set_lookup("body", law.bodies());
        Ok(Self { checked, options, engine, renderer, law })
    }

    /// The templates and what they see.
    pub(crate) fn renderer(&self) -> &Renderer {
        &self.renderer
    }

    /// Makes everything: documents side by side, then the matrix and what depends on page numbers.
    ///
    /// # Errors
    /// Every document that cannot be filled in or typeset.
    pub(crate) fn make(&self) -> Result<Set, Diagnostics> {
        let documents = expand(&self.checked.unit.documents, self.checked.profile.value());
        let of_role =
            |role| documents.iter().filter(move |d| d.spec.role == role).cloned().collect::<Vec<_>>();
        let last = of_role(DocumentRole::Checklist);
        let mut made =
            self.side_by_side(&[of_role(DocumentRole::Document), of_role(DocumentRole::Blank)].concat())?;
        let ledger = render::value(&trace::authorship(made.iter().map(|m| &m.typeset.found.words)));
        for cover in of_role(DocumentRole::Cover) {
            made.push(self.document(cover, Some(("ledger", ledger.clone())))?);
        }
        let unprinted = self.unprinted(&made);
        let mut layout = Layout { front: self.front_pages(&documents)?, checklist: 8 * last.len() };
        for _ in 0..ATTEMPTS {
            let matrix = render::value(&self.matrix(&documents, &made, (layout, &unprinted)).context());
            let checklist = |d: &Document| self.document(d.clone(), Some(("matrix", matrix.clone())));
            let checklists: Vec<Made> = last.iter().map(checklist).collect::<Result<_, _>>()?;
            let pages = checklists.iter().map(|m| m.typeset.pages).sum();
            if pages == layout.checklist {
                made.extend(checklists);
                made.sort_by_key(|m| documents.iter().position(|d| d.id == m.document.id));
                let matrix = self.matrix(&documents, &made, (layout, &unprinted));
                let submission =
                    Submission { workshop: self, made: &made, matrix: &matrix, front: layout.front };
                let (source, pdf, pages) = submission.make()?;
                return Ok(Set {
                    made,
                    matrix,
                    submission: pdf,
                    submission_pages: pages,
                    submission_source: source,
                });
            }
            layout.checklist = pages;
        }
        Err(vec![Diagnostic::error(
            Builtin::TypesetFailed,
            "the page numbers of the checklist do not settle",
        )])
    }

    /// Returns how many pages stand before the first document in the PDF that holds everything.
    fn front_pages(&self, documents: &[Document]) -> Result<usize, Diagnostics> {
        let list: Vec<Json> = documents.iter().map(|d| entry(d, 1, 1)).collect();
        let (_, job) = self.front(&list, &[], BTreeMap::new())?;
        Ok(self.engine.lay_out(&job)?.pages)
    }

    /// The front of the PDF that holds everything: contents and attachments.
    fn front(
        &self,
        documents: &[Json],
        included: &[Json],
        attachments: BTreeMap<String, Vec<u8>>,
    ) -> Result<(Rendered, Job), Diagnostics> {
        let values = [
            ("documents", render::value(&json!(documents))),
            ("included", render::value(&json!(included))),
            ("has_attachments", Value::from(!attachments.is_empty())),
        ];
        let source = self.renderer.document("shared/submission.typ.j2", &values).map_err(|d| vec![d])?;
        let mut files = self.pictures();
        files.extend(attachments);
        let job = Job {
            name: "the front of the submission".into(),
            main: "/main.typ".into(),
            sources: [("/main.typ".into(), source.clone())].into(),
            files,
            flavour: Flavour::WithAttachments,
            ident: format!("{}/submission", self.checked.pack_name()),
            date: self.checked.date(),
            statements_count: false,
        };
        Ok((source, job))
    }

    /// Makes documents side by side, a few at a time: between two handfuls the engine forgets what it
    /// remembers, which keeps the memory of a build small and costs no time that can be measured.
    fn side_by_side(&self, documents: &[Document]) -> Result<Vec<Made>, Diagnostics> {
        let mut made = Vec::new();
        let mut problems = Diagnostics::new();
        for handful in documents.chunks(HANDFUL) {
            let one = |d: &Document| self.document(d.clone(), None);
            let results: Vec<Result<Made, Diagnostics>> =
                handful.par_iter().with_max_len(1).map(one).collect();
            for result in results {
                match result {
                    Ok(one) => made.push(one),
                    Err(found) => problems.extend(found),
                }
            }
            typeset::forget();
        }
        if problems.is_empty() { Ok(made) } else { Err(problems) }
    }

    /// Gives up where that was asked for.
    fn go_on(&self) -> Result<(), Diagnostics> {
        let told = || vec![Diagnostic::error(Builtin::TypesetFailed, "the build was told to stop")];
        if (self.options.stop)() { Err(told()) } else { Ok(()) }
    }

    fn document(
        &self,
        document: Document,
        extra: Option<(&'static str, Value)>,
    ) -> Result<Made, Diagnostics> {
        self.go_on()?;
        let template = format!("{}/{}.typ.j2", self.checked.unit.folder, document.spec.slug);
        let mut values = self.values(&document);
        values.extend(extra);
        let source = self.renderer.document(&template, &values).map_err(|d| vec![d])?;
        let main = self.renderer.document("shared/main.typ.j2", &values).map_err(|d| vec![d])?;
        let job = Job {
            name: format!("{} {}", document.id, document.title),
            main: "/main.typ".into(),
            sources: [("/main.typ".into(), main.clone()), (document.path(), source.clone())].into(),
            files: self.pictures(),
            flavour: Flavour::Single,
            ident: format!("{}/{}", self.checked.pack_name(), document.id),
            date: self.checked.date(),
            statements_count: document.spec.role == DocumentRole::Blank,
        };
        let typeset = self.engine.typeset(&job)?;
        (self.options.progress)(&document.title);
        Ok(Made { document, source, main, typeset })
    }

    fn values(&self, document: &Document) -> Vec<(&'static str, Value)> {
        let landscape = self.checked.unit.value["documents"].as_array().into_iter().flatten();
        let landscape =
            landscape.filter(|d| d["id"] == document.spec.id.as_str()).any(|d| d["landscape"] == true);
        let doc = json!({
            "id": document.id, "title": document.title, "number": document.spec.number,
            "landscape": landscape, "file": document.stem, "spec": document.spec.id,
        });
        let laws = self.law.for_document(&document.spec.id, &document.spec.laws);
        vec![
            ("doc", render::value(&doc)),
            ("laws", render::value(&Json::Array(laws))),
            ("control", self.control(document)),
            ("documents", self.controlled()),
            ("item", self.item(document)),
        ]
    }

    /// Returns the version block of a document: its own, or the one for all others.
    fn control(&self, document: &Document) -> Value {
        let default = || self.renderer.value("document_control").get_attr("default").unwrap_or_default();
        self.own_control(document).unwrap_or_else(default)
    }

    /// Returns the version block that the profile gives to a document alone.
    fn own_control(&self, document: &Document) -> Option<Value> {
        let list = self.renderer.value("document_control").get_attr("documents").ok()?;
        let all: Vec<Value> = list.try_iter().ok()?.collect();
        let of = |id: &str| {
            all.iter().find(|c| c.get_attr("document").is_ok_and(|d| d.as_str() == Some(id))).cloned()
        };
        of(&document.id).or_else(|| of(&document.spec.id))
    }

    /// Returns all documents of the pack with their version blocks, and whether those are their own.
    fn controlled(&self) -> Value {
        let entry = |d: Document| {
            let own = self.own_control(&d);
            Value::from_pairs([
                ("id", Value::from(d.id.as_str())),
                ("title", Value::from(d.title.as_str())),
                ("is_document", Value::from(d.spec.role == DocumentRole::Document)),
                ("has_own_control", Value::from(own.is_some())),
                ("control", own.unwrap_or_else(|| self.control(&d))),
            ])
        };
        expand(&self.checked.unit.documents, self.checked.profile.value()).into_iter().map(entry).collect()
    }

    fn item(&self, document: &Document) -> Value {
        let (Some(each), Some(index)) = (&document.spec.each, document.item) else { return Value::from(()) };
        let mut path = each.path.split('/');
        let root = self.renderer.value(path.next().unwrap_or_default());
        let list = path.fold(root, |v, step| v.get_attr(step).unwrap_or_default());
        list.get_item_by_index(index).unwrap_or_default()
    }

    fn pictures(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.checked.profile.files.iter().filter(|(name, _)| !name.ends_with(".csv"));
        files.map(|(name, bytes)| (format!("/{name}"), bytes.clone())).collect()
    }

    /// Looks for text of the profile that no document printed.
    fn unprinted(&self, made: &[Made]) -> Vec<Finding> {
        let printed: String = made.iter().map(|m| m.typeset.found.printed.as_str()).collect();
        honesty::unprinted(&self.checked.profile, &printed)
    }

    fn matrix(
        &self,
        documents: &[Document],
        made: &[Made],
        (layout, unprinted): (Layout, &[Finding]),
    ) -> Matrix {
        let mut offset = layout.front;
        let mut located = Vec::new();
        for document in documents {
            let Some(one) = made.iter().find(|m| m.document.id == document.id) else {
                offset += layout.checklist;
                continue;
            };
            located.push(Located {
                id: document.id.clone(),
                spec: document.spec.id.clone(),
                title: document.title.clone(),
                file: document.pdf(),
                marks: one.typeset.found.marks.clone(),
                hollow: one.typeset.found.hollow.clone(),
                pages: one.typeset.pages,
                words: one.typeset.found.words.clone(),
                offset,
            });
            offset += one.typeset.pages;
        }
        let (unit, profile) = (&self.checked.unit, &self.checked.profile);
        let mut matrix = Matrix::trace(unit, &self.checked.outcomes, &located);
        matrix.accept(profile.value());
        honesty::examine(unit, profile, &located, &mut matrix);
        matrix.note(unprinted.iter().cloned());
        matrix
    }

    /// Files that the submission carries: what it was made from, and the matrix for machines.
    pub(crate) fn attachments(&self, matrix: &Matrix) -> BTreeMap<String, Vec<u8>> {
        let checklist = crate::pretty(&matrix.checklist(&self.checked.unit));
        let profile = self.checked.canonical_profile();
        [("/attachments/profile.json".into(), profile), ("/attachments/checklist.json".into(), checklist)]
            .into()
    }
}

/// A line of the contents.
fn entry(document: &Document, first: usize, pages: usize) -> Json {
    json!({
        "id": document.id, "title": document.title, "file": document.stem, "number": document.spec.number,
        "first": first, "pages": pages,
    })
}

fn renderer(catalog: &Catalog, checked: &Checked, options: &Options<'_>) -> Renderer {
    let profile = &checked.profile;
    let supplied = profile.supplied();
    let figure = |token: &str| checked.metrics.token(token);
    let values =
        Values { schema: &profile.schema, supplied: &supplied, figure: &figure, draft: options.draft };
    let filled =
        if options.draft { schema::fill(&profile.schema, profile.value()) } else { profile.value().clone() };
    let mut renderer = Renderer::new(catalog, &filled, &values, schema::labels(&profile.schema));
    let (year, month, day) = checked.date();
    renderer.set_figures(&checked.metrics.context());
    renderer.set("unit", &checked.unit.value);
    renderer.set("conventions", &checked.unit.conventions.in_words());
    renderer.set("draft", &json!(options.draft));
    renderer.set("pack_note", &json!(""));
    renderer.set("annotate", &json!(options.annotate));
    renderer.set("pack_date", &json!({ "y": year, "m": month, "d": day }));
    renderer.set("program_version", &json!(env!("CARGO_PKG_VERSION")));
    renderer
}

#[cfg(test)]
mod tests;
