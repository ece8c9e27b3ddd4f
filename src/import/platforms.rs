//! Whose numbers a table holds.
//!
//! Owns the match between what an export says and the platforms of the profile. Refuses to choose
//! between two: it asks.

use super::format::{Format, PlatformWords, TableForm};
use super::known::Known;
use super::trouble;
use super::words::{holds, listing};
use crate::diag::Diagnostic;

/// A platform of the profile.
#[derive(Clone, Debug)]
pub(super) struct Platform {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Whether the organisation has chosen it.
    pub(super) is_selected: bool,
}

/// Why no platform was found.
pub(super) enum Unsure {
    /// Several could be meant.
    Several(Diagnostic),
    /// The profile has none that fits.
    None(Diagnostic),
}

/// Returns the id of the platform that a table of a source is about; `says` is a title or a cell.
pub(super) fn find(
    (format, form): (&Format, &TableForm),
    says: &str,
    known: &Known<'_>,
) -> Result<String, Unsure> {
    let said: Vec<&PlatformWords> =
        format.platforms.iter().filter(|p| p.words.iter().any(|w| holds(says, w))).collect();
    let fixed = form.platform.as_ref().and_then(|n| format.platforms.iter().find(|p| p.name == *n));
    let meant: Vec<&PlatformWords> = match (said.is_empty(), fixed) {
        (false, _) => said,
        (true, Some(one)) => vec![one],
        (true, None) => format.platforms.iter().collect(),
    };
    let fits =
        |p: &&Platform| meant.iter().flat_map(|m| &m.words).any(|w| holds(&p.id, w) || holds(&p.name, w));
    let all: Vec<&Platform> = known.platforms.iter().filter(fits).collect();
    let chosen: Vec<&Platform> = all.iter().copied().filter(|p| p.is_selected).collect();
    let found = if chosen.is_empty() { all } else { chosen };
    let asked = known.answers.platform.as_deref();
    match found[..] {
        [one] => Ok(one.id.clone()),
        [] => asked.map(str::to_owned).ok_or_else(|| Unsure::None(none(&meant, known))),
        _ => match found.iter().find(|p| Some(p.id.as_str()) == asked) {
            Some(one) => Ok(one.id.clone()),
            None => Err(Unsure::Several(several(&found))),
        },
    }
}

fn several(found: &[&Platform]) -> Diagnostic {
    let names: Vec<String> = found.iter().map(|p| p.name.clone()).collect();
    let options: Vec<String> = found.iter().map(|p| format!("`--platform {}`", p.id)).collect();
    trouble(format!("whose numbers are these: those of {}?", listing(&names).replace(" and ", " or ")))
        .hint(format!("import this file on its own, with {}", listing(&options).replace(" and ", " or ")))
}

fn none(meant: &[&PlatformWords], known: &Known<'_>) -> Diagnostic {
    let names: Vec<String> = meant.iter().map(|m| m.name.clone()).collect();
    let ids: Vec<String> = known.platforms.iter().map(|p| p.id.clone()).collect();
    let text = format!("the profile has no platform {}", listing(&names).replace(" and ", " or "));
    let problem = trouble(text).hint("add it under platforms in the profile");
    if ids.is_empty() {
        return problem;
    }
    problem.hint(format!("or say whose numbers these are with `--platform`: {}", ids.join(", ")))
}
