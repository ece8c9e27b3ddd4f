//! What may look wrong on a page, found by measuring the ink of its glyphs.

use super::pdf::{Ink, Page};

/// The paper that text keeps away from at the sides, in points: 15 mm, a little less than the narrowest margin.
const SIDE: f64 = 15.0 * MM;
/// The same above and below: header and footer stand in the margins.
const EDGE: f64 = 7.0 * MM;
/// Where the body of a page begins below its upper edge and ends above its lower one.
const BODY: (f64, f64) = (19.0 * MM, 17.5 * MM);
/// How deep two glyphs may reach into one another, in points: less is not seen.
const DEPTH: f64 = 0.6;
/// The sizes of headings in points, by depth.
const HEADINGS: [f64; 3] = [15.0, 11.5, 10.0];
/// Type larger than this is the mark of a draft, which lies behind the text.
const BEHIND: f64 = 60.0;
const MM: f64 = 72.0 / 25.4;

/// Everything that looks wrong on the pages of a document, with the page's number.
pub(crate) fn faults(pages: &[Page]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, page) in (1..).zip(pages) {
        let ink: Vec<&Ink> = page.ink.iter().filter(|i| i.size < BEHIND).collect();
        let checks = [outside(page, &ink), overlapping(&ink), empty(page, &ink), last_heading(page, &ink)];
        found.extend(checks.into_iter().flatten().map(|what| format!("page {number}: {what}")));
    }
    found
}

fn outside(page: &Page, ink: &[&Ink]) -> Option<String> {
    let (width, height) = page.size;
    let is_out = |i: &&&Ink| {
        let a = i.area;
        i.is_cut || a.x0 < SIDE || a.x1 > width - SIDE || a.y0 < EDGE || a.y1 > height - EDGE
    };
    let out: String = ink.iter().filter(is_out).map(|i| i.text.as_str()).collect();
    (!out.is_empty()).then(|| format!("“{out}” is cut off or in the margin"))
}

/// Glyphs of different words that lie on one another. Neighbours on a line may touch: type is kerned.
fn overlapping(ink: &[&Ink]) -> Option<String> {
    let mut order: Vec<usize> = (0..ink.len()).collect();
    order.sort_by(|a, b| ink[*a].area.y0.total_cmp(&ink[*b].area.y0));
    let mut found = Vec::new();
    for (at, &a) in order.iter().enumerate() {
        let below = |&&b: &&usize| ink[b].area.y0 < ink[a].area.y1 - DEPTH;
        for &b in order[at + 1..].iter().take_while(below) {
            if is_on(ink[a], ink[b]) && !are_neighbours(ink, a.min(b), a.max(b)) {
                found.push(format!("“{}” on “{}”", around(ink, a), around(ink, b)));
            }
        }
    }
    (!found.is_empty()).then(|| format!("{} glyphs lie on others: {}", found.len(), found[0]))
}

fn is_on(a: &Ink, b: &Ink) -> bool {
    let both = a.area.intersect(b.area);
    both.width() > DEPTH && both.height() > DEPTH
}

/// Tells whether two glyphs follow one another on a line, and not from the end of one text to the start of another.
fn are_neighbours(ink: &[&Ink], a: usize, b: usize) -> bool {
    let (first, second) = (ink[a], ink[b]);
    let is_kerned = second.area.x0 > first.area.x0 && second.area.x0 - first.area.x1 > -0.25 * first.size;
    b == a + 1 && (first.baseline - second.baseline).abs() < 0.1 && is_kerned
}

fn around(ink: &[&Ink], at: usize) -> String {
    ink[at.saturating_sub(6)..(at + 7).min(ink.len())].iter().map(|i| i.text.as_str()).collect()
}

fn is_body(page: &Page, ink: &Ink) -> bool {
    ink.baseline > BODY.1 && ink.baseline < page.size.1 - BODY.0
}

fn empty(page: &Page, ink: &[&Ink]) -> Option<String> {
    (!ink.iter().any(|i| is_body(page, i))).then(|| "is blank".into())
}

fn last_heading(page: &Page, ink: &[&Ink]) -> Option<String> {
    let body = || ink.iter().filter(|i| is_body(page, i));
    let lowest = body().map(|i| i.baseline).min_by(f64::total_cmp)?;
    let line: Vec<_> = body().filter(|i| i.baseline - lowest < 1.0).collect();
    let is_heading = line.iter().all(|i| HEADINGS.iter().any(|size| (i.size - size).abs() < 0.05));
    is_heading.then(|| {
        let text: String = line.iter().map(|i| i.text.as_str()).collect();
        format!("ends with the heading “{text}”")
    })
}
