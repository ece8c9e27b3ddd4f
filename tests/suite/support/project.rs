//! A profile in a folder of its own, with the files that it names, ready to be changed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{Evipack, Pack, Run, files_below, json, root};

/// A profile and its folder; what is changed here reaches the disk with the next run.
pub(crate) struct Project {
    folder: TempDir,
    catalog: Option<TempDir>,
    /// The profile's value.
    pub(crate) profile: Value,
}

/// What `check --format json` says.
pub(crate) struct Report(pub(crate) Value);

impl Project {
    /// A copy of the complete sample.
    pub(crate) fn sample() -> Self {
        Self::copy("samples/wattlebird-cycles")
    }

    /// A copy of the half-finished sample.
    pub(crate) fn half_finished() -> Self {
        Self::copy("samples/learner-half-finished")
    }

    /// The profile of the toy unit, whose unit stands in a catalogue folder beside it.
    pub(crate) fn toy() -> Self {
        let catalog = tempfile::tempdir().expect("a folder");
        let unit = catalog.path().join("templates/units/TOY001");
        fs::create_dir_all(&unit).expect("a folder");
        copy_all(&root().join("tests/fixtures/units/TOY001"), &unit);
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, catalog: Some(catalog), profile: json("tests/fixtures/profiles/toy.json") }
    }

    /// A copy of a sample by its name.
    pub(crate) fn named(sample: &str) -> Self {
        Self::copy(&format!("samples/{sample}"))
    }

    fn copy(sample: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy_all(&root().join(sample), folder.path());
        Self { folder, catalog: None, profile: json(&format!("{sample}/profile.json")) }
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The profile's file.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder().join("profile.json")
    }

    /// The folder with the unit of a toy project.
    pub(crate) fn catalog(&self) -> &Path {
        self.catalog.as_ref().expect("a project with a catalogue").path()
    }

    /// Puts a value at a JSON pointer; its parent must be there.
    pub(crate) fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let parent = self.profile.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}"));
        match parent {
            Value::Array(items) => items[name.parse::<usize>().expect("an index")] = value.into(),
            _ => parent[name] = value.into(),
        }
        self
    }

    /// Takes away what stands at a JSON pointer; the order of the other keys stays.
    pub(crate) fn without(mut self, pointer: &str) -> Self {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let parent = self.profile.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}"));
        match parent {
            Value::Array(items) => drop(items.remove(name.parse::<usize>().expect("an index"))),
            Value::Object(map) => {
                drop(map.shift_remove(name).unwrap_or_else(|| panic!("nothing at {pointer}")))
            }
            _ => panic!("{pointer} is below a plain value"),
        }
        self
    }

    /// Writes the profile to the disk.
    pub(crate) fn save(&self) {
        let text = serde_json::to_string_pretty(&self.profile).expect("JSON");
        self.write("profile.json", text.as_bytes());
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder().join(name), bytes).expect("written");
    }

    /// The program over the profile as it stands on the disk.
    pub(crate) fn command(&self, name: &str) -> Evipack {
        let mut args = Vec::new();
        if let Some(catalog) = &self.catalog {
            args.extend(["--catalog".into(), catalog.path().as_os_str().to_owned()]);
        }
        args.extend([name.into(), "profile.json".into()]);
        Evipack::new(args).within(self.folder())
    }

    /// Checks the profile.
    pub(crate) fn check(&self) -> Report {
        self.save();
        let run = self.command("check").arg("--format").arg("json").run();
        assert!(run.code <= 1, "{run}");
        Report(run.json())
    }

    /// Builds `pack.zip` in the project's folder.
    pub(crate) fn build(&self, options: &[&str]) -> Run {
        self.save();
        let command = self.command("build").arg("-o").arg("pack.zip");
        options.iter().fold(command, Evipack::arg).run()
    }

    /// Builds the pack, expects that it is written, and opens it.
    pub(crate) fn pack(&self, options: &[&str]) -> Pack {
        let run = self.build(options).ok();
        Pack::open(fs::read(self.folder().join("pack.zip")).expect("a pack"), run)
    }
}

impl Report {
    /// The row of a requirement.
    pub(crate) fn row(&self, id: &str) -> &Value {
        let rows = self.0["rows"].as_array().expect("rows");
        rows.iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
    }

    /// The status of a requirement.
    pub(crate) fn status(&self, id: &str) -> &str {
        self.row(id)["status"].as_str().expect("a status")
    }

    /// All problems.
    pub(crate) fn problems(&self) -> &[Value] {
        self.0["problems"].as_array().expect("problems")
    }

    /// The problems with a code.
    pub(crate) fn with_code(&self, code: &str) -> Vec<&Value> {
        self.problems().iter().filter(|p| p["code"] == code).collect()
    }
}

fn copy_all(from: &Path, to: &Path) {
    for name in files_below(from) {
        let target = to.join(&name);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::copy(from.join(&name), target).expect("copied");
    }
}
