//! What rules must leave alone: edits that look like a fault and are none.

use serde_json::{Value, json as value};

use crate::support::Project;

/// Makes all changes to the sample at once and expects that nothing is found.
fn quiet(changes: &[(&str, Value)]) {
    let project = changes.iter().fold(Project::sample(), |p, (at, value)| p.set(at, value.clone()));
    let report = project.check();
    assert_eq!(report.problems().len(), 0, "{:#?}", report.problems());
}

#[test]
fn numbers_that_are_computed_or_no_figures_at_all_are_left_alone() {
    quiet(&[
        (
            "/reports/0/sentiment",
            value!(
                "From 1 to 31 July 2026 we wrote at 9.30 am and 13:00; the target is 65% and it was 54.2% in June. \
                 Of the bookings, 33 named a ride, in version 2.0 of the list, step 12."
            ),
        ),
        (
            "/evaluation/qualitative",
            value!(
                "The $5 million project of the shire, shown at 1080 by 1350 pixels, was on many lips: \
                 eleven threads in 2026 named it, with 3 views of it, and nobody was against it."
            ),
        ),
        ("/kpis/1/baseline", value!(2.8)),
    ]);
}

#[test]
fn directions_that_are_right_or_conditional_are_left_alone() {
    quiet(&[
        (
            "/reports/1/findings/0",
            value!(
                "Reach rose from [[k-reach@july]] to [[k-reach@august]], while the reply time improved to [[k-reply@august]]."
            ),
        ),
        (
            "/reports/1/findings/1",
            value!(
                "Without the campaign, reach would have fallen to [[k-reach@july]], and it did not drop to [[k-reach@august]]."
            ),
        ),
    ]);
}

#[test]
fn entries_that_are_withdrawn_or_beside_a_holiday_are_left_alone() {
    quiet(&[
        ("/calendar/24/shows_people", value!(true)),
        ("/calendar/40/topic", value!("Labour Day hours: closed on Monday 5 October, open on 6 October")),
        ("/calendar/41/topic", value!("Plans for the Labour Day weekend")),
    ]);
}

#[test]
fn a_budget_of_more_than_the_reported_months_is_left_alone() {
    quiet(&[("/budget/lines/8/actual_cents", value!(20_000))]);
}
