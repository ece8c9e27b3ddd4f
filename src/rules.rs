//! The unit's rules over profile and figures.
//!
//! Owns evaluation: what a rule walks over, where a failure points, what a requirement's count is.
//! Refuses to know any rule by its id; the words that rules may use are in `vocabulary`.

mod laws;
mod vocabulary;

use std::collections::BTreeMap;

use minijinja::value::{ValueKind, merge_maps};
use minijinja::{Environment, Error, Expression, UndefinedBehavior, Value};
use rayon::prelude::*;
use serde_json::Value as Json;

use crate::diag::{Builtin, Code, Diagnostic, Diagnostics, Severity};
use crate::profile::Source;
use crate::profile::schema::step;
use crate::unit::{Requirement, Rule, Unit};

/// What the rules found.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// Every failure of every rule, in the order of the rules.
    pub failures: Diagnostics,
    /// Counted items for each requirement that asks for a number.
    pub found: BTreeMap<String, usize>,
    /// What to add, for requirements that ask for a number and have too few.
    pub proposals: BTreeMap<String, String>,
    /// Requirements for which the profile holds anything at all.
    pub present: BTreeMap<String, bool>,
    /// Rules that could not be evaluated: faults of the unit, or of values that the schema refuses.
    pub faults: Diagnostics,
}

impl Outcomes {
    /// Returns the failures that keep a requirement from being met.
    pub fn blocking<'a>(&'a self, requirement: &'a str) -> impl Iterator<Item = &'a Diagnostic> {
        let feeds =
            move |d: &&Diagnostic| d.severity == Severity::Error && d.feeds.iter().any(|f| f == requirement);
        self.failures.iter().filter(feeds)
    }
}

/// The expression language of rules, over one profile.
pub(crate) struct Expressions {
    env: Environment<'static>,
    profile: Value,
    base: Value,
}

impl Expressions {
    /// Prepares the language for a profile, its figures and the unit's numbers.
    pub(crate) fn new(profile: &Json, figures: &Json, thresholds: &BTreeMap<String, f64>) -> Self {
        let profile = Value::from(minijinja::value::Serde(profile));
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Chainable);
        env.set_fuel(Some(5_000_000));
        vocabulary::add(&mut env, &profile);
        laws::add(&mut env);
        env.add_filter("date", |v: &Value| crate::text::date_in_words(v));
        env.add_filter("money", |v: &Value| crate::text::money_in_words(v));
        let keys = profile.try_iter().into_iter().flatten();
        let mut base: BTreeMap<String, Value> =
            keys.map(|k| (k.to_string(), profile.get_item(&k).unwrap_or_default())).collect();
        base.insert("profile".into(), profile.clone());
        base.insert("figures".into(), Value::from(minijinja::value::Serde(unmarked(figures))));
        base.insert(
            "t".into(),
            Value::from_pairs(thresholds.iter().map(|(name, n)| (name.clone(), whole(*n)))),
        );
        Self { env, profile, base: Value::from(base) }
    }

    /// Adds the words about wording: they need to know which texts are prose.
    fn read(&mut self, unit: &Unit, profile: &Json) {
        vocabulary::language::add(&mut self.env, &unit.profile_schema, profile, &unit.spelling);
    }

    /// Adds a name to everything that is evaluated from now on.
    fn know(&mut self, name: &str, value: Value) {
        self.base = merge_maps([self.base.clone(), Value::from_pairs([(name.to_owned(), value)])]);
    }

    /// Evaluates an expression.
    pub(crate) fn value(&self, expression: &str, locals: &[(&str, Value)]) -> Result<Value, Error> {
        self.env.compile_expression(expression)?.eval(self.scope(locals))
    }

    /// Evaluates a condition; what is not defined is false.
    pub(crate) fn holds(&self, expression: &str, locals: &[(&str, Value)]) -> Result<bool, Error> {
        Ok(self.value(expression, locals)?.is_true())
    }

    /// Fills in a message.
    pub(crate) fn message(&self, template: &str, locals: &[(&str, Value)]) -> Result<String, Error> {
        self.env.render_str(template, self.scope(locals))
    }

    fn scope(&self, locals: &[(&str, Value)]) -> Value {
        merge_maps([self.base.clone(), Value::from_pairs(locals.iter().cloned())])
    }
}

/// Whole numbers print without a point.
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 { Value::from(number as i64) } else { Value::from(number) }
}

/// Takes the marks of authorship off computed JSON: rules look at bare values.
fn unmarked(value: &Json) -> Json {
    match value {
        Json::Object(map) if map.len() == 1 && (map.contains_key("=") || map.contains_key("~")) => {
            map.values().next().cloned().unwrap_or_default()
        }
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (k.clone(), unmarked(v))).collect()),
        Json::Array(items) => Json::Array(items.iter().map(unmarked).collect()),
        other => other.clone(),
    }
}

/// Evaluates all rules and counts of a unit: on all threads of the pool that it is called in, or on the
/// caller's alone.
pub fn evaluate(unit: &Unit, source: &Source, figures: &Json, is_alone: bool) -> Outcomes {
    let mut language = Expressions::new(&source.value, figures, &unit.thresholds);
    language.read(unit, &source.value);
    language.know("tables", Value::from(minijinja::value::Serde(&unit.tables)));
    let laws = laws::judged(unit.tables.get("law"), &language);
    language.know("laws", laws);
    let wording = |r: &Requirement| Value::from_pairs([("id", r.id.clone()), ("text", r.text.clone())]);
    language.know("wording", unit.requirements.iter().map(wording).collect());
    let mut outcomes = Outcomes::default();
    let one = |rule: &Rule| apply(rule, &language, source);
    let found: Vec<Found> = if is_alone {
        unit.rules.iter().map(one).collect()
    } else {
        unit.rules.par_iter().map(one).collect()
    };
    for (failures, faults) in found {
        outcomes.failures.extend(failures);
        outcomes.faults.extend(faults);
    }
    for requirement in &unit.requirements {
        count(requirement, &language, &mut outcomes);
        propose(unit, requirement, &language, &mut outcomes);
    }
    outcomes.faults.dedup();
    outcomes
}

/// What one rule found: failures, and why it could not be evaluated.
type Found = (Diagnostics, Diagnostics);

fn apply(rule: &Rule, language: &Expressions, source: &Source) -> Found {
    let (mut failures, mut faults) = (Vec::new(), Vec::new());
    let conditions = Conditions::compile(rule, language);
    let (conditions, subjects) = match conditions.and_then(|c| Ok((c, subjects(rule, language)?))) {
        Ok(both) => both,
        Err(error) => return (failures, vec![fault(&rule.id, &error)]),
    };
    for subject in subjects {
        let verdict = conditions.hold(language, &subject.locals());
        if !matches!(verdict, Ok(true)) {
            failures.push(failure(rule, language, source, &subject));
        }
        faults.extend(verdict.err().map(|error| fault(&rule.id, &error)));
    }
    (failures, faults)
}

/// The conditions of a rule, compiled once for all that it looks at.
struct Conditions<'a> {
    when: Option<Expression<'a, 'a>>,
    holds: Expression<'a, 'a>,
}

impl<'a> Conditions<'a> {
    fn compile(rule: &'a Rule, language: &'a Expressions) -> Result<Self, Error> {
        let compile = |text: &'a String| language.env.compile_expression(text);
        Ok(Self { when: rule.when.as_ref().map(compile).transpose()?, holds: compile(&rule.holds)? })
    }

    fn hold(&self, language: &Expressions, locals: &[(&str, Value)]) -> Result<bool, Error> {
        let scope = language.scope(locals);
        if let Some(when) = &self.when
            && !when.eval(&scope)?.is_true()
        {
            return Ok(true);
        }
        Ok(self.holds.eval(&scope)?.is_true())
    }
}

fn failure(rule: &Rule, language: &Expressions, source: &Source, subject: &Subject) -> Diagnostic {
    let locals = subject.locals();
    let message = language.message(&rule.message, &locals).unwrap_or_else(|_| rule.message.clone());
    let below = rule.at.as_deref().unwrap_or_default();
    let pointer =
        below.split('.').filter(|s| !s.is_empty()).fold(subject.pointer.clone(), |p, s| step(&p, s));
    let hint = language.message(&rule.hint, &locals).unwrap_or_else(|_| rule.hint.clone());
    Diagnostic {
        code: Code::Rule(rule.id.clone()),
        severity: rule.severity,
        message: message.trim().trim_end_matches('.').to_owned(),
        place: Some(source.place(&pointer)),
        hints: if hint.trim().is_empty() { Vec::new() } else { vec![hint] },
        feeds: rule.feeds.clone(),
    }
}

fn count(requirement: &Requirement, language: &Expressions, outcomes: &mut Outcomes) {
    if let Some(count) = &requirement.count {
        let found = language.value(&count.found, &[]);
        let found = found.map(|v| v.as_usize().unwrap_or_else(|| usize::from(v.is_true())));
        match found {
            Ok(found) => {
                outcomes.found.insert(requirement.id.clone(), found);
            }
            Err(error) => {
                outcomes.faults.push(fault(&requirement.id, &error));
                outcomes.found.insert(requirement.id.clone(), 0);
            }
        }
    }
    let present = match &requirement.present {
        Some(expression) => language.holds(expression, &[]),
        None => Ok(outcomes.found.get(&requirement.id).is_none_or(|n| *n > 0)),
    };
    match present {
        Ok(present) => {
            outcomes.present.insert(requirement.id.clone(), present);
        }
        Err(error) => outcomes.faults.push(fault(&requirement.id, &error)),
    }
}

/// Says what could be added to a count that is short; failures that tell the same count say it too.
fn propose(unit: &Unit, requirement: &Requirement, language: &Expressions, outcomes: &mut Outcomes) {
    let Some((count, add)) = requirement.count.as_ref().and_then(|c| Some((c, c.add.as_ref()?))) else {
        return;
    };
    let found = outcomes.found.get(&requirement.id).copied().unwrap_or_default();
    let needed = unit.needed(count);
    if found >= needed {
        return;
    }
    match language.message(add, &[("found", Value::from(found)), ("needed", Value::from(needed))]) {
        Ok(proposal) => {
            let told = format!("{found} of {needed} ");
            let is_same =
                |d: &&mut Diagnostic| d.feeds.contains(&requirement.id) && d.message.starts_with(&told);
            for failure in outcomes.failures.iter_mut().filter(is_same) {
                failure.hints = vec![proposal.clone()];
            }
            outcomes.proposals.insert(requirement.id.clone(), proposal);
        }
        Err(error) => outcomes.faults.push(fault(&requirement.id, &error)),
    }
}

/// Says what is wrong with an expression.
pub(crate) fn reason(error: &Error) -> String {
    let detail = error.detail().map(|d| format!(" ({d})")).unwrap_or_default();
    format!("{}{detail}", error.kind())
}

fn fault(id: &str, error: &Error) -> Diagnostic {
    Diagnostic::warning(Builtin::CatalogInvalid, format!("{id} cannot be evaluated: {}", reason(error)))
}

/// What a rule looks at: an item and its surroundings.
struct Subject {
    pointer: String,
    item: Value,
    index: usize,
    key: String,
    parent: Value,
}

impl Subject {
    fn locals(&self) -> [(&'static str, Value); 4] {
        [
            ("item", self.item.clone()),
            ("parent", self.parent.clone()),
            ("index", Value::from(self.index + 1)),
            ("key", Value::from(self.key.as_str())),
        ]
    }
}

/// Returns what a rule walks over: a path of the profile, a list among the figures, or the list
/// that an expression gives. Items that are not the profile's own say where they belong by a part
/// `pointer`, or belong to the data.
fn subjects(rule: &Rule, language: &Expressions) -> Result<Vec<Subject>, Error> {
    let Some(each) = &rule.each else {
        let (item, parent) = (Value::UNDEFINED, Value::UNDEFINED);
        return Ok(vec![Subject { pointer: String::new(), item, index: 0, key: String::new(), parent }]);
    };
    if !each.contains('(') && !each.starts_with("figures.") {
        return Ok(at_path(&language.profile, each));
    }
    let list = language.value(each, &[])?;
    let items =
        if list.is_undefined() || list.is_none() { Vec::new() } else { list.try_iter()?.collect::<Vec<_>>() };
    let subject = |(index, item): (usize, Value)| {
        let pointer = item.get_attr("pointer").ok().and_then(|p| p.as_str().map(str::to_owned));
        let key = String::new();
        Subject { pointer: pointer.unwrap_or_else(|| "/data".into()), item, index, key, parent: list.clone() }
    };
    Ok(items.into_iter().enumerate().map(subject).collect())
}

/// Returns the items that a dotted path leads to: lists on the way are walked through, and so are
/// groups that have no part of the next name.
fn at_path(profile: &Value, path: &str) -> Vec<Subject> {
    let mut here = vec![(String::new(), profile.clone())];
    for name in path.split('.') {
        here = here.into_iter().flat_map(|(pointer, value)| descend(&pointer, &value, name)).collect();
    }
    here.into_iter().flat_map(|(pointer, value)| items(&pointer, &value)).collect()
}

fn descend(pointer: &str, value: &Value, name: &str) -> Vec<(String, Value)> {
    let part = |value: &Value| value.get_attr(name).ok().filter(|v| !v.is_undefined());
    match (value.kind(), part(value)) {
        (ValueKind::Seq, _) => {
            let below = entries(value).into_iter();
            below.flat_map(|(key, item)| descend(&step(pointer, &key), &item, name)).collect()
        }
        (ValueKind::Map, Some(child)) => vec![(step(pointer, name), child)],
        (ValueKind::Map, None) => {
            let nested = entries(value).into_iter();
            nested.filter_map(|(key, v)| Some((step(&step(pointer, &key), name), part(&v)?))).collect()
        }
        _ => Vec::new(),
    }
}

/// The items of a list by their places, or the parts of a group by their names.
fn entries(value: &Value) -> Vec<(String, Value)> {
    let all = value.try_iter().into_iter().flatten();
    match value.kind() {
        ValueKind::Seq => all.enumerate().map(|(i, item)| (i.to_string(), item)).collect(),
        ValueKind::Map => {
            let part = |key: Value| (key.to_string(), value.get_item(&key).unwrap_or_default());
            all.map(part).collect()
        }
        _ => Vec::new(),
    }
}

fn items(pointer: &str, value: &Value) -> Vec<Subject> {
    let subject = |(index, (key, item)): (usize, (String, Value))| Subject {
        pointer: step(pointer, &key),
        item,
        index,
        key,
        parent: value.clone(),
    };
    entries(value).into_iter().enumerate().map(subject).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_walk_through_lists_and_groups() {
        let profile = json!({ "policies": { "a": { "steps": [1, 2] }, "b": { "steps": [3] } }, "x": [{ "y": [4] }, { "y": [5] }] });
        let pointers = |path| {
            at_path(&Value::from(minijinja::value::Serde(&profile)), path)
                .into_iter()
                .map(|s| s.pointer)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            pointers("policies.steps"),
            ["/policies/a/steps/0", "/policies/a/steps/1", "/policies/b/steps/0"]
        );
        assert_eq!(pointers("policies"), ["/policies/a", "/policies/b"]);
        assert_eq!(pointers("x.y"), ["/x/0/y/0", "/x/1/y/0"]);
        assert!(pointers("nothing").is_empty());
    }

    #[test]
    fn what_is_not_there_is_false_and_counts_zero() {
        let language = Expressions::new(&json!({}), &json!({}), &BTreeMap::new());
        assert!(!language.holds("a.b.c", &[]).unwrap());
        assert_eq!(language.value("a.b | length", &[]).unwrap().as_usize(), Some(0));
        assert_eq!(language.value("unique(pluck(a.b, 'c')) | length", &[]).unwrap().as_usize(), Some(0));
    }
}
