//! Text that somebody typed and that reaches no page.

use super::in_profile;
use crate::diag::{Builtin, Diagnostic};
use crate::profile::{Profile, schema::visit};
use crate::render::tokens;
use crate::trace::Finding;
use crate::typeset::squeezed;

/// How many characters of a text are quoted.
const QUOTED: usize = 48;
/// What the checklist prints: it is made later than this is asked.
const OF_CHECKLIST: &str = "/accepted_holes/";

/// Returns every text of the profile whose words stand in none of the documents. `printed` is all
/// that they print, without white space and in lower case.
pub(crate) fn unprinted(profile: &Profile, printed: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    visit(&profile.schema, profile.value(), &mut |node, value, pointer| {
        let Some(text) = value.as_str().filter(|_| node.is_prose()) else { return };
        if pointer.starts_with(OF_CHECKLIST) || runs(text).all(|run| printed.contains(&run)) {
            return;
        }
        let name = node.title(pointer.rsplit('/').next().unwrap_or_default());
        let message = format!("“{name}” is printed in no document: “{}”", start(text));
        let problem = Diagnostic::warning(Builtin::TextUnprinted, message)
            .hint("move the words to a part that is printed, or take them out");
        found.push(in_profile(&profile.source, pointer, problem));
    });
    found
}

/// The parts of a text between its figures, as pages print them.
fn runs(text: &str) -> impl Iterator<Item = String> {
    let mut ends = vec![0];
    ends.extend(tokens(text).into_iter().flat_map(|(range, _)| [range.start, range.end]));
    ends.push(text.len());
    let pieces: Vec<String> = ends.chunks(2).map(|pair| squeezed(&text[pair[0]..pair[1]])).collect();
    pieces.into_iter().filter(|p| p.chars().any(char::is_alphanumeric))
}

fn start(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_part_a_text_and_lone_marks_are_nothing() {
        let found: Vec<String> = runs("Reach was [[a/b@p]], up [[c@p:change]].").collect();
        assert_eq!(found, ["reachwas", ",up"]);
    }
}
