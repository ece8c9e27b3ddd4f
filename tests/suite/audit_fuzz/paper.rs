//! A PDF in evipack's own form, taken apart into its objects and put together again with damage.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::{Dice, blind, replace};

/// What no honest number is.
const NUMBERS: [&str; 20] = [
    "-1",
    "0",
    "1",
    "2",
    "1e308",
    "-1e308",
    "99999999999999999999",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "4294967295",
    "4294967296",
    "2147483648",
    "1048577",
    "nan",
    "inf",
    "-0.0",
    "--1",
    "+7",
    "0000000000000000000000001",
];
/// Names in places where others belong.
const NAMES: [&str; 18] = [
    "/FlateDecode",
    "/LZWDecode",
    "/Crypt",
    "/Pages",
    "/Kids",
    "/Next",
    "/First",
    "/Dest",
    "/Dests",
    "/D",
    "/Names",
    "/Contents",
    "/ToUnicode",
    "/Length",
    "/Filter",
    "/",
    "/#00#2F",
    "/Type0",
];
/// Beginnings, ends and values that nobody expects.
const PIECES: [&str; 18] = [
    "[", "]", "<<", ">>", "(", ")", "<", ">", "\\", "%", "{", "stream\n", "endobj\n", "null", "true", "()",
    "[]", "<<>>",
];
/// Lines of tables to Unicode that nobody writes.
const MAPS: [&str; 10] = [
    "<0000> <FFFF> <0041>",
    "<0000> <FFFFFFFF> <FFFFFFFF>",
    "<FFFF> <0000> <0>",
    "<00000000000000000001> <0041>",
    "<01> <D800>",
    "<01> <0041004200430044004500460047004800490050>",
    "<01>",
    "> <",
    "1 beginbfrange",
    "1 beginbfchar",
];
/// Pieces of a page that nobody writes.
const DRAWN: [&str; 12] = [
    "(",
    ")",
    "<<",
    ">>",
    "\\",
    "\\777",
    "/Artifact BMC ",
    "EMC ",
    "BDC ",
    " Tf ",
    "/f0 1 Tf (\\000) Tj ",
    "[<",
];

/// A PDF in pieces.
pub(super) struct Paper {
    head: Vec<u8>,
    /// What stands between `obj` and `endobj`, by the numbers of the objects less one.
    objects: Vec<Vec<u8>>,
    trailer: Vec<u8>,
}

impl Paper {
    /// Takes a PDF of evipack apart.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (mut at, mut objects) = (0, Vec::new());
        let mut head = Vec::new();
        while let Some(start) = find(&bytes[at..], format!("\n{} 0 obj\n", objects.len() + 1).as_bytes()) {
            let start = at + start + 1;
            if objects.is_empty() {
                head = bytes[..start].to_vec();
            }
            let from = start + find(&bytes[start..], b"obj\n").expect("a beginning") + 4;
            let to = from + find(&bytes[from..], b"\nendobj\n").expect("an end");
            objects.push(bytes[from..to].to_vec());
            at = to;
        }
        let trailer = at + find(&bytes[at..], b"trailer\n").expect("a trailer");
        let end = trailer + find(&bytes[trailer..], b"startxref").expect("its end");
        assert!(objects.len() > 10, "a real PDF");
        Self { head, objects, trailer: bytes[trailer..end].to_vec() }
    }

    /// Puts it together; the table of objects fits them.
    pub(super) fn written(&self) -> Vec<u8> {
        let (mut out, mut table) = (self.head.clone(), String::new());
        for (nth, object) in self.objects.iter().enumerate() {
            table += &format!("{:010} 00000 n\r\n", out.len());
            out.extend(format!("{} 0 obj\n", nth + 1).into_bytes());
            out.extend(object);
            out.extend(b"\nendobj\n");
        }
        let (at, size) = (out.len(), self.objects.len() + 1);
        out.extend(format!("xref\n0 {size}\n0000000000 65535 f\r\n{table}").into_bytes());
        out.extend(&self.trailer);
        out.extend(format!("startxref\n{at}\n%%EOF").into_bytes());
        out
    }

    /// Takes everything off the pages: no word is printed any more.
    pub(super) fn wipe(&mut self) {
        for object in &mut self.objects {
            if unpacked(object).is_some_and(|text| find(&text, b" Tf").is_some()) {
                pack(object, b"BT ET");
            }
        }
    }

    /// Damages it in one way.
    pub(super) fn damage(&mut self, dice: &mut Dice) {
        let count = self.objects.len();
        let (at, other) = (dice.below(count), dice.below(count));
        let twin = self.objects[other].clone();
        let object = &mut self.objects[at];
        match dice.below(12) {
            0 => *object = twin,
            1 => self.objects.swap(at, other),
            2 => object.clear(),
            3 => blind(dice, object),
            4 => values(dice, &mut self.trailer, count),
            5 | 6 => self.stream(dice),
            _ => values(dice, object, count),
        }
    }

    /// Damages what is packed in a stream.
    fn stream(&mut self, dice: &mut Dice) {
        let streams = (0..self.objects.len()).filter(|nth| find(&self.objects[*nth], b"stream\n").is_some());
        let streams: Vec<usize> = streams.collect();
        if streams.is_empty() {
            return;
        }
        let object = &mut self.objects[*dice.pick(&streams)];
        let Some(mut text) = unpacked(object) else { return blind(dice, object) };
        let is_table = find(&text, b"beginbf").is_some();
        match dice.below(40) {
            0 => {
                let piece =
                    if is_table { format!("{}\n", dice.pick(&MAPS)) } else { (*dice.pick(&DRAWN)).into() };
                let many = (20 << 20) / piece.len();
                text = piece.repeat(many).into_bytes();
            }
            1..10 => blind(dice, &mut text),
            _ if is_table => {
                let lines: Vec<usize> = (0..text.len()).filter(|at| text[*at] == b'\n').collect();
                let at = if lines.is_empty() { 0 } else { *dice.pick(&lines) };
                let line = format!("\n{}", dice.pick(&MAPS));
                text.splice(at..at, line.into_bytes()).for_each(drop);
            }
            _ => {
                let piece = *dice.pick(&DRAWN);
                replace(dice, &mut text, piece.as_bytes());
            }
        }
        match dice.below(6) {
            0 => {
                let length = format!("<</Length {}>>\nstream\n", text.len());
                *object = [length.as_bytes(), &text, b"\nendstream"].concat();
            }
            _ => pack(object, &text),
        }
    }
}

/// Damages the table of objects and the way to it.
pub(super) fn tail(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let table = find(bytes, b"\nxref\n").unwrap_or_default();
    let spans = spans(&bytes[table..], |b| b.is_ascii_digit());
    if spans.is_empty() {
        return;
    }
    let (start, end) = *dice.pick(&spans);
    let by = dice.pick(&NUMBERS).as_bytes().to_vec();
    bytes.splice(table + start..table + end, by).for_each(drop);
}

/// Changes numbers, names, links and brackets before the stream of an object.
fn values(dice: &mut Dice, object: &mut Vec<u8>, count: usize) {
    let end = find(object, b"stream\n").unwrap_or(object.len());
    let is_name = |b: u8| b == b'/' || b.is_ascii_alphanumeric();
    let numbers = spans(&object[..end], |b| b.is_ascii_digit());
    let names: Vec<_> =
        spans(&object[..end], is_name).into_iter().filter(|(start, _)| object[*start] == b'/').collect();
    let (spans, by) = match dice.below(8) {
        0..3 => (numbers, (dice.below(count) + 1).to_string()),
        3 | 4 => (numbers, (*dice.pick(&NUMBERS)).to_owned()),
        5 => (names, (*dice.pick(&NAMES)).to_owned()),
        6 => (names, dice.pick(&PIECES).repeat(1 << dice.below(16))),
        _ => (names, format!("{} {}", dice.pick(&NAMES), dice.pick(&PIECES))),
    };
    if spans.is_empty() {
        return replace(dice, object, by.as_bytes());
    }
    let (start, end) = *dice.pick(&spans);
    object.splice(start..end, by.into_bytes()).for_each(drop);
}

/// Where bytes of a kind stand in a row.
fn spans(bytes: &[u8], is_in: impl Fn(u8) -> bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let joins = *byte != b'/';
        match found.last_mut() {
            _ if !is_in(*byte) => {}
            Some((_, end)) if *end == at && joins => *end += 1,
            _ => found.push((at, at + 1)),
        }
    }
    found
}

/// What a packed stream holds.
fn unpacked(object: &[u8]) -> Option<Vec<u8>> {
    let from = find(object, b"stream\n")? + 7;
    let mut out = Vec::new();
    ZlibDecoder::new(&object[from..]).take(1 << 22).read_to_end(&mut out).ok()?;
    Some(out)
}

/// Packs bytes into the stream of an object.
fn pack(object: &mut Vec<u8>, text: &[u8]) {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("memory takes everything");
    let packed = encoder.finish().expect("memory takes everything");
    let head = format!("<</Length {}/Filter/FlateDecode>>\nstream\n", packed.len());
    *object = [head.as_bytes(), &packed, b"\nendstream"].concat();
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|w| w == word)
}
