//! `evipack confirm`: the learner has read every place that the checklist names.
//!
//! Owns what is written into the profile, and the day. The rest of the file stays as it is.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::{display, print, problems};
use super::{Outcome, PROBLEMS, files, write};
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, stops_build};
use crate::{Options, honesty};

/// The part of the profile that is written.
const PART: &str = "mapping_confirmed";

/// Arguments of `confirm`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The profile, a JSON file; the confirmation is written into it
    profile: PathBuf,
    /// The day of the confirmation, year-month-day; today when it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<jiff::civil::Date>,
}

fn day(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "write year-month-day, such as 2026-11-20".into())
}

/// Confirms the mapping as it stands.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    let (checked, name) = match files::checked(catalog, &args.profile) {
        Ok(found) => found,
        Err(stopped) => return stopped.tell(),
    };
    if stops_build(&checked.problems, true) {
        problems(&checked.problems, Some(&checked.profile.source.text));
        let text = format!("nothing was confirmed: `{name}` has errors");
        problems(
            &[Diagnostic::error(Builtin::ProfileInvalid, text).hint("mend them, then confirm again")],
            None,
        );
        return Ok(ExitCode::from(PROBLEMS));
    }
    let draft = stops_build(&checked.problems, false);
    let options = Options { draft, annotate: false, progress: &|_| {}, stop: &|| false, threads: None };
    let pack = crate::build(catalog, &checked, &options)?;
    let on = args.on.unwrap_or_else(today).to_string();
    let text = checked.profile.source.with_part(PART, &honesty::confirmation(&pack.matrix, &on));
    write::write_atomically(&args.profile, text.as_bytes()).map_err(|d| vec![d])?;
    let places: usize = pack.matrix.rows.iter().filter(|r| !r.group).map(|r| r.evidence.len()).sum();
    print(&format!(
        "Confirmed   {places} places of evidence, as of {on}\nWritten     {} (part `{PART}`; the rest is unchanged)\nFrom now on `evipack build` says which of them have changed since.\n",
        display(&name)
    ))
}

fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
