//! Why a requirement is open, in as many words as fit.
//!
//! Owns what is shortened. Refuses to word anything anew: reasons are the rules'.

use crate::audit::coverage::CoveredRow;

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

#[cfg(test)]
mod tests {
    use super::reasons;
    use crate::audit::coverage::CoveredRow;
    use crate::trace::Status;

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
