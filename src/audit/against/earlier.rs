//! What is kept of an earlier audit: out of a report of this run, or out of one in JSON.

use std::collections::BTreeMap;
use std::fmt::{self, Formatter};
use std::io::Read;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::error::Category;

use crate::audit::aside::{Aside, Kept};
use crate::audit::bag::Person;
use crate::audit::coverage::PagePlace;
use crate::audit::report::Report;
use crate::audit::submission::LearnerReport;
use crate::trace::Status;

/// The hand-ins of an earlier audit.
#[derive(Default)]
pub struct Earlier {
    pub(super) learners: Vec<Before>,
    /// Where is put what is kept of them, and of the comparison.
    pub(super) aside: Aside,
}

/// One earlier hand-in.
pub(super) struct Before {
    pub(super) shown_as: String,
    pub(super) learner: Person,
    /// Whom the profile inside names.
    pub(super) named: Option<Person>,
    /// Where it lies.
    pub(super) place: String,
    /// The pack's id.
    pub(super) id: Option<String>,
    /// Requirements, where they were looked at.
    pub(super) rows: Option<Kept<Vec<BeforeRow>>>,
    /// Digests of documents by their files, where they are known.
    pub(super) documents: Option<Kept<BTreeMap<String, String>>>,
}

/// One requirement then.
#[derive(Serialize, Deserialize)]
pub(super) struct BeforeRow {
    pub(super) id: String,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) places: Vec<PagePlace>,
}

impl Earlier {
    /// Keeps what a later audit needs of a report.
    pub fn of(report: &Report, aside: &Aside) -> Self {
        let before = |learner: &LearnerReport| {
            let value = serde_json::to_value(learner).expect("a report can be written as JSON");
            Before::of(serde_json::from_value(value).expect("what was written can be read"), aside)
        };
        Self { learners: report.learners.iter().map(before).collect(), aside: aside.clone() }
    }

    /// Reads a report in JSON, learner by learner.
    ///
    /// # Errors
    /// One sentence on why it is none.
    pub fn read(bytes: impl Read, aside: &Aside) -> Result<Self, String> {
        let mut json = serde_json::Deserializer::from_reader(bytes);
        let whole = Whole { format: None, learners: None, aside };
        let whole = whole.deserialize(&mut json).and_then(|whole| json.end().map(|()| whole));
        let whole = whole.map_err(|e| match e.classify() {
            Category::Data => format!("it is not a whole report of `evipack audit --json`: {e}"),
            Category::Io => format!("it cannot be read to its end: {e}"),
            Category::Syntax | Category::Eof => format!("it is not JSON: {e}"),
        })?;
        match (whole.format.as_deref(), whole.learners) {
            (Some("evipack-audit/1"), Some(learners)) => Ok(Self { learners, aside: aside.clone() }),
            _ => Err("it is not a report of `evipack audit --json`".into()),
        }
    }
}

/// The part of a report that is kept; the rest of it never comes into memory.
struct Whole<'a> {
    format: Option<String>,
    learners: Option<Vec<Before>>,
    aside: &'a Aside,
}

impl<'de> DeserializeSeed<'de> for Whole<'_> {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = Self;

    fn expecting(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str("a report")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut parts: A) -> Result<Self, A::Error> {
        while let Some(name) = parts.next_key::<String>()? {
            match name.as_str() {
                "format" => self.format = parts.next_value::<Option<Value>>()?.and_then(word),
                "learners" => self.learners = Some(parts.next_value_seed(Learners(self.aside))?),
                _ => drop(parts.next_value::<IgnoredAny>()?),
            }
        }
        Ok(self)
    }
}

fn word(value: Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The learners of a report, each put aside before the next one is read.
struct Learners<'a>(&'a Aside);

impl<'de> DeserializeSeed<'de> for Learners<'_> {
    type Value = Vec<Before>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Before>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Learners<'_> {
    type Value = Vec<Before>;

    fn expecting(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str("a list of learners")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Before>, A::Error> {
        let mut found = Vec::new();
        while let Some(learner) = list.next_element::<Learner>()? {
            found.push(Before::of(learner, self.0));
        }
        Ok(found)
    }
}

#[derive(Deserialize)]
struct Learner {
    shown_as: String,
    learner: Person,
    input: String,
    source: String,
    #[serde(default)]
    packs: Vec<Pack>,
}

#[derive(Deserialize)]
struct Pack {
    id: Option<String>,
    named_learner: Option<Person>,
    coverage: Option<Coverage>,
    #[serde(default)]
    documents: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Coverage {
    rows: Vec<BeforeRow>,
}

impl Before {
    fn of(learner: Learner, aside: &Aside) -> Self {
        let place = if learner.source.is_empty() { learner.input } else { learner.source };
        let pack = learner.packs.into_iter().next();
        let (mut id, mut named, mut rows, mut documents) = (None, None, None, None);
        if let Some(pack) = pack {
            (id, named) = (pack.id, pack.named_learner);
            rows = pack.coverage.map(|c| Kept::new(aside, &c.rows));
            documents = Some(pack.documents).filter(|d| !d.is_empty()).map(|d| Kept::new(aside, &d));
        }
        Self { shown_as: learner.shown_as, learner: learner.learner, named, place, id, rows, documents }
    }
}

/// Whom the pack of a learner names.
pub(super) fn inside(learner: &LearnerReport) -> Option<Person> {
    learner.packs.first()?.identity.named_learner.clone()
}

/// A name to find people by: the one inside the pack, or that of the platform, in small letters.
pub(super) fn name(platform: Option<&str>, inside: Option<Person>) -> Option<String> {
    let name = inside.and_then(|p| p.name).or_else(|| platform.map(str::to_owned))?;
    Some(name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
}

/// The name of a file or folder without those around it.
pub(super) fn file(place: &str) -> String {
    let place = place.trim_end_matches(['/', '\\']);
    place.rsplit(['/', '\\']).next().unwrap_or(place).to_owned()
}
