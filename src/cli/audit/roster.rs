//! The class list, and what is printed of those who are absent.

use std::path::PathBuf;

use crate::audit::{Report, Roster};
use crate::cli::files;
use crate::cli::output::{display, wrapped};
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// The most bytes of a class list that are read.
const MOST: u64 = 16 << 20;

/// The class list.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Say who handed in nothing: a class list whose first row is such as name,id,username,email
    #[arg(long, value_name = "FILE.csv", help_heading = super::COMPARED)]
    roster: Option<PathBuf>,
}

impl Args {
    /// Reads the list, if one is named.
    pub(super) fn read(&self) -> Result<Option<Roster>, Diagnostics> {
        let Some(path) = &self.roster else { return Ok(None) };
        let name = path.display().to_string();
        let problem = |code, why: &str| {
            let problem = Diagnostic::error(code, format!("the class list `{name}` cannot be used: {why}"));
            vec![
                problem
                    .at(Place::whole(&name))
                    .hint("give it a first row with headers such as name,id,username,email"),
            ]
        };
        let bytes = files::read(path, MOST).map_err(|why| problem(Builtin::FileUnreadable, &why))?;
        Roster::read(&bytes).map(Some).map_err(|why| problem(Builtin::DataInvalid, &why))
    }
}

/// Puts into words who is absent.
pub(super) fn told(report: &Report) -> String {
    let Some(absent) = &report.absent else { return String::new() };
    if absent.is_empty() {
        return "Everybody on the class list handed in\n".into();
    }
    let person = |e: &crate::audit::Entry| {
        let id = e.id.as_ref().or(e.username.as_ref()).filter(|id| *id != e.shown());
        format!("{}{}", e.shown(), id.map(|id| format!(" ({id})")).unwrap_or_default())
    };
    let names: Vec<String> = absent.iter().map(|e| display(&person(e)).replace('\n', " ")).collect();
    wrapped(
        &format!("Handed in nothing ({}): {}", names.len(), names.join(", ")),
        "",
        super::screen::columns(),
    )
}
