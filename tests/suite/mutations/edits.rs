//! Samples in memory, and the edits that an entry makes to them.

use std::collections::BTreeMap;
use std::fs;

use evipack::catalog::Catalog;
use serde::Deserialize;
use serde_json::Value;

use super::entry::Finding;
use crate::support::{files_below, json, root};

/// A profile and the files beside it.
#[derive(Clone)]
pub(super) struct Fixture {
    pub(super) profile: Value,
    files: BTreeMap<String, Vec<u8>>,
}

/// One change. `at` is a JSON pointer in which `*` stands for every item, and `key=value` for the items that have
/// this value.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Edit {
    /// Puts a value at a place; the owner of the place must be there.
    Set { at: String, value: Value },
    /// Takes away what stands at a place.
    Remove { at: String },
    /// Adds an item to a list.
    Append { at: String, value: Value },
    /// Replaces words within a text.
    Replace { at: String, find: String, with: String },
    /// Replaces every occurrence of a text in a file beside the profile.
    ReplaceInFile { file: String, find: String, with: String },
    /// Takes away all lines of a file that hold a text.
    RemoveLines { file: String, find: String },
    /// Adds a line to the end of a file.
    AppendLine { file: String, value: String },
}

impl Fixture {
    /// Names of all samples.
    pub(super) fn names() -> Vec<String> {
        let entries = fs::read_dir(root().join("samples")).expect("samples");
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    /// A sample as it is shipped.
    pub(super) fn sample(name: &str) -> Self {
        let folder = root().join("samples").join(name);
        let file = |n: String| {
            let bytes = fs::read(folder.join(&n)).expect("a file");
            (n, bytes)
        };
        let files = files_below(&folder).into_iter().map(file).collect();
        Self { profile: json(&format!("samples/{name}/profile.json")), files }
    }

    /// The same after some changes.
    ///
    /// # Errors
    /// The change that finds nothing to change.
    pub(super) fn edited(mut self, edits: &[Edit]) -> Result<Self, String> {
        for edit in edits {
            self.change(edit)?;
        }
        Ok(self)
    }

    /// What the program finds in it.
    pub(super) fn findings(&self, catalog: &Catalog) -> Vec<Finding> {
        let bytes = serde_json::to_vec_pretty(&self.profile).expect("JSON");
        let read = |name: &str| self.files.get(name).cloned().ok_or_else(|| "is not there".to_owned());
        let all = match evipack::check(catalog, "profile.json", &bytes, &read) {
            Ok(found) => [found.problems, found.outcomes.failures, found.outcomes.faults].concat(),
            Err(problems) => problems,
        };
        all.iter().map(Finding::of).collect()
    }

    /// All places that a pointer with `*` and `key=value` means.
    pub(super) fn places(&self, at: &str) -> Vec<String> {
        let mut here = vec![String::new()];
        for step in at.split('/').skip(1) {
            here = here.iter().flat_map(|p| self.step(p, step)).collect();
        }
        here
    }

    fn step(&self, pointer: &str, step: &str) -> Vec<String> {
        let keys: Vec<(String, &Value)> = match self.profile.pointer(pointer) {
            Some(Value::Array(items)) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
            Some(Value::Object(map)) => map.iter().map(|(k, v)| (k.clone(), v)).collect(),
            _ => Vec::new(),
        };
        let is_meant = |value: &Value| match step.split_once('=') {
            Some((key, wanted)) => {
                let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
                value.get(key).map(text).is_some_and(|v| v == wanted)
            }
            None => true,
        };
        if step == "*" || step.contains('=') {
            return keys
                .into_iter()
                .filter(|(_, v)| is_meant(v))
                .map(|(k, _)| format!("{pointer}/{k}"))
                .collect();
        }
        vec![format!("{pointer}/{step}")]
    }

    fn change(&mut self, edit: &Edit) -> Result<(), String> {
        match edit {
            Edit::Set { at, value } => self.each(at, |owner, name| {
                match owner {
                    Value::Object(map) => drop(map.insert(name.to_owned(), value.clone())),
                    Value::Array(items) => *items.get_mut(index(name)?)? = value.clone(),
                    _ => return None,
                }
                Some(())
            }),
            Edit::Remove { at } => self.each(at, |owner, name| match owner {
                Value::Object(map) => map.shift_remove(name).map(drop),
                Value::Array(items) => {
                    let index = index(name).filter(|i| *i < items.len())?;
                    items.remove(index);
                    Some(())
                }
                _ => None,
            }),
            Edit::Append { at, value } => self.each(at, |owner, name| {
                child(owner, name)?.as_array_mut()?.push(value.clone());
                Some(())
            }),
            Edit::Replace { at, find, with } => self.each(at, |owner, name| {
                let text = child(owner, name)?;
                let changed =
                    text.as_str().filter(|t| t.contains(find.as_str()))?.replace(find.as_str(), with);
                *text = changed.into();
                Some(())
            }),
            _ => self.change_file(edit),
        }
    }

    /// Changes every place that is meant, the last first, so that places stay right while items go.
    fn each(&mut self, at: &str, change: impl Fn(&mut Value, &str) -> Option<()>) -> Result<(), String> {
        let places = self.places(at);
        if places.is_empty() {
            return Err(format!("{at} means no place"));
        }
        for place in places.iter().rev() {
            let (owner, name) = place.rsplit_once('/').ok_or("the whole cannot be changed")?;
            let owner = self.profile.pointer_mut(owner).ok_or_else(|| format!("nothing at {owner}"))?;
            let name = name.replace("~1", "/").replace("~0", "~");
            change(owner, &name).ok_or_else(|| format!("nothing can be changed at {place}"))?;
        }
        Ok(())
    }

    fn change_file(&mut self, edit: &Edit) -> Result<(), String> {
        let (Edit::ReplaceInFile { file, .. }
        | Edit::RemoveLines { file, .. }
        | Edit::AppendLine { file, .. }) = edit
        else {
            return Err("this is no change of a file".into());
        };
        let bytes = self.files.get(file).ok_or_else(|| format!("there is no file {file}"))?;
        let text = String::from_utf8(bytes.clone()).map_err(|e| e.to_string())?;
        let changed = match edit {
            Edit::ReplaceInFile { find, with, .. } => text.replace(find, with),
            Edit::RemoveLines { find, .. } => {
                text.split_inclusive('\n').filter(|l| !l.contains(find.as_str())).collect()
            }
            Edit::AppendLine { value, .. } => format!("{}\n{value}\n", text.trim_end_matches('\n')),
            _ => text.clone(),
        };
        if changed == text {
            return Err(format!("nothing in {file} is changed"));
        }
        self.files.insert(file.clone(), changed.into_bytes());
        Ok(())
    }
}

fn index(name: &str) -> Option<usize> {
    name.parse().ok()
}

fn child<'a>(owner: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    match owner {
        Value::Object(map) => map.get_mut(name),
        Value::Array(items) => items.get_mut(index(name)?),
        _ => None,
    }
}

impl std::fmt::Display for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |text: String| {
            let start: String = text.chars().take(40).collect();
            if start.len() < text.len() { format!("{start}…") } else { start }
        };
        match self {
            Self::Set { at, value } => write!(f, "{at} := {}", short(value.to_string())),
            Self::Remove { at } => write!(f, "{at} removed"),
            Self::Append { at, value } => write!(f, "{at} + {}", short(value.to_string())),
            Self::Replace { at, find, with } => {
                write!(f, "{at}: {} → {}", short(find.clone()), short(with.clone()))
            }
            Self::ReplaceInFile { file, find, with } => {
                write!(f, "{file}: {} → {}", short(find.clone()), short(with.clone()))
            }
            Self::RemoveLines { file, find } => {
                write!(f, "{file}: lines with {} removed", short(find.clone()))
            }
            Self::AppendLine { file, value } => write!(f, "{file} + {}", short(value.clone())),
        }
    }
}
