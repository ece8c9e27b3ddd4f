//! A pack, opened.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::OnceLock;

use serde_json::Value;
use zip::ZipArchive;

use super::Run;
use super::pdf::{self, Page};

/// A pack with all its files in memory.
pub(crate) struct Pack {
    /// The zip file.
    pub(crate) bytes: Vec<u8>,
    /// Names in the order of the zip file, with the folder at the top.
    pub(crate) names: Vec<String>,
    /// Contents by the names below the folder at the top.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The run that wrote it.
    pub(crate) run: Run,
    pages: OnceLock<BTreeMap<String, Vec<Page>>>,
}

impl Pack {
    /// Opens a zip file.
    pub(crate) fn open(bytes: Vec<u8>, run: Run) -> Self {
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).expect("a zip file");
        let (mut names, mut files) = (Vec::new(), BTreeMap::new());
        for i in 0..archive.len() {
            let mut entry = archive.by_index(i).expect("an entry");
            let name = entry.name().expect("a name").into_owned();
            let mut contents = Vec::new();
            entry.read_to_end(&mut contents).expect("the contents");
            let own = name.split_once('/').expect("a folder at the top").1.to_owned();
            assert!(files.insert(own, contents).is_none(), "{name} is there twice");
            names.push(name);
        }
        Self { bytes, names, files, run, pages: OnceLock::new() }
    }

    /// A file's contents.
    pub(crate) fn file(&self, name: &str) -> &[u8] {
        self.files.get(name).unwrap_or_else(|| panic!("the pack has no {name}"))
    }

    /// A text file.
    pub(crate) fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.file(name)).expect("UTF-8")
    }

    /// A JSON file.
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_slice(self.file(name)).expect("JSON")
    }

    /// The checklist.
    pub(crate) fn checklist(&self) -> Value {
        self.json("data/checklist.json")
    }

    /// The rows of the checklist with one element for each place of evidence.
    pub(crate) fn evidence(&self) -> Vec<(String, Value)> {
        let checklist = self.checklist();
        let rows = checklist["rows"].as_array().expect("rows");
        let places = |row: &Value| {
            let id = row["id"].as_str().expect("an id").to_owned();
            let list = row["evidence"].as_array().expect("evidence").clone();
            list.into_iter().map(move |e| (id.clone(), e)).collect::<Vec<_>>()
        };
        rows.iter().flat_map(places).collect()
    }

    /// Names of the PDFs of single documents, such as `data/documents/04-content-guidelines.pdf`.
    pub(crate) fn documents(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).filter(|n| n.starts_with("data/documents/")).collect()
    }

    /// The pages of a PDF, read once.
    pub(crate) fn pages(&self, name: &str) -> &[Page] {
        let read = |(name, bytes): (&String, &Vec<u8>)| (name.clone(), pdf::pages(bytes));
        let all = self
            .pages
            .get_or_init(|| self.files.iter().filter(|(n, _)| n.ends_with(".pdf")).map(read).collect());
        all.get(name).unwrap_or_else(|| panic!("the pack has no {name}"))
    }

    /// All that is printed in a PDF, without white space.
    pub(crate) fn printed(&self, name: &str) -> String {
        self.pages(name).iter().map(|p| p.squeezed.as_str()).collect()
    }

    /// The file of a document by the beginning of its name, such as `15-`.
    pub(crate) fn document(&self, start: &str) -> &str {
        let wanted = format!("data/documents/{start}");
        self.documents()
            .into_iter()
            .find(|n| n.starts_with(&wanted))
            .unwrap_or_else(|| panic!("no document {start}"))
    }
}
