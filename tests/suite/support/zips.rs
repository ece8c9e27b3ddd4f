//! A writer of zip archives that can write what no honest program would.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use sha2::{Digest, Sha256};

/// What the seal at the end of an archive of evipack begins with.
pub(crate) const SEAL: &str = "evipack sha256 ";
/// The size of the end of an archive of evipack.
pub(crate) const END: usize = 22 + SEAL.len() + 64;

/// One entry, field by field.
#[derive(Clone)]
pub(crate) struct Entry {
    /// The name in the directory.
    pub(crate) name: Vec<u8>,
    /// The name before the data, where it is another one.
    pub(crate) local_name: Option<Vec<u8>>,
    /// Flags in both places.
    pub(crate) flags: u16,
    /// 0 stored, 8 deflated.
    pub(crate) method: u16,
    /// Time and date.
    pub(crate) time: [u8; 4],
    /// The checksum.
    pub(crate) crc: u32,
    /// The packed data.
    pub(crate) data: Vec<u8>,
    /// The size that is declared.
    pub(crate) size: u32,
    /// Extra fields before the data.
    pub(crate) local_extra: Vec<u8>,
    /// Extra fields in the directory.
    pub(crate) extra: Vec<u8>,
    /// Version and system.
    pub(crate) made_by: u16,
    /// The version that is needed.
    pub(crate) needed: u16,
    /// The external attributes.
    pub(crate) attributes: u32,
    /// What follows the data; such entries have no sizes before them.
    pub(crate) trailer: Option<Trailer>,
}

/// The forms of the record behind the data.
#[derive(Clone, Copy)]
pub(crate) enum Trailer {
    /// With a signature and short sizes.
    Signed,
    /// Short sizes alone.
    Bare,
    /// With a signature and long sizes.
    Wide,
    /// One that lies.
    Lying,
}

/// An archive.
#[derive(Clone, Default)]
pub(crate) struct Zip {
    /// The entries.
    pub(crate) entries: Vec<Entry>,
    /// The comment at the end; where it is a seal, its digest is made when the archive is written.
    pub(crate) comment: Vec<u8>,
    /// Bytes before the first entry.
    pub(crate) before: Vec<u8>,
    /// Bytes between the last entry and the directory.
    pub(crate) gap: Vec<u8>,
    /// How many more entries the end claims than there are.
    pub(crate) more: i32,
}

/// The checksum of bytes.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Deflated bytes.
pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(3));
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

impl Entry {
    /// An entry as evipack writes it.
    pub(crate) fn new(name: &str, contents: &[u8]) -> Self {
        Self {
            name: name.into(),
            local_name: None,
            flags: 0,
            method: 8,
            time: [0, 0, 0x21, 0],
            crc: crc(contents),
            data: deflated(contents),
            size: u32::try_from(contents.len()).expect("a small file"),
            local_extra: Vec::new(),
            extra: Vec::new(),
            made_by: 0x0314,
            needed: 20,
            attributes: 0o100_644 << 16,
            trailer: None,
        }
    }

    /// The same, stored as it is.
    pub(crate) fn stored(name: &str, contents: &[u8]) -> Self {
        Self { method: 0, data: contents.to_vec(), ..Self::new(name, contents) }
    }

    fn packed(&self) -> u32 {
        u32::try_from(self.data.len()).expect("a small file")
    }

    fn start(&self, out: &mut Vec<u8>) {
        let name = self.local_name.as_ref().unwrap_or(&self.name);
        let known = [self.crc, self.packed(), self.size];
        let [crc, packed, size] = if self.trailer.is_some() { [0; 3] } else { known };
        out.extend(b"PK\x03\x04");
        shorts(out, &[self.needed, self.flags(), self.method]);
        out.extend(self.time);
        longs(out, &[crc, packed, size]);
        shorts(out, &[length(name), length(&self.local_extra)]);
        out.extend(name);
        out.extend(&self.local_extra);
        out.extend(&self.data);
        match self.trailer {
            None => {}
            Some(Trailer::Signed) => {
                out.extend(b"PK\x07\x08");
                longs(out, &known);
            }
            Some(Trailer::Bare) => longs(out, &known),
            Some(Trailer::Wide) => {
                out.extend(b"PK\x07\x08");
                longs(out, &[self.crc, self.packed(), 0, self.size, 0]);
            }
            Some(Trailer::Lying) => {
                out.extend(b"PK\x07\x08");
                longs(out, &[self.crc, self.packed(), self.size ^ 1]);
            }
        }
    }

    fn flags(&self) -> u16 {
        self.flags | if self.trailer.is_some() { 8 } else { 0 }
    }

    fn record(&self, out: &mut Vec<u8>, at: usize) {
        out.extend(b"PK\x01\x02");
        shorts(out, &[self.made_by, self.needed, self.flags(), self.method]);
        out.extend(self.time);
        longs(out, &[self.crc, self.packed(), self.size]);
        shorts(out, &[length(&self.name), length(&self.extra), 0, 0, 0]);
        longs(out, &[self.attributes, u32::try_from(at).expect("a small archive")]);
        out.extend(&self.name);
        out.extend(&self.extra);
    }
}

impl Zip {
    /// An archive with files as evipack writes them.
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let entries = files.into_iter().map(|(name, bytes)| Entry::new(name, bytes)).collect();
        Self { entries, comment: format!("{SEAL}{}", "0".repeat(64)).into_bytes(), ..Self::default() }
    }

    /// Changes every entry.
    pub(crate) fn each(mut self, change: impl Fn(&mut Entry)) -> Self {
        self.entries.iter_mut().for_each(change);
        self
    }

    /// Adds an entry.
    pub(crate) fn with(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// Writes it.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        let mut places = Vec::new();
        for entry in &self.entries {
            places.push(out.len());
            entry.start(&mut out);
        }
        out.extend(&self.gap);
        let directory = out.len();
        for (entry, at) in self.entries.iter().zip(places) {
            entry.record(&mut out, at);
        }
        let size = out.len() - directory;
        let count = i32::try_from(self.entries.len()).expect("a small archive") + self.more;
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        out.extend(b"PK\x05\x06");
        shorts(&mut out, &[0, 0, count, count]);
        longs(&mut out, &[u32::try_from(size).expect("small"), u32::try_from(directory).expect("small")]);
        shorts(&mut out, &[length(&self.comment)]);
        if self.comment.starts_with(SEAL.as_bytes()) {
            let digest: String = Sha256::digest(&out).iter().map(|b| format!("{b:02x}")).collect();
            out.extend([SEAL.as_bytes(), digest.as_bytes()].concat());
        } else {
            out.extend(&self.comment);
        }
        out
    }
}

fn shorts(out: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|n| out.extend(n.to_le_bytes()));
}

fn longs(out: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|n| out.extend(n.to_le_bytes()));
}

fn length(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).expect("a short name")
}

/// An extra field.
pub(crate) fn extra(id: u16, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    shorts(&mut out, &[id, length(bytes)]);
    out.extend(bytes);
    out
}
