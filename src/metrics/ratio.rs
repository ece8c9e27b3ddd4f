//! Exact fractions of whole numbers.
//!
//! Owns arithmetic, comparison and rounding half-up. Refuses to lose anything on the way: what no
//! longer fits into 128 bits is no number at all (`None`), never a wrong one.

use std::cmp::Ordering;

/// The most decimal places that are kept of a number typed in a profile.
const PLACES: u32 = 9;

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ratio {
    over: i128,
    under: i128,
}

impl Ratio {
    /// Nothing.
    pub(super) const ZERO: Self = Self::whole(0);
    /// One hundred: the whole, in per cent.
    pub(super) const HUNDRED: Self = Self::whole(100);

    /// A whole number.
    pub(super) const fn whole(number: i128) -> Self {
        Self { over: number, under: 1 }
    }

    /// A fraction; nothing when the denominator is zero.
    pub(super) fn new(over: i128, under: i128) -> Option<Self> {
        if under == 0 {
            return None;
        }
        let common = i128::try_from(greatest_divisor(over.unsigned_abs(), under.unsigned_abs())).ok()?;
        let (over, under) = (over / common, under / common);
        if under < 0 {
            Some(Self { over: over.checked_neg()?, under: under.checked_neg()? })
        } else {
            Some(Self { over, under })
        }
    }

    /// Reads a decimal number as JSON writes it, such as `4.5`, `-12` or `1e-7`.
    pub(super) fn decimal(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let exponent = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let power = 10_i128.checked_pow(exponent.unsigned_abs());
        if exponent >= 0 {
            return Self::new(digits.checked_mul(power?)?, 1);
        }
        let exact = power.and_then(|p| Self::new(digits, p)).unwrap_or(Self::ZERO);
        Self::new(exact.rounded(PLACES)?, 10_i128.pow(PLACES))
    }

    /// Adds.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let left = self.over.checked_mul(other.under)?;
        let right = other.over.checked_mul(self.under)?;
        Self::new(left.checked_add(right)?, self.under.checked_mul(other.under)?)
    }

    /// Subtracts.
    pub(super) fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { over: other.over.checked_neg()?, under: other.under })
    }

    /// Multiplies.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let left = Self::new(self.over, other.under)?;
        let right = Self::new(other.over, self.under)?;
        Self::new(left.over.checked_mul(right.over)?, left.under.checked_mul(right.under)?)
    }

    /// Divides; nothing when the divisor is zero.
    pub(super) fn divided_by(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.under, other.over)?)
    }

    /// Returns −1, 0 or 1.
    pub(super) fn sign(self) -> i8 {
        i8::try_from(self.over.signum()).unwrap_or(0)
    }

    /// Returns the distance from zero.
    pub(super) fn magnitude(self) -> Self {
        Self { over: self.over.saturating_abs(), under: self.under }
    }

    /// Returns the number in units of the last decimal place, halves away from zero.
    pub(super) fn rounded(self, decimals: u32) -> Option<i128> {
        let power = 10_i128.checked_pow(decimals)?;
        let (whole, rest) = (self.over / self.under, self.over % self.under);
        let scaled = rest.checked_mul(power)?;
        let (part, left) = (scaled / self.under, scaled % self.under);
        let half = i128::from(left.unsigned_abs() >= self.under.unsigned_abs() - left.unsigned_abs());
        let carry = if left == 0 { 0 } else { half * left.signum() };
        whole.checked_mul(power)?.checked_add(part)?.checked_add(carry)
    }

    /// Returns how many decimal places show the number exactly; at most nine.
    pub(super) fn places(self) -> u32 {
        (0..PLACES).find(|&d| 10_i128.pow(d) % self.under == 0).unwrap_or(PLACES)
    }

    /// Returns the nearest floating-point number, for charts.
    #[expect(clippy::cast_precision_loss, reason = "charts need no more than sixteen digits")]
    pub(super) fn to_f64(self) -> f64 {
        self.over as f64 / self.under as f64
    }
}

impl Ord for Ratio {
    /// Compares digit by digit of the continued fraction, so that nothing can overflow.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (*self, *other);
        loop {
            let wholes = left.over.div_euclid(left.under).cmp(&right.over.div_euclid(right.under));
            let rests = (left.over.rem_euclid(left.under), right.over.rem_euclid(right.under));
            match (wholes, rests) {
                (Ordering::Equal, (0, _) | (_, 0)) => return rests.0.cmp(&rests.1),
                (Ordering::Equal, (a, b)) => {
                    (left, right) =
                        (Self { over: right.under, under: b }, Self { over: left.under, under: a });
                }
                (unequal, _) => return unequal,
            }
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn greatest_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(over: i128, under: i128) -> Ratio {
        Ratio::new(over, under).expect("the tests divide by nothing but numbers")
    }

    #[test]
    fn fractions_are_kept_in_lowest_terms() {
        assert_eq!(ratio(6, -8), ratio(-3, 4));
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(ratio(i128::MAX, 1).times(Ratio::whole(2)), None);
        assert_eq!(ratio(i128::MAX, 7).times(ratio(7, i128::MAX)), Some(Ratio::whole(1)));
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(Ratio::decimal("4.35"), Some(ratio(87, 20)));
        assert_eq!(Ratio::decimal("-0.1"), Some(ratio(-1, 10)));
        assert_eq!(Ratio::decimal("1e3"), Some(Ratio::whole(1000)));
        assert_eq!(Ratio::decimal("2.5E-3"), Some(ratio(1, 400)));
        assert_eq!(Ratio::decimal("1e-300"), Some(Ratio::ZERO));
        assert_eq!(Ratio::decimal("1e300"), None);
        assert_eq!(Ratio::decimal("0.0000000015"), Some(ratio(2, 1_000_000_000)));
        assert_eq!(Ratio::decimal("twelve"), None);
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(ratio(1, 8).rounded(2), Some(13));
        assert_eq!(ratio(-1, 8).rounded(2), Some(-13));
        assert_eq!(ratio(5, 2).rounded(0), Some(3));
        assert_eq!(ratio(1249, 1000).rounded(2), Some(125));
        assert_eq!(ratio(12_449, 10_000).rounded(1), Some(12));
        assert_eq!(Ratio::whole(7).rounded(2), Some(700));
        assert_eq!(ratio(1, i128::MAX).rounded(2), Some(0));
    }

    #[test]
    fn comparison_is_exact_beyond_floating_point() {
        let third = ratio(1, 3);
        assert!(third > ratio(333_333_333_333_333_333, 1_000_000_000_000_000_000));
        assert!(ratio(-1, 3) < ratio(-333_333_333_333_333_333, 1_000_000_000_000_000_000));
        assert!(ratio(i128::MAX, i128::MAX - 1) < ratio(i128::MAX - 1, i128::MAX - 2));
        assert!(ratio(7, 2) > ratio(10, 3) && ratio(7, 2) < Ratio::whole(4));
        assert_eq!(third.cmp(&ratio(2, 6)), Ordering::Equal);
        assert!(ratio(-5, 2) < Ratio::whole(-2));
    }

    #[test]
    fn places_say_how_a_number_is_shown_in_full() {
        assert_eq!(Ratio::whole(4).places(), 0);
        assert_eq!(ratio(9, 2).places(), 1);
        assert_eq!(ratio(1, 8).places(), 3);
        assert_eq!(ratio(1, 3).places(), 9);
    }
}
