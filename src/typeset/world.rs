//! The closed world of a document.
//!
//! Owns fonts and the table of files that a document may see. Refuses everything else: there is no
//! disk, no package, no date of today.

use std::collections::BTreeMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

use super::Job;
use crate::catalog::Catalog;
use crate::diag::{Builtin, Diagnostic, Diagnostics, Place};

/// The house style: every document may import it.
const HOUSE: &str = "/house.typ";

/// What all documents share.
pub(super) struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    house: Source,
}

impl Shared {
    pub(super) fn new(catalog: &Catalog, own: &BTreeMap<String, Vec<u8>>) -> Result<Self, Diagnostics> {
        let mut fonts = Vec::new();
        let embedded = catalog.list("templates/fonts").into_iter().filter(|n| n.ends_with(".ttf"));
        for name in embedded {
            let bytes = catalog.bytes(&name).expect("listed files exist").into_owned();
            fonts.extend(Font::iter(Bytes::new(bytes)));
        }
        let mut problems = Diagnostics::new();
        for (name, bytes) in own {
            let before = fonts.len();
            fonts.extend(Font::iter(Bytes::new(bytes.clone())));
            if fonts.len() == before {
                let text = format!("`{name}` cannot be read as a font");
                problems.push(Diagnostic::error(Builtin::AssetUnusable, text).at(Place::whole(name)));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let house = catalog.text("templates/shared/house.typ").map_err(|d| vec![d])?;
        // `pdf.header-cell` stands behind this switch: the heads of rows are tagged with it.
        let features = [Feature::A11yExtras].into_iter().collect();
        Ok(Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            house: Source::new(file_id(HOUSE), house),
        })
    }

    pub(super) fn covers(&self, c: char) -> bool {
        self.fonts.iter().any(|f| f.info().coverage.contains(c as u32))
    }
}

/// The world of one document.
pub(super) struct DocumentWorld<'a> {
    shared: &'a Shared,
    main: FileId,
    sources: BTreeMap<u16, Source>,
    files: BTreeMap<u16, Bytes>,
}

impl<'a> DocumentWorld<'a> {
    pub(super) fn new(shared: &'a Shared, job: &Job) -> Self {
        let source = |(path, rendered): (&String, &crate::render::Rendered)| {
            let id = file_id(path);
            (key(id), Source::new(id, rendered.text.clone()))
        };
        Self {
            shared,
            main: file_id(&job.main),
            sources: job.sources.iter().map(source).collect(),
            files: job.files.iter().map(|(p, b)| (key(file_id(p)), Bytes::new(b.clone()))).collect(),
        }
    }
}

/// Ids of files are never freed by Typst, so paths come from a small fixed set.
pub(super) fn file_id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("paths of documents are fixed and valid");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

fn key(id: FileId) -> u16 {
    id.into_raw().get()
}

impl World for DocumentWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shared.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.shared.house.id() {
            return Ok(self.shared.house.clone());
        }
        self.sources.get(&key(id)).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&key(id)).cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}
