//! Numbers as platforms write them.
//!
//! Owns separators of thousands and decimals, and the words that mean “no number”. Refuses to read
//! what can be read in two ways: a count is whole, and money has cents.

use super::grid::Cell;

/// The largest number that can be used.
const MAX: f64 = 1e12;
/// What stands where there is no number.
const NOTHING: [&str; 9] = ["", "-", "--", "–", "—", "n/a", "undefined", "null", "nan"];

/// How the numbers of a table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// What stands before the decimals.
    decimal: char,
}

impl Marks {
    /// Finds out from all texts of a table that are numbers; `is_count` tells that they are whole.
    pub(super) fn of<'t>(texts: impl Iterator<Item = (&'t str, bool)>, has_decimal_comma: bool) -> Self {
        let mut votes = [0usize; 2];
        for (text, is_count) in texts {
            let digits = bare(text);
            let Some(at) = digits.rfind(['.', ',']) else { continue };
            let (mark, behind) = (&digits[at..=at], digits.len() - at - 1);
            let is_only = digits.matches(['.', ',']).count() == 1;
            let has_both = digits.contains('.') && digits.contains(',');
            let is_decimal = has_both || is_only && behind != 3;
            let is_group = !has_both && (digits.matches(mark).count() > 1 || is_count && behind == 3);
            match (mark, is_decimal, is_group) {
                (".", true, _) | (",", false, true) => votes[0] += 1,
                (",", true, _) | (".", false, true) => votes[1] += 1,
                _ => {}
            }
        }
        let has_comma = if votes[0] == votes[1] { has_decimal_comma } else { votes[1] > votes[0] };
        Self { decimal: if has_comma { ',' } else { '.' } }
    }

    /// Reads a whole number; nothing when the cell holds none.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub(super) fn count(self, cell: &Cell) -> Result<Option<i64>, &'static str> {
        self.scaled(cell, 0)
    }

    /// Reads an amount of dollars as cents.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub(super) fn cents(self, cell: &Cell) -> Result<Option<i64>, &'static str> {
        self.scaled(cell, 2)
    }

    fn scaled(self, cell: &Cell, decimals: u32) -> Result<Option<i64>, &'static str> {
        match cell {
            Cell::Day(_) => Err("is a date, not a number"),
            Cell::Number(number) => of_float(*number, decimals).map(Some),
            Cell::Text(text) if NOTHING.contains(&text.trim().to_lowercase().as_str()) => Ok(None),
            Cell::Text(text) => self.of_text(text, decimals).map(Some),
        }
    }

    fn of_text(self, text: &str, decimals: u32) -> Result<i64, &'static str> {
        let digits = bare(text);
        let (sign, digits) = match digits.strip_prefix(['-', '−']) {
            Some(rest) => (-1, rest),
            None => (1, digits.as_str()),
        };
        let group = if self.decimal == ',' { '.' } else { ',' };
        let (whole, part) = digits.split_once(self.decimal).unwrap_or((digits, ""));
        if !is_grouped(whole, group) || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err("is not a number");
        }
        let whole: String = whole.chars().filter(|c| *c != group).collect();
        let number: i64 = whole.parse().map_err(|_| "is too large")?;
        let scale = 10_i64.pow(decimals);
        let mut fraction: String = part.trim_end_matches('0').into();
        if decimals == 0 && !fraction.is_empty() {
            return Err("is not a whole number");
        }
        // Some exports give fractions of a cent; they are rounded, halves up.
        let is_up = fraction.as_bytes().get(decimals as usize).is_some_and(|b| *b >= b'5');
        fraction.truncate(decimals as usize);
        let width = decimals as usize;
        let fraction: i64 = format!("{fraction:0<width$}").parse().unwrap_or(0);
        let total = number.checked_mul(scale).and_then(|n| n.checked_add(fraction + i64::from(is_up)));
        total.filter(|n| (*n as f64) <= MAX).map(|n| sign * n).ok_or("is too large")
    }
}

/// Returns a number's text without spaces, currency signs and thin marks.
fn bare(text: &str) -> String {
    let text = text.trim().trim_start_matches("AUD").trim_start_matches("A$");
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '\'' | '’')).collect()
}

/// Tells whether digits stand in one block, or in groups of three behind a first of up to three.
fn is_grouped(digits: &str, group: char) -> bool {
    let parts: Vec<&str> = digits.split(group).collect();
    let is_digits = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    parts.iter().all(is_digits)
        && (parts.len() == 1 || parts[0].len() <= 3 && parts[1..].iter().all(|p| p.len() == 3))
}

fn of_float(number: f64, decimals: u32) -> Result<i64, &'static str> {
    let scaled = number * f64::from(10_u32.pow(decimals));
    if !scaled.is_finite() || scaled.abs() > MAX {
        return Err("is too large");
    }
    if decimals == 0 && scaled.fract() != 0.0 {
        return Err("is not a whole number");
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    Ok(scaled.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOT: Marks = Marks { decimal: '.' };
    const COMMA: Marks = Marks { decimal: ',' };

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(DOT.count(&text("1,204,567")), Ok(Some(1_204_567)));
        assert_eq!(DOT.count(&text("1 204")), Ok(Some(1204)));
        assert_eq!(DOT.count(&text("12.0")), Ok(Some(12)));
        assert_eq!(COMMA.count(&text("1.204")), Ok(Some(1204)));
        assert_eq!(DOT.count(&text("-3")), Ok(Some(-3)));
        for none in ["", "undefined", "N/A", "--"] {
            assert_eq!(DOT.count(&text(none)), Ok(None));
        }
        for wrong in ["1.5", "12,04", "1.2K", "four", "1,2,3", "1-2", "99999999999999999999"] {
            assert!(DOT.count(&text(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(DOT.count(&Cell::Number(12.0)), Ok(Some(12)));
        assert!(DOT.count(&Cell::Number(1.5)).is_err() && DOT.count(&Cell::Number(f64::NAN)).is_err());
    }

    #[test]
    fn money_becomes_cents() {
        assert_eq!(DOT.cents(&text("$1,234.5")), Ok(Some(123_450)));
        assert_eq!(DOT.cents(&text("A$ 12")), Ok(Some(1200)));
        assert_eq!(DOT.cents(&text("0.005")), Ok(Some(1)));
        assert_eq!(DOT.cents(&text("9.9951")), Ok(Some(1000)));
        assert_eq!(COMMA.cents(&text("1.234,56")), Ok(Some(123_456)));
        assert_eq!(DOT.cents(&Cell::Number(57.55)), Ok(Some(5755)));
    }

    #[test]
    fn marks_are_found_out_from_the_table() {
        let of = |texts: &[(&str, bool)], hint| Marks::of(texts.iter().copied(), hint);
        assert_eq!(of(&[("1,204", true), ("57.55", false)], false), DOT);
        assert_eq!(of(&[("1.204", true), ("57,55", false)], false), COMMA);
        assert_eq!(of(&[("1.204", true)], false), COMMA);
        assert_eq!(of(&[("1.234,5", false)], false), COMMA);
        assert_eq!(of(&[("7", true)], true), COMMA);
        assert_eq!(of(&[("12.0", true)], true), DOT);
    }
}
