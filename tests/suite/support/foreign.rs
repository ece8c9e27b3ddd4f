//! Files that evipack did not make, as small as they can be.

use std::io::Write as _;

use super::zips::Zip;

/// A PDF with these objects; the first is the catalogue.
pub(crate) fn pdf(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (nth, object) in objects.iter().enumerate() {
        places.push(out.len());
        write!(out, "{} 0 obj\n{object}\nendobj\n", nth + 1).expect("memory");
    }
    let table = out.len();
    write!(out, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).expect("memory");
    places.iter().for_each(|place| writeln!(out, "{place:010} 00000 n ").expect("memory"));
    let size = places.len() + 1;
    write!(out, "trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF").expect("memory");
    out
}

/// A stream that is not packed.
pub(crate) fn stream(contents: &str) -> String {
    format!("<</Length {}>>\nstream\n{contents}\nendstream", contents.len())
}

/// A PDF as a word processor writes one: a page for each text, in a font that it only names.
pub(crate) fn paper(pages: &[&str]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" ")),
        "<</Type/Font/Subtype/TrueType/BaseFont/Arial/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (nth, text) in pages.iter().enumerate() {
        let contents = 5 + 2 * nth;
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {contents} 0 R>>"
        ));
        objects.push(stream(&format!("BT /F1 12 Tf 72 700 Td ({text}) Tj ET")));
    }
    pdf(&objects)
}

/// A DOCX with a body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let xml =
        format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"urn:w\"><w:body>{body}</w:body></w:document>");
    Zip::of([("word/document.xml", xml.as_bytes())]).write()
}

/// A paragraph of a DOCX.
pub(crate) fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}
