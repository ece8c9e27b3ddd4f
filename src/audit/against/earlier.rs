//! What is kept of an earlier audit: out of a report of this run, or out of one in JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::audit::bag::Person;
use crate::audit::coverage::PagePlace;
use crate::audit::report::Report;
use crate::audit::shared::Shared;
use crate::audit::submission::LearnerReport;
use crate::trace::Status;

/// The hand-ins of an earlier audit.
#[derive(Debug, Default)]
pub struct Earlier(pub(super) Vec<Before>);

/// One earlier hand-in.
#[derive(Debug)]
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
    pub(super) rows: Option<Vec<BeforeRow>>,
    /// Digests of documents by their files, where they are known.
    pub(super) documents: Option<BTreeMap<String, String>>,
}

/// One requirement then.
#[derive(Debug)]
pub(super) struct BeforeRow {
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) places: Vec<Arc<PagePlace>>,
}

impl Earlier {
    /// Keeps what a later audit needs of a report.
    pub fn of(report: &Report) -> Self {
        let shared = Shared::default();
        let before = |learner: &LearnerReport| {
            let value = serde_json::to_value(learner).expect("a report can be written as JSON");
            Before::of(serde_json::from_value(value).expect("what was written can be read"), &shared)
        };
        Self(report.learners.iter().map(before).collect())
    }

    /// Reads a report in JSON.
    ///
    /// # Errors
    /// One sentence on why it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(|e| format!("it is not JSON: {e}"))?;
        if serde_json::from_slice(bytes).ok() != Some(Form { format: "evipack-audit/1".into() }) {
            return Err("it is not a report of `evipack audit --json`".into());
        }
        let whole: Whole = serde_json::from_slice(bytes)
            .map_err(|e| format!("it is not a whole report of `evipack audit --json`: {e}"))?;
        let shared = Shared::default();
        Ok(Self(whole.learners.into_iter().map(|learner| Before::of(learner, &shared)).collect()))
    }
}

/// What a report says it is.
#[derive(Deserialize, PartialEq)]
struct Form {
    format: String,
}

/// The part of a report that is kept; the rest of it never comes into memory.
#[derive(Deserialize)]
struct Whole {
    learners: Vec<Learner>,
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
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    status: Word,
    #[serde(default)]
    places: Vec<PagePlace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Met,
    PartlyMet,
    Missing,
}

impl Before {
    fn of(learner: Learner, shared: &Shared<PagePlace>) -> Self {
        let place = if learner.source.is_empty() { learner.input } else { learner.source };
        let pack = learner.packs.into_iter().next();
        let (mut id, mut named, mut rows, mut documents) = (None, None, None, None);
        if let Some(pack) = pack {
            (id, named) = (pack.id, pack.named_learner);
            rows = pack.coverage.map(|c| c.rows.into_iter().map(|row| BeforeRow::of(row, shared)).collect());
            documents = Some(pack.documents).filter(|d| !d.is_empty());
        }
        Self { shown_as: learner.shown_as, learner: learner.learner, named, place, id, rows, documents }
    }
}

impl BeforeRow {
    fn of(row: Row, shared: &Shared<PagePlace>) -> Self {
        let status = match row.status {
            Word::Met => Status::Met,
            Word::PartlyMet => Status::PartlyMet,
            Word::Missing => Status::Missing,
        };
        Self { id: row.id, status, places: row.places.into_iter().map(|place| shared.one(place)).collect() }
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
