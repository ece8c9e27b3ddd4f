//! Colours that text is printed in, and whether it can be read.
//!
//! Owns the contrast of two colours as WCAG 2.2 defines it, and the shade of a colour that is dark
//! enough for text. The check that warns and the filter that colours the documents both ask here,
//! so that they cannot disagree. Refuses to know which colours a profile has.

use std::fmt;

/// The contrast that text of any size needs: WCAG 2.2, success criterion 1.4.3 (level AA).
pub const NEEDED: f64 = 4.5;

/// A colour in sRGB, eight bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// White: the paper.
    pub const WHITE: Self = Self([255; 3]);

    /// Reads `#` and six hexadecimal digits; anything else is no colour.
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix('#').filter(|d| d.len() == 6 && d.chars().all(|c| c.is_ascii_hexdigit()))?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// Returns the relative luminance, from 0 for black to 1 for white.
    ///
    /// Source: WCAG 2.2, “relative luminance”: each channel is made linear, then weighted by
    /// 0.2126 (red), 0.7152 (green) and 0.0722 (blue).
    pub fn luminance(self) -> f64 {
        let linear = self.0.map(|channel| {
            let v = f64::from(channel) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// Returns the contrast ratio with another colour, from 1 to 21; the order does not matter.
    ///
    /// Source: WCAG 2.2, “contrast ratio”: (L1 + 0.05) / (L2 + 0.05), the lighter colour above.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Returns the pale ground that the documents lay below text in this colour: nine tenths white.
    pub fn tint(self) -> Self {
        self.mixed(0.9, Self::WHITE)
    }

    /// Returns the contrast of text in this colour where it is least: on its own tint, which is darker than paper.
    pub fn legibility(self) -> f64 {
        self.contrast(self.tint())
    }

    /// Returns the colour itself if text in it can be read, or the lightest darker shade of it that can.
    #[must_use]
    pub fn readable(self) -> Self {
        let black = Self([0; 3]);
        let shades = (0..=100).map(|percent| self.mixed(f64::from(percent) / 100.0, black));
        shades.into_iter().find(|shade| shade.legibility() >= NEEDED).unwrap_or(black)
    }

    fn mixed(self, share: f64, other: Self) -> Self {
        let mix = |i: usize| {
            let value = f64::from(self.0[i]) * (1.0 - share) + f64::from(other.0[i]) * share;
            value.round() as u8
        };
        Self([mix(0), mix(1), mix(2)])
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Colours from all over the cube.
    fn many() -> impl Iterator<Item = Colour> {
        let steps = || (0..=255u8).step_by(17);
        steps().flat_map(move |r| steps().flat_map(move |g| steps().map(move |b| Colour([r, g, b]))))
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        let of = |a: &str, b: &str| Colour::parse(a).unwrap().contrast(Colour::parse(b).unwrap());
        assert!((of("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((of("#ffffff", "#ffffff") - 1.0).abs() < 1e-9);
        // The grey that is known as the lightest one for text on white, and the next one.
        assert!(of("#767676", "#ffffff") >= 4.5 && of("#777777", "#ffffff") < 4.5);
        assert!((of("#ff0000", "#ffffff") - 3.998).abs() < 0.001);
        assert!((of("#0000ff", "#ffffff") - 8.592).abs() < 0.001);
    }

    #[test]
    fn what_is_no_colour_is_none() {
        for text in ["", "#", "#12345", "1234567", "#12345g", "#1234567", "#+12345", "#é1234"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
        assert_eq!(Colour::parse("#AbCdEf").unwrap().to_string(), "#abcdef");
    }

    /// The house style lays text on the ground that its contrast was measured on.
    #[test]
    fn the_tint_is_that_of_the_pages() {
        let assertions: String = many()
            .step_by(7)
            .map(|c| format!("#assert.eq(tint(rgb(\"{c}\")).to-hex(), \"{}\")\n", c.tint()))
            .collect();
        let text = format!("#import \"/house.typ\": tint\n{assertions}A page.");
        let catalog = crate::catalog::Catalog::embedded();
        let engine = crate::typeset::Engine::new(&catalog, &Default::default()).expect("an engine");
        let job = crate::typeset::Job {
            name: "tints".into(),
            main: "/tints.typ".into(),
            sources: [("/tints.typ".into(), crate::render::Rendered::plain(text))].into(),
            files: Default::default(),
            flavour: crate::typeset::Flavour::Single,
            ident: "tints".into(),
            date: (2000, 1, 1),
            statements_count: false,
        };
        let pages = engine.lay_out(&job).map(|leaves| leaves.pages);
        assert_eq!(pages, Ok(1));
    }

    #[test]
    fn a_readable_shade_can_be_read_and_a_readable_colour_stays() {
        for colour in many() {
            let shade = colour.readable();
            assert!(shade.legibility() >= NEEDED, "{colour} → {shade}");
            assert!(
                shade.contrast(Colour::WHITE) >= shade.legibility(),
                "paper is the easier ground: {shade}"
            );
            assert_eq!(shade == colour, colour.legibility() >= NEEDED, "{colour} → {shade}");
            assert_eq!(shade.readable(), shade, "{colour}");
        }
    }
}
