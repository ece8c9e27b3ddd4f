//! The command line: arguments, exit codes and nothing else.
//!
//! Owns everything that talks to a person or a disk, one subcommand a file. Exit codes: 0 fine,
//! 1 problems found, 2 wrong usage, 3 could not read or write, 4 internal error.

mod audit;
mod build;
mod check;
mod confirm;
mod files;
mod import;
mod init;
mod output;
mod unit;
mod words;
mod write;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::catalog::Catalog;
use crate::diag::{Builtin, Code, Diagnostics};
pub use words::words;

/// Problems were found in what the user wrote.
const PROBLEMS: u8 = 1;
/// Something could not be read or written.
const IO: u8 = 3;
/// The program itself is wrong.
const INTERNAL: u8 = 4;

/// Turns one organisation profile into an assessment-ready evidence pack.
#[derive(Parser)]
#[command(
    name = "evipack",
    version,
    about,
    max_term_width = 100,
    after_help = "\
First steps, each typed on one line and followed by Enter:

  evipack init my-work                                      writes my-work/profile.json
  evipack check my-work/profile.json                        says what is missing
  evipack build --draft -o draft.zip my-work/profile.json   makes a draft of all documents

The profile is a text file: fill it in with a text editor (such as Notepad), not with Word."
)]
struct Args {
    /// A folder whose templates, schemas and units are used instead of the built-in ones of the same name
    #[arg(long, global = true, value_name = "DIR")]
    catalog: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start here: write a new profile, empty to fill in or as a copy of a sample
    Init(init::Args),
    /// Read a profile and say what is wrong or missing and what to do next; it changes nothing
    Check(check::Args),
    /// Bring figures into a profile from the files that Facebook and other platforms export
    Import(import::Args),
    /// Make the pack: all documents, the checklist and the data, in one zip file
    Build(build::Args),
    /// Record that you have read every page the checklist points to; later builds name those that changed
    Confirm(confirm::Args),
    /// For assessors: see whether packs, or those of a whole class, are complete and unchanged, and whose they are
    Audit(Box<audit::Args>),
    /// Read the text of a PDF from standard input: a part of `audit` that runs apart from it
    #[command(hide = true)]
    ReadPages,
    /// Show the units of competency; write blank forms and oral questions for assessors
    Unit(unit::Args),
    /// For programmers: print a JSON Schema, for editors and forms; without a name, list them
    Schema {
        /// Which one, such as `profile`
        name: Option<String>,
    },
    /// For programmers: print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For other programs
    Json,
}

/// What a subcommand ends with: an exit code, or problems that stopped it.
type Outcome = Result<ExitCode, Diagnostics>;

/// Runs the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            return if error.print().is_ok() { ExitCode::from(code) } else { ExitCode::from(IO) };
        }
    };
    match dispatch(args) {
        Ok(code) => code,
        Err(problems) => {
            output::problems(&problems, None);
            ExitCode::from(exit_code(&problems))
        }
    }
}

fn dispatch(args: Args) -> Outcome {
    let catalog = match &args.catalog {
        Some(folder) => files::catalog(folder)?,
        None => Catalog::embedded(),
    };
    match args.command {
        Command::Init(args) => init::run(&catalog, &args),
        Command::Check(args) => check::run(&catalog, &args),
        Command::Import(args) => import::run(&catalog, &args),
        Command::Build(args) => build::run(&catalog, &args),
        Command::Confirm(args) => confirm::run(&catalog, &args),
        Command::Audit(args) => audit::run(&catalog, &args),
        Command::ReadPages => audit::child(&catalog),
        Command::Unit(args) => unit::run(&catalog, &args),
        Command::Schema { name } => unit::schema(&catalog, name.as_deref()),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "evipack", &mut script);
            output::print(&String::from_utf8_lossy(&script))
        }
    }
}

fn exit_code(problems: &Diagnostics) -> u8 {
    let has = |wanted: &[Builtin]| {
        problems.iter().any(|d| matches!(&d.code, Code::Builtin(c) if wanted.contains(c)))
    };
    if has(&[Builtin::FileUnreadable, Builtin::FileUnwritable]) {
        IO
    } else if has(&[Builtin::CatalogInvalid, Builtin::TemplateFailed, Builtin::TypesetFailed]) {
        INTERNAL
    } else {
        PROBLEMS
    }
}
