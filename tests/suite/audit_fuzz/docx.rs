//! Word files: the text in them and the archive around it, read in the audit's own process.

use super::{Dice, blind, no_fault, replace};
use crate::support::audit::{looked_into, told};
use crate::support::foreign::{docx, paragraph};
use crate::support::zips::Zip;

/// What is written between the paragraphs.
const ODD: [&str; 30] = [
    "<",
    ">",
    "</",
    "/>",
    "&",
    "&amp;",
    "&lt;&gt;&quot;&apos;",
    "&#0;",
    "&#x10FFFF;",
    "&#xFFFFFFFFFF;",
    "&#xD800;",
    "&none;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml?>",
    "<!DOCTYPE w [<!ENTITY a \"b\">]>",
    "<w:t>",
    "</w:t>",
    "</w:p>",
    "<w:br w:type=\"page\"/>",
    "<w:br w:type=page/>",
    "<w:br w:type=\"page\" w:type='page'/>",
    "<w:lastRenderedPageBreak/>",
    "<w:t xml:space=\"preserve\" xmlns:w=\"q\">",
    "<a:t xmlns:a=\"\"/>",
    "<:/>",
    "\u{0}\u{1b}\u{202e}",
    "\u{feff}",
];

/// No damage crashes the audit; what cannot be read is said to be so.
pub(super) fn holds(seed: u64) {
    let mut dice = Dice::of(seed);
    let mut body = String::new();
    for _ in 0..dice.below(12) {
        let odd = *dice.pick(&ODD);
        match dice.below(4) {
            0 => body.push_str(odd),
            1 => body.push_str(&odd.repeat(1 << dice.below(14))),
            2 => body.push_str(&paragraph(odd)),
            _ => body.push_str(&paragraph("Choose a recipe, set a price and a place, and serve customers.")),
        }
    }
    let mut bytes = match dice.below(4) {
        0 => {
            let mut xml = body.into_bytes();
            blind(&mut dice, &mut xml);
            replace(&mut dice, &mut xml, b"\xFF");
            Zip::of([("word/document.xml", &xml[..])]).write()
        }
        _ => docx(&body),
    };
    if dice.below(4) == 0 {
        blind(&mut dice, &mut bytes);
    }
    let zip = Zip::of([
        ("Ana Day_1_assignsubmission_file/essay.docx", &bytes[..]),
        ("Bo Li_2_assignsubmission_file/notes.txt", b"notes"),
    ]);
    let report = looked_into(&[&zip.write()]);
    no_fault(&report);
    let codes: Vec<&str> = report.learners[0].findings.iter().map(|f| f.code).collect();
    let is_known = |code: &&str| ["no-pack", "file-not-read", "file-without-text"].contains(code);
    assert!(report.learners.len() == 2 && codes.iter().all(is_known), "{:#?}", told(&report.learners[0]));
}
