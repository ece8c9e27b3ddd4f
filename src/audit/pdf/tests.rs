use std::io::Write as _;

use super::*;

/// A PDF with these objects; the first is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let (mut out, mut table) = (b"%PDF-1.7\n".to_vec(), String::new());
    for (nth, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n\r\n", out.len());
        out.extend([format!("{} 0 obj\n", nth + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (size, at) = (objects.len() + 1, out.len());
    let tail = format!(
        "xref\n0 {size}\n0000000000 65535 f\r\n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF"
    );
    out.extend(tail.as_bytes());
    out
}

#[test]
fn many_pages_that_share_one_bomb_cost_no_more_than_one() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b' '; 64 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let head = format!("<</Length {}/Filter/FlateDecode>>\nstream\n", packed.len());
    let kids: String = (0..4_000).map(|n| format!("{} 0 R ", n + 4)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]>>").into_bytes(),
        [head.as_bytes(), &packed, b"\nendstream"].concat(),
    ];
    let page = b"<</Type/Page/Resources<</Font<<>>>>/Contents 3 0 R>>".to_vec();
    objects.extend(std::iter::repeat_n(page, 4_000));
    let start = std::time::Instant::now();
    let texts = texts(&pdf(&objects)).expect("a PDF in evipack's form");
    assert_eq!(texts.len(), 4_000);
    assert!(texts.iter().all(String::is_empty));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn trees_that_lead_back_to_themselves_are_refused() {
    let looped = [b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), b"<</Kids[2 0 R 2 0 R]>>".to_vec()];
    assert!(texts(&pdf(&looped)).is_none());
}

/// A stream that unpacks to many times a text.
fn packed(text: &str, times: usize) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..times).for_each(|_| packed.write_all(text.as_bytes()).unwrap());
    let packed = packed.finish().unwrap();
    let head = format!("<</Length {}/Filter/FlateDecode>>\nstream\n", packed.len());
    [head.as_bytes(), &packed, b"\nendstream"].concat()
}

/// A PDF with so many pages that draw one stream in fonts that share one table.
fn drawn(pages: usize, fonts: usize, contents: Vec<u8>, table: Vec<u8>) -> Vec<u8> {
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 6)).collect();
    let named: String = (0..fonts).map(|n| format!("/f{n} {} 0 R", n + 6 + pages)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]>>").into_bytes(),
        contents,
        table,
        format!("<</Font<<{named}>>>>").into_bytes(),
    ];
    objects.extend(std::iter::repeat_n(b"<</Type/Page/Resources 5 0 R/Contents 3 0 R>>".to_vec(), pages));
    objects.extend(std::iter::repeat_n(b"<</Type/Font/Subtype/Type1/ToUnicode 4 0 R>>".to_vec(), fonts));
    pdf(&objects)
}

fn is_quick<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let done = work();
    assert!(start.elapsed().as_secs() < 20, "{what} takes {:?}", start.elapsed());
    done
}

#[test]
fn pages_that_share_one_stream_that_is_not_packed_cost_no_more_than_one() {
    let plain =
        [b"<</Length 20000000>>\nstream\n".as_slice(), &vec![b' '; 20 << 20], b"\nendstream"].concat();
    let bytes = drawn(4_000, 0, plain, b"null".to_vec());
    let texts = is_quick("a stream that is not packed", || texts(&bytes)).expect("a PDF in evipack's form");
    assert!(texts.iter().all(String::is_empty));
}

#[test]
fn tables_that_name_every_code_again_and_again_come_to_an_end() {
    let all = "<0000> <FFFFFFFF> <FFFFFFF0>\n<0000> <FFFF> <0041>\n";
    let table = packed(&format!("1 beginbfrange\n{all}"), 200_000);
    let bytes = drawn(1, 64, packed("/f0 1 Tf (\\000) Tj", 1), table);
    assert!(is_quick("a table", || texts(&bytes)).is_some());
}

#[test]
fn a_font_that_makes_much_of_little_gives_a_page_and_not_more() {
    let table = packed(&format!("1 beginbfchar\n<61> <{}>\n", "0041".repeat(16)), 1);
    let contents = packed(&format!("/f0 1 Tf ({}) Tj", "a".repeat(10 << 20)), 1);
    let texts = texts(&drawn(1, 1, contents, table)).expect("a PDF in evipack's form");
    assert!((1 << 18..1 << 19).contains(&texts[0].len()), "{}", texts[0].len());
}

/// A PDF with one page, on which nothing is drawn; marks that lead to one heading, and entries of the
/// outline that lead to an object which is long to read.
fn marked(title: &str, marks: usize, entries: usize, long: Vec<u8>) -> Vec<u8> {
    let names: String = (0..marks).map(|n| format!("(PC1:{}){}", n + 1, " 8 0 R")).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R/Names<</Dests 7 0 R>>>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]>>".to_vec(),
        b"<</Type/Page/Resources<</Font<<>>>>/Contents 4 0 R>>".to_vec(),
        packed("BT ET", 1),
        b"<</Type/Outlines/First 6 0 R>>".to_vec(),
        format!("<</Title({title})/Dest 8 0 R/Next 10 0 R>>").into_bytes(),
        format!("<</Names[{names}]>>").into_bytes(),
        b"[3 0 R/XYZ 0 0 0]".to_vec(),
        long,
    ];
    objects
        .extend((0..entries).map(|n| format!("<</Title(x)/Dest 9 0 R/Next {} 0 R>>", n + 11).into_bytes()));
    objects.push(b"<</Title(x)/Dest 9 0 R>>".to_vec());
    pdf(&objects)
}

fn wish(is_looked_up: bool) -> Wish<'static> {
    Wish { attached: &[], most: 1 << 20, is_looked_up }
}

#[test]
fn a_mark_without_a_printed_heading_is_no_evidence() {
    for title in ["", "  ", "–", "Recipe"] {
        let skeleton = read(&marked(title, 1, 0, b"null".to_vec()), &wish(true)).expect("a skeleton");
        assert_eq!(skeleton.marks["PC1"].len(), 1);
        assert!(!skeleton.marks["PC1"][0].is_printed, "nothing is printed, and “{title}” is said to be");
    }
}

#[test]
fn marks_that_share_one_long_heading_keep_little_of_it() {
    let skeleton =
        read(&marked(&"a".repeat(8 << 20), 4_000, 0, b"null".to_vec()), &wish(true)).expect("a skeleton");
    let kept: usize = skeleton.marks["PC1"].iter().map(|mark| mark.section.len()).sum();
    assert!(kept < 32 << 20, "{kept} bytes");
}

#[test]
fn an_object_that_is_long_to_read_is_not_read_for_ever() {
    let spaces = " ".repeat(16 << 20);
    for long in [
        format!("({spaces})"),
        format!("{spaces}null"),
        format!("[{spaces}]"),
        format!("/{}", "a".repeat(16 << 20)),
    ] {
        let bytes = marked("a", 1, 100_000, long.into_bytes());
        is_quick("an object", || read(&bytes, &wish(true)));
    }
}
