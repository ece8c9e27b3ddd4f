//! Everything the program carries with it: units, templates, schemas, fonts and samples.
//!
//! Owns the one place where those files are embedded, and the choice between them and a folder of
//! the user's own. Refuses to know what is in the files.

use std::borrow::Cow;
use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::diag::{Builtin, Diagnostic, Diagnostics};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");
static SAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/samples");

/// The files of the program: the embedded ones, with a user's own laid over them.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    overlay: BTreeMap<String, Vec<u8>>,
    conventions: Option<(String, Vec<u8>)>,
}

impl Catalog {
    /// The files inside the program and nothing else.
    pub fn embedded() -> Self {
        Self::default()
    }

    /// The embedded files with others laid over them: names are relative, such as
    /// `templates/units/TOY001/unit.json`, and win over embedded files of the same name.
    pub fn with_overlay(overlay: BTreeMap<String, Vec<u8>>) -> Self {
        Self { overlay, conventions: None }
    }

    /// The same files with an organisation's own conventions: the name of their file and its bytes.
    #[must_use]
    pub fn with_conventions(self, file: &str, bytes: Vec<u8>) -> Self {
        Self { conventions: Some((file.into(), bytes)), ..self }
    }

    /// Returns the file with the organisation's own conventions, if there is one.
    pub fn conventions(&self) -> Option<(&str, &[u8])> {
        self.conventions.as_ref().map(|(file, bytes)| (file.as_str(), bytes.as_slice()))
    }

    /// Returns a file's bytes by its name, such as `templates/shared/lib.typ`.
    pub fn bytes(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        if let Some(bytes) = self.overlay.get(name) {
            return Some(Cow::Borrowed(bytes));
        }
        let (top, rest) = name.split_once('/')?;
        let file = embedded(top)?.get_file(rest)?;
        Some(Cow::Borrowed(file.contents()))
    }

    /// Returns a text file.
    ///
    /// # Errors
    /// A diagnostic when the file does not exist or is not UTF-8.
    pub fn text(&self, name: &str) -> Result<String, Diagnostic> {
        let missing =
            || Diagnostic::error(Builtin::CatalogInvalid, format!("the catalogue has no file `{name}`"));
        let bytes = self.bytes(name).ok_or_else(missing)?;
        String::from_utf8(bytes.into_owned())
            .map_err(|_| Diagnostic::error(Builtin::CatalogInvalid, format!("`{name}` is not UTF-8 text")))
    }

    /// Returns a JSON file.
    ///
    /// # Errors
    /// A diagnostic when the file does not exist or is not JSON.
    pub fn json(&self, name: &str) -> Result<Value, Diagnostic> {
        serde_json::from_str(&self.text(name)?).map_err(|e| {
            Diagnostic::error(Builtin::CatalogInvalid, format!("`{name}` is not valid JSON: {e}"))
        })
    }

    /// Returns a JSON file after a check against a schema of the catalogue.
    ///
    /// # Errors
    /// Every place where the file does not fit the schema.
    pub fn checked_json(&self, name: &str, schema: &str) -> Result<Value, Diagnostics> {
        let value = self.json(name).map_err(|d| vec![d])?;
        let schema = self.json(schema).map_err(|d| vec![d])?;
        let validator = jsonschema::options().build(&schema).map_err(|e| {
            vec![Diagnostic::error(Builtin::CatalogInvalid, format!("schema for `{name}`: {e}"))]
        })?;
        let problems: Diagnostics = validator
            .iter_errors(&value)
            .map(|e| {
                let text = format!("`{name}` at `{}`: {}", e.instance_path(), e.masked());
                Diagnostic::error(Builtin::CatalogInvalid, text)
            })
            .collect();
        if problems.is_empty() { Ok(value) } else { Err(problems) }
    }

    /// Returns the names of all files below a folder, sorted.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let mut names: Vec<String> =
            self.overlay.keys().filter(|n| n.starts_with(&prefix)).cloned().collect();
        for (top, dir) in [("templates", &TEMPLATES), ("schemas", &SCHEMAS), ("samples", &SAMPLES)] {
            collect(top, dir, &mut names);
        }
        names.retain(|n| n.starts_with(&prefix));
        names.sort();
        names.dedup();
        names
    }

    /// Returns the SHA-256 of everything that documents are made of: names and contents of all files
    /// but the samples, without an organisation's own conventions.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for name in ["templates", "schemas"].iter().flat_map(|top| self.list(top)) {
            let bytes = self.bytes(&name).expect("listed files exist");
            digest.update((name.len() as u64).to_le_bytes());
            digest.update(name.as_bytes());
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(&bytes);
        }
        digest.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Returns the codes of all units, sorted.
    pub fn units(&self) -> Vec<String> {
        let folder = "templates/units/";
        let unit = |name: &String| {
            let code = name.strip_prefix(folder)?.strip_suffix("/unit.json")?;
            Some(code.to_owned())
        };
        self.list("templates/units").iter().filter_map(unit).collect()
    }
}

fn embedded(top: &str) -> Option<&'static Dir<'static>> {
    match top {
        "templates" => Some(&TEMPLATES),
        "schemas" => Some(&SCHEMAS),
        "samples" => Some(&SAMPLES),
        _ => None,
    }
}

fn collect(top: &str, dir: &Dir<'_>, names: &mut Vec<String>) {
    for file in dir.files() {
        if let Some(path) = file.path().to_str() {
            names.push(format!("{top}/{}", path.replace('\\', "/")));
        }
    }
    for child in dir.dirs() {
        collect(top, child, names);
    }
}
