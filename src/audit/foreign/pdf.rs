//! PDFs of other programs, through a general reader.
//!
//! Owns [`read_pages`], which is not for this process: a file that nests without end or unpacks to
//! more than there is can take a process down with it. The command line runs it in a child, under
//! limits of time and memory, behind [`PageReader`].

use std::sync::Arc;

use hayro_interpret::font::{FontData, Glyph};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, FontResolverFn, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Rect};

use super::PAGES;

/// Reads PDFs that may be hostile.
pub trait PageReader: Sync {
    /// Returns the text of each page.
    ///
    /// # Errors
    /// Words that follow “it”: why the file was not read.
    fn pages(&self, bytes: Vec<u8>) -> Result<Vec<String>, String>;
}

/// Reads the text of each page; call it where a fall does no harm. `font` stands in for fonts that the
/// file only names.
///
/// # Errors
/// Words that say why the file cannot be read.
pub fn read_pages(bytes: Vec<u8>, font: Vec<u8>) -> Result<Vec<String>, String> {
    let pdf = Pdf::new(bytes).map_err(|e| match e {
        LoadPdfError::Decryption(_) => "it is locked with a password".to_owned(),
        LoadPdfError::Invalid => "it is damaged, or no PDF".to_owned(),
    })?;
    if pdf.pages().len() > PAGES {
        return Err(format!("it has more than {PAGES} pages"));
    }
    let font: FontData = Arc::new(font);
    let all = Rect::new(0.0, 0.0, 2_000.0, 2_000.0);
    let pages = pdf.pages().iter().map(|page| {
        // A cache of its own: what one page needs is given back before the next one.
        let cache = InterpreterCache::new();
        let font = Arc::clone(&font);
        let font_resolver: FontResolverFn = Arc::new(move |_| Some((Arc::clone(&font), 0)));
        let settings = InterpreterSettings { font_resolver, ..InterpreterSettings::default() };
        let mut context = Context::new(Affine::IDENTITY, all, &cache, pdf.xref(), settings);
        let mut words = Words::default();
        interpret_page(page, &mut context, &mut words);
        words.0
    });
    Ok(pages.collect())
}

#[derive(Default)]
struct Words(String);

impl<'a> Device<'a> for Words {
    fn draw_glyph(&mut self, glyph: &Glyph<'a>, _: Affine, _: Affine, _: &Paint<'a>, _: &GlyphDrawMode) {
        match glyph.as_unicode() {
            Some(BfString::Char(c)) => self.0.push(c),
            Some(BfString::String(text)) => self.0.push_str(&text),
            None => {}
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
