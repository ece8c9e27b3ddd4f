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
mod reader;
mod roster;
mod screen;

pub(super) use reader::child;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::{print, print_with, problems, write_json};
use super::{Format, IO, Outcome, PROBLEMS, exit_code, write};
use crate::audit::{Desk, Input, Layouts, Limits, Options, Report, Roster, audit_with};
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic};
use outputs::Outputs;

/// Set when the program is told to stop.
static STOP: AtomicBool = AtomicBool::new(false);

/// Arguments of `audit`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Packs, downloads of a learning platform, or folders with either of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Leave out what takes long: what packs hold, comparing them, and files that are no packs
    #[arg(long)]
    quick: bool,
    /// Build each pack again from the profile inside and compare every byte; about ten seconds a pack
    #[arg(long, conflicts_with = "quick")]
    rebuild: bool,
    /// A regular expression over the names in a download, with groups such as `(?<name>…)`, `(?<id>…)`,
    /// `(?<attempt>…)`, `(?<late>…)` and `(?<file>…)`, instead of the known platforms
    #[arg(long, value_name = "REGEX", value_parser = pattern)]
    pattern: Option<String>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The order in which learners are printed
    #[arg(long, value_enum, default_value_t)]
    sort: Order,
    /// Print everything that was found, also for a large class
    #[arg(long)]
    details: bool,
    /// Write the whole result as JSON into a file too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    against: against::Args,
    #[command(flatten)]
    roster: roster::Args,
    #[command(flatten)]
    back: back::Args,
    #[command(flatten)]
    genuine: genuine::Args,
    #[command(flatten)]
    outputs: Outputs,
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
    let desk = Desk::new(Limits::default(), args.quick, &STOP).with_catalog(catalog).with_reader(&reader);
    let earlier = args.against.earlier(&layouts, &desk)?;
    let people = roster.iter().flat_map(Roster::people);
    let genuine = if args.quick { None } else { Some(args.genuine.load(catalog)?.with_people(people)) };
    let desk = desk.with_roster(roster.as_ref()).with_rebuild(args.rebuild).with_genuine(genuine.as_ref());
    let references = args.genuine.references(&desk.limits);
    let mut report = audited((&args.paths, &references), &layouts, &desk)?;
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
            print(&format!("{screen}{}{}", roster::told(&report), against::told(&report)))?
        }
    };
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

fn audited(
    (paths, references): (&[PathBuf], &[Input<'_>]),
    layouts: &Layouts,
    desk: &Desk<'_>,
) -> Result<Report, Vec<Diagnostic>> {
    let inputs: Vec<Input<'_>> = paths.iter().map(|path| input(path, &desk.limits)).collect();
    let bar = progress();
    let step = |done: usize, known: usize| {
        bar.set_length(known as u64);
        bar.set_position(done as u64);
    };
    let options = Options { layouts, desk, progress: &step };
    let report = audit_with(&inputs, references, &options);
    bar.finish_and_clear();
    Ok(report)
}

fn input<'a>(path: &'a Path, limits: &'a Limits) -> Input<'a> {
    Input { name: path.display().to_string(), open: Box::new(move || disk::open(path, limits)) }
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let template = "{bar:30} {pos}/{len} submissions, {per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
    bar
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
