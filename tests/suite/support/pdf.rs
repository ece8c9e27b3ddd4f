//! The words on the pages of a PDF, read by a program that shares no code with the one that wrote it.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect, Shape};

/// A page as it is printed.
pub(crate) struct Page {
    /// All glyphs as text, in the order in which they are drawn, without white space.
    pub(crate) squeezed: String,
    /// Where each glyph begins, in points from the lower left corner.
    pub(crate) places: Vec<(String, Point)>,
    /// What is drawn of each glyph, in the order of drawing.
    pub(crate) ink: Vec<Ink>,
    /// Width and height in points.
    pub(crate) size: (f64, f64),
    /// Glyphs that carry no text.
    pub(crate) mute: usize,
}

/// What is drawn of a glyph.
#[derive(Clone, Debug)]
pub(crate) struct Ink {
    /// The glyph as text.
    pub(crate) text: String,
    /// The box around its outline, in points from the lower left corner.
    pub(crate) area: Rect,
    /// The height of its line, in points from the lower edge of the page.
    pub(crate) baseline: f64,
    /// The size of the type in points.
    pub(crate) size: f64,
    /// Tells whether a clip cuts something off.
    pub(crate) is_cut: bool,
}

/// Text without white space: lines may break anywhere on a page.
pub(crate) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Reads all pages.
pub(crate) fn pages(bytes: &[u8]) -> Vec<Page> {
    let pdf = Pdf::new(bytes.to_vec()).expect("a PDF that can be read");
    let cache = InterpreterCache::new();
    let read = |page| {
        let page: &hayro_interpret::hayro_syntax::page::Page<'_> = page;
        let (settings, all) = (InterpreterSettings::default(), Rect::new(0.0, 0.0, 2000.0, 2000.0));
        let mut context = Context::new(Affine::IDENTITY, all, &cache, pdf.xref(), settings);
        let mut reader = Reader::default();
        interpret_page(page, &mut context, &mut reader);
        let (width, height) = page.render_dimensions();
        let squeezed = reader.places.iter().map(|(text, _)| squeeze(text)).collect();
        let size = (f64::from(width), f64::from(height));
        Page { squeezed, places: reader.places, ink: reader.ink, size, mute: reader.mute }
    };
    pdf.pages().iter().map(read).collect()
}

#[derive(Default)]
struct Reader {
    places: Vec<(String, Point)>,
    ink: Vec<Ink>,
    clips: Vec<Rect>,
    mute: usize,
}

impl Reader {
    fn draw(&mut self, glyph: &Glyph<'_>, text: &str, to_page: Affine) {
        let Glyph::Outline(glyph) = glyph else { return };
        let outline = glyph.outline();
        if outline.elements().is_empty() {
            return;
        }
        let area = (to_page * outline).bounding_box();
        let is_cut = self.clips.iter().any(|clip| !clip.inflate(0.5, 0.5).contains_rect(area));
        // The outline stands on a grid of a thousand to the size of the type.
        let size = to_page.determinant().abs().sqrt() * 1000.0;
        self.ink.push(Ink { text: text.into(), area, baseline: (to_page * Point::ORIGIN).y, size, is_cut });
    }
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
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => {
                self.mute += 1;
                return;
            }
        };
        self.draw(glyph, &text, to_page * of_glyph);
        self.places.push((text, to_page * of_glyph * Point::ORIGIN));
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.clips.push(clip.path.bounding_box());
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {}
}
