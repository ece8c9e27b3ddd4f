//! The numbers of the profile and of its CSV files, each in one cell.
//!
//! Owns their form. Refuses to add anything up; `reader` fills it, `figure` computes with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Place;

/// Period, platform and input, each by its place in its list.
pub(super) type Key = (usize, usize, usize);

/// One post.
#[derive(Clone, Debug)]
pub(super) struct Post {
    /// Its id in the export.
    pub(super) id: String,
    /// Its period.
    pub(super) period: usize,
    /// Its platform.
    pub(super) platform: usize,
    /// The day it was published.
    pub(super) on: String,
    /// What kind of post it was.
    pub(super) kind: String,
    /// Its title or first words.
    pub(super) title: String,
    /// How many accounts saw it.
    pub(super) reach: Option<i64>,
    /// How often it was shown.
    pub(super) impressions: Option<i64>,
    /// Clicks on its links.
    pub(super) clicks: Option<i64>,
    /// Reactions, comments, shares and saves, as far as they were reported.
    pub(super) interactions: i64,
}

/// A file that the profile names.
#[derive(Clone, Debug)]
pub(super) struct DataFile {
    /// Its name.
    pub(super) name: String,
    /// Where it was exported.
    pub(super) source: String,
    /// When.
    pub(super) exported_on: String,
    /// By whom.
    pub(super) by_id: String,
    /// What it covers.
    pub(super) covers: String,
    /// The digest of its bytes, if it is there.
    pub(super) sha256: Option<String>,
    /// The name of the export that it was read from, if the program read it.
    pub(super) raw_file: String,
    /// The digest of that export.
    pub(super) raw_sha256: String,
    /// How many rows it has below the header.
    pub(super) rows: usize,
}

/// All numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Data {
    /// One number per cell.
    pub(super) cells: BTreeMap<Key, i64>,
    /// Which platform reports which input at all.
    pub(super) reported: BTreeSet<(usize, usize)>,
    /// In the order of the files.
    pub(super) posts: Vec<Post>,
    /// In the order of the profile.
    pub(super) files: Vec<DataFile>,
    /// Every text of a file that can be printed, with its place.
    pub(super) words: Vec<(Place, String)>,
}
