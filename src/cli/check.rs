//! `evipack check`: what is wrong or missing in a profile, and what to do next.
//!
//! Owns the arguments and which kind of answer is given. The answers stand in their own files: the
//! report for a person, the one for a program, the watch, and the explanation of a check.

mod coverage;
mod explained;
mod machine;
mod report;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::{print, strong};
use super::{Format, Outcome, PROBLEMS, files};
use crate::catalog::Catalog;
use crate::{Checked, Checker};
use files::Stopped;

/// Arguments of `check`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The profile, a JSON file
    #[arg(required_unless_present = "explain")]
    profile: Option<PathBuf>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show the line of the profile with each problem, and every requirement with its status
    #[arg(short, long)]
    verbose: bool,
    /// List every problem, also those that are alike or wait for others
    #[arg(long)]
    all: bool,
    /// Check again each time the profile, or a file that it names, is saved
    #[arg(long, conflicts_with = "explain")]
    watch: bool,
    /// Say what a check asks for and why, by its code, such as `reference-unknown`
    #[arg(long, value_name = "CODE", conflicts_with = "format")]
    explain: Option<String>,
    #[command(flatten)]
    conventions: files::Conventions,
}

/// How much a person is told.
#[derive(Clone, Copy)]
struct Depth {
    verbose: bool,
    all: bool,
}

/// Judges a profile, once or again and again, or explains a check.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    if let Some(code) = &args.explain {
        return explained::run(catalog, code, args.profile.as_deref());
    }
    let catalog = &args.conventions.within(catalog)?;
    let profile = args.profile.as_deref().expect("the arguments ask for a profile");
    let mut checker = Checker::new(catalog);
    if args.watch {
        return watch::run(&mut checker, args, profile);
    }
    match files::checked_again(&mut checker, profile) {
        Ok(checked) => {
            let printed = print(&args.answer(&checked))?;
            Ok(if checked.is_clean() { printed } else { ExitCode::from(PROBLEMS) })
        }
        Err(stopped) if args.format == Format::Json && stopped.was_read() => {
            print(&machine::stopped(&stopped.problems))?;
            Ok(stopped.code())
        }
        Err(stopped) => stopped.tell(),
    }
}

impl Args {
    fn answer(&self, checked: &Checked) -> String {
        match self.format {
            Format::Human => report::report(checked, Depth { verbose: self.verbose, all: self.all }),
            Format::Json => machine::report(checked),
        }
    }

    fn answer_stopped(&self, stopped: &Stopped) -> String {
        match self.format {
            Format::Human => format!("{}{}\n", stopped.words(), strong("Mend this first.")),
            Format::Json => machine::stopped(&stopped.problems),
        }
    }
}
