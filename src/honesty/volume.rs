//! More than is needed, and too little of it by the learner.

use super::{Pack, named, role, spot};
use crate::diag::{Builtin, Diagnostic};
use crate::text::{Origin, grouped};
use crate::trace::{Finding, Located, Spot};
use crate::typeset::Words;
use crate::unit::DocumentRole;

/// Documents, answers and packs that are far longer than their content needs.
pub(super) fn large(pack: &Pack<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in &pack.documents {
        let learner = by(&document.words, Origin::Learner);
        let numbers = [
            ("document_words_max", learner, "words by the learner"),
            ("document_pages_max", document.pages, "pages"),
        ];
        for (name, has, what) in numbers {
            let Some(most) = pack.limit(name).filter(|most| has > *most) else { continue };
            let text = format!(
                "{} {} has {} {what}; {} are plenty",
                document.id,
                document.title,
                count(has),
                count(most)
            );
            let spot = Spot { document: document.id.clone(), section: String::new(), page: 1 };
            found.push(Finding::at(spot, warning(text, "keep what proves something, and cut the rest")));
        }
    }
    found.extend(long_places(pack));
    found.extend(whole(pack));
    found
}

/// Places that are too long for the kind of requirement that they answer.
fn long_places(pack: &Pack<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for row in pack.matrix.rows.iter().filter(|r| !r.group) {
        let Some(most) = pack.limit(&format!("words_max_{}", row.kind)) else { continue };
        for place in &row.evidence {
            let words = by(&place.words, Origin::Learner);
            if words > most {
                let text = format!(
                    "{} has {} words by the learner for one requirement; {} are plenty",
                    named(&spot(place)),
                    count(words),
                    count(most)
                );
                let problem = warning(text, "answer what is asked, and cut the rest").about([row.id.clone()]);
                found.push(Finding::at(spot(place), problem));
            }
        }
    }
    found
}

fn whole(pack: &Pack<'_>) -> Option<Finding> {
    let pages = pack.documents.iter().map(|d| d.pages).sum::<usize>();
    let most = pack.limit("pack_pages_max").filter(|most| pages > *most)?;
    let text =
        format!("the documents have {} pages before the checklist; {} are plenty", count(pages), count(most));
    Some(Finding::general(warning(text, "an assessor reads all of it: keep what proves something")))
}

/// Too small a share of the words is the learner's own; documents of data, forms and the cover are
/// left out.
pub(super) fn own_words(pack: &Pack<'_>) -> Vec<Finding> {
    let counted: Vec<&&Located> = pack.documents.iter().filter(|d| is_written_work(pack, d)).collect();
    let sum = |origin| counted.iter().map(|d| by(&d.words, origin)).sum::<usize>();
    let learner = sum(Origin::Learner);
    let all = learner + sum(Origin::Case) + sum(Origin::Computed) + sum(Origin::Template);
    let (Some(least), Some(share)) = (pack.limit("own_share"), (learner * 100).checked_div(all)) else {
        return Vec::new();
    };
    if share >= least {
        return Vec::new();
    }
    let text = format!(
        "{share}% of the words of the documents are the learner’s own ({} of {}); less than {least}% is little to judge a person by",
        count(learner),
        count(all)
    );
    let hint = "see in the checklist where the words come from, and write more where your share is small";
    vec![Finding::general(Diagnostic::warning(Builtin::OwnWordsFew, text).hint(hint))]
}

fn is_written_work(pack: &Pack<'_>, document: &Located) -> bool {
    let data_only = pack.unit.documents.iter().any(|s| s.id == document.spec && s.data_only);
    role(pack.unit, document) == Some(DocumentRole::Document) && !data_only
}

fn by(words: &Words, origin: Origin) -> usize {
    words.get(&origin).copied().unwrap_or_default()
}

fn count(number: usize) -> String {
    grouped(number as u64)
}

fn warning(text: String, hint: &str) -> Diagnostic {
    Diagnostic::warning(Builtin::VolumeLarge, text).hint(hint)
}
