//! `evipack init`: a profile to start from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::output::{display, print};
use super::{Outcome, write};
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Place};
use crate::profile::schema::Node;

/// The schema's file name beside the profile.
const SCHEMA: &str = "profile.schema.json";

/// Arguments of `init`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The folder to write into
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Copy a sample, without its knowledge answers, instead of an empty profile
    #[arg(long, value_name = "NAME")]
    sample: Option<String>,
    /// The unit that the profile is for
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
}

/// Writes a profile, its schema, and the files of a sample.
pub(super) fn run(catalog: &Catalog, args: &Args) -> Outcome {
    let schema = catalog.text("schemas/profile.schema.json").map_err(|d| vec![d])?;
    let mut files = match &args.sample {
        Some(name) => sample(catalog, name, &schema).map_err(|d| vec![d])?,
        None => empty(catalog, args, &schema).map_err(|d| vec![d])?,
    };
    files.insert(SCHEMA.into(), schema.into_bytes());
    write::check_new(&args.folder, files.keys()).map_err(|d| vec![d])?;
    for (name, bytes) in &files {
        write::write_new(&args.folder.join(name), bytes).map_err(|d| vec![d])?;
    }
    let profile = display(&args.folder.join("profile.json").display().to_string());
    let typed = if profile.contains(' ') { format!("\"{profile}\"") } else { profile.clone() };
    print(&format!(
        "Written   {profile}\nNext      open it in a text editor (such as Notepad, not Word), fill in what you know and save it\nThen      type: evipack check {typed}\n"
    ))
}

fn sample(catalog: &Catalog, name: &str, schema: &str) -> Result<BTreeMap<String, Vec<u8>>, Diagnostic> {
    let prefix = format!("samples/{name}/");
    let names: Vec<String> = catalog.list("samples").into_iter().filter(|n| n.starts_with(&prefix)).collect();
    if names.is_empty() {
        let mut known: Vec<String> =
            catalog.list("samples").iter().filter_map(|n| n.split('/').nth(1).map(str::to_owned)).collect();
        known.dedup();
        let problem = Diagnostic::error(Builtin::ProfileInvalid, format!("there is no sample `{name}`"));
        return Err(problem.hint(format!("there are: {}", known.join(", "))));
    }
    let mut files = BTreeMap::new();
    for full in names {
        let mut bytes = catalog.bytes(&full).expect("listed files exist").into_owned();
        let own = full.trim_start_matches(&prefix).to_owned();
        if own == "profile.json" {
            bytes = without_own_words(&bytes, schema);
        }
        files.insert(own, bytes);
    }
    Ok(files)
}

/// Returns a sample's profile with its schema beside it, and without the parts that everybody has to
/// write for themselves (`x-own` in the schema): nobody is offered another person's answers.
fn without_own_words(sample: &[u8], schema: &str) -> Vec<u8> {
    let known = "samples and schemas of the catalogue are checked by a test";
    let schema: Value = serde_json::from_str(schema).expect(known);
    let mut profile: Map<String, Value> = serde_json::from_slice(sample).expect(known);
    profile.insert("$schema".into(), json!(SCHEMA));
    for (name, part) in &mut profile {
        if Node::root(&schema).property(name).is_some_and(|p| p.get("x-own") == Some(&json!(true))) {
            *part = json!([]);
        }
    }
    crate::pretty(&Value::Object(profile))
}

fn empty(catalog: &Catalog, args: &Args, schema: &str) -> Result<BTreeMap<String, Vec<u8>>, Diagnostic> {
    let units = catalog.units();
    let unit = args.unit.clone().or_else(|| units.first().cloned()).unwrap_or_default();
    if !units.contains(&unit) {
        let problem = Diagnostic::error(Builtin::UnitUnknown, format!("there is no unit `{unit}`"));
        return Err(problem
            .at(Place::whole(&unit))
            .hint(format!("units that are known: {}", units.join(", "))));
    }
    let schema: Value = serde_json::from_str(schema).expect("schemas of the catalogue are checked by a test");
    let mut profile = Map::new();
    profile.insert("$schema".into(), json!(SCHEMA));
    let Value::Object(parts) = outline(Node::root(&schema)) else { unreachable!("a profile is an object") };
    profile.extend(parts);
    profile.insert("unit".into(), json!(unit));
    Ok([("profile.json".to_owned(), crate::pretty(&Value::Object(profile)))].into())
}

/// An empty value of the right shape: every mandatory part with nothing in it.
fn outline(node: Node<'_>) -> Value {
    match node.text("type") {
        Some("object") => {
            let part = |name: &str| node.property(name).map(|p| (name.to_owned(), p));
            let worth = |(_, p): &(String, Node<'_>)| {
                !matches!(p.text("type"), Some("integer" | "number" | "boolean"))
            };
            let parts = node.required().filter_map(part).filter(worth);
            Value::Object(parts.map(|(name, p)| (name, outline(p))).collect())
        }
        Some("array") => json!([]),
        _ => only_value(node).unwrap_or_else(|| json!("")),
    }
}

/// The value of a part that can have no other.
fn only_value(node: Node<'_>) -> Option<Value> {
    let options = node.get("enum").and_then(Value::as_array).filter(|o| o.len() == 1);
    node.get("const").or_else(|| options.and_then(|o| o.first())).cloned()
}
