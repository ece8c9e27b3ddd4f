//! Figures as people read them.
//!
//! Owns grouping, units, signs and decimals, in Australian style. Refuses to judge: a status is
//! decided on the exact number before anything is rounded here.

use super::definitions::Unit;
use super::ratio::Ratio;

/// What stands where there is no figure.
pub(crate) const NOT_AVAILABLE: &str = "n/a";
/// A true minus sign.
const MINUS: &str = "\u{2212}";

/// Writes a figure with its unit, such as `4.21%`, `$1,250.00` or `95 min`.
pub(super) fn shown(value: Ratio, unit: Unit, decimals: u32) -> String {
    let Some(size) = digits(value, decimals) else { return NOT_AVAILABLE.into() };
    let is_negative = value.sign() < 0 && size.chars().any(|c| c.is_ascii_digit() && c != '0');
    dressed(if is_negative { MINUS } else { "" }, &size, unit)
}

/// Writes a difference with its sign, such as `+0.80 percentage points` or `−14`.
pub(super) fn signed(value: Ratio, unit: Unit, decimals: u32) -> String {
    let Some(size) = digits(value, decimals) else { return NOT_AVAILABLE.into() };
    let sign = match value.sign() {
        0 => "",
        1 => "+",
        _ => MINUS,
    };
    match unit {
        Unit::Percent => format!("{sign}{size} percentage points"),
        _ => dressed(sign, &size, unit),
    }
}

/// Writes the change from one figure to another, such as `+146 (+12.1%)`.
pub(super) fn change(now: Ratio, before: Ratio, unit: Unit, decimals: u32) -> String {
    let Some(difference) = now.minus(before) else { return NOT_AVAILABLE.into() };
    if difference == Ratio::ZERO {
        return "no change".into();
    }
    let words = signed(difference, unit, decimals);
    let relative = difference.divided_by(before.magnitude()).and_then(|r| r.times(Ratio::HUNDRED));
    match relative {
        Some(percent) if unit != Unit::Percent => {
            let sign = if percent.sign() > 0 { "+" } else { "" };
            format!("{words} ({sign}{})", shown(percent, Unit::Percent, 1))
        }
        _ => words,
    }
}

/// Writes a whole number with thousands separators.
pub(super) fn count(number: i128) -> String {
    shown(Ratio::whole(number), Unit::Count, 0)
}

/// Writes an amount of cents as dollars.
pub(super) fn money(cents: i128) -> String {
    Ratio::new(cents, 100).map_or_else(|| NOT_AVAILABLE.into(), |v| shown(v, Unit::Aud, 2))
}

/// Writes a difference in cents as dollars with its sign.
pub(super) fn signed_money(cents: i128) -> String {
    Ratio::new(cents, 100).map_or_else(|| NOT_AVAILABLE.into(), |v| signed(v, Unit::Aud, 2))
}

fn dressed(sign: &str, size: &str, unit: Unit) -> String {
    match unit {
        Unit::Count => format!("{sign}{size}"),
        Unit::Percent => format!("{sign}{size}%"),
        Unit::Aud => format!("{sign}${size}"),
        Unit::Minutes => format!("{sign}{size} min"),
        Unit::Times => format!("{sign}{size}×"),
    }
}

/// Returns the digits of a number without its sign, grouped and rounded half-up.
fn digits(value: Ratio, decimals: u32) -> Option<String> {
    let all = value.rounded(decimals)?.unsigned_abs().to_string();
    let places = decimals as usize;
    let padded = format!("{all:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{}{point}{fraction}", grouped(whole)))
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(over: i128, under: i128) -> Ratio {
        Ratio::new(over, under).expect("the tests divide by nothing but numbers")
    }

    #[test]
    fn each_unit_has_its_form() {
        assert_eq!(shown(ratio(421, 100), Unit::Percent, 2), "4.21%");
        assert_eq!(shown(ratio(1_234_567, 100), Unit::Aud, 2), "$12,345.67");
        assert_eq!(shown(Ratio::whole(1204), Unit::Count, 0), "1,204");
        assert_eq!(shown(Ratio::whole(95), Unit::Minutes, 0), "95 min");
        assert_eq!(shown(ratio(12, 5), Unit::Times, 1), "2.4×");
        assert_eq!(shown(ratio(-1, 20), Unit::Aud, 2), "−$0.05");
        assert_eq!(shown(ratio(1, 1000), Unit::Aud, 2), "$0.00");
    }

    #[test]
    fn a_number_that_rounds_to_zero_has_no_sign() {
        assert_eq!(shown(ratio(-1, 1000), Unit::Percent, 2), "0.00%");
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!(signed(ratio(4, 5), Unit::Percent, 2), "+0.80 percentage points");
        assert_eq!(signed(Ratio::whole(-14), Unit::Count, 0), "−14");
        assert_eq!(signed(Ratio::ZERO, Unit::Count, 0), "0");
        assert_eq!(signed_money(-1_205), "−$12.05");
        assert_eq!(signed_money(120_000), "+$1,200.00");
    }

    #[test]
    fn changes_of_amounts_are_also_relative() {
        assert_eq!(change(Ratio::whole(1350), Ratio::whole(1204), Unit::Count, 0), "+146 (+12.1%)");
        assert_eq!(change(Ratio::whole(80), Ratio::whole(100), Unit::Minutes, 0), "−20 min (−20.0%)");
        assert_eq!(change(Ratio::whole(5), Ratio::ZERO, Unit::Count, 0), "+5");
        assert_eq!(change(Ratio::whole(5), Ratio::whole(-10), Unit::Count, 0), "+15 (+150.0%)");
        assert_eq!(change(ratio(5, 2), ratio(3, 2), Unit::Percent, 2), "+1.00 percentage points");
        assert_eq!(change(ratio(5, 2), ratio(5, 2), Unit::Percent, 2), "no change");
    }
}
