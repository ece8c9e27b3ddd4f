//! Files that lie beside packs, or instead of them.
//!
//! Owns what is kept of such a file: its name, its digest, and what its text may show. Each is read
//! once, and held only while it is looked into.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::desk::Desk;
use super::foreign::{self, Read};
use super::genuine::Authors;
use super::lms::{Handed, Part};
use super::source::{Kind, Tree};

/// A file that is no pack.
#[derive(Clone, Debug, Serialize)]
pub struct LooseFile {
    /// Its name as the learner called it.
    pub name: String,
    /// What it is.
    pub part: Part,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest; none where it was not read.
    pub sha256: Option<String>,
    /// The authors that its properties name, where it is a PDF that was looked into.
    #[serde(skip)]
    pub(crate) authors: Vec<String>,
    /// What its text may show.
    #[serde(skip)]
    pub(crate) read: Read,
}

impl LooseFile {
    /// A file of which nothing but the name and the size is known.
    pub fn unread(name: &str, part: Part, size: u64) -> Self {
        Self { name: name.to_owned(), part, size, sha256: None, authors: Vec::new(), read: Read::default() }
    }
}

/// Looks at a file that is no pack.
pub(crate) fn look(tree: &dyn Tree, handed: &Handed, desk: &Desk<'_>) -> LooseFile {
    let item = &tree.items()[handed.index];
    let is_kept = desk.catalog.is_some()
        && handed.part == Part::File
        && foreign::is_readable(&handed.name)
        && item.size <= desk.limits.again;
    // Twice: a reader may need it once more as a whole.
    let _held = is_kept.then(|| desk.hold_file(item.size * 2));
    let is_compared = desk.genuine.is_some() && handed.name.to_lowercase().ends_with(".pdf");
    let (mut digest, mut bytes, mut authors) = (Sha256::new(), Vec::new(), Authors::default());
    let is_read = !desk.quick
        && item.kind == Kind::File
        && desk.count(item.size).is_ok()
        && tree
            .copy(handed.index, desk.limits.entry, &mut |piece| {
                digest.update(piece);
                if is_compared {
                    authors.take(piece);
                }
                if is_kept {
                    bytes.extend_from_slice(piece);
                }
            })
            .is_ok();
    let sha256 = is_read.then(|| digest.finalize().iter().map(|b| format!("{b:02x}")).collect());
    let read = if is_read && is_kept { foreign::read(&handed.name, bytes, desk) } else { Read::default() };
    LooseFile {
        sha256,
        authors: authors.found(),
        read,
        ..LooseFile::unread(&handed.name, handed.part, item.size)
    }
}
