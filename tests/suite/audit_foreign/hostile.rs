//! Files that were made to do harm: the right words, in bounded time and memory, and the next learner's
//! file is read as if nothing had been.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::Value;

use super::wording;
use crate::support::foreign::{docx, paper, paragraph, pdf};
use crate::support::zips::{Entry, Zip, crc};
use crate::support::{Evipack, Run};

/// What the program gives the child that reads PDFs: time and memory; and something on top.
const TIME: Duration = Duration::from_secs(20 + 10);
const MEMORY: u64 = 512 << 20;
/// What the program itself may take, in bytes.
const OWN_MEMORY: u64 = 256 << 20;

/// Bytes that unpack to as many as are asked for.
fn bomb(piece: &[u8], most: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = piece.repeat((1 << 20) / piece.len());
    (0..most >> 20).for_each(|_| encoder.write_all(&block).expect("memory"));
    encoder.finish().expect("memory")
}

/// An object with a packed stream, as text: each byte is written as two digits.
fn packed(dict: &str, bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let filter = "/Filter[/ASCIIHexDecode/FlateDecode]";
    format!("<<{dict}/Length {}{filter}>>\nstream\n{digits}>\nendstream", digits.len() + 1)
}

/// A PDF with one page that draws what a stream holds.
fn page_of(contents: String) -> Vec<u8> {
    let font = "<</Type/Font/Subtype/TrueType/BaseFont/Arial/Encoding/WinAnsiEncoding>>";
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>";
    let head = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page];
    let mut objects: Vec<String> = head.map(str::to_owned).into();
    objects.extend([contents, font.to_owned()]);
    pdf(&objects)
}

/// A PDF that asks for a password.
fn locked() -> Vec<u8> {
    let bytes = paper(&["Nothing to see"]);
    let text = String::from_utf8(bytes).expect("text");
    let word = "5a".repeat(32);
    let lock = format!(
        "/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<{word}>/U<{word}>>>/ID[<{word}><{word}>]/Root"
    );
    text.replace("/Root", &lock).into_bytes()
}

/// A PDF whose objects lie in a stream that holds very many.
fn object_streams() -> Vec<u8> {
    let count = 2_000_000;
    let numbers: String = (0..count).map(|n| format!("{} {n} ", n + 10)).collect();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(numbers.as_bytes()).expect("memory");
    encoder.write_all(&b"[".repeat(256 << 20)).expect("memory");
    let stream = encoder.finish().expect("memory");
    let mut out = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 11 0 R>>\nendobj\n".to_vec();
    let at = out.len();
    let head = format!(
        "2 0 obj\n<</Type/ObjStm/N {count}/First {}/Filter/FlateDecode/Length {}>>\nstream\n",
        numbers.len(),
        stream.len()
    );
    out.extend([head.as_bytes(), &stream, b"\nendstream\nendobj\n"].concat());
    let table = out.len();
    // Entries of four bytes: kind, place or stream, index.
    let entry = |kind: u8, place: usize, index: u8| {
        let place = u16::try_from(place).expect("a small file").to_be_bytes();
        [kind, place[0], place[1], index]
    };
    let mut entries: Vec<u8> = [entry(0, 0, 0), entry(1, 9, 0), entry(1, at, 0)].concat();
    (0..17).for_each(|index| entries.extend(entry(2, 2, index)));
    let head = format!(
        "3 0 obj\n<</Type/XRef/Size 27/Index[0 3 10 17]/W[1 2 1]/Root 1 0 R/Length {}>>\nstream\n",
        entries.len()
    );
    out.extend([head.as_bytes(), &entries, b"\nendstream\nendobj\n"].concat());
    out.extend(format!("startxref\n{table}\n%%EOF").into_bytes());
    out
}

/// Page trees that go on: very deep, and very wide.
fn deep_pages() -> Vec<u8> {
    let mut objects = vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned()];
    objects.extend((3..100_000).map(|kid| format!("<</Type/Pages/Count 1/Kids[{kid} 0 R]>>")));
    pdf(&objects)
}

fn wide_pages() -> Vec<u8> {
    let kids = "3 0 R ".repeat(400_000);
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>".to_owned();
    pdf(&["<</Type/Catalog/Pages 2 0 R>>".into(), format!("<</Type/Pages/Count 400000/Kids[{kids}]>>"), page])
}

/// A name, the file, and what is said of it.
type Hostile = (&'static str, Vec<u8>, &'static str);

/// PDFs, made once.
fn pdfs() -> &'static [Hostile] {
    static PDFS: OnceLock<Vec<Hostile>> = OnceLock::new();
    PDFS.get_or_init(make_pdfs)
}

fn make_pdfs() -> Vec<Hostile> {
    let whole = paper(&["Choose a recipe"; 40]);
    let spaces = packed("", &bomb(b" ", 640 << 20));
    let drawn = packed("", &bomb(b"BT /F1 1 Tf (aaaaaaaa) Tj ET ", 640 << 20));
    let open = packed("", &bomb(b"[", 256 << 20));
    let twice = packed("", &bomb(&bomb(b" ", 64 << 20), 1 << 20));
    let twice = twice.replace("/FlateDecode]", "/FlateDecode/FlateDecode]");
    vec![
        ("locked.pdf", locked(), "it is locked with a password"),
        ("empty.pdf", Vec::new(), "it is damaged, or no PDF"),
        ("cut.pdf", whole[..whole.len() / 2].to_vec(), ""),
        ("spaces.pdf", page_of(spaces), ""),
        ("drawn.pdf", page_of(drawn), ""),
        ("open.pdf", page_of(open), ""),
        ("twice.pdf", page_of(twice), ""),
        ("objects.pdf", object_streams(), ""),
        ("deep pages.pdf", deep_pages(), ""),
        ("wide pages.pdf", wide_pages(), ""),
    ]
}

/// A DOCX whose text unpacks to much more than it is packed.
fn unpacks() -> Vec<u8> {
    let text = b"<w:t>aaaaaaaa</w:t>".repeat((40 << 20) / 19);
    Zip::of([("word/document.xml", &text[..])]).write()
}

/// A DOCX that says that it is small, and unpacks to a lot.
fn lies() -> Vec<u8> {
    let text = b"<w:t>aaaaaaaa</w:t>".repeat((40 << 20) / 19);
    let entry = Entry { size: 100, crc: crc(&text[..100]), ..Entry::new("word/document.xml", &text) };
    Zip::default().with(entry).write()
}

/// Word files.
fn docxs() -> Vec<Hostile> {
    let nested = format!("{}{}", "<w:p>".repeat(1_000_000), "</w:p>".repeat(1_000_000));
    let attributes: String = (0..900_000).map(|n| format!(" a{n}=\"\"")).collect();
    let spaces: String = (0..60_000).map(|n| format!(" xmlns:n{n}=\"u\"")).collect();
    let spaces = format!("<w:p{spaces}>{}</w:p>", "<w:r xmlns:z=\"q\"/>".repeat(300_000));
    let entities = "<!DOCTYPE w [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><w>&b;</w>";
    vec![
        ("unpacks.docx", unpacks(), "it unpacks to 39 MB; at most 16 MB are read of one file"),
        ("lies.docx", lies(), "it is longer than it says"),
        ("nested.docx", docx(&nested), "it holds pictures and no text"),
        ("attributes.docx", docx(&format!("<w:p{attributes}/>")), "it holds pictures and no text"),
        ("name spaces.docx", docx(&spaces), "it holds pictures and no text"),
        (
            "entities.docx",
            Zip::of([("word/document.xml", entities.as_bytes())]).write(),
            "its text is damaged",
        ),
        ("empty.docx", Vec::new(), "it is damaged, or no DOCX file"),
        ("cut.docx", docx(&paragraph("Choose a recipe"))[..60].to_vec(), "it is damaged, or no DOCX file"),
    ]
}

/// Runs the program to its end; returns what it said, and the most memory that it took.
fn watched(mut command: Command, input: Vec<u8>) -> (std::process::Output, u64) {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("the program can be started");
    let mut pipe = child.stdin.take().expect("a pipe");
    thread::spawn(move || drop(pipe.write_all(&input)));
    let peak = thread::spawn({
        let id = child.id();
        move || peak(id)
    });
    let output = Child::wait_with_output(child).expect("an end");
    (output, peak.join().expect("a number"))
}

/// The most memory that a process takes until its end, where the system tells it.
fn peak(id: u32) -> u64 {
    let mut most = 0;
    while let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/status")) {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // A process that has ended has no memory any more.
        let Some(kilobytes) = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()) else {
            break;
        };
        most = most.max(kilobytes << 10);
        thread::sleep(Duration::from_millis(1));
    }
    most
}

#[test]
fn the_child_that_reads_pdfs_keeps_to_its_time_and_memory() {
    for (name, bytes, _) in pdfs() {
        let start = Instant::now();
        let (output, peak) = watched(Evipack::new(["read-pages"]).into_command(), bytes.clone());
        println!("{name}: {}, {} MB, {:?}", output.status, peak >> 20, start.elapsed());
        assert!(start.elapsed() < TIME && peak <= MEMORY, "{name}: {} MB, {:?}", peak >> 20, start.elapsed());
    }
}

#[test]
fn one_hostile_file_keeps_nobody_elses_from_being_read() {
    let docxs = docxs();
    let hostile: Vec<&Hostile> = pdfs().iter().chain(&docxs).collect();
    let good = docx(&paragraph(&wording()));
    let folder = tempfile::tempdir().expect("a folder");
    let put = |learner: &str, file: &str, bytes: &[u8]| {
        let own = folder.path().join("class").join(learner);
        std::fs::create_dir_all(&own).expect("a folder");
        std::fs::write(own.join(file), bytes).expect("a file");
    };
    for (nth, (name, bytes, _)) in hostile.iter().enumerate() {
        put(&format!("{nth:02} hostile"), name, bytes);
        put(&format!("{nth:02} next"), "essay.docx", &good);
    }
    let command = Evipack::new(["audit", "class", "--format", "json"]).within(folder.path()).into_command();
    let (output, peak) = watched(command, Vec::new());
    let report = Run::of(&output).json();
    assert!(peak <= OWN_MEMORY, "{} MB", peak >> 20);
    let learners = report["learners"].as_array().expect("learners");
    assert_eq!(learners.len(), 2 * hostile.len());
    let says = |learner: &Value, text: &str| learner["findings"].to_string().contains(text);
    for ((name, _, text), pair) in hostile.iter().zip(learners.chunks(2)) {
        let is_told = says(&pair[0], "file-not-read") || says(&pair[0], "file-without-text");
        let has_text = name.starts_with("cut") && pair[0]["suggestions"].is_array();
        assert!((is_told || has_text) && says(&pair[0], text), "{name}: {:#}", pair[0]);
        let read = pair[1]["suggestions"].as_array().is_some_and(|s| !s.is_empty());
        assert!(read, "after {name}: {:#}", pair[1]);
    }
}
