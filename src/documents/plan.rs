//! Which documents a pack holds.
//!
//! Owns their ids, titles and file names, and which of them repeat. Refuses to fill or to typeset any.

use serde_json::Value as Json;

use crate::unit::DocumentSpec;

/// A document that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Id, with the number of the item for repeated documents: `D14.2`.
    pub(crate) id: String,
    /// Title, with the item's name for repeated documents.
    pub(crate) title: String,
    /// File name without ending: `14-2-period-report`.
    pub(crate) stem: String,
    /// What the unit says of it.
    pub(crate) spec: DocumentSpec,
    /// The place of its item in the list that it repeats over.
    pub(super) item: Option<usize>,
}

impl Document {
    /// The PDF's name below the payload.
    pub(crate) fn pdf(&self) -> String {
        format!("documents/{}.pdf", self.stem)
    }

    /// The Typst source's path inside the document's world.
    pub(crate) fn path(&self) -> String {
        format!("/documents/{}.typ", self.stem)
    }
}

/// Returns the documents that a unit asks for, repeated ones once for each item.
pub(crate) fn expand(specs: &[DocumentSpec], profile: &Json) -> Vec<Document> {
    specs.iter().flat_map(|spec| copies(spec, profile)).collect()
}

fn copies(spec: &DocumentSpec, profile: &Json) -> Vec<Document> {
    let Some(each) = &spec.each else {
        let stem = format!("{}-{}", spec.number, spec.slug);
        return vec![Document {
            id: spec.id.clone(),
            title: spec.title.clone(),
            stem,
            spec: spec.clone(),
            item: None,
        }];
    };
    let items = profile.pointer(&format!("/{}", each.path)).and_then(Json::as_array);
    let has_role =
        |item: &Json| each.role.is_none() || item.get("role").and_then(Json::as_str) == each.role.as_deref();
    let chosen = items.into_iter().flatten().enumerate().filter(|(_, item)| has_role(item));
    let copy = |(n, (index, item)): (usize, (usize, &Json))| {
        let name = item.get("name").and_then(Json::as_str).unwrap_or_default();
        Document {
            id: format!("{}.{}", spec.id, n + 1),
            title: if name.is_empty() { spec.title.clone() } else { format!("{}: {name}", spec.title) },
            stem: format!("{}-{}-{}", spec.number, n + 1, spec.slug),
            spec: spec.clone(),
            item: Some(index),
        }
    };
    chosen.take(36).enumerate().map(copy).collect()
}
