//! `evipack build`: the pack as a zip file, or as a folder.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::{display, findings, print, problems};
use super::{Outcome, PROBLEMS, files, write};
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, stops_build};
use crate::{Checked, Options, Pack};

/// Arguments of `build`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The profile, a JSON file
    profile: PathBuf,
    /// The zip file to write
    #[arg(short, long, value_name = "PACK.zip", required_unless_present_any = ["out_dir", "sources"])]
    output: Option<PathBuf>,
    /// Write the same files into a folder instead of a zip file
    #[arg(long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    /// Write the Typst sources of the documents into a folder
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// Build although parts are missing: they are marked, and every page says that it is a draft
    #[arg(long)]
    draft: bool,
    /// Print the ids of the requirements in the margin, beside their evidence
    #[arg(long)]
    annotate: bool,
    #[command(flatten)]
    conventions: files::Conventions,
}

/// Builds a pack and writes it.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    write::remove_on_signal();
    if let Some(target) = &args.output {
        write::check_target(target).map_err(|d| vec![d])?;
    }
    let catalog = &args.conventions.within(catalog)?;
    let (checked, name) = match files::checked(catalog, &args.profile) {
        Ok(found) => found,
        Err(stopped) => return stopped.tell(),
    };
    if stops_build(&checked.problems, args.draft) {
        refuse(&checked, &name, args.draft);
        return Ok(ExitCode::from(PROBLEMS));
    }
    let bar = progress(&checked);
    let step = |title: &str| {
        bar.set_message(title.to_owned());
        bar.inc(1);
    };
    let options = Options {
        draft: args.draft,
        annotate: args.annotate,
        progress: &step,
        stop: &|| false,
        threads: None,
    };
    let pack = crate::build(catalog, &checked, &options);
    bar.finish_and_clear();
    let pack = pack?;
    let written = store(&pack, args)?;
    print(&format!("{}{}", summary(&pack, &written, args.draft), findings(&pack.matrix.advice())))
}

fn refuse(checked: &Checked, name: &str, draft: bool) {
    problems(&checked.problems, Some(&checked.profile.source.text));
    let gaps = checked.problems.iter().filter(|d| d.is_gap()).count();
    let only_gaps = !stops_build(&checked.problems, true);
    let text = match (gaps, only_gaps) {
        (0, _) => format!("nothing was written: `{name}` has errors"),
        (1, _) => format!("nothing was written: `{name}` has errors, and a mandatory part is missing"),
        (n, _) => format!("nothing was written: `{name}` has errors, and {n} mandatory parts are missing"),
    };
    let problem = Diagnostic::error(Builtin::ProfileInvalid, text);
    let hint = if only_gaps && !draft {
        "fill them in, or add --draft to your command to make a draft without them"
    } else {
        "mend them, then build again"
    };
    problems(&[problem.hint(hint)], None);
}

fn progress(checked: &Checked) -> ProgressBar {
    let bar = ProgressBar::new(checked.unit.documents.len() as u64 + 3);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style =
        ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}").expect("the template is valid");
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn store(pack: &Pack, args: &Args) -> Result<Vec<String>, Vec<Diagnostic>> {
    let mut written = Vec::new();
    if let Some(target) = &args.output {
        write::write_atomically(target, &pack.bundle.zip()).map_err(|d| vec![d])?;
        written.push(target.display().to_string());
    }
    if let Some(folder) = &args.out_dir {
        write::write_tree(folder, &pack.bundle.files).map_err(|d| vec![d])?;
        written.push(folder.display().to_string());
    }
    if let Some(folder) = &args.sources {
        write::write_tree(folder, &pack.sources).map_err(|d| vec![d])?;
        written.push(folder.display().to_string());
    }
    Ok(written)
}

fn summary(pack: &Pack, written: &[String], draft: bool) -> String {
    let totals = pack.matrix.totals;
    let rows = totals.met + totals.partly_met + totals.missing;
    let kind = if draft { "Draft written" } else { "Written" };
    let places: Vec<String> = written.iter().map(|w| display(w)).collect();
    let accepted = match totals.accepted {
        0 => String::new(),
        n => format!("; {n} left open with a reason"),
    };
    format!(
        "{kind}   {}\nHolds     {} documents with {} pages, and all of them in submission.pdf\nCoverage  {} met, {} partly met, {} missing of {rows} requirements; {} for the assessor to confirm{accepted}\nPack id   {}\n",
        places.join(", "),
        pack.documents,
        pack.pages,
        totals.met,
        totals.partly_met,
        totals.missing,
        totals.confirm,
        pack.bundle.id(),
    )
}
