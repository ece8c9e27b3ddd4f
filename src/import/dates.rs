//! Days as platforms write them.
//!
//! Owns the forms, the order of day and month, and the year where none is written. Refuses to
//! guess: what can be read in two ways is asked.

use jiff::ToSpan;
use jiff::civil::Date;

use super::grid::Cell;
use super::words::{day, short};

/// The names of months in English, of which the first three letters are enough.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A day as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// In a way that can only be read once.
    Full(Date),
    /// Two numbers that are a day and a month, in one order or the other, and a year.
    Ambiguous(i8, i8, i16),
    /// Month and day without a year.
    Yearless(i8, i8),
}

/// What is known when days are read.
pub(super) struct Hints<'a> {
    /// The periods of the profile.
    pub(super) periods: &'a [(Date, Date)],
    /// Days of the same file that can only be read once, such as those of its preamble.
    pub(super) others: &'a [Date],
    /// Whether the day comes first, if the user said so.
    pub(super) day_first: Option<bool>,
    /// The year, if the user said so.
    pub(super) year: Option<i16>,
    /// Whether the days follow each other.
    pub(super) is_daily: bool,
}

/// What must be asked before days can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether day or month comes first; with an example from the file.
    Order(String),
    /// Which year it is; with an example from the file.
    Year(String),
    /// Nothing: the days contradict each other, for this reason.
    Contradiction(String),
}

/// Reads what is written in a cell.
pub(super) fn written(cell: &Cell) -> Option<Written> {
    match cell {
        Cell::Day(date) => Some(Written::Full(*date)),
        Cell::Number(_) => None,
        Cell::Text(text) => of_digits(text).or_else(|| of_words(text)),
    }
}

fn of_digits(text: &str) -> Option<Written> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return full(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?);
    }
    let day = text.split(['T', ' ', ',']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    if !parts.iter().all(|p| !p.is_empty() && p.bytes().all(|x| x.is_ascii_digit())) {
        return None;
    }
    if a.len() == 4 {
        return full(a.parse().ok()?, b.parse().ok()?, c.parse().ok()?);
    }
    let year: i16 = match c.len() {
        4 => c.parse().ok()?,
        2 => 2000 + c.parse::<i16>().ok()?,
        _ => return None,
    };
    let (first, second): (i8, i8) = (a.parse().ok()?, b.parse().ok()?);
    if first == second {
        return full(year, first, second);
    }
    let is_possible = date(year, first, second).or_else(|| date(year, second, first)).is_some();
    is_possible.then_some(Written::Ambiguous(first, second, year))
}

fn of_words(text: &str) -> Option<Written> {
    let (mut month, mut day, mut year) = (None, None, None);
    for word in
        text.split([' ', ',', '\u{A0}', '\u{202F}', '-', '.']).filter(|w| !w.is_empty() && !w.contains(':'))
    {
        let lower = word.to_lowercase();
        if let Ok(number) = lower.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']).parse::<i16>() {
            match number {
                1..=31 if day.is_none() => day = i8::try_from(number).ok(),
                1000.. if year.is_none() => year = Some(number),
                _ => return None,
            }
        } else if let Some(index) = MONTHS.iter().position(|m| lower.len() >= 3 && m.starts_with(&lower)) {
            if month.is_some() {
                return None;
            }
            month = i8::try_from(index + 1).ok();
        } else if !is_weekday(&lower) && !["am", "pm"].contains(&lower.as_str()) {
            return None;
        }
    }
    let (month, day) = (month?, day?);
    match year {
        Some(year) => full(year, month, day),
        None => date(2024, month, day).map(|_| Written::Yearless(month, day)),
    }
}

fn is_weekday(word: &str) -> bool {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    word.len() >= 3 && days.iter().any(|d| d.starts_with(word))
}

fn full(year: i16, month: i8, day: i8) -> Option<Written> {
    date(year, month, day).map(Written::Full)
}

/// Returns a day that an export can be about.
fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    (2000..2100).contains(&year).then(|| Date::new(year, month, day).ok()).flatten()
}

/// Turns what is written into days; also tells how, in words, where there was a choice.
pub(super) fn read(all: &[Written], hints: &Hints<'_>) -> Result<(Vec<Date>, Option<String>), Question> {
    if all.iter().any(|w| matches!(w, Written::Ambiguous(..))) {
        let (is_day_first, why) = order(all, hints)?;
        let days = all.iter().filter_map(|w| in_order(*w, is_day_first)).collect();
        let name = if is_day_first { "day first" } else { "month first" };
        return Ok((days, Some(format!("dates are read {name}: {why}"))));
    }
    if all.iter().any(|w| matches!(w, Written::Yearless(..))) {
        return with_year(all, hints);
    }
    Ok((all.iter().filter_map(|w| in_order(*w, true)).collect(), None))
}

fn in_order(written: Written, is_day_first: bool) -> Option<Date> {
    match written {
        Written::Full(date) => Some(date),
        Written::Ambiguous(a, b, year) => {
            if is_day_first {
                date(year, b, a)
            } else {
                date(year, a, b)
            }
        }
        Written::Yearless(..) => None,
    }
}

/// Whether days are as they should be.
type Test<'t> = &'t dyn Fn(&[Date]) -> bool;

/// Decides whether the day comes first: by what is impossible, then by what else is known.
fn order(all: &[Written], hints: &Hints<'_>) -> Result<(bool, String), Question> {
    let reading =
        |is_day_first| all.iter().map(move |w| in_order(*w, is_day_first)).collect::<Option<Vec<Date>>>();
    let example = |wanted: &dyn Fn(i8, i8) -> bool| {
        all.iter().find_map(|w| match w {
            Written::Ambiguous(a, b, y) if wanted(*a, *b) => Some(format!("{a}/{b}/{y}")),
            _ => None,
        })
    };
    let big_first = example(&|a, _| a > 12);
    let big_second = example(&|_, b| b > 12);
    let (by_day, by_month) = match (reading(true), reading(false)) {
        (Some(by_day), Some(by_month)) => (by_day, by_month),
        (Some(_), None) => {
            return Ok((
                true,
                format!("{} can only be read so", big_first.or(big_second).unwrap_or_default()),
            ));
        }
        (None, Some(_)) => {
            return Ok((
                false,
                format!("{} can only be read so", big_second.or(big_first).unwrap_or_default()),
            ));
        }
        (None, None) => {
            let both = [big_first, big_second].into_iter().flatten().collect::<Vec<_>>().join(" and ");
            return Err(Question::Contradiction(format!("{both} have day and month in different orders")));
        }
    };
    let tests: [(Test<'_>, &str); 3] = [
        (&|days| hints.is_daily && days.len() > 1 && follow(days), "only so the days follow each other"),
        (&|days| within(days, &ends(hints.others)), "only so the days fit the other dates of the file"),
        (&|days| within(days, &span(hints.periods)), "only so the days lie in the periods of the profile"),
    ];
    for (fits, why) in tests {
        match (fits(&by_day), fits(&by_month)) {
            (true, false) => return Ok((true, why.into())),
            (false, true) => return Ok((false, why.into())),
            _ => {}
        }
    }
    match hints.day_first {
        Some(is_day_first) => Ok((is_day_first, "as you said".into())),
        None => Err(Question::Order(example(&|_, _| true).unwrap_or_default())),
    }
}

/// Tells whether days follow each other, in one direction or the other.
fn follow(days: &[Date]) -> bool {
    let steps = |up: bool| {
        days.windows(2).all(|w| {
            let (a, b) = if up { (w[0], w[1]) } else { (w[1], w[0]) };
            a.tomorrow().is_ok_and(|next| next == b)
        })
    };
    steps(true) || steps(false)
}

fn within(days: &[Date], span: &Option<(Date, Date)>) -> bool {
    span.is_some_and(|(from, to)| days.iter().all(|d| from <= *d && *d <= to))
}

fn ends(days: &[Date]) -> Option<(Date, Date)> {
    Some((*days.iter().min()?, *days.iter().max()?))
}

fn span(periods: &[(Date, Date)]) -> Option<(Date, Date)> {
    Some((periods.iter().map(|p| p.0).min()?, periods.iter().map(|p| p.1).max()?))
}

/// Finds the year of days that have none: the only one in which they meet a period.
fn with_year(all: &[Written], hints: &Hints<'_>) -> Result<(Vec<Date>, Option<String>), Question> {
    let parts: Vec<(i8, i8)> = all
        .iter()
        .filter_map(|w| match w {
            Written::Yearless(month, day) => Some((*month, *day)),
            Written::Full(date) => Some((date.month(), date.day())),
            Written::Ambiguous(..) => None,
        })
        .collect();
    if let Some(year) = hints.year {
        let days = in_year(&parts, year);
        let why = format!("dates have no year here: {year} for the first row, as you said");
        return days
            .map(|d| (d, Some(why)))
            .ok_or_else(|| Question::Contradiction(format!("29 February does not exist in {year}")));
    }
    let example = parts.first().map_or_else(String::new, |(m, d)| {
        let name = MONTHS[usize::from(m.unsigned_abs()).clamp(1, 12) - 1];
        format!("{d} {}{}", name[..1].to_uppercase(), &name[1..])
    });
    let Some((from, to)) = span(hints.periods) else { return Err(Question::Year(example)) };
    let meets = |days: &Vec<Date>| days.iter().any(|d| hints.periods.iter().any(|p| p.0 <= *d && *d <= p.1));
    let mut fitting = (from.year() - 1..=to.year() + 1).filter_map(|y| in_year(&parts, y)).filter(meets);
    match (fitting.next(), fitting.next()) {
        (Some(days), None) => {
            let first = days.iter().min().copied().map_or_else(String::new, day);
            Ok((
                days,
                Some(format!(
                    "dates have no year here: only with {first} as the first day do they meet a period"
                )),
            ))
        }
        _ => Err(Question::Year(example)),
    }
}

/// Puts days into a year that is that of the first; the year changes where the months jump.
fn in_year(parts: &[(i8, i8)], year: i16) -> Option<Vec<Date>> {
    let mut year = year;
    let mut last: Option<(i8, i8)> = None;
    let mut days = Vec::new();
    for part in parts {
        match last {
            Some(before) if before.0 - part.0 > 6 => year += 1,
            Some(before) if part.0 - before.0 > 6 => year -= 1,
            _ => {}
        }
        days.push(date(year, part.0, part.1)?);
        last = Some(*part);
    }
    Some(days)
}

/// Returns the two days that a text names, if it names a span.
pub(super) fn range_in(text: &str) -> Option<(Date, Date)> {
    let mut days = Vec::new();
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit() && c != '-').collect();
    for part in parts {
        let part = part.trim_matches('-');
        let halves: Vec<&str> = if part.len() == 17 { part.split('-').collect() } else { vec![part] };
        for half in halves {
            if let Some(Written::Full(date)) = of_digits(half) {
                days.push(date);
            }
        }
    }
    match days[..] {
        [from, to, ..] if from <= to && from.checked_add(3.years()).is_ok_and(|end| to < end) => {
            Some((from, to))
        }
        _ => None,
    }
}

/// Explains that a cell holds no day.
pub(super) fn not_a_day(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => format!("`{number}` is a number, not a date"),
        _ if cell.is_blank() => "there is no date here".into(),
        _ => format!("`{}` is not a date that can be read", short(cell.text())),
    }
}

#[cfg(test)]
mod tests;
