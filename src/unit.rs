//! A unit of competency, read from data.
//!
//! Owns the unit's requirements, documents, rules and thresholds as types. Refuses to know any unit
//! by name: all that a unit is stands in its folder of the catalogue.

mod conventions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Severity};
use crate::profile::Schema;
pub use conventions::Conventions;

/// A unit of competency with everything that is needed to judge and print a profile.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The unit's code.
    pub code: String,
    /// The unit as it stands in the catalogue, for templates.
    pub value: Value,
    /// Requirements in the unit's order.
    pub requirements: Vec<Requirement>,
    /// Documents in the pack's order.
    pub documents: Vec<DocumentSpec>,
    /// Requirements that one piece of evidence serves by its nature.
    pub served_together: Vec<ServedTogether>,
    /// Rules in the catalogue's order.
    pub rules: Vec<Rule>,
    /// The numbers that rules use, by name.
    pub thresholds: BTreeMap<String, f64>,
    /// Where the numbers and the weight of the rules come from.
    pub conventions: Conventions,
    /// Reference tables that rules look things up in, by the name of their file, and the register of
    /// law as `law`.
    pub tables: BTreeMap<String, Value>,
    /// The schema that profiles of this unit are checked against.
    pub profile_schema: Arc<Schema>,
    /// Words that are spelt differently here: as they are spelt elsewhere → as they are spelt here.
    pub spelling: BTreeMap<String, String>,
    /// The folder of the unit's files in the catalogue.
    pub folder: String,
}

/// One row of the mapping matrix.
#[derive(Clone, Debug, Deserialize)]
pub struct Requirement {
    /// Stable id.
    pub id: String,
    /// What part of the unit it stands in, such as `performance_criterion`.
    pub kind: String,
    /// The row that it is part of.
    pub parent: Option<String>,
    /// The unit's wording.
    pub text: String,
    /// The unit's line that introduces the wording, where it cannot stand alone.
    pub lead_in: Option<String>,
    /// An assessor has to confirm it in any case.
    #[serde(default)]
    pub confirm: bool,
    /// Documents that hold the primary evidence.
    #[serde(default)]
    pub documents: Vec<String>,
    /// Product, observation, oral or third party.
    #[serde(default)]
    pub evidence_type: String,
    /// The task of the submission that it belongs to.
    #[serde(default)]
    pub task: String,
    /// Expression over the profile: there is any evidence at all.
    pub present: Option<String>,
    /// How many items are needed and how many are found.
    pub count: Option<Count>,
    /// What would close the gap.
    #[serde(default)]
    pub close: String,
    /// It is listed and judged but not counted among the unit's rows.
    #[serde(default)]
    pub extra: bool,
    /// It cannot be met while a row of this kind is missing.
    pub needs_kind: Option<String>,
}

/// A quantity that a requirement asks for.
#[derive(Clone, Debug, Deserialize)]
pub struct Count {
    /// How many are needed.
    pub required: usize,
    /// Expression over the profile that counts what is there.
    pub found: String,
    /// What is counted, in the plural.
    pub of: String,
    /// The number is a convention of this product and not the unit's own.
    #[serde(default)]
    pub convention: bool,
    /// Name of the threshold that replaces the number.
    pub threshold: Option<String>,
    /// Template: what to add where there are too few, with an example.
    pub add: Option<String>,
}

/// A document of the pack.
#[derive(Clone, Debug, Deserialize)]
pub struct DocumentSpec {
    /// Id, such as `D04`.
    pub id: String,
    /// Number that its file name begins with.
    pub number: String,
    /// Short name: template and file are called after it.
    pub slug: String,
    /// Title.
    pub title: String,
    /// What it is in the pack.
    #[serde(default)]
    pub role: DocumentRole,
    /// One document for each item of a list in the profile.
    pub each: Option<Each>,
    /// Codes of the law register that it may print.
    #[serde(default)]
    pub laws: Vec<String>,
    /// It holds data rather than sentences, so nobody expects the learner's own words in it.
    #[serde(default)]
    pub data_only: bool,
}

/// Requirements that one piece of evidence serves by its nature: a section that is named for all of
/// them is named for one thing.
#[derive(Clone, Debug, Deserialize)]
pub struct ServedTogether {
    /// Ids of the requirements.
    pub requirements: Vec<String>,
}

/// What a document is in the pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentRole {
    /// Printed from the profile.
    #[default]
    Document,
    /// The mapping matrix: printed last, from what was found in the others.
    Checklist,
    /// The cover: made after the others, because it says whose words stand in them.
    Cover,
    /// A form that somebody else fills in.
    Blank,
}

/// The list that a repeated document goes through.
#[derive(Clone, Debug, Deserialize)]
pub struct Each {
    /// Path of the list in the profile, such as `data/periods`.
    pub path: String,
    /// Only items of this role.
    pub role: Option<String>,
}

/// A rule over profile and figures.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// Errors keep a requirement from being met.
    pub severity: Severity,
    /// Dotted path of what the rule walks over.
    pub each: Option<String>,
    /// Expression: the rule applies.
    pub when: Option<String>,
    /// Expression: what must be true.
    pub holds: String,
    /// The place to blame.
    pub at: Option<String>,
    /// Template of the message.
    pub message: String,
    /// What to do.
    #[serde(default)]
    pub hint: String,
    /// The requirements that it feeds.
    #[serde(default)]
    pub feeds: Vec<String>,
    /// It rests on a convention of this product and not on the wording of the unit.
    #[serde(default)]
    pub convention: bool,
}

impl Unit {
    /// Reads a unit from the catalogue.
    ///
    /// # Errors
    /// An unknown code with the codes that exist, or every fault of the unit's files.
    pub fn load(catalog: &Catalog, code: &str) -> Result<Self, Diagnostics> {
        if !catalog.units().iter().any(|u| u == code) {
            let known = catalog.units().join(", ");
            let problem = Diagnostic::error(Builtin::UnitUnknown, format!("there is no unit `{code}`"));
            return Err(vec![problem.hint(format!("units that are known: {known}"))]);
        }
        let folder = format!("templates/units/{code}");
        let value = catalog.checked_json(&format!("{folder}/unit.json"), "schemas/unit.schema.json")?;
        let rules = catalog.checked_json(&format!("{folder}/rules.json"), "schemas/rules.schema.json")?;
        let numbers =
            catalog.checked_json(&format!("{folder}/thresholds.json"), "schemas/thresholds.schema.json")?;
        let schema = match value.get("profile_schema").and_then(Value::as_str) {
            Some(own) => format!("{folder}/{own}"),
            None => "schemas/profile.schema.json".into(),
        };
        let read =
            |what: &'static str| move |e: serde_json::Error| vec![fault(code, &format!("{what}: {e}"))];
        let spelling = catalog.json("templates/shared/spelling.json").map_err(|d| vec![d])?;
        let mut rules = rule_list(&rules).map_err(read("rules"))?;
        let conventions = match catalog.conventions() {
            Some(own) => {
                let schema = catalog.json("schemas/conventions.schema.json").map_err(|d| vec![d])?;
                Conventions::read(own, schema, &numbers, &rules)?
            }
            None => Conventions::default(),
        };
        conventions.relax(&mut rules);
        let unit = Self {
            code: code.into(),
            requirements: parse(&value["requirements"]).map_err(read("requirements"))?,
            documents: parse(&value["documents"]).map_err(read("documents"))?,
            served_together: value
                .get("served_together")
                .map_or(Ok(Vec::new()), parse)
                .map_err(read("served_together"))?,
            rules,
            thresholds: conventions.thresholds(&numbers),
            conventions,
            tables: tables(catalog)?,
            spelling: parse(&spelling["words"]).map_err(read("spelling"))?,
            profile_schema: Arc::new(Schema::new(catalog.json(&schema).map_err(|d| vec![d])?)),
            value,
            folder: format!("units/{code}"),
        };
        let faults = unit.faults();
        if faults.is_empty() { Ok(unit) } else { Err(faults) }
    }

    /// Returns the requirement with an id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|r| r.id == id)
    }

    /// Returns how many items a requirement asks for.
    pub fn needed(&self, count: &Count) -> usize {
        let number = count.threshold.as_ref().and_then(|name| self.thresholds.get(name));
        number.map_or(count.required, |n| n.max(0.0) as usize)
    }

    /// Tells whether a row has rows below it.
    pub fn is_parent(&self, id: &str) -> bool {
        self.requirements.iter().any(|r| r.parent.as_deref() == Some(id))
    }

    /// Returns what a wording needs before it to stand alone: the unit's own line for it or, where it is
    /// only a piece of a sentence, the rows that it is part of.
    pub fn lead_in(&self, requirement: &Requirement) -> Option<String> {
        let is_piece = requirement.text.starts_with(char::is_lowercase);
        let above = |r: &Requirement| r.parent.as_deref().and_then(|p| self.requirement(p));
        let rows = std::iter::successors(above(requirement), |r| above(r)).take(self.requirements.len());
        let mut texts: Vec<&str> = rows.map(|r| r.text.trim_end_matches(['.', ':'])).collect();
        texts.reverse();
        let from_above = || (is_piece && !texts.is_empty()).then(|| format!("{}:", texts.join(": ")));
        requirement.lead_in.clone().or_else(from_above)
    }

    /// Returns the names that a profile may refer to although they are the unit's.
    pub fn names(&self) -> [(String, BTreeSet<String>); 2] {
        let documents = self.documents.iter().map(|d| d.id.clone()).collect();
        let requirements = self.requirements.iter().map(|r| r.id.clone()).collect();
        [("unit/documents".into(), documents), ("unit/requirements".into(), requirements)]
    }

    fn faults(&self) -> Diagnostics {
        let mut faults = Diagnostics::new();
        let known = |id: &str| self.requirement(id).is_some();
        for rule in &self.rules {
            for id in rule.feeds.iter().filter(|id| !known(id)) {
                faults
                    .push(fault(&self.code, &format!("rule {} feeds `{id}`, which does not exist", rule.id)));
            }
        }
        for id in self.served_together.iter().flat_map(|g| &g.requirements).filter(|id| !known(id)) {
            faults.push(fault(&self.code, &format!("served_together names `{id}`, which does not exist")));
        }
        for requirement in &self.requirements {
            if let Some(parent) = requirement.parent.as_ref().filter(|p| !known(p)) {
                faults.push(fault(
                    &self.code,
                    &format!("{} has the parent `{parent}`, which does not exist", requirement.id),
                ));
            }
            for id in requirement.documents.iter().filter(|d| !self.documents.iter().any(|s| s.id == **d)) {
                faults.push(fault(
                    &self.code,
                    &format!("{} names the document `{id}`, which does not exist", requirement.id),
                ));
            }
        }
        faults
    }
}

/// The register of law, which rules see as the table `law`.
const LAW: [&str; 2] = ["templates/law/au.json", "schemas/law.schema.json"];

/// Reads every table of the folder `templates/reference` against the schema of the same name.
fn tables(catalog: &Catalog) -> Result<BTreeMap<String, Value>, Diagnostics> {
    let mut tables = BTreeMap::from([("law".to_owned(), catalog.checked_json(LAW[0], LAW[1])?)]);
    for file in catalog.list("templates/reference") {
        let name = file.rsplit('/').next().and_then(|n| n.strip_suffix(".json"));
        if let Some(name) = name {
            let table = catalog.checked_json(&file, &format!("schemas/{name}.schema.json"))?;
            tables.insert(name.to_owned(), table);
        }
    }
    Ok(tables)
}

fn parse<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
    T::deserialize(value)
}

fn rule_list(value: &Value) -> Result<Vec<Rule>, serde_json::Error> {
    parse(value.get("rules").unwrap_or(value))
}

fn fault(code: &str, text: &str) -> Diagnostic {
    Diagnostic::error(Builtin::CatalogInvalid, format!("unit {code}: {text}"))
}
