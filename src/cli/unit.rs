//! `evipack unit` and `evipack schema`: what the program knows.

mod questions;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::output::{display, print};
use super::{Outcome, write};
use crate::blank::{Forms, blank};
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic};
use crate::unit::Unit;

/// Arguments of `unit`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the units that packs can be made for
    List,
    /// Show a unit: its requirements, its documents, where its wording comes from
    Show {
        /// The unit's code
        code: String,
    },
    /// Write the unit's blank forms: mapping matrix, observation checklist, evidence guide,
    /// self-assessment, assessor record
    Blank {
        /// The unit's code
        code: String,
        /// The folder to write into
        #[arg(short, long, value_name = "DIR")]
        out_dir: PathBuf,
    },
    /// For the assessor: oral questions made from a learner's own figures and choices, with the pages
    /// of the pack to look at
    Questions {
        /// The learner's profile
        profile: PathBuf,
        /// The PDF file to write; without it the questions are printed
        #[arg(short, long, value_name = "QUESTIONS.pdf")]
        output: Option<PathBuf>,
    },
}

/// Shows units.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    match &args.command {
        Command::List => {
            let mut out = String::new();
            for code in catalog.units() {
                let unit = Unit::load(catalog, &code)?;
                let _ = writeln!(out, "{code}  {} ({})", field(&unit, "title"), field(&unit, "release"));
            }
            print(&out)
        }
        Command::Show { code } => print(&show(&Unit::load(catalog, code)?)),
        Command::Blank { code, out_dir } => write_blank(catalog, code, out_dir),
        Command::Questions { profile, output } => questions::run(catalog, profile, output.as_deref()),
    }
}

fn field<'a>(unit: &'a Unit, name: &str) -> &'a str {
    unit.value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn show(unit: &Unit) -> String {
    let mut out = format!("{}  {}\n\n", unit.code, field(unit, "title"));
    for (label, name) in
        [("Release", "release"), ("Source", "source"), ("Licence", "licence"), ("Relation", "relation")]
    {
        let text = super::output::wrapped(field(unit, name), "           ", 84);
        let _ = writeln!(out, "{label:<10} {}", text.trim());
    }
    out.push_str("\nRequirements\n\n");
    for requirement in &unit.requirements {
        let depth = if requirement.parent.is_some() { "  " } else { "" };
        let confirm = if requirement.confirm { " [assessor to confirm]" } else { "" };
        let count = requirement.count.as_ref().map(|c| {
            let whose = if c.convention { ", a convention of this program" } else { "" };
            format!(" [{} {}{whose}]", c.required, c.of)
        });
        let line = format!("{} {}{confirm}{}", requirement.id, requirement.text, count.unwrap_or_default());
        out.push_str(&super::output::wrapped(&line, depth, 92));
    }
    out.push_str("\nDocuments\n\n");
    for document in &unit.documents {
        let _ = writeln!(out, "{:<4} {}", document.id, document.title);
    }
    out
}

/// Writes the blank forms as new files.
fn write_blank(catalog: &Catalog, code: &str, folder: &Path) -> Outcome {
    let forms = blank(catalog, code)?;
    write::check_new(folder, forms.files.keys()).map_err(|d| vec![d])?;
    for (name, form) in &forms.files {
        write::write_new(&folder.join(name), &form.bytes).map_err(|d| vec![d])?;
    }
    print(&written(&forms, folder))
}

fn written(forms: &Forms, folder: &Path) -> String {
    let mut out = format!("Written   {}\n\n", display(&folder.display().to_string()));
    let width = forms.files.keys().map(String::len).max().unwrap_or_default();
    for (name, form) in &forms.files {
        let size = match form.pages {
            Some(1) => "1 page".into(),
            Some(pages) => format!("{pages} pages"),
            None => "spreadsheet".into(),
        };
        let _ = writeln!(out, "  {name:width$}  {}, {size}", form.title);
    }
    if !forms.left_out.is_empty() {
        let _ = writeln!(out, "\nLeft out  {}: the unit has no guide.json", forms.left_out.join(", "));
    }
    out.push_str("\nResults, dates and signatures are blank: they are the assessor's.\n");
    out
}

/// Prints a schema, or the list of schemas.
pub(super) fn schema(catalog: &Catalog, name: Option<&str>) -> Outcome {
    let names: Vec<String> = catalog
        .list("schemas")
        .iter()
        .filter_map(|n| Some(n.strip_prefix("schemas/")?.strip_suffix(".schema.json")?.to_owned()))
        .collect();
    let Some(name) = name else { return print(&format!("{}\n", names.join("\n"))) };
    if !names.iter().any(|n| n == name) {
        let problem = Diagnostic::error(Builtin::ProfileInvalid, format!("there is no schema `{name}`"));
        return Err(vec![problem.hint(format!("there are: {}", names.join(", ")))]);
    }
    print(&catalog.text(&format!("schemas/{name}.schema.json")).map_err(|d| vec![d])?)
}
