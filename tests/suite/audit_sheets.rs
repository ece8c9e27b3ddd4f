//! What the audit prints for single persons: feedback sheets and begun assessor records.

use std::collections::BTreeSet;

use evipack::audit::{Finding, LearnerReport, Press, Problem, Report, Sheet};
use evipack::catalog::Catalog;
use evipack::trace::Status;

use crate::support::class::{class, name};
use crate::support::{pages, printed, squeeze};

/// The feedback sheets of a class as they are printed, without white space.
fn feedback(report: &Report) -> Vec<String> {
    let catalog = Catalog::embedded();
    let press = Press::new(&catalog, report).expect("a press");
    let nths = press.learners(Sheet::Feedback);
    let made = press.print(Sheet::Feedback, &nths).expect("threads");
    let sheets = made.into_iter().map(|m| m.unwrap_or_else(|e| panic!("{e:#?}")));
    sheets
        .map(|s| {
            assert!((1..=4).contains(&s.pages), "{} has {} pages", s.name, s.pages);
            printed(&s.pdf)
        })
        .collect()
}

#[test]
fn a_feedback_sheet_names_what_is_missing_and_no_other_learner() {
    let mut report = class(22);
    // One learner hands in the pack of another, who is named all over it.
    let other = report.learners[12].packs[0].clone();
    report.learners[1].packs = vec![other.clone()];
    let fault = evipack::audit::Finding {
        message: format!("`{}.pdf` is not what the manifest lists", name(12)),
        problem: Some(evipack::audit::Problem::Changed),
        severity: evipack::diag::Severity::Error,
        code: "file-changed",
        file: None,
        hint: None,
    };
    report.learners[1].packs[0].findings.push(fault);
    report.learners[1].packs[0].source = format!("{}-pack.zip", name(12).to_lowercase().replace(' ', "-"));
    let coverage = report.learners[1].packs[0].coverage.as_mut().expect("looked into");
    let mut rows = coverage.rows.get();
    rows.iter_mut().for_each(|r| r.reasons.push(format!("{} answers for it", name(12))));
    coverage.rows = rows.into();
    let sheets = feedback(&report);
    assert_eq!(sheets.len(), 22);
    for (nth, text) in sheets.iter().enumerate() {
        let others = (0..22).filter(|o| *o != nth).map(name).filter(|n| n.len() > 3);
        for other in others {
            assert!(!text.contains(&squeeze(&other)), "the sheet of {} names {other}", name(nth));
            assert!(!text.contains(&other.to_lowercase().replace(' ', "-")), "… in a file name");
        }
    }
    let unit = &report.units[0];
    let open = |nth: usize| {
        let rows = report.learners[nth].packs[0].coverage.as_ref().expect("looked into").rows.get();
        let is_leaf = |id: &str| unit.rows.iter().any(|r| r.id == id && !r.group);
        let open = rows.iter().filter(|r| r.status != evipack::trace::Status::Met && is_leaf(&r.id));
        open.map(|r| r.id.clone()).collect::<Vec<_>>()
    };
    for nth in [0, 1, 5, 6] {
        let missing: Vec<String> = open(nth).into_iter().filter(|id| !sheets[nth].contains(id)).collect();
        assert!(missing.is_empty() && !open(nth).is_empty(), "{}: {missing:?}", name(nth));
    }
    for (nth, says) in
        [(13, "no evidence pack"), (16, "cannot be read in full"), (17, "not as they were made")]
    {
        assert!(sheets[nth].contains(&squeeze(says)), "{nth}: {}", sheets[nth]);
        assert!(sheets[nth].contains(&squeeze("evipack build profile.json -o pack.zip")));
    }
    for text in &sheets {
        for word in ["Competent", "competent", "Satisfactory", "satisfactory"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}

#[test]
fn a_feedback_sheet_fills_its_first_page_and_says_who_it_is_for_on_each() {
    let report = class(7);
    let catalog = Catalog::embedded();
    let press = Press::new(&catalog, &report).expect("a press");
    let made = press.print(Sheet::Feedback, &[0, 1]).expect("threads");
    for (nth, made) in made.into_iter().enumerate() {
        let pages = pages(&made.expect("a sheet").pdf);
        assert!(pages.len() > 1, "much is missing");
        let table =
            pages[0].squeezed.split("Wheretolook").nth(1).expect("the table begins on the first page");
        let rows = report.learners[nth].packs[0].coverage.as_ref().expect("looked into").rows.get();
        assert!(rows.iter().any(|r| r.status != Status::Met && table.starts_with(&r.id)), "{table}");
        for page in &pages {
            assert!(page.squeezed.contains(&squeeze(&name(nth))), "{}", page.squeezed);
        }
    }
}

#[test]
fn what_is_wrong_with_a_file_is_told_once() {
    let mut report = class(18);
    let fault = |problem, file: &str, message: &str| Finding {
        message: message.into(),
        problem: Some(problem),
        severity: problem.severity(),
        code: "a-fault",
        file: Some(file.into()),
        hint: None,
    };
    let told = |report: &Report| feedback(report).swap_remove(17);
    report.learners[17].packs[0].findings = vec![
        fault(Problem::Contradicts, "data/checklist.json", "PC1.1: it claims more"),
        fault(Problem::Changed, "data/a.pdf", "it is another"),
        fault(Problem::Broken, "data/a.pdf", "it is damaged"),
        fault(Problem::Repacked, "data/b.pdf", "it was packed again"),
    ];
    let text = told(&report);
    assert!(text.contains(&squeeze("data/a.pdf: it is damaged")), "{text}");
    for not in ["it is another", "it claims more", "it was packed again"] {
        assert!(!text.contains(&squeeze(not)), "{not}: {text}");
    }
    report.learners[17].problems = vec![Problem::Contradicts];
    assert!(told(&report).contains(&squeeze("its pages do not agree")));
    let text = feedback(&report).swap_remove(13);
    assert_eq!(text.matches("essay.pdf").count(), 1 + 2, "once as handed in, and at each suggestion: {text}");
    assert!(text.contains(&squeeze("If you have no profile yet")));
}

#[test]
fn pages_in_a_feedback_sheet_are_links_beside_the_unpacked_pack() {
    let report = class(3);
    let catalog = Catalog::embedded();
    let press = Press::new(&catalog, &report).expect("a press");
    let made = press.print(Sheet::Feedback, &[0]).expect("threads").remove(0).expect("a sheet");
    let pdf = String::from_utf8_lossy(&made.pdf).into_owned();
    let links: Vec<&str> = pdf.split("/URI(").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let is_page = |l: &&str| l.starts_with("data/documents/") && l.contains(".pdf#page=");
    assert!(!links.is_empty() && links.iter().all(is_page), "{links:?}");
    assert!(printed(&made.pdf).contains(&squeeze("save this sheet beside its index.html")));
}

#[test]
fn a_record_is_filled_in_but_for_every_judgement() {
    let report = class(14);
    let catalog = Catalog::embedded();
    let press = Press::new(&catalog, &report).expect("a press");
    let made = press.print(Sheet::Record, &[0, 13]).expect("threads");
    let texts: Vec<String> = made.into_iter().map(|m| printed(&m.expect("a record").pdf)).collect();
    assert!(
        texts[0].contains(&squeeze(&name(0))) && texts[0].contains("0000feed00000000"),
        "{}",
        &texts[0][..600]
    );
    for row in report.units[0].rows.iter().filter(|r| !r.group) {
        assert!(texts[0].contains(&row.id), "{}", row.id);
    }
    assert!(texts[0].contains("04-content-guidelines.pdf,p.") && !texts[0].contains('☑'));
    assert!(texts[1].contains(&squeeze("The pages of this hand-in were not looked at.")));
    assert!(texts[1].contains(&squeeze("The file is not a pack: • there is no pack among the 2 files")));
}

#[test]
fn file_names_are_plain_distinct_and_always_the_same() {
    let mut report = class(31);
    let twin = LearnerReport { source: "elsewhere".into(), ..report.learners[0].clone() };
    report.learners.push(twin);
    report.learners[30].learner.id = None;
    report.learners[30].shown_as = "…".into();
    report.learners[30].learner.name = None;
    let names = |report: &Report| {
        let catalog = Catalog::embedded();
        let press = Press::new(&catalog, report).expect("a press");
        (0..report.learners.len()).map(|nth| press.name(Sheet::Feedback, nth)).collect::<Vec<_>>()
    };
    let first = names(&report);
    let plain =
        |n: &String| n.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c));
    assert!(first.iter().all(plain), "{first:#?}");
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), first.len(), "{first:#?}");
    assert!(first.contains(&"zoe-obrien-nguyen-9007-feedback.pdf".to_owned()), "{first:#?}");
    assert!(first.contains(&"9006-feedback.pdf".to_owned()), "a name without plain letters leaves the id");
    let last = report.learners.len() - 1;
    report.learners.swap(0, last);
    let turned = names(&report);
    assert_eq!((&turned[0], &turned[last]), (&first[last], &first[0]), "a name does not depend on the order");
    report.learners.remove(20);
    let later = names(&report);
    assert!(later.iter().all(|n| first.contains(n)), "a name does not depend on the others");
}
