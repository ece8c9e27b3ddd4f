//! Workbooks as bytes: the same ones on every system.
//!
//! Owns what the writer of workbooks decides by the system that it runs on: a workbook is a zip archive,
//! whose directory says of each entry on what it was made. Refuses to change anything else.

use rust_xlsxwriter::{Workbook, XlsxError};

/// What an entry of the directory begins with, and how long its fixed part is.
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const FIXED: usize = 46;
/// How long the end of the directory is, without a comment, and where in it the directory's place stands.
const END: usize = 22;
const START: usize = 16;
/// Where an entry says on what it was made, and how Unix is called there.
const SYSTEM: usize = 5;
const UNIX: u8 = 3;
/// Where an entry says how long its name, its extra fields and its comment are.
const LENGTHS: [usize; 3] = [28, 30, 32];

/// Saves a workbook.
pub(super) fn saved(mut workbook: Workbook) -> Result<Vec<u8>, XlsxError> {
    let mut bytes = workbook.save_to_buffer()?;
    made_alike(&mut bytes);
    Ok(bytes)
}

/// Says of each entry of an archive without a comment that it was made on Unix.
fn made_alike(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize, digits: usize| {
        bytes[at..at + digits].iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte))
    };
    let mut at = number(bytes, bytes.len() - END + START, 4);
    while bytes[at..].starts_with(&ENTRY) {
        bytes[at + SYSTEM] = UNIX;
        at += FIXED + LENGTHS.iter().map(|length| number(bytes, at + length, 2)).sum::<usize>();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;
    use zip::{System, ZipWriter};

    use super::*;

    #[test]
    fn archives_that_were_made_on_different_systems_become_the_same() {
        let made = |system: System| {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            for name in ["[Content_Types].xml", "xl/workbook.xml", "a"] {
                zip.start_file(name, SimpleFileOptions::default().system(system)).expect("memory");
                zip.write_all(&b"PK\x01\x02 text ".repeat(20)).expect("memory");
            }
            zip.finish().expect("memory").into_inner()
        };
        let (mut dos, mut unix) = (made(System::Dos), made(System::Unix));
        assert_ne!(dos, unix);
        let before = unix.clone();
        made_alike(&mut dos);
        made_alike(&mut unix);
        assert!(unix == before, "what is right stays");
        assert!(dos == unix, "what is not becomes right");
    }
}
