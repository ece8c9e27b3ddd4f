//! How days are read: forms, order and year.

use super::*;
use jiff::civil::date as on;

fn of(text: &str) -> Option<Written> {
    written(&Cell::Text(text.into()))
}

fn hints(periods: &[(Date, Date)]) -> Hints<'_> {
    Hints { periods, others: &[], day_first: None, year: None, is_daily: false }
}

const JULY: [(Date, Date); 1] = [(on(2026, 7, 1), on(2026, 7, 31))];

#[test]
fn every_form_is_read() {
    let july = Some(Written::Full(on(2026, 7, 3)));
    for text in [
        "2026-07-03",
        "2026-07-03T00:00:00",
        "20260703",
        "Fri, Jul 3, 2026",
        "3 July 2026",
        "July 3, 2026 10:15 am",
        "2026/7/3",
        "3rd Jul 2026",
    ] {
        assert_eq!(of(text), july, "{text}");
    }
    assert_eq!(of("07/03/2026 09:15"), Some(Written::Ambiguous(7, 3, 2026)));
    assert_eq!(of("7.3.26"), Some(Written::Ambiguous(7, 3, 2026)));
    assert_eq!(of("August 31"), Some(Written::Yearless(8, 31)));
    assert_eq!(of("23 August"), Some(Written::Yearless(8, 23)));
    for text in ["", "Lifetime", "13/13/2026", "2026-02-30", "31 June 2026", "1204", "99999999"] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn the_order_is_decided_by_a_number_above_twelve() {
    let read = |texts: &[&str]| {
        let all: Vec<Written> = texts.iter().map(|t| of(t).expect("a date")).collect();
        read(&all, &hints(&[]))
    };
    assert_eq!(read(&["07/03/2026", "07/14/2026"]).map(|r| r.0[0]), Ok(on(2026, 7, 3)));
    assert_eq!(read(&["07/03/2026", "14/07/2026"]).map(|r| r.0[0]), Ok(on(2026, 3, 7)));
    assert!(matches!(read(&["14/07/2026", "07/14/2026"]), Err(Question::Contradiction(_))));
    assert_eq!(read(&["07/03/2026"]), Err(Question::Order("7/3/2026".into())));
}

#[test]
fn the_order_is_decided_by_what_else_is_known() {
    let all = [of("07/08/2026").expect("a date"), of("07/09/2026").expect("a date")];
    assert_eq!(read(&all, &hints(&JULY)).map(|r| r.0[0]), Ok(on(2026, 7, 8)));
    let daily = Hints { is_daily: true, ..hints(&[]) };
    assert_eq!(read(&all, &daily).map(|r| r.0[0]), Ok(on(2026, 7, 8)));
    let others = [on(2026, 8, 1), on(2026, 9, 30)];
    let others = Hints { others: &others, ..hints(&[]) };
    assert_eq!(read(&all, &others).map(|r| r.0[0]), Ok(on(2026, 8, 7)));
    let wide = [(on(2026, 1, 1), on(2026, 12, 31))];
    assert!(matches!(read(&all, &hints(&wide)), Err(Question::Order(_))));
    let said = Hints { day_first: Some(true), ..hints(&wide) };
    assert_eq!(read(&all, &said).map(|r| r.0[0]), Ok(on(2026, 8, 7)));
}

#[test]
fn the_year_is_the_only_one_that_fits() {
    let all = [of("December 31").expect("a date"), of("January 1").expect("a date")];
    let winter = [(on(2027, 1, 1), on(2027, 1, 31))];
    assert_eq!(read(&all, &hints(&winter)).map(|r| r.0), Ok(vec![on(2026, 12, 31), on(2027, 1, 1)]));
    let both = [(on(2026, 1, 1), on(2026, 1, 31)), (on(2027, 1, 1), on(2027, 1, 31))];
    assert_eq!(read(&all, &hints(&both)), Err(Question::Year("31 December".into())));
    let said = Hints { year: Some(2025), ..hints(&both) };
    assert_eq!(read(&all, &said).map(|r| r.0[1]), Ok(on(2026, 1, 1)));
}

#[test]
fn spans_are_found_in_names_and_comments() {
    let july = Some((on(2026, 7, 1), on(2026, 7, 31)));
    for text in [
        "Content 2026-07-01_2026-07-31 Club.zip",
        "# 20260701-20260731",
        "# Start date: 20260701 # End date: 20260731",
    ] {
        assert_eq!(range_in(text), july, "{text}");
    }
    for text in ["Overview.csv", "report 2026-07-01", "company_content_1690000000000.xls"] {
        assert_eq!(range_in(text), None, "{text}");
    }
}
