//! The pack as a container: a BagIt 1.0 bag (RFC 8493) in a zip file.
//!
//! Owns the tag files, the manifests and the container; the same files always give the same bytes.
//! Refuses to know what the files hold, and to touch a disk.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use zip::write::{PreparedZipFile, SimpleFileOptions};
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// The manifest of everything below `data/`.
const MANIFEST: &str = "manifest-sha256.txt";
/// The manifest of everything else; its digest is the pack's id.
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The version and encoding that every bag declares.
const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// How hard the files are packed; part of the form of a pack, because it decides on its bytes.
const LEVEL: i64 = 3;
/// How the comment at the end of every archive begins; the digest of all bytes before it follows.
pub(crate) const SEAL: &str = "evipack sha256 ";

/// A bag: one folder with all its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The name of the folder.
    pub name: String,
    /// All files by their names relative to the folder.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// Makes a bag from the payload (its names go below `data/`), tag files and lines of `bag-info.txt`.
    ///
    /// File names are ASCII letters, digits, `.`, `_`, `-` and `/`: the caller sees to that.
    pub fn bag(
        name: &str,
        payload: BTreeMap<String, Vec<u8>>,
        tags: BTreeMap<String, Vec<u8>>,
        info: &[(String, String)],
    ) -> Self {
        debug_assert!(payload.keys().chain(tags.keys()).all(|n| is_plain(n)), "file names are plain ASCII");
        let size: usize = payload.values().map(Vec::len).sum();
        let oxum = ("Payload-Oxum".to_owned(), format!("{size}.{}", payload.len()));
        let lines: String = info.iter().chain([&oxum]).filter_map(tag_line).collect();

        let mut files = tags;
        files.extend(payload.into_iter().map(|(name, bytes)| (format!("data/{name}"), bytes)));
        let manifest = manifest(&files, |name| name.starts_with("data/"));
        files.insert("bagit.txt".into(), DECLARATION.into());
        files.insert("bag-info.txt".into(), lines.into_bytes());
        files.insert(MANIFEST.into(), manifest);
        let tag_manifest = self::manifest(&files, |name| !name.starts_with("data/"));
        files.insert(TAG_MANIFEST.into(), tag_manifest);
        Self { name: name.into(), files }
    }

    /// Returns the pack's id: the digest of the tag manifest, which covers every byte of the bag.
    pub fn id(&self) -> String {
        digest(self.files.get(TAG_MANIFEST).map_or(&[], Vec::as_slice))
    }

    /// Returns the bag as a zip file: sorted, with fixed times and modes.
    pub fn zip(&self) -> Vec<u8> {
        let name = |(name, bytes): (&String, _)| (format!("{}/{name}", self.name), bytes);
        zip(&self.files.iter().map(name).collect())
    }
}

/// Packs files into a zip file in the order of their names, with fixed times and modes, and seals it.
pub(crate) fn zip(files: &BTreeMap<String, &Vec<u8>>) -> Vec<u8> {
    let mut packer = Packer::new(Cursor::new(Vec::new()));
    let files: Vec<(String, &[u8])> =
        files.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect();
    let packed = packer.add(&files).and_then(|()| packer.finish());
    packed.expect("memory takes everything that is written").into_inner()
}

/// A zip file that grows by some files at a time, where all of them together take much memory.
pub(crate) struct Packer<W: Write + Seek>(ZipWriter<W>);

impl<W: Read + Write + Seek> Packer<W> {
    /// Begins a zip file in something empty.
    pub(crate) fn new(empty: W) -> Self {
        Self(ZipWriter::new(empty))
    }

    /// Packs files behind those that are there; no two names may be the same.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub(crate) fn add(&mut self, files: &[(String, &[u8])]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644)
            .system(System::Unix);
        let compressed: Vec<PreparedZipFile> = files
            .par_iter()
            .map(|(name, bytes)| {
                PreparedZipFile::from_data(name, options, bytes)
                    .expect("memory takes everything that is written")
            })
            .collect();
        Ok(self.0.add_prepared_files(compressed)?)
    }

    /// Ends the file with its seal.
    ///
    /// # Errors
    /// Where it cannot be written, or not be read again.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let digits = "0".repeat(2 * Sha256::output_size());
        self.0.set_comment(format!("{SEAL}{digits}")).expect("the comment is short");
        let mut file = self.0.finish()?;
        let end = file.seek(SeekFrom::End(0))?;
        let seal = end - digits.len() as u64;
        file.rewind()?;
        let mut digest = Sha256::new();
        io::copy(&mut (&mut file).take(seal - SEAL.len() as u64), &mut IntoDigest(&mut digest))?;
        file.seek(SeekFrom::Start(seal))?;
        file.write_all(hexadecimal(&digest.finalize()).as_bytes())?;
        file.rewind()?;
        Ok(file)
    }
}

/// Lets bytes be copied into a digest.
struct IntoDigest<'a>(&'a mut Sha256);

impl Write for IntoDigest<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a manifest of the files that are meant, sorted by name.
fn manifest(files: &BTreeMap<String, Vec<u8>>, is_meant: impl Fn(&str) -> bool) -> Vec<u8> {
    let meant: Vec<(&String, &Vec<u8>)> = files.iter().filter(|(name, _)| is_meant(name)).collect();
    let lines: Vec<String> =
        meant.par_iter().map(|(name, bytes)| format!("{}  {name}\n", digest(bytes))).collect();
    lines.concat().into_bytes()
}

/// Writes a line of `bag-info.txt`; white space and control characters of a value become single
/// spaces, so that no value can begin a line of its own. Nothing is written for an empty value.
fn tag_line((label, value): &(String, String)) -> Option<String> {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = value.split(is_gap).filter(|w| !w.is_empty()).collect();
    (!words.is_empty()).then(|| format!("{label}: {}\n", words.join(" ")))
}

fn is_plain(name: &str) -> bool {
    let step = |s: &str| !s.is_empty() && s != "." && s != "..";
    name.split('/').all(step) && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
}

/// The SHA-256 of bytes as manifests write it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digits = |b: &u8| [b >> 4, b & 15].map(|d| char::from_digit(d.into(), 16).unwrap_or_default());
    bytes.iter().flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use zip::ZipArchive;

    fn bundle() -> Bundle {
        let payload =
            [("profile.json", "{}"), ("documents/00-cover.pdf", "%PDF"), ("data/metrics.csv", "a,b\n")];
        let payload = payload.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into();
        let tags = [("index.html".to_owned(), b"<!doctype html>".to_vec())].into();
        let info = [
            ("Source-Organization".to_owned(), "Loaf & Co\r\nPayload-Oxum: 0.0\u{2028} Ltd".to_owned()),
            ("Contact-Name".to_owned(), " \n".to_owned()),
        ];
        Bundle::bag("loaf-osm007", payload, tags, &info)
    }

    fn text(bundle: &Bundle, name: &str) -> String {
        String::from_utf8(bundle.files[name].clone()).expect("tag files are UTF-8")
    }

    #[test]
    fn tag_files_are_those_of_a_bag() {
        let bundle = bundle();
        assert_eq!(text(&bundle, "bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        assert_eq!(
            text(&bundle, "bag-info.txt"),
            "Source-Organization: Loaf & Co Payload-Oxum: 0.0 Ltd\nPayload-Oxum: 10.3\n"
        );
    }

    #[test]
    fn packing_in_pieces_gives_the_same_zip() {
        let bundle = bundle();
        let files: Vec<(String, &[u8])> =
            bundle.files.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect();
        let mut packer = Packer::new(Cursor::new(Vec::new()));
        files.chunks(2).for_each(|some| packer.add(some).expect("written"));
        assert_eq!(
            packer.finish().expect("sealed").into_inner(),
            zip(&bundle.files.iter().map(|(n, b)| (n.clone(), b)).collect())
        );
    }

    #[test]
    fn manifests_cover_every_file_once() {
        let bundle = bundle();
        let empty = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        let manifest = text(&bundle, MANIFEST);
        assert!(manifest.ends_with(&format!("{empty}  data/profile.json\n")), "{manifest}");
        let listed = |name: &str| -> Vec<String> {
            text(&bundle, name).lines().filter_map(|l| Some(l.split_once("  ")?.1.to_owned())).collect()
        };
        let mut all = [listed(MANIFEST), listed(TAG_MANIFEST), vec![TAG_MANIFEST.to_owned()]].concat();
        all.sort();
        assert_eq!(all, bundle.files.keys().cloned().collect::<Vec<_>>());
    }

    #[test]
    fn the_id_changes_with_any_byte() {
        let one = bundle();
        let mut payload: BTreeMap<String, Vec<u8>> = [("profile.json".to_owned(), b"{}".to_vec())].into();
        let small = Bundle::bag("x", payload.clone(), BTreeMap::new(), &[]);
        payload.insert("profile.json".into(), b"[]".to_vec());
        assert_ne!(small.id(), Bundle::bag("x", payload, BTreeMap::new(), &[]).id());
        assert_eq!(one.id(), bundle().id());
        assert_eq!(one.id().len(), 64);
    }

    #[test]
    fn the_zip_gives_back_every_file_with_fixed_times_and_modes() {
        let bundle = bundle();
        let bytes = bundle.zip();
        assert_eq!(bytes, bundle.zip());
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
        let mut names = Vec::new();
        for i in 0..archive.len() {
            let mut entry = archive.by_index(i).expect("an entry");
            assert_eq!(entry.unix_mode(), Some(0o100_644));
            assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
            assert_eq!(entry.extra_data().unwrap_or_default(), b"");
            let name =
                entry.name().expect("a name").strip_prefix("loaf-osm007/").expect("one folder").to_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("the bytes");
            assert_eq!(bytes, bundle.files[&name]);
            names.push(name);
        }
        assert_eq!(names, bundle.files.keys().cloned().collect::<Vec<_>>());
    }
}
