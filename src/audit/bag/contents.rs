//! The files of a pack, each read once: its digest, and its bytes where they are needed later.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::super::desk::Desk;
use super::super::finding::{Finding, Flaw, Problem};
use super::super::genuine::Authors;
use super::super::inside;
use super::super::limits::megabytes;
use super::super::lms::is_stray;
use super::super::pdf::Skeleton;
use super::super::source::Kind;
use super::{MANIFEST, Place, TAG_MANIFEST, is_table, manifest, named};
use crate::bundle::hexadecimal;

/// What is kept of a file.
pub(super) struct File {
    /// The SHA-256 in lower-case hexadecimal digits; none where the file cannot be read.
    pub(super) digest: Option<String>,
    /// The size in bytes.
    pub(super) size: u64,
}

/// The files of a pack.
pub(super) struct Contents {
    /// By their names below the bag's folder.
    pub(super) files: BTreeMap<String, File>,
    /// The bytes of the files that are looked into.
    pub(super) kept: BTreeMap<String, Vec<u8>>,
    /// The authors that the properties of PDFs name, by file.
    pub(super) authors: Vec<(String, String)>,
    /// How many files the system of a computer left there.
    pub(super) strays: usize,
    /// Whether the bag is one folder at the top, with nothing beside it.
    pub(super) is_alone: bool,
    /// Whether all files could be looked at.
    pub(super) is_whole: bool,
    /// What stands in the PDFs, where they are looked into; none where one is not in evipack's form.
    pub(super) skeletons: BTreeMap<String, Option<Skeleton>>,
}

/// Files that are looked into.
const KEPT: [&str; 6] =
    ["bag-info.txt", "bagit.txt", "data/checklist.json", "data/profile.json", MANIFEST, TAG_MANIFEST];
/// The longest name of a file that evipack makes.
const LONGEST: usize = 200;

impl Contents {
    /// Reads all files.
    pub(super) fn read(place: &Place<'_>, desk: &Desk<'_>, findings: &mut Vec<Finding>) -> Self {
        let mut contents = Self {
            files: BTreeMap::new(),
            kept: BTreeMap::new(),
            authors: Vec::new(),
            strays: 0,
            is_alone: place.base.matches('/').count() == 1,
            is_whole: true,
            skeletons: BTreeMap::new(),
        };
        let mut wrong = Vec::new();
        let mut total = 0;
        for &index in &place.members {
            let item = &place.tree.items()[index];
            if is_stray(&item.path) {
                contents.strays += usize::from(item.path.starts_with(&place.base) || place.archive.is_some());
                continue;
            }
            let Some(name) = item.path.strip_prefix(&place.base) else {
                contents.is_alone &= item.kind == Kind::Folder;
                continue;
            };
            match item.kind {
                Kind::Folder => continue,
                Kind::Special => {
                    wrong.push(Flaw::damaged("it is a link or a device, not a file").finding(name));
                    continue;
                }
                Kind::File => {}
            }
            if let Some(why) = refused(name) {
                wrong.push(Finding::of(Problem::Incomplete, "file-name", why).in_file(name));
            }
            let over = contents.files.len() >= desk.limits.pack_entries;
            let result =
                if over { Err(too_many(desk)) } else { contents.file((place, index), name, (desk, total)) };
            match result {
                Ok(size) => total += size,
                Err(flaw) => {
                    contents.is_whole &= flaw.code != "limit";
                    contents.files.insert(name.to_owned(), File { digest: None, size: 0 });
                    wrong.push(flaw.finding(name));
                    if over {
                        break;
                    }
                }
            }
        }
        findings.extend(named(wrong));
        contents
    }

    fn file(
        &mut self,
        (place, index): (&Place<'_>, usize),
        name: &str,
        (desk, total): (&Desk<'_>, u64),
    ) -> Result<u64, Flaw> {
        let is_compared = desk.genuine.is_some();
        let is_kept = KEPT.contains(&name) || is_compared && is_table(name);
        let limits = &desk.limits;
        let most = if is_kept { limits.kept } else { limits.entry };
        let left = limits.pack.saturating_sub(total);
        let declared = place.tree.items()[index].size;
        if declared > left {
            return Err(Flaw::limit(
                format!(
                    "the pack unpacks to more than {}, the most that is read of one",
                    megabytes(limits.pack)
                ),
                "look at this hand-in by hand",
            ));
        }
        desk.count(declared)?;
        let is_pdf = desk.catalog.is_some() && !desk.quick && inside::is_looked_into(name);
        let is_held = is_pdf && declared <= limits.again;
        let _held = is_held.then(|| desk.hold_file(declared));
        let mut kept = if is_held { desk.lend_buffer() } else { Vec::new() };
        let (mut digest, mut size) = (Sha256::new(), 0);
        let mut authors = (is_compared && name.ends_with(".pdf")).then(Authors::default);
        place.tree.copy(index, most.min(left), &mut |piece| {
            digest.update(piece);
            size += piece.len() as u64;
            if is_kept || is_held {
                kept.extend_from_slice(piece);
            }
            if let Some(authors) = &mut authors {
                authors.take(piece);
            }
        })?;
        let authors = authors.map(Authors::found).unwrap_or_default();
        self.authors.extend(authors.into_iter().map(|author| (name.to_owned(), author)));
        let digest = hexadecimal(&digest.finalize());
        self.files.insert(name.to_owned(), File { digest: Some(digest), size });
        if is_held {
            self.skeletons.insert(name.to_owned(), inside::skeleton(name, &kept, desk));
            desk.take_buffer(kept);
        } else if is_kept {
            self.kept.insert(name.to_owned(), kept);
        }
        Ok(size)
    }

    /// Returns the digest of a file that could be read.
    pub(super) fn digest(&self, name: &str) -> Option<&str> {
        self.files.get(name)?.digest.as_deref()
    }

    /// Returns the digests of the documents, by their names below `data`.
    pub(super) fn documents(&self) -> BTreeMap<String, String> {
        let document = |(name, file): (&String, &File)| {
            let name = name.strip_prefix("data/").filter(|n| n.starts_with("documents/"))?;
            Some((name.to_owned(), file.digest.clone()?))
        };
        self.files.iter().filter_map(document).collect()
    }

    /// Returns all listed files with their digests, and what is wrong with the lists.
    pub(super) fn listed(&self) -> (BTreeMap<&str, &str>, Vec<Finding>) {
        let mut listed = BTreeMap::new();
        let mut findings = Vec::new();
        for (name, is_payload) in [(MANIFEST, true), (TAG_MANIFEST, false)] {
            let Some(bytes) = self.kept.get(name) else { continue };
            let (lines, wrong) = manifest::parse(bytes, is_payload);
            listed.extend(lines);
            findings.extend(wrong.into_iter().map(|why| {
                Finding::of(Problem::Changed, "manifest-malformed", why)
                    .in_file(name)
                    .hint("ask for the pack as evipack wrote it")
            }));
        }
        (listed, named(findings))
    }

    /// Tells whether the manifests have the form that the standard asks for.
    pub(super) fn is_well_formed(&self) -> bool {
        self.listed().1.is_empty()
    }
}

fn too_many(desk: &Desk<'_>) -> Flaw {
    let most = desk.limits.pack_entries;
    Flaw::limit(
        format!("the pack has more than {most} files, the most that are read"),
        "look at this hand-in by hand",
    )
}

/// Says why evipack would not have made a file of that name.
fn refused(name: &str) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if name.len() > LONGEST {
        Some("its name is longer than evipack makes them")
    } else if !name.chars().all(is_plain) {
        Some("its name has characters that evipack never uses")
    } else {
        None
    }
}
