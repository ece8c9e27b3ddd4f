//! How much the audit takes on, and what it says when something is more.
//!
//! Owns the numbers. They are far above what an honest submission needs and far below what would
//! make a machine slow: bytes are counted as they are really unpacked, never as they are declared.

/// The most that is read; all sizes in bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Entries of one pack.
    pub pack_entries: usize,
    /// Entries of a download with many submissions, or of a folder.
    pub class_entries: usize,
    /// Bytes of a name.
    pub name: usize,
    /// One file, unpacked.
    pub entry: u64,
    /// All files of one pack, unpacked.
    pub pack: u64,
    /// All that is unpacked in one run.
    pub class: u64,
    /// A pack that has to be held in memory, because it lies compressed in a download; also the most
    /// that all such packs hold at the same time.
    pub held: u64,
    /// A PDF that is looked into; also the most that all such files hold at the same time.
    pub again: u64,
    /// A file that is looked into: manifests, the profile, the checklist.
    pub kept: u64,
    /// Archives around a pack, its own included.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pack_entries: 2_000,
            class_entries: 50_000,
            name: 1_024,
            entry: 128 << 20,
            pack: 256 << 20,
            class: 256 << 30,
            held: 48 << 20,
            again: 24 << 20,
            kept: 4 << 20,
            depth: 2,
        }
    }
}

/// A number of bytes for people.
pub(crate) fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KB", bytes >> 10),
        1_048_576..1_073_741_824 => format!("{} MB", bytes >> 20),
        _ => format!("{} GB", bytes >> 30),
    }
}
