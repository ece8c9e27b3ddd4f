//! Templates and values → Typst source text (and the start page).
//!
//! Owns the template language: what templates may call, how values are written, and the proof that
//! no value can become code. Refuses to typeset.

mod barrier;
mod functions;
mod quote;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};
use serde_json::Value as Json;
use typst::syntax::Source;

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Place};
use crate::text::Gap;
use functions::Figures;
pub(crate) use functions::Labels;
pub(crate) use values::{Values, tokens};

/// The most steps that one template may take.
const FUEL: u64 = 50_000_000;

/// A document's source with the way back to its templates.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    /// Typst source text.
    pub(crate) text: String,
    /// Output ranges, the template and the line that each came from.
    pub(crate) origins: Vec<(Range<usize>, String, usize)>,
}

impl Rendered {
    /// Source text that no template made.
    pub(crate) fn plain(text: String) -> Self {
        Self { text, origins: Vec::new() }
    }

    /// Returns the template and line that a byte of the output came from.
    pub(crate) fn template_at(&self, byte: usize) -> Option<(&str, usize)> {
        let (range, name, line) = self.origins.iter().find(|(range, ..)| range.contains(&byte))?;
        let newlines = self.text[range.start..byte].matches('\n').count();
        Some((name, line + newlines))
    }
}

/// Everything that all templates of a pack see.
pub(crate) struct Renderer {
    env: Environment<'static>,
    base: BTreeMap<String, Value>,
}

impl Renderer {
    /// Prepares the templates of a catalogue for one profile.
    /// In a draft, what is not there prints as a mark; otherwise it is an error.
    pub(crate) fn new(catalog: &Catalog, profile: &Json, values: &Values<'_>, labels: Labels) -> Self {
        let profile = values.convert(profile);
        let mut env = Environment::new();
        let catalog = catalog.clone();
        env.set_loader(move |name| Ok(catalog.text(&format!("templates/{name}")).ok()));
        env.set_auto_escape_callback(|name| match name {
            name if name.ends_with(".html.j2") => AutoEscape::Html,
            _ => AutoEscape::Custom("typst".into()),
        });
        if values.draft {
            env.set_undefined_behavior(UndefinedBehavior::Chainable);
            env.set_formatter(|out, state, value| match value.is_undefined() {
                true => quote::write(out, state, &Value::from_object(Gap("this part".into()))),
                false => quote::write(out, state, value),
            });
        } else {
            env.set_undefined_behavior(UndefinedBehavior::Strict);
            env.set_formatter(quote::write);
        }
        env.set_fuel(Some(FUEL));
        env.set_syntax(lines_of_their_own());
        functions::add(&mut env, &profile, labels);
        let keys = profile.try_iter().into_iter().flatten();
        let base = keys.map(|k| (k.to_string(), profile.get_item(&k).unwrap_or_default())).collect();
        Self { env, base }
    }

    /// Adds a value that all templates see.
    pub(crate) fn set(&mut self, name: &str, value: &Json) {
        self.base.insert(name.into(), values::computed(value));
    }

    /// Adds the computed figures.
    pub(crate) fn set_figures(&mut self, figures: &Json) {
        self.base.insert("figures".into(), Value::from_object(Figures(values::computed(figures))));
    }

    /// Adds a lookup by code, such as `law("L-PRIV")`.
    pub(crate) fn set_lookup(&mut self, name: &'static str, entries: BTreeMap<String, Json>) {
        let entries: BTreeMap<String, Value> =
            entries.iter().map(|(k, v)| (k.clone(), values::computed(v))).collect();
        self.env.add_function(name, move |code: &str| {
            entries.get(code).cloned().unwrap_or_else(|| Value::from(()))
        });
    }

    /// Returns a value of the profile as templates see it.
    pub(crate) fn value(&self, name: &str) -> Value {
        self.base.get(name).cloned().unwrap_or_default()
    }

    /// Renders a document and proves that every value in it is a literal.
    ///
    /// # Errors
    /// A template that cannot be filled in, or that puts a value where it could become code.
    pub(crate) fn document(&self, template: &str, extra: &[(&str, Value)]) -> Result<Rendered, Diagnostic> {
        let found = self.env.get_template(template).map_err(|e| failed(template, &e))?;
        let (text, spans) = found.render_with_spans(self.context(extra)).map_err(|e| failed(template, &e))?;
        let source = Source::detached(text);
        if let Some((name, line, why)) = barrier::breach(&source, &spans) {
            let message = format!("a value is not safe here: {why}");
            return Err(Diagnostic::error(Builtin::TemplateFailed, message).at(in_template(&name, line)));
        }
        let origins = spans.iter().map(|s| (s.output_range(), s.name().to_owned(), s.line())).collect();
        Ok(Rendered { text: source.text().to_owned(), origins })
    }

    /// Returns the template and the source range of everything that a document prints.
    #[cfg(test)]
    pub(crate) fn spans(
        &self,
        template: &str,
        extra: &[(&str, Value)],
    ) -> Result<Vec<(String, Range<usize>)>, Error> {
        let (_, spans) = self.env.get_template(template)?.render_with_spans(self.context(extra))?;
        Ok(spans.iter().map(|s| (s.name().to_owned(), s.source_range())).collect())
    }

    /// Renders a web page.
    ///
    /// # Errors
    /// A template that cannot be filled in.
    pub(crate) fn page(&self, template: &str, extra: &[(&str, Value)]) -> Result<String, Diagnostic> {
        let found = self.env.get_template(template).map_err(|e| failed(template, &e))?;
        found.render(self.context(extra)).map_err(|e| failed(template, &e))
    }

    fn context(&self, extra: &[(&str, Value)]) -> Value {
        let mut context = self.base.clone();
        context.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::from(context)
    }
}

/// Turns JSON into a value for a template: `{"=": …}` is computed text, `{"~": …}` the learner's.
pub(crate) fn value(json: &Json) -> Value {
    values::computed(json)
}

/// Block tags on lines of their own leave no empty line behind.
pub(crate) fn lines_of_their_own() -> SyntaxConfig {
    let mut builder = SyntaxConfig::builder();
    builder.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    builder.build().expect("the standard delimiters are valid")
}

fn in_template(name: &str, line: usize) -> Place {
    Place { line, column: 1, ..Place::whole(&format!("templates/{name}")) }
}

fn failed(template: &str, error: &Error) -> Diagnostic {
    let mut deepest = error;
    let mut reasons = vec![reason(error)];
    while let Some(inner) = std::error::Error::source(deepest).and_then(|s| s.downcast_ref::<Error>()) {
        deepest = inner;
        reasons.push(reason(inner));
    }
    let name = deepest.name().unwrap_or(template);
    let message = format!("the template cannot be filled in: {}", reasons.join(": "));
    Diagnostic::error(Builtin::TemplateFailed, message).at(in_template(name, deepest.line().unwrap_or(1)))
}

fn reason(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{} ({detail})", error.kind()),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests;
