//! Whether a profile can be printed, with everything that it leads to: references, pictures, characters
//! that a font lacks, and tokens of figures.
//!
//! Owns the order of these looks. Refuses to judge evidence: that is the business of the unit's rules.

use serde_json::Value;

use crate::diag::{Builtin, Diagnostic, Diagnostics};
use crate::metrics::Metrics;
use crate::profile::{self, OutsideNames, Profile};
use crate::render;
use crate::typeset::Engine;
use crate::unit::Unit;

/// Returns what is wrong with the profile's form, and with the figures' words.
pub(crate) fn problems(
    (profile, metrics): (&Profile, &Metrics),
    outside: &OutsideNames,
    engine: Result<&Engine, Diagnostics>,
) -> Diagnostics {
    let mut problems = match engine {
        Ok(engine) => {
            let mut problems = profile.problems(outside, &|c| engine.covers(c));
            problems.extend(Profile::character_problems(metrics.words(), &|c| engine.covers(c)));
            problems.extend(pictures(engine, profile));
            problems
        }
        Err(found) => found,
    };
    problems.extend(tokens(profile, metrics));
    problems
}

fn pictures(engine: &Engine, profile: &Profile) -> Diagnostics {
    let named =
        profile::assets::named(&profile.source, &profile.schema).into_iter().filter(|a| a.kind == "image");
    let problem = |a: profile::assets::Asset| {
        let why = engine.picture_problem(&a.name, profile.files.get(&a.name)?)?;
        let problem =
            Diagnostic::error(Builtin::AssetUnusable, format!("`{}` cannot be printed: {why}", a.name));
        Some(problem.at(profile.source.place(&a.pointer)).hint("save the picture again, or name another"))
    };
    named.filter_map(problem).collect()
}

/// Returns the names outside the profile that its references may lead to.
pub(crate) fn outside_names(unit: &Unit, definitions: &Value) -> OutsideNames {
    let names = |key: &str| {
        definitions.get(key).and_then(Value::as_object).into_iter().flatten().map(|(k, _)| k.clone())
    };
    let mut outside: OutsideNames = unit.names().into();
    outside.insert("metrics".into(), names("inputs").chain(names("metrics")).collect());
    outside
}

/// Returns figure tokens in prose that name no figure.
fn tokens(profile: &Profile, metrics: &Metrics) -> Diagnostics {
    let mut problems = Diagnostics::new();
    profile::schema::visit(&profile.schema, profile.value(), &mut |node, value, pointer| {
        let Some(text) = value.as_str().filter(|_| node.is_prose()) else { return };
        let tokens = render::tokens(text);
        if is_torn(text, &tokens) {
            let problem =
                Diagnostic::warning(Builtin::FigureUnknown, "a figure token here has lost a bracket");
            let hint =
                "write two square brackets before the name of the figure and two behind it: [[name@period]]";
            problems.push(problem.at(profile.source.place(pointer)).hint(hint));
        }
        for (_, token) in tokens {
            if let Err(why) = metrics.token(token) {
                let problem = Diagnostic::error(
                    Builtin::FigureUnknown,
                    format!("`[[{token}]]` names no figure: {why}"),
                );
                problems.push(problem.at(profile.source.place(pointer)));
            }
        }
    });
    problems
}

/// Tells whether what looks like a half of a token stands in a text outside its tokens: a double
/// bracket, and the sign before a period. Other brackets are text like any other.
fn is_torn(text: &str, tokens: &[(std::ops::Range<usize>, &str)]) -> bool {
    let starts = tokens.iter().map(|(range, _)| range.start).chain([text.len()]);
    let ends = [0].into_iter().chain(tokens.iter().map(|(range, _)| range.end));
    ends.zip(starts)
        .map(|(from, to)| &text[from..to])
        .any(|rest| rest.contains('@') && (rest.contains("[[") || rest.contains("]]")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_token_is_seen_and_other_brackets_are_text() {
        let torn = |text: &str| is_torn(text, &render::tokens(text));
        assert!(torn("It reached [k-a@july]] in July.") && torn("[[k-a@june]] and [[k-a@july] in July."));
        assert!(!torn("[[k-a@june]] and [[k-a@july]]") && !torn("[[not a token!]] [[]] ]] [ ) ( } {"));
        assert!(!torn("Write to [me@example.org] today."));
    }
}
