//! `evipack audit`: what packs and downloads of packs hold, for a person or a program.
//!
//! Exit codes: 0 nothing worse than a warning, 1 problems in a submission, 2 wrong usage, 3 an input
//! could not be read or the report not written, 4 internal error, 130 told to stop (what is finished
//! is printed).

mod against;
mod back;
mod disk;
mod genuine;
mod outputs;
mod progress;
mod reader;
mod roster;
mod screen;
mod shelf;

pub(super) use reader::child;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::output::{print, print_with, problems, write_json};
use super::{Format, IO, Outcome, PROBLEMS, exit_code, write};
use crate::audit::{Aside, Desk, Input, Layouts, Limits, Options, Report, Roster, audit_with};
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic};
use clap::ValueEnum;
use outputs::Outputs;

/// What options of comparing stand under in the help.
const COMPARED: &str = "What hand-ins are compared with";

/// Set when the program is told to stop.
static STOP: AtomicBool = AtomicBool::new(false);

/// Arguments of `audit`.
#[derive(clap::Args)]
#[command(after_help = "\
Try first, each typed on one line and followed by Enter:

  evipack audit class.zip                     a line for each learner
  evipack audit class.zip --html class.html   a page too: open it in your browser

Instead of typing the name of a file or folder, drag it into this window. Nothing is unpacked,
changed or sent. Ctrl-C stops: what is finished by then is printed and kept.")]
pub(super) struct Args {
    /// A pack, the download of a class as your learning platform made it, or a folder with either
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only look whether packs are whole and unchanged, not at their pages: a large class takes seconds
    #[arg(long)]
    quick: bool,
    /// Also build each pack again from the profile inside and compare every byte: about ten seconds a pack
    #[arg(long, conflicts_with = "quick")]
    rebuild: bool,
    /// Print everything that was found, and not only the first thing for each learner
    #[arg(long)]
    details: bool,
    /// Whom the list begins with
    #[arg(long, value_enum, default_value_t)]
    sort: Order,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How a platform that evipack does not know names its files: a regular expression with groups such
    /// as `(?<name>…)`, `(?<id>…)`, `(?<attempt>…)`, `(?<late>…)` and `(?<file>…)`
    #[arg(long, value_name = "REGEX", value_parser = pattern)]
    pattern: Option<String>,
    #[command(flatten)]
    outputs: Outputs,
    /// Everything that was found, for other programs (see `evipack schema audit`)
    #[arg(long, value_name = "FILE", help_heading = outputs::HEADING)]
    json: Option<PathBuf>,
    #[command(flatten)]
    roster: roster::Args,
    #[command(flatten)]
    against: against::Args,
    #[command(flatten)]
    genuine: genuine::Args,
    #[command(flatten)]
    back: back::Args,
}

/// The order of learners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// The worst first, then by name
    #[default]
    Worst,
    /// By name
    Name,
}

fn pattern(text: &str) -> Result<String, String> {
    Layouts::own(text).map(|_| text.to_owned())
}

/// Audits everything that is named.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    write::flag_on_signal(&STOP);
    args.outputs.check(args.json.as_ref())?;
    args.back.check()?;
    let roster = args.roster.read()?;
    let layouts = match &args.pattern {
        Some(own) => Layouts::own(own)
            .map_err(|why| vec![Diagnostic::error(Builtin::ProfileInvalid, format!("--pattern: {why}"))])?,
        None => Layouts::load(catalog)?,
    };
    let reader = reader::ChildReader::default();
    let aside = Aside::on(Arc::new(shelf::Notes::new()));
    let desk = Desk::new(Limits::default(), args.quick, &STOP);
    let desk = desk.with_catalog(catalog).with_reader(&reader).with_aside(aside);
    let earlier = args.against.earlier(&layouts, &desk)?;
    let people = roster.iter().flat_map(Roster::people);
    let genuine = if args.quick { None } else { Some(args.genuine.load(catalog)?.with_people(people)) };
    let desk = desk.with_roster(roster.as_ref()).with_rebuild(args.rebuild).with_genuine(genuine.as_ref());
    let references = args.genuine.references(&desk.limits);
    let mut report = audited((&args.paths, &references), &layouts, &desk);
    if let Some((path, earlier)) = &earlier {
        report.compare(path, earlier);
    }
    if let Some(target) = &args.json {
        write::write_atomically_with(target, |out| write_json(&report, out)).map_err(|d| vec![d])?;
    }
    let printed = match args.format {
        Format::Json => print_with(|out| write_json(&report, out))?,
        Format::Human => {
            let screen = screen::report(&report, args.sort, args.details);
            let more = screen::more(&report, args.details);
            print(&format!("{screen}{}{}{more}", roster::told(&report), against::told(&report)))?
        }
    };
    if report.is_empty() {
        problems(&unreadable(&report), None);
        return Ok(ExitCode::from(IO));
    }
    let back = args.back.write(catalog, &report)?;
    if args.format == Format::Human {
        print(&back)?;
    }
    let written = args.outputs.write(catalog, &report, &STOP);
    if args.format == Format::Human {
        print(&written.told)?;
    }
    outputs::tell(&written);
    problems(&unreadable(&report), None);
    if !written.failed.is_empty() && !STOP.load(Ordering::Relaxed) {
        return Ok(ExitCode::from(exit_code(&written.failed)));
    }
    Ok(code(&report, printed))
}

fn audited((paths, references): (&[PathBuf], &[Input<'_>]), layouts: &Layouts, desk: &Desk<'_>) -> Report {
    let (once, again) = disk::distinct(paths);
    let inputs: Vec<Input<'_>> = once.iter().map(|nth| input(&paths[*nth], &desk.limits)).collect();
    let bar = progress::bar(0, "packs", "comparing");
    let step = |done: usize, known: usize| {
        bar.set_length(known as u64);
        bar.set_position(done as u64);
    };
    let options = Options { layouts, desk, progress: &step };
    let mut report = audit_with(&inputs, references, &options);
    bar.finish_and_clear();
    for (nth, around) in again {
        report.named_again(&paths[nth].display().to_string(), &paths[around].display().to_string());
    }
    report
}

fn input<'a>(path: &'a Path, limits: &'a Limits) -> Input<'a> {
    Input { name: path.display().to_string(), open: Box::new(move || disk::open(path, limits)) }
}

fn unreadable(report: &Report) -> Vec<Diagnostic> {
    let inputs = report.inputs.iter().filter(|i| i.unreadable);
    let told = inputs.flat_map(|i| i.findings.iter().map(move |f| (i, f)));
    told.map(|(input, finding)| {
        let text = format!("`{}`: {}", input.path, finding.message);
        let problem = Diagnostic::error(Builtin::FileUnreadable, text);
        finding.hint.iter().fold(problem, |p, hint| p.hint(hint))
    })
    .collect()
}

fn code(report: &Report, printed: ExitCode) -> ExitCode {
    if report.stopped || STOP.load(Ordering::Relaxed) {
        ExitCode::from(write::STOPPED)
    } else if printed != ExitCode::SUCCESS {
        printed
    } else if report.inputs.iter().any(|i| i.unreadable) {
        ExitCode::from(IO)
    } else if report.has_problems() {
        ExitCode::from(PROBLEMS)
    } else {
        ExitCode::SUCCESS
    }
}
