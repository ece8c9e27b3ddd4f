//! A class as the audit could have found it: every kind of learner, every kind of problem.

use evipack::audit::{
    Alike, AttemptReport, Common, Coverage, CoveredRow, Entry, Excerpt, Finding, Identity, InputReport,
    LearnerReport, LooseFile, Missed, Names, PackReport, PagePlace, Part, Passage, Person, Problem, Report,
    SharedPassage, Side, Similarity, Suggestion, Totals, UnitRow, UnitRows, Verdicts,
};
use evipack::catalog::Catalog;
use evipack::diag::Severity;
use evipack::trace::{Status, Totals as Sums};
use evipack::unit::Unit;

/// Names that try to be more than names.
pub(crate) const NAMES: [&str; 8] = [
    "=HYPERLINK(\"http://x\",\"y\")",
    "<script>alert(1)</script>",
    "Ana\u{202e}eeL\u{1b}[2J",
    "李明",
    "Zoë O’Brien-Nguyễn",
    "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswessenschafewaren",
    "Con",
    "{{ 7 * 7 }} #read(\"/etc/passwd\")",
];
/// Names that are only names.
const FIRST: [&str; 12] =
    ["Ana", "Bo", "Chloe", "Dimitri", "Ella", "Farid", "Grace", "Hamish", "Isla", "Jack", "Kirra", "Liam"];
const LAST: [&str; 14] = [
    "Abbott",
    "Baker",
    "Castellano",
    "Dunn",
    "Evans",
    "Fonseca",
    "Gupta",
    "Hartigan",
    "Ivanov",
    "Jamieson",
    "Kowalski",
    "Lindqvist",
    "Macpherson",
    "Ngata",
];

/// A sequence of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a small number") % below
    }
}

/// The name of a learner.
pub(crate) fn name(nth: usize) -> String {
    match NAMES.get(nth.wrapping_sub(3)) {
        Some(name) => (*name).to_owned(),
        None => format!("{} {} {}", FIRST[nth % 12], LAST[nth % 14], roman(nth / 84)),
    }
    .trim()
    .to_owned()
}

fn roman(nth: usize) -> &'static str {
    ["", "Maree", "James", "Lee"][nth.min(3)]
}

/// A class of learners who handed in packs of the full unit.
pub(crate) fn class(count: usize) -> Report {
    let unit = Unit::load(&Catalog::embedded(), "OSM007").expect("a unit");
    let mut dice = Dice(7);
    let learners: Vec<LearnerReport> = (0..count).map(|nth| learner(&unit, nth, &mut dice)).collect();
    let missed = missed(&unit, &learners);
    let is = |f: &dyn Fn(&LearnerReport) -> bool| learners.iter().filter(|l| f(l)).count();
    let with = |p: Problem| is(&|l| l.problems.contains(&p));
    let totals = Totals {
        learners: count,
        not_looked_at: is(&|l| !l.looked_at),
        packs: learners.iter().map(|l| l.packs.len()).sum(),
        fine: is(&|l| l.looked_at && l.problems.is_empty()),
        broken: with(Problem::Broken),
        not_a_pack: with(Problem::NotAPack),
        incomplete: with(Problem::Incomplete),
        changed: with(Problem::Changed),
        repacked: with(Problem::Repacked),
        contradicts: with(Problem::Contradicts),
        late: is(&|l| l.late == Some(true)),
    };
    let similar =
        if count > 12 { vec![similar(&learners, 0, 1), similar(&learners, 4, 11)] } else { Vec::new() };
    let common = if count > 12 { vec![common(&learners)] } else { Vec::new() };
    let absent = Entry {
        name: Some("Nobody <b>Here</b>".into()),
        id: Some("=1+1".into()),
        username: None,
        email: None,
    };
    Report {
        format: "evipack-audit/1",
        quick: false,
        stopped: totals.not_looked_at > 0,
        inputs: vec![input()],
        learners,
        totals,
        units: vec![rows(&unit)],
        missed,
        similar,
        common,
        absent: (count > 12).then(|| vec![absent]),
        against: None,
    }
}

fn input() -> InputReport {
    InputReport {
        path: "class-OSM007 <2026>.zip".into(),
        layout: "moodle".into(),
        entries: 412,
        left_over: (0..30).map(|n| format!("marks-{n}.csv")).collect(),
        findings: vec![finding(Severity::Warning, None, "gap", "there are bytes between its entries")],
        unreadable: false,
    }
}

fn finding(severity: Severity, problem: Option<Problem>, code: &'static str, message: &str) -> Finding {
    let hint = Some("download it again; if it stays so, ask for it to be handed in again".into());
    Finding { code, severity, problem, file: None, message: message.into(), hint }
}

fn rows(unit: &Unit) -> UnitRows {
    let row = |r: &evipack::unit::Requirement| UnitRow {
        id: r.id.clone(),
        kind: r.kind.clone(),
        parent: r.parent.clone(),
        group: unit.is_parent(&r.id),
        extra: r.extra,
        lead_in: unit.lead_in(r),
        text: r.text.clone(),
    };
    let title = unit.value["title"].as_str().expect("a title").to_owned();
    UnitRows { code: unit.code.clone(), title, rows: unit.requirements.iter().map(row).collect() }
}

/// What a learner’s hand-in is like: most are well, some are not.
fn learner(unit: &Unit, nth: usize, dice: &mut Dice) -> LearnerReport {
    let name = name(nth);
    let id = (9_000 + nth).to_string();
    let packs = match nth % 30 {
        13 | 14 => Vec::new(),
        15 => vec![pack(unit, nth, dice), pack(unit, nth, dice)],
        _ => vec![pack(unit, nth, dice)],
    };
    let mut findings = Vec::new();
    let mut suggestions = Vec::new();
    if packs.is_empty() {
        let text = "there is no pack among the 2 files handed in: report.docx, essay.pdf";
        findings.push(finding(Severity::Error, Some(Problem::NotAPack), "no-pack", text));
        let words = vec!["tone".into(), "voice".into()];
        let place = |page| ("essay.pdf".to_owned(), page);
        for (file, page) in [place(Some(3)), place(Some(9)), ("report.docx".to_owned(), None)] {
            suggestions.push(Suggestion { requirement: "PE4.1".into(), file, page, words: words.clone() });
        }
    }
    if nth < 2 {
        let other = self::name(1 - nth);
        let text = format!("the same file was handed in by {other} (0123456789ab)");
        findings.push(finding(Severity::Warning, None, "same-file", &text));
    }
    let own = findings.iter().filter_map(|f| f.problem);
    let mut problems: Vec<Problem> = packs.iter().flat_map(|p| p.problems.clone()).chain(own).collect();
    problems.sort_unstable();
    problems.dedup();
    let loose = |name: &str| LooseFile::unread(name, Part::File, 48_213);
    let files = if packs.is_empty() { vec![loose("report.docx"), loose("essay.pdf")] } else { Vec::new() };
    let is_seen = nth % 30 != 29;
    LearnerReport {
        shown_as: name.clone(),
        learner: Person { name: Some(name.clone()), id: Some(id.clone()) },
        input: "class-OSM007 <2026>.zip".into(),
        source: format!("{name}_{id}_assignsubmission_file/"),
        late: Some(nth % 11 == 5),
        looked_at: is_seen,
        attempts: vec![AttemptReport { when: None, counts: true, files: vec!["pack.zip".into()] }],
        packs: if is_seen { packs } else { Vec::new() },
        files,
        problems: if is_seen { problems } else { Vec::new() },
        findings,
        suggestions,
        changes: None,
        names: Some(Names::Full),
    }
}

fn pack(unit: &Unit, nth: usize, dice: &mut Dice) -> PackReport {
    let problem = match nth % 30 {
        16 => Some((Problem::Broken, "archive-broken", "its end is missing")),
        17 => Some((Problem::Changed, "file-changed", "it is not the file that the manifest lists")),
        18 => Some((Problem::Incomplete, "file-missing", "it is listed, and it is not there")),
        19 | 20 => Some((Problem::Repacked, "repacked", "another program wrote the archive")),
        _ => None,
    };
    let is_broken = problem.is_some_and(|(p, ..)| p == Problem::Broken);
    let findings = problem.iter().map(|(problem, code, text)| {
        let file = Some("data/documents/04-content-guidelines.pdf".into());
        Finding { file, ..finding(problem.severity(), Some(*problem), code, text) }
    });
    let mut report = PackReport::new("pack.zip", "wattlebird-cycles-OSM007");
    report.id = (!is_broken).then(|| format!("{:064x}", 0xfeed_0000_0000_0000_u64 + nth as u64));
    report.identity = Identity {
        format: Some("evipack-pack/1".into()),
        made_by: Some("evipack 0.1.0".into()),
        unit: Some(unit.code.clone()),
        organisation: Some(format!("Wattlebird Cycles {nth}")),
        named_learner: Some(Person { name: Some(name(nth)), id: Some((9_000 + nth).to_string()) }),
        named_attempt: Some(1),
    };
    report.verdicts = Verdicts {
        readable: Some(!is_broken),
        complete: Some(problem.is_none()),
        valid: Some(problem.is_none()),
        original_container: Some(problem.is_none()),
        rebuilt_identically: None,
    };
    report.problems = problem.iter().map(|(p, ..)| *p).collect();
    report.findings = findings.collect();
    report.files = 34;
    report.bytes = 2_481_220;
    report.coverage = (!is_broken).then(|| coverage(unit, nth, dice));
    report
}

fn coverage(unit: &Unit, nth: usize, dice: &mut Dice) -> Coverage {
    // Some learners have nearly everything, some little.
    let skill = [2, 3, 4, 6, 9, 25, 60][nth % 7];
    let mut rows = Vec::new();
    let mut totals = Sums::default();
    for (at, r) in unit.requirements.iter().enumerate() {
        let roll = dice.next(100);
        let is_hard = at % 17 == 4;
        let status = match roll {
            _ if is_hard && roll < 55 => Status::Missing,
            r if r < skill => Status::Missing,
            r if r < skill * 2 => Status::PartlyMet,
            _ => Status::Met,
        };
        let document = |id: &String| unit.documents.iter().find(|d| d.id == *id);
        let place = |d: &evipack::unit::DocumentSpec| PagePlace {
            document: d.id.clone(),
            file: format!("documents/{}-{}.pdf", d.number, d.slug),
            section: format!("{} {}", 1 + at % 6, d.title),
            page: 1 + at % 9,
            submission_page: Some(20 + at),
        };
        let places = if status == Status::Missing { 0 } else { r.documents.len() };
        rows.push(CoveredRow {
            id: r.id.clone(),
            status,
            claimed: Some(if status == Status::Missing && roll % 5 == 1 { Status::Met } else { status }),
            group: unit.is_parent(&r.id),
            confirm: r.confirm,
            accepted: status == Status::Missing && roll % 7 == 3,
            reasons: match status {
                Status::Met => Vec::new(),
                Status::PartlyMet => vec!["3 of 4 responses: add one for an outage".into()],
                Status::Missing => {
                    vec![if r.close.is_empty() { "there is nothing for it" } else { &r.close }.into()]
                }
            },
            places: r.documents.iter().filter_map(document).map(place).take(places).collect(),
        });
        if !unit.is_parent(&r.id) && !r.extra {
            match status {
                Status::Met => totals.met += 1,
                Status::PartlyMet => totals.partly_met += 1,
                Status::Missing => totals.missing += 1,
            }
            totals.confirm += usize::from(r.confirm);
        }
    }
    Coverage { unit: unit.code.clone(), rows: rows.into(), totals }
}

fn missed(unit: &Unit, learners: &[LearnerReport]) -> Vec<Missed> {
    let packs: Vec<Vec<CoveredRow>> = learners
        .iter()
        .flat_map(|l| &l.packs)
        .filter_map(|p| Some(p.coverage.as_ref()?.rows.get()))
        .collect();
    let mut all = Vec::new();
    for r in unit.requirements.iter().filter(|r| !unit.is_parent(&r.id)) {
        let own: Vec<&CoveredRow> =
            packs.iter().filter_map(|rows| rows.iter().find(|row| row.id == r.id)).collect();
        let count = |status| own.iter().filter(|row| row.status == status).count();
        let reason = own.iter().find_map(|row| row.reasons.first().cloned());
        let missing = count(Status::Missing);
        all.push(Missed {
            unit: unit.code.clone(),
            requirement: r.id.clone(),
            missing,
            partly_met: count(Status::PartlyMet),
            of: own.len(),
            reason: reason.map(|text| (text, missing.max(1))),
        });
    }
    all.sort_by_key(|m| std::cmp::Reverse(m.missing + m.partly_met));
    all
}

fn similar(learners: &[LearnerReport], one: usize, other: usize) -> Similarity {
    let side =
        |nth: usize| Side { learner: Some(nth), name: learners[nth].shown_as.clone(), words: 4_120 + nth };
    let text =
        "We answer every public question within four hours on a working day, and we say so on the page.";
    let excerpt = |page: usize| Excerpt {
        text: text.into(),
        pointer: Some("/guidelines/responses/0/text".into()),
        file: "04-content-guidelines.pdf".into(),
        page: Some(page),
    };
    let passage = |words: usize| Passage { words, one: excerpt(3), other: excerpt(7), stands_in: None };
    Similarity {
        one: side(one),
        other: side(other),
        shared_words: 912,
        percent: 22,
        sections: vec![Alike { section: "Evaluation, Summary".into(), percent: 97, serious: true }],
        passages: vec![passage(19), passage(12)],
    }
}

/// Words that many share, from a sample that was handed out.
fn common(learners: &[LearnerReport]) -> Common {
    let side = |nth: usize| Side { learner: Some(nth), name: learners[nth].shown_as.clone(), words: 4_000 };
    let place = Excerpt {
        text: "The shed is open whenever somebody has the key, and somebody always has.".into(),
        pointer: Some("/strategy/summary".into()),
        file: "02-overall-strategy.pdf".into(),
        page: None,
    };
    let passage = SharedPassage { words: 13, place, stands_in: Some("the sample redgum-libraries".into()) };
    Common { sides: vec![side(2), side(3), side(7)], words: 640, passages: vec![passage] }
}
