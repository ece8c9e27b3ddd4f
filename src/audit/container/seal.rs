//! The seal of an archive: the comment at its end, with the digest of every byte before it.
//!
//! Owns the answer whether not one byte was packed in another way. Contents and structure say much, but
//! the same contents can be packed in many ways, and a changed bit may hide in the difference. Refuses
//! to be proof against somebody who means to deceive: whoever can pack can seal.

use sha2::{Digest, Sha256};

use crate::audit::source::Bytes;
use crate::bundle::{SEAL, hexadecimal};

/// How much is read at once.
const CHUNK: u64 = 1 << 16;

/// A seal, as it stands there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seal {
    /// How many bytes stand before it.
    covers: u64,
    /// Their digest, if they are unchanged.
    digest: String,
}

impl Seal {
    /// Reads a comment that begins at a place; none where it is not a seal.
    pub(super) fn read(comment: &[u8], at: u64) -> Option<Self> {
        let digest = std::str::from_utf8(comment).ok()?.strip_prefix(SEAL)?;
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let is_digest = digest.len() == 64 && digest.bytes().all(is_digit);
        is_digest.then(|| Self { covers: at, digest: digest.to_owned() })
    }

    /// Tells whether the bytes before it are those that were sealed.
    pub(crate) fn fits(&self, source: &dyn Bytes) -> bool {
        let (mut digest, mut at, mut buffer) = (Sha256::new(), 0, vec![0; CHUNK as usize]);
        while at < self.covers {
            let size = CHUNK.min(self.covers - at);
            let piece = &mut buffer[..size as usize];
            if source.read_at(at, piece).is_err() {
                return false;
            }
            digest.update(piece);
            at += size;
        }
        hexadecimal(&digest.finalize()) == self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::Bundle;

    #[test]
    fn a_seal_fits_nothing_but_the_bytes_before_it() {
        let bytes = Bundle { name: "x".into(), files: [("a".into(), vec![7; 200_000])].into() }.zip();
        let at = bytes.len() - SEAL.len() - 64;
        let seal = Seal::read(&bytes[at..], at as u64).expect("a seal");
        assert!(seal.fits(&bytes));
        for place in [0, at / 2, at - 1] {
            let mut other = bytes.clone();
            other[place] ^= 1;
            assert!(!seal.fits(&other), "byte {place}");
        }
        assert!(!seal.fits(&bytes[..at - 1].to_vec()), "cut off");
    }

    #[test]
    fn another_comment_is_no_seal() {
        let digest = "0".repeat(64);
        let is_seal = |comment: &str| Seal::read(comment.as_bytes(), 0).is_some();
        assert!(is_seal(&format!("{SEAL}{digest}")));
        let others = ["", &digest[..], &format!("{SEAL}{}", &digest[1..]), &format!("{SEAL}{digest}0")];
        for other in others.map(str::to_owned).into_iter().chain([format!("{SEAL}{}", "F".repeat(64))]) {
            assert!(!is_seal(&other), "{other}");
        }
    }
}
