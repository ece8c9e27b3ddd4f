//! Classes of packs that differ in what matters: profiles made of words from a seed.

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use evipack::audit::{
    Desk, Genuine, Input, Layouts, LearnerReport, Limits, Opened, Options, Report, audit_with,
};
use evipack::bundle::Bundle;
use evipack::catalog::Catalog;
use serde_json::{Value, json};

use super::zips::{Entry, Zip};

/// Plain words that no sample and no unit puts together as these tests do.
const WORDS: &str = "amber anchor basin beacon bramble canvas cedar cinder clover copper coral cotton crater \
delta ember fable falcon feather fern flint garnet ginger glacier granite harbour hazel heather heron hollow \
indigo island ivory jasper juniper kettle lantern larch lattice lemon linen lupin maple marble meadow mirror \
mosaic nectar nettle oasis olive onyx orchid otter paddle pebble pepper pigeon plover poplar prairie quarry \
quartz quill rafter raven reed ribbon river robin rosemary saddle saffron salt satin shadow silver sorrel \
spindle sparrow spruce stone sugar summit sycamore tallow thistle timber topaz tulip turnip umber valley \
velvet violet walnut willow winter wren yarrow zephyr zinc";

/// Words from a seed.
pub(crate) fn words(seed: u64, count: usize) -> String {
    let all: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let word = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all[usize::try_from(state >> 33).expect("a place") % all.len()]
    };
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// A learner's hand-in.
#[derive(Clone)]
pub(crate) struct HandIn {
    /// The learner's name on the platform.
    pub(crate) name: String,
    /// The profile in the pack.
    pub(crate) profile: Value,
    /// The table of figures.
    pub(crate) table: String,
    /// The checklist.
    pub(crate) checklist: Value,
    /// The submission.
    pub(crate) pdf: String,
    /// A file beside the pack: its name and its contents.
    pub(crate) beside: Option<(String, String)>,
}

impl HandIn {
    /// A hand-in with words of its own everywhere.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let answer = |n: u64| json!({ "requirement": format!("KE6.{n}"), "answer": words(seed * 100 + n, 80), "example": words(seed * 100 + 50 + n, 20), "source_ids": [] });
        let report = |n: u64| json!({ "period_id": format!("p{n}"), "summary": words(seed * 100 + 60 + n, 60), "findings": [words(seed * 100 + 70 + n, 30)] });
        let period = |n: u64| json!({ "id": format!("p{n}"), "from": format!("2026-0{}-01", n + 6), "to": format!("2026-0{}-28", n + 6) });
        let profile = json!({
            "unit": "OSM007",
            "case": { "kind": "simulated", "supplied": ["/organisation/history"] },
            "submission": { "learner": { "name": name, "id": format!("S10{seed:04}") } },
            "organisation": { "history": words(seed * 100 + 90, 60) },
            "personnel": [{ "id": "a", "name": "Maya Chen", "learner": false }, { "id": "b", "name": name, "learner": true }],
            "guidelines": { "purpose": words(seed * 100 + 80, 70) },
            "data": { "periods": [period(1), period(2), period(3)], "files": [{ "file": "data/metrics.csv", "holds": "metrics" }] },
            "reports": [report(1), report(2), report(3)],
            "knowledge": [answer(1), answer(2), answer(3)],
        });
        let rows = ["reach", "impressions", "reactions", "comments"].into_iter().enumerate().flat_map(
            |(m, metric)| {
                (1..4_u64)
                    .map(move |p| format!("p{p},facebook,{metric},{}\n", seed * 1_000 + p * 37 + m as u64))
            },
        );
        let table = format!("period,platform,metric,value\n{}", rows.collect::<String>());
        let checklist = json!({ "documents": [{ "document": "D02", "words": 1_000, "learner": 600 }, { "document": "D21", "words": 500, "learner": 0 }] });
        let pdf = format!("%PDF-1.7\n<</Author({name})>>");
        Self { name: name.into(), profile, table, checklist, pdf, beside: None }
    }

    /// Puts a value at a JSON pointer; its parent must be there.
    pub(crate) fn with(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        match self.profile.pointer_mut(parent).expect("a parent") {
            Value::Array(items) => items[name.parse::<usize>().expect("an index")] = value.into(),
            parent => parent[name] = value.into(),
        }
        self
    }

    /// The pack.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let file = |name: &str, text: String| (name.to_owned(), text.into_bytes());
        let payload = [
            file("checklist.json", self.checklist.to_string()),
            file("profile.json", self.profile.to_string()),
            file("data/metrics.csv", self.table.clone()),
            file("submission.pdf", self.pdf.clone()),
        ];
        let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let info = [
            line("Bag-Software-Agent", concat!("evipack ", env!("CARGO_PKG_VERSION"))),
            line("Evipack-Format", "evipack-pack/1"),
            line("Evipack-Unit", "OSM007"),
        ];
        let tags = [file("index.html", "<!doctype html>".into())];
        Bundle::bag("own-OSM007", payload.into(), tags.into(), &info).zip()
    }
}

/// A download with hand-ins, one folder a learner.
pub(crate) fn download(class: &[HandIn]) -> Vec<u8> {
    let mut entries = Vec::new();
    for one in class {
        entries.push(Entry::stored(&format!("{}/pack.zip", one.name), &one.pack()));
        let beside = one.beside.iter();
        entries
            .extend(beside.map(|(name, text)| Entry::new(&format!("{}/{name}", one.name), text.as_bytes())));
    }
    Zip { entries, ..Zip::default() }.write()
}

/// What is known before packs are read, and nothing of a class.
pub(crate) fn genuine() -> Genuine {
    Genuine::load(&Catalog::embedded()).expect("the catalogue's numbers")
}

/// Compares a class with itself and with others.
pub(crate) fn compared(genuine: &Genuine, class: &[HandIn], others: &[HandIn]) -> Report {
    let others = (!others.is_empty()).then(|| download(others));
    compared_files(genuine, download(class), others)
}

/// Compares the packs of a download with each other and with those of another.
pub(crate) fn compared_files(genuine: &Genuine, class: Vec<u8>, others: Option<Vec<u8>>) -> Report {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let desk = Desk::new(Limits::default(), false, &NEVER).with_genuine(Some(genuine));
    compared_at(&desk, class, others, &|_, _| {})
}

/// Does the same at somebody's own desk.
pub(crate) fn compared_at(
    desk: &Desk<'_>,
    class: Vec<u8>,
    others: Option<Vec<u8>>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Report {
    static LAYOUTS: OnceLock<Layouts> = OnceLock::new();
    let layouts = LAYOUTS.get_or_init(|| Layouts::load(&Catalog::embedded()).expect("layouts"));
    let input = |name: &str, bytes: Vec<u8>| {
        let open = move || Ok(Opened::File(Box::new(bytes.clone())));
        Input { name: name.into(), open: Box::new(open) }
    };
    let references: Vec<Input<'_>> = others.into_iter().map(|o| input("last-year.zip", o)).collect();
    audit_with(&[input("class.zip", class)], &references, &Options { layouts, desk, progress })
}

/// The messages of a learner's findings with a code.
pub(crate) fn messages(learner: &LearnerReport, code: &str) -> Vec<String> {
    let packs = learner.packs.iter().flat_map(|p| &p.findings).chain(&learner.findings);
    packs.filter(|f| f.code == code).map(|f| f.message.clone()).collect()
}

/// How a learner's findings with a code weigh.
pub(crate) fn weights(learner: &LearnerReport, code: &str) -> Vec<evipack::diag::Severity> {
    learner.findings.iter().filter(|f| f.code == code).map(|f| f.severity).collect()
}
