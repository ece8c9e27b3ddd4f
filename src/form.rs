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
        for (_, token) in render::tokens(text) {
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
