//! The words on the pages of two PDFs, held against each other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect};

use super::differs::first_line;

/// The most glyphs of a page that are read.
const GLYPHS: usize = 100_000;
/// How many pages are named.
const NAMED: usize = 5;
/// From how many points on two glyphs stand on different lines.
const LINE: f64 = 1.0;

/// Says how a PDF differs from the one that the profile inside gives.
pub(super) fn told(found: &[u8], built: &[u8]) -> String {
    let read = || compare(found, built);
    let unreadable = || "it is not the PDF that the profile inside gives, and it cannot be read".to_owned();
    catch_unwind(AssertUnwindSafe(read)).ok().flatten().unwrap_or_else(unreadable)
}

fn compare(found: &[u8], built: &[u8]) -> Option<String> {
    let (found, built) = (Pdf::new(found.to_vec()).ok()?, Pdf::new(built.to_vec()).ok()?);
    let counts = (found.pages().len(), built.pages().len());
    let count = if counts.0 == counts.1 {
        String::new()
    } else {
        format!("it has {} pages, and the profile inside gives {}; ", counts.0, counts.1)
    };
    let (one, other) = (InterpreterCache::new(), InterpreterCache::new());
    let (mut pages, mut first, mut drawn) = (Vec::new(), String::new(), None);
    for (nth, (page, wanted)) in found.pages().iter().zip(built.pages().iter()).enumerate() {
        let (text, wanted_text) = (words(&found, page, &one), words(&built, wanted, &other));
        if text != wanted_text {
            if pages.is_empty() {
                first = first_line(&text, &wanted_text);
            }
            pages.push((nth + 1).to_string());
        } else if drawn.is_none() && page.page_stream() != wanted.page_stream() {
            drawn = Some(nth + 1);
        }
    }
    let more = if pages.len() > NAMED { " …" } else { "" };
    let list = pages.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    Some(match (pages.len(), drawn) {
        (0, _) if !count.is_empty() => format!("{count}the pages that both have read the same"),
        (0, Some(page)) => format!("page {page} reads the same, but is drawn in another way"),
        (0, None) => "all pages read the same, but the file is another one".into(),
        (1, _) => format!("{count}page {list} {first}"),
        _ => format!("{count}pages {list}{more} differ; page {} {first}", pages[0]),
    })
}

/// The words of a page, with a line end wherever the height changes.
fn words<'a>(pdf: &'a Pdf, page: &'a Page<'a>, cache: &'a InterpreterCache<'a>) -> String {
    let all = Rect::new(0.0, 0.0, 2000.0, 2000.0);
    let mut context = Context::new(Affine::IDENTITY, all, cache, pdf.xref(), InterpreterSettings::default());
    let mut reader = Reader::default();
    interpret_page(page, &mut context, &mut reader);
    reader.text
}

#[derive(Default)]
struct Reader {
    text: String,
    glyphs: usize,
    height: Option<f64>,
}

impl<'a> Device<'a> for Reader {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        to_page: Affine,
        of_glyph: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        self.glyphs += 1;
        if self.glyphs > GLYPHS {
            return;
        }
        let height = (to_page * of_glyph * Point::ORIGIN).y;
        if self.height.is_some_and(|before| (before - height).abs() > LINE) {
            self.text.push('\n');
        }
        self.height = Some(height);
        match glyph.as_unicode() {
            Some(BfString::Char(c)) => self.text.push(c),
            Some(BfString::String(text)) => self.text.push_str(&text),
            None => self.text.push('\u{FFFD}'),
        }
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
