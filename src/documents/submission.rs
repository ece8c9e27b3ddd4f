//! The PDF that holds everything.
//!
//! Owns its making: each document is laid out once more as a part, with the pages counted through,
//! and the parts are bound behind the contents. Refuses a part that breaks its pages differently
//! than the document alone, because the checklist names pages of both.

use minijinja::Value;
use rayon::prelude::*;
use serde_json::Value as Json;

use super::{HANDFUL, Made, Workshop, entry};
use crate::diag::{Builtin, Diagnostic, Diagnostics};
use crate::render::{self, Rendered};
use crate::trace::Matrix;
use crate::typeset::{self, Flavour, Job, Leaves};
use crate::unit::DocumentRole;

/// The PDF that holds everything, in the making.
pub(super) struct Submission<'a> {
    pub(super) workshop: &'a Workshop<'a>,
    pub(super) made: &'a [Made],
    pub(super) matrix: &'a Matrix,
    /// Pages before the first document.
    pub(super) front: usize,
}

impl Submission<'_> {
    /// Lays out each document as a part, binds the parts and exports them; returns the source of the
    /// whole, the PDF and its number of pages.
    pub(super) fn make(&self) -> Result<(Rendered, Vec<u8>, usize), Diagnostics> {
        let mut first = self.front + 1;
        let mut list = Vec::new();
        for made in self.made {
            list.push(entry(&made.document, first, made.typeset.pages));
            first += made.typeset.pages;
        }
        let attachments = self.workshop.attachments(self.matrix);
        let (source, _) = self.workshop.front(&list, &list, attachments.clone())?;
        let (_, job) = self.workshop.front(&list, &[], attachments)?;
        let mut leaves = vec![self.workshop.engine.lay_out(&job)?];
        let numbered: Vec<(&Made, &Json)> = self.made.iter().zip(&list).collect();
        for handful in numbered.chunks(HANDFUL) {
            let part = |(made, entry): &(&Made, &Json)| self.part(made, entry);
            let laid: Vec<Result<Leaves, Diagnostics>> =
                handful.par_iter().with_max_len(1).map(part).collect();
            for one in laid {
                leaves.push(one?);
            }
            typeset::forget();
        }
        self.workshop.go_on()?;
        let pages = leaves.iter().map(|l| l.pages).sum();
        let pdf = self.workshop.engine.bind(leaves, &job)?;
        (self.workshop.options.progress)("the submission as a whole");
        Ok((source, pdf, pages))
    }

    fn part(&self, made: &Made, entry: &Json) -> Result<Leaves, Diagnostics> {
        let workshop = self.workshop;
        workshop.go_on()?;
        let offset = entry["first"].as_u64().unwrap_or(1) - 1;
        let values = [("doc", render::value(entry)), ("offset", Value::from(offset))];
        let main = workshop.renderer.document("shared/part.typ.j2", &values).map_err(|d| vec![d])?;
        let job = Job {
            name: format!("{} in the submission", made.document.title),
            main: "/main.typ".into(),
            sources: [("/main.typ".into(), main), (made.document.path(), made.source.clone())].into(),
            files: workshop.pictures(),
            flavour: Flavour::WithAttachments,
            ident: String::new(),
            date: workshop.checked.date(),
            statements_count: made.document.spec.role == DocumentRole::Blank,
        };
        let leaves = workshop.engine.lay_out(&job)?;
        if leaves.pages == made.typeset.pages && leaves.found.marks == made.typeset.found.marks {
            return Ok(leaves);
        }
        let text = format!("{} breaks its pages differently inside the submission", made.document.id);
        Err(vec![
            Diagnostic::error(Builtin::TypesetFailed, text)
                .hint("this is a defect of the house style: please report it"),
        ])
    }
}
