//! `evipack import`: figures from the files that platforms export.
//!
//! Owns the conversation: what was understood is shown before anything is written, and nothing is
//! written without a yes. Refuses to write a part: all files and the profile, or nothing.

mod show;

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::civil::Date;

use super::output::print;
use super::{Format, Outcome, PROBLEMS, files, write};
use crate::Checked;
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};
use crate::import::{Answers, Plan};

/// Which number of a date comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Dates {
    /// 3/7/2026 is 3 July
    DayFirst,
    /// 7/3/2026 is 3 July
    MonthFirst,
}

/// Arguments of `import`.
#[derive(clap::Args)]
#[command(after_help = "\
Name the files as the platforms gave them: nothing has to be opened or changed first. Everything that was
understood is shown before anything is written. Reach is never added up: type the reach of a period yourself.

  evipack import Downloads/*.csv --into my-organisation/profile.json")]
pub(super) struct Args {
    /// The exported files: CSV, Excel or zip, as the platform gave them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The profile that gets the figures
    #[arg(long, value_name = "PROFILE")]
    into: PathBuf,
    /// Only show what would be written
    #[arg(long)]
    dry_run: bool,
    /// Write without asking
    #[arg(short, long, conflicts_with = "dry_run")]
    yes: bool,
    /// Put new numbers in the place of different ones that are there already
    #[arg(long)]
    replace: bool,
    /// Use a period although days of it are missing in the file
    #[arg(long)]
    partial: bool,
    /// Whose numbers these are, by the platform's id in the profile, where several could be meant
    #[arg(long, value_name = "ID")]
    platform: Option<String>,
    /// Of which period the numbers are, by its id, where the file does not say
    #[arg(long, value_name = "ID")]
    period: Option<String>,
    /// Which comes first in dates that can be read both ways
    #[arg(long, value_enum, value_name = "ORDER")]
    dates: Option<Dates>,
    /// The year of the first row, where the file writes dates without a year
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(2000..2100))]
    year: Option<i16>,
    /// The day of the export; otherwise the day on which the file was saved
    #[arg(long, value_name = "YYYY-MM-DD")]
    exported_on: Option<Date>,
    /// Who exported the files, by the person's id in the profile; otherwise the learner
    #[arg(long, value_name = "ID")]
    by: Option<String>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Reads exports, shows what was understood, and writes it after a yes.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    write::remove_on_signal();
    let (checked, name) = match files::checked(catalog, &args.into) {
        Ok(found) => found,
        Err(stopped) => return stopped.tell(),
    };
    let folder = args.into.parent().unwrap_or(Path::new(""));
    let exports = files::exports(&args.files)?;
    let is_taken = |file: &str| folder.join(file).symlink_metadata().is_ok();
    let found = crate::import(catalog, &checked, (&exports, &args.answers()), &is_taken)?;
    let is_open = !found.problems.is_empty() || !found.questions.is_empty();
    if args.format == Format::Human {
        print(&show::understood(&found, args.replace))?;
    }
    let outcome = match &found.plan {
        _ if is_open => "nothing was written: the questions and problems above come first".to_owned(),
        None => "nothing was written: there is nothing new (no rows in the file, or only numbers that the profile has)".to_owned(),
        Some(_) if args.dry_run => "nothing was written, as you wished".to_owned(),
        Some(plan) => match args.agreed(&name)? {
            Ok(()) => {
                store(&checked, args, plan).map_err(|d| vec![d])?;
                format!("written into `{name}`")
            }
            Err(why) => why.to_owned(),
        },
    };
    match args.format {
        Format::Human => print(&show::outcome(&found, &outcome))?,
        Format::Json => print(&show::json(&found, outcome.starts_with("written")))?,
    };
    Ok(if is_open { ExitCode::from(PROBLEMS) } else { ExitCode::SUCCESS })
}

impl Args {
    fn answers(&self) -> Answers {
        Answers {
            platform: self.platform.clone(),
            period: self.period.clone(),
            day_first: self.dates.map(|d| d == Dates::DayFirst),
            year: self.year,
            exported_on: self.exported_on,
            by: self.by.clone(),
            replace: self.replace,
            partial: self.partial,
        }
    }

    /// Asks whether to write, where somebody can answer; otherwise says why not.
    fn agreed(&self, profile: &str) -> Result<Result<(), &'static str>, Diagnostics> {
        if self.yes {
            return Ok(Ok(()));
        }
        if self.format == Format::Json || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal()
        {
            return Ok(Err("nothing was written: add `--yes` to write it"));
        }
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "\nWrite this into `{}`? [y/N] ", super::output::display(profile));
        let _ = err.flush();
        let mut answer = String::new();
        let unread = |e: std::io::Error| {
            vec![Diagnostic::error(Builtin::FileUnreadable, format!("the answer cannot be read: {e}"))]
        };
        std::io::stdin().lock().read_line(&mut answer).map_err(unread)?;
        let is_yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
        Ok(if is_yes { Ok(()) } else { Err("nothing was written, as you wished") })
    }
}

/// Writes the new files, then the profile that names them, then older files that lose rows.
fn store(checked: &Checked, args: &Args, plan: &Plan) -> Result<(), Diagnostic> {
    let folder = args.into.parent().unwrap_or(Path::new(""));
    let is_same =
        std::fs::read(&args.into).is_ok_and(|now| now.ends_with(checked.profile.source.text.as_bytes()));
    if !is_same {
        let name = args.into.display().to_string();
        let text = format!("`{name}` was changed while this command was running");
        let problem = Diagnostic::error(Builtin::FileUnwritable, text).at(Place::whole(&name));
        return Err(problem.hint("nothing was written; run the command again"));
    }
    write::check_target(&args.into)?;
    write::check_new(folder, plan.new_files.keys())?;
    let mut made = Vec::new();
    let written = plan.new_files.iter().try_for_each(|(name, bytes)| {
        let path = folder.join(name);
        write::write_new(&path, bytes)?;
        made.push(path);
        Ok(())
    });
    let written = written.and_then(|()| write::write_atomically(&args.into, plan.profile.as_bytes()));
    if let Err(problem) = written {
        // The first problem is the one to tell; a file that stays behind is named by nothing.
        made.iter().for_each(|path| drop(std::fs::remove_file(path)));
        return Err(problem);
    }
    plan.changed_files.iter().try_for_each(|(name, bytes)| write::write_atomically(&folder.join(name), bytes))
}
