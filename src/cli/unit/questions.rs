//! `evipack unit questions`: what an assessor can ask this learner, and where to look meanwhile.

use std::path::Path;

use crate::catalog::Catalog;
use crate::cli::output::{display, item, print, problems, strong, width};
use crate::cli::{Outcome, PROBLEMS, files, write};
use crate::diag::stops_build;
use crate::questions::{Question, Sheet, questions};

/// Makes the questions and prints them, or writes the sheet.
pub(super) fn run(catalog: &Catalog, profile: &Path, output: Option<&Path>) -> Outcome {
    write::remove_on_signal();
    if let Some(target) = output {
        write::check_target(target).map_err(|d| vec![d])?;
    }
    let (checked, _) = match files::checked(catalog, profile) {
        Ok(found) => found,
        Err(stopped) => return stopped.tell(),
    };
    if stops_build(&checked.problems, true) {
        problems(&checked.problems, Some(&checked.profile.source.text));
        return Ok(PROBLEMS.into());
    }
    let sheet = questions(catalog, &checked, &|_| {})?;
    match output {
        None => print(&text(&sheet)),
        Some(target) => {
            write::write_atomically(target, &sheet.pdf).map_err(|d| vec![d])?;
            let name = display(&target.display().to_string());
            let (count, pages) = (sheet.questions.len(), sheet.pages);
            print(&format!(
                "Written   {name}\nHolds     {count} questions on {pages} pages, with room for notes\nFor       the assessor only: it is no part of the pack\n"
            ))
        }
    }
}

fn text(sheet: &Sheet) -> String {
    let all = sheet.questions.iter().enumerate().map(|(i, q)| question(i + 1, q));
    all.collect::<Vec<_>>().join("\n")
}

fn question(number: usize, question: &Question) -> String {
    let mut out = format!("{}\n", strong(&format!("{number}. {}", display(&question.topic))));
    out.push_str(&item("   ", &display(&question.text), width()));
    for place in &question.places {
        let text = format!(
            "{} {}, section {}, page {} (page {} of the whole submission)",
            place.document, place.title, place.section, place.page, place.submission_page
        );
        out.push_str(&item("   Look at: ", &display(&text), width()));
    }
    for sign in &question.listens_for {
        out.push_str(&item("   Listen for: ", &display(sign), width()));
    }
    out
}
