//! One figure: a metric over some platforms in one period.
//!
//! Owns the sum and the division. Refuses to guess: a missing number makes the figure unknown, and
//! numbers that cannot be added (reach, medians) are used for exactly one platform.

use super::Metrics;
use super::definitions::{Definition, Term, Unit};
use super::ratio::Ratio;

/// Why there is no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// These inputs have no number.
    NoData(Vec<usize>),
    /// The sum below the line is zero.
    NothingToDivideBy,
    /// This input cannot be added over platforms.
    NotAdditive,
    /// The number is beyond all measure.
    TooLarge,
}

impl Absent {
    /// Returns the reason in a few words.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::NoData(_) => "no data",
            Self::NothingToDivideBy => "nothing to divide by",
            Self::NotAdditive => "cannot be added over platforms",
            Self::TooLarge => "too large",
        }
    }
}

impl Metrics {
    /// Computes a metric in its display unit: per cent, dollars, minutes, times or a count.
    pub(super) fn figure(
        &self,
        metric: &Definition,
        platforms: &[usize],
        period: usize,
    ) -> Result<Ratio, Absent> {
        if platforms.len() != 1 && self.definitions.not_additive(metric).is_some() {
            return Err(Absent::NotAdditive);
        }
        let is_plain_sum = metric.numerator.len() > 1 && metric.numerator.iter().all(|t| !t.is_negative);
        let over = self.sum(&metric.numerator, is_plain_sum, (platforms, period));
        let under = self.sum(&metric.denominator, false, (platforms, period));
        let (over, under) = match (over, under) {
            (Ok(over), Ok(under)) => (over, under),
            (over, under) => {
                let mut inputs = over.err().unwrap_or_default();
                inputs.extend(under.err().unwrap_or_default());
                inputs.sort_unstable();
                inputs.dedup();
                return Err(Absent::NoData(inputs));
            }
        };
        let under = if metric.denominator.is_empty() { 1 } else { under };
        if under == 0 {
            return Err(Absent::NothingToDivideBy);
        }
        let factor = match metric.unit {
            Unit::Percent => Ratio::HUNDRED,
            Unit::Aud => Ratio::new(1, 100).unwrap_or(Ratio::ZERO),
            Unit::Count | Unit::Minutes | Unit::Times => Ratio::whole(1),
        };
        let scaled = Ratio::new(over, under).and_then(|r| r.times(Ratio::whole(metric.scale))?.times(factor));
        scaled.ok_or(Absent::TooLarge)
    }

    /// Adds inputs over platforms; the inputs without a number are the error.
    ///
    /// In a plain sum of several parts, such as reactions + comments + shares + saves, a part that a
    /// platform reports in no period at all is no gap: that platform has nothing to add.
    fn sum(&self, terms: &[Term], is_plain: bool, at: (&[usize], usize)) -> Result<i128, Vec<usize>> {
        let (mut total, mut missing) = (0_i128, Vec::new());
        let (platforms, period) = at;
        for &platform in platforms {
            let number = |t: &Term| self.data.cells.get(&(period, platform, t.input)).copied();
            let has_any = terms.iter().any(|t| number(t).is_some());
            for term in terms {
                match number(term) {
                    Some(n) if term.is_negative => total -= i128::from(n),
                    Some(n) => total += i128::from(n),
                    None if is_plain && has_any && !self.data.reported.contains(&(platform, term.input)) => {}
                    None => missing.push(term.input),
                }
            }
        }
        if platforms.is_empty() {
            missing.extend(terms.iter().map(|t| t.input));
        }
        if missing.is_empty() { Ok(total) } else { Err(missing) }
    }

    /// Tells whether there is any number of a platform in a period.
    pub(super) fn has_data(&self, platform: usize, period: usize) -> bool {
        self.data.cells.range((period, platform, 0)..(period, platform, usize::MAX)).next().is_some()
    }
}
