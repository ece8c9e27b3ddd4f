//! Why a requirement is open and what is wrong with a file, in as many words as fit.
//!
//! Owns what is shortened, and the marks around names and commands. Refuses to word anything anew:
//! reasons are the rules', findings the audit's.

use crate::audit::coverage::CoveredRow;
use crate::audit::finding::Finding;

/// Characters of a reason that are shown.
const LETTERS: usize = 300;

/// The first reasons, no more than `most`, and none of them longer than a paragraph.
pub(super) fn reasons(row: &CoveredRow, most: usize) -> Vec<String> {
    let short = |text: &String| match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.clone(),
    };
    // One that only begins another says nothing of its own.
    let begins_another =
        |text: &String| row.reasons.iter().any(|o| o.len() > text.len() && o.starts_with(text));
    let telling: Vec<&String> = row.reasons.iter().filter(|text| !begins_another(text)).collect();
    let mut shown: Vec<String> = telling.iter().take(most).map(|text| short(text)).collect();
    let more = telling.len().saturating_sub(most);
    shown.extend((more > 0).then(|| format!("and {more} more")));
    shown
}

/// A finding in one line.
pub(super) fn told(finding: &Finding) -> String {
    let message = quoted(&finding.message);
    finding.file.as_ref().map_or(message.clone(), |file| format!("{file}: {message}"))
}

/// Puts what stands between backticks into quotation marks: on paper nobody knows the former.
pub(super) fn quoted(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let piece = |(nth, piece): (usize, &&str)| match nth % 2 {
        0 => (*piece).to_owned(),
        _ => format!("“{piece}”"),
    };
    pieces.iter().enumerate().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{quoted, reasons};
    use crate::audit::coverage::CoveredRow;
    use crate::trace::Status;

    #[test]
    fn what_stands_between_backticks_is_quoted() {
        assert_eq!(quoted("the files below `data/` and `x`"), "the files below “data/” and “x”");
        for whole in ["", "nothing", "one ` alone"] {
            assert_eq!(quoted(whole), whole);
        }
    }

    #[test]
    fn a_reason_that_only_begins_another_is_not_told() {
        let given = ["1 of 3 reports: none for May", "1 of 3 reports", "no figures"];
        let row = CoveredRow {
            id: "PC6.1".into(),
            status: Status::PartlyMet,
            claimed: None,
            group: false,
            confirm: false,
            accepted: false,
            reasons: given.map(String::from).into(),
            places: Vec::new(),
        };
        assert_eq!(reasons(&row, 2), [given[0], given[2]]);
        assert_eq!(reasons(&row, 1), [given[0], "and 1 more"]);
    }
}
