//! The file in which the audit of a large class puts aside what does not fit into memory.
//!
//! Owns a temporary file without a name: nobody can open it by mistake, and it is gone with the program,
//! however that ends. Refuses to make one for a small class, whose few megabytes stay in memory.

use std::env;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{SpooledTempFile, spooled_tempfile_in};

use crate::audit::Shelf;
use crate::cli::files::in_words;
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// So many bytes stay in memory.
const IN_MEMORY: usize = 8 << 20;

/// A file for notes.
pub(super) struct Notes(Mutex<SpooledTempFile>);

impl Notes {
    /// A file for notes where the system wants large temporary files.
    pub(super) fn new() -> Self {
        Self(Mutex::new(unfinished()))
    }
}

/// An empty file without a name that is copied to its place once it is whole.
pub(super) fn unfinished() -> SpooledTempFile {
    spooled_tempfile_in(IN_MEMORY, folder())
}

/// Says why a temporary file could not be filled.
pub(super) fn full(error: &io::Error) -> Diagnostics {
    let folder = folder();
    let text = format!("a temporary file in `{}` cannot be written: {}", folder.display(), in_words(error));
    let hint = "make room on that disk, or set TMPDIR to a folder on another one";
    vec![Diagnostic::error(Builtin::FileUnwritable, text).hint(hint)]
}

/// The folder for temporary files. Where the user names none, it is the one that is surely on a disk: the
/// usual one may be in memory itself.
pub(super) fn folder() -> PathBuf {
    let on_disk = Path::new("/var/tmp");
    if cfg!(unix) && env::var_os("TMPDIR").is_none() && on_disk.is_dir() {
        return on_disk.to_owned();
    }
    env::temp_dir()
}

impl Shelf for Notes {
    fn put(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = file.seek(SeekFrom::End(0))?;
        file.write_all(bytes)?;
        Ok(at)
    }

    fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_back_from_memory_and_from_the_file() {
        let notes = Notes::new();
        let piece = |n: u8| vec![n; IN_MEMORY / 4];
        let places: Vec<u64> = (0..9).map(|n| notes.put(&piece(n)).expect("room")).collect();
        assert!(notes.0.lock().expect("whole").is_rolled(), "most of it is in a file");
        for (n, at) in (0..).zip(places) {
            let mut back = piece(99);
            notes.read(at, &mut back).expect("read");
            assert!(back == piece(n), "piece {n}");
        }
        assert!(notes.read(9 * IN_MEMORY as u64, &mut [0]).is_err(), "nothing is there");
    }
}
