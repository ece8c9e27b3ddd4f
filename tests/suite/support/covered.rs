//! Coverage as the audit of pages gives it, made up for tests.

use evipack::audit::{Coverage, CoveredRow, PackReport, PagePlace};
use evipack::trace::{Status, Totals};

/// Puts coverage into a report on a pack: rows by id and status, each with a place on its own page.
pub(crate) fn cover(pack: &mut PackReport, rows: &[(&str, Status)]) {
    let count = |status| rows.iter().filter(|(_, s)| *s == status).count();
    let row = |(nth, (id, status)): (usize, &(&str, Status))| CoveredRow {
        id: (*id).to_owned(),
        group: false,
        status: *status,
        claimed: None,
        confirm: false,
        accepted: false,
        reasons: if *status == Status::Met {
            Vec::new()
        } else {
            vec![format!("{id} needs <more> & “better”.")]
        },
        places: vec![PagePlace {
            document: "D01".into(),
            file: "documents/01-plan.pdf".into(),
            section: "2 The stand".into(),
            page: nth + 1,
            submission_page: None,
        }],
    };
    let (met, partly_met, missing) = (count(Status::Met), count(Status::PartlyMet), count(Status::Missing));
    pack.coverage = Some(Coverage {
        unit: "TOY001".into(),
        rows: rows.iter().enumerate().map(row).collect::<Vec<_>>().into(),
        totals: Totals { met, partly_met, missing, ..Totals::default() },
    });
}
