//! Oral questions for the assessor, made from a learner's own figures and choices.
//!
//! Owns which of the unit's candidate questions fit a profile, which few are the most telling, and
//! where in the pack to look while asking. Refuses to answer: a question says what a good answer
//! shows, never what it is. Nothing of this gets into a pack.

use std::collections::BTreeMap;

use minijinja::value::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics, stops_build};
use crate::metrics::Metrics;
use crate::render::{self, Labels, Renderer, Values};
use crate::rules::Expressions;
use crate::trace::{Evidence, Matrix};
use crate::typeset::{self, Engine, Flavour, Job};
use crate::{Checked, Options, build, pool};

/// The sheet's template.
const TEMPLATE: &str = "shared/blank/questions.typ.j2";
/// The title of the sheet.
const TITLE: &str = "Questions for the assessor";

/// The questions for one pack.
pub struct Sheet {
    /// The questions, the most telling one first.
    pub questions: Vec<Question>,
    /// The sheet for the assessor, with room for notes.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// A question with what an assessor needs beside it.
#[derive(Clone, Debug)]
pub struct Question {
    /// What it is about, in a word or two.
    pub topic: String,
    /// The question, as it is asked.
    pub text: String,
    /// What can be heard or seen when the learner knows the matter.
    pub listens_for: Vec<String>,
    /// Where the matter stands in the pack.
    pub places: Vec<Evidence>,
    look: Vec<Look>,
}

/// The unit's candidates.
#[derive(Deserialize)]
struct Bank {
    most: usize,
    per_topic: usize,
    questions: Vec<Candidate>,
}

#[derive(Deserialize)]
struct Candidate {
    id: String,
    topic: String,
    when: Option<String>,
    each: Option<String>,
    rank: String,
    question: String,
    look: Vec<Look>,
    listens_for: Vec<String>,
}

/// Where to look: the evidence of a requirement, in a document, below a heading with these words.
#[derive(Clone, Debug, Deserialize)]
struct Look {
    requirement: String,
    #[serde(default)]
    document: String,
    #[serde(default)]
    section: String,
}

/// Makes the questions for the pack of a checked profile, with the pages on which it will be printed.
///
/// # Errors
/// The unit has no questions, the pack cannot be built even as a draft, or a fault of the catalogue.
pub fn questions(
    catalog: &Catalog,
    checked: &Checked,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Sheet, Diagnostics> {
    let bank = load(catalog, checked)?;
    let mut chosen = chosen(&bank, checked)?;
    let draft = stops_build(&checked.problems, false);
    let options = Options { draft, annotate: false, progress, stop: &|| false, threads: None };
    let pack = build(catalog, checked, &options)?;
    for question in &mut chosen {
        question.places = question.look.iter().filter_map(|look| place(&pack.matrix, look)).collect();
    }
    let (pdf, pages) = sheet(catalog, checked, &chosen)?;
    Ok(Sheet { questions: chosen, pdf, pages })
}

fn load(catalog: &Catalog, checked: &Checked) -> Result<Bank, Diagnostics> {
    let name = format!("templates/{}/questions.json", checked.unit.folder);
    if catalog.bytes(&name).is_none() {
        let text = format!("the unit {} has no questions for the assessor", checked.unit.code);
        let problem = Diagnostic::error(Builtin::UnitUnknown, text);
        return Err(vec![
            problem.hint(format!("`evipack unit blank {}` prints general ones", checked.unit.code)),
        ]);
    }
    let value = catalog.checked_json(&name, "schemas/questions.schema.json")?;
    Bank::deserialize(&value).map_err(|e| vec![fault(&name, &e.to_string())])
}

/// Picks the most telling questions, with no topic asked about too often.
fn chosen(bank: &Bank, checked: &Checked) -> Result<Vec<Question>, Diagnostics> {
    let language =
        Expressions::new(checked.profile.value(), &checked.metrics.context(), &checked.unit.thresholds);
    let mut ranked = Vec::new();
    let mut faults = Diagnostics::new();
    for candidate in &bank.questions {
        match best(candidate, &language, &checked.metrics) {
            Ok(found) => ranked.extend(found),
            Err(e) => faults.push(fault(&candidate.id, &crate::rules::reason(&e))),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    let mut picked = Vec::new();
    for (_, question) in ranked {
        let times = asked.entry(question.topic.clone()).or_default();
        if *times < bank.per_topic && picked.len() < bank.most {
            *times += 1;
            picked.push(question);
        }
    }
    Ok(picked)
}

/// Returns the question about the item that is the most telling one, with its rank.
fn best(
    candidate: &Candidate,
    language: &Expressions,
    figures: &Metrics,
) -> Result<Option<(f64, Question)>, minijinja::Error> {
    let items: Vec<Value> = match &candidate.each {
        None => vec![Value::UNDEFINED],
        Some(each) => {
            let list = language.value(each, &[])?;
            if list.is_undefined() || list.is_none() { Vec::new() } else { list.try_iter()?.collect() }
        }
    };
    let mut best: Option<(f64, Value)> = None;
    for item in items {
        let locals = [("item", item.clone())];
        let fits = candidate.when.as_ref().map_or(Ok(true), |when| language.holds(when, &locals))?;
        let rank =
            if fits { language.value(&candidate.rank, &locals)?.to_string().parse().ok() } else { None };
        if let Some(rank) = rank.filter(|r: &f64| r.is_finite() && best.as_ref().is_none_or(|(b, _)| r > b)) {
            best = Some((rank, item));
        }
    }
    best.map(|(rank, item)| {
        Ok((rank, put(candidate, &|t| language.message(t, &[("item", item.clone())]), figures)?))
    })
    .transpose()
}

/// Words a question; figures in quoted sentences are filled in as the pack prints them.
fn put(
    candidate: &Candidate,
    message: &dyn Fn(&str) -> Result<String, minijinja::Error>,
    figures: &Metrics,
) -> Result<Question, minijinja::Error> {
    let fill = |template: &String| {
        let mut text = message(template)?;
        let tokens: Vec<_> = render::tokens(&text).into_iter().map(|(r, t)| (r, t.to_owned())).collect();
        for (range, token) in tokens.into_iter().rev() {
            text.replace_range(range, &figures.token(&token).unwrap_or_default());
        }
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let look = |l: &Look| {
        let (document, section) = (fill(&l.document)?, fill(&l.section)?);
        Ok(Look { requirement: l.requirement.clone(), document, section })
    };
    Ok(Question {
        topic: candidate.topic.clone(),
        text: fill(&candidate.question)?,
        listens_for: candidate.listens_for.iter().map(fill).collect::<Result<_, minijinja::Error>>()?,
        places: Vec::new(),
        look: candidate.look.iter().map(look).collect::<Result<_, minijinja::Error>>()?,
    })
}

/// Returns where a requirement is evidenced: as near to the wanted document and heading as there is.
fn place(matrix: &Matrix, look: &Look) -> Option<Evidence> {
    let row = matrix.rows.iter().find(|r| r.id == look.requirement)?;
    let is_wanted = |e: &&Evidence| {
        e.document == look.document || e.document.split('.').next() == Some(look.document.as_str())
    };
    let words = look.section.to_lowercase();
    let is_exact = |e: &&Evidence| is_wanted(e) && e.section.to_lowercase().contains(&words);
    let found = row.evidence.iter().find(is_exact).or_else(|| row.evidence.iter().find(is_wanted));
    found.or_else(|| row.evidence.first()).cloned()
}

fn sheet(
    catalog: &Catalog,
    checked: &Checked,
    questions: &[Question],
) -> Result<(Vec<u8>, usize), Diagnostics> {
    let nothing = json!({});
    let figure = |token: &str| Err(format!("this sheet has no figure `{token}`"));
    let values = Values { schema: &nothing, supplied: &[], figure: &figure, draft: false };
    let mut renderer = Renderer::new(catalog, &nothing, &values, Labels::new());
    let (year, month, day) = checked.date();
    renderer.set("unit", &checked.unit.value);
    renderer.set("dated", &json!({ "y": year, "m": month, "d": day }));
    renderer.set("questions", &questions.iter().map(context).collect());
    renderer.set("organisation", &json!(checked.profile.text("/organisation/name")));
    renderer.set("learner", &json!(checked.profile.text("/submission/learner/name")));
    let form = json!({ "title": TITLE, "landscape": false });
    let source = renderer.document(TEMPLATE, &[("form", render::value(&form))]).map_err(|d| vec![d])?;
    let job = Job {
        name: TITLE.into(),
        main: "/main.typ".into(),
        sources: [("/main.typ".into(), source)].into(),
        files: BTreeMap::new(),
        flavour: Flavour::Single,
        ident: format!("{}/questions", checked.pack_name()),
        date: checked.date(),
        statements_count: false,
    };
    let engine = Engine::new(catalog, &BTreeMap::new())?;
    let typeset = pool(None)?.install(|| engine.typeset(&job));
    typeset::forget();
    typeset.map(|t| (t.pdf, t.pages))
}

fn context(question: &Question) -> Json {
    json!({
        "topic": question.topic, "text": question.text, "listens_for": question.listens_for,
        "places": question.places,
    })
}

fn fault(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Builtin::CatalogInvalid, format!("{name}: {why}"))
}
