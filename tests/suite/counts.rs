//! Quantities that the unit asks for: exactly enough is met, one fewer is not, and the reason counts.

use serde_json::Value;

use crate::support::{Project, Report};

/// A list of the profile that a requirement counts.
struct Counted {
    row: &'static str,
    /// JSON pointer of the list.
    list: &'static str,
    /// Only items with these parts are counted.
    only: &'static [(&'static str, &'static str)],
}

const fn counted(row: &'static str, list: &'static str) -> Counted {
    Counted { row, list, only: &[] }
}

/// Lists of which the unit, or a convention of the program, needs a number.
const LISTS: [Counted; 18] = [
    counted("PC1.1", "/organisation/confirmations"),
    counted("PC1.2", "/purposes"),
    counted("PC1.3", "/functions"),
    counted("PC3.1", "/guidelines/language"),
    counted("PC3.2", "/guidelines/responses"),
    counted("PE4.2", "/guidelines/responses"),
    counted("PC3.3", "/guidelines/formatting"),
    counted("PE4.4", "/guidelines/formatting"),
    counted("PE4.5", "/guidelines/approvals"),
    counted("PE2", "/reports"),
    counted("PC6.3", "/evaluation/judgements"),
    counted("PE5.1", "/policies/acceptable_use/procedure"),
    counted("PE5.2", "/policies/customer_service/procedure"),
    counted("PE5.3", "/policies/privacy/procedure"),
    counted("PE5.4", "/policies/consent/procedure"),
    counted("PE5.5", "/policies/security/procedure"),
    counted("FS-INI-1", "/strategy/opportunities"),
    counted("AC3", "/submission/sites"),
];

/// The four lists of information that can and cannot be published.
const INFORMATION: [Counted; 4] = [
    Counted {
        row: "PE4.3a",
        list: "/guidelines/info_rules",
        only: &[("about", "organisation"), ("publish", "true")],
    },
    Counted {
        row: "PE4.3b",
        list: "/guidelines/info_rules",
        only: &[("about", "organisation"), ("publish", "false")],
    },
    Counted {
        row: "PE4.3c",
        list: "/guidelines/info_rules",
        only: &[("about", "customer"), ("publish", "true")],
    },
    Counted {
        row: "PE4.3d",
        list: "/guidelines/info_rules",
        only: &[("about", "customer"), ("publish", "false")],
    },
];

impl Counted {
    fn is_counted(&self, item: &Value) -> bool {
        let has = |(name, wanted): &(&str, &str)| match &item[*name] {
            Value::String(text) => text == wanted,
            Value::Bool(yes) => (*wanted == "true") == *yes,
            _ => false,
        };
        self.only.iter().all(has)
    }

    /// Places in the list of the items that are counted.
    fn places(&self, profile: &Value) -> Vec<usize> {
        let items = profile.pointer(self.list).and_then(Value::as_array);
        let items = items.unwrap_or_else(|| panic!("no list at {}", self.list));
        (0..items.len()).filter(|&i| self.is_counted(&items[i])).collect()
    }

    fn without(&self, profile: &Value, place: usize) -> Value {
        let mut profile = profile.clone();
        let items = profile.pointer_mut(self.list).and_then(Value::as_array_mut);
        items.expect("a list").remove(place);
        profile
    }
}

fn check(project: &mut Project, profile: &Value) -> Report {
    project.profile = profile.clone();
    project.check()
}

fn number(report: &Report, row: &str, name: &str) -> usize {
    let value = &report.row(row)[name];
    value.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_else(|| panic!("{row} has no {name}"))
}

/// Takes items away for as long as the row stays met, until exactly as many are left as it needs.
fn exactly_enough(project: &mut Project, list: &Counted) -> Value {
    let mut profile = project.profile.clone();
    let report = check(project, &profile);
    assert_eq!(report.status(list.row), "met", "{} in the sample", list.row);
    let needed = number(&report, list.row, "required");
    for place in list.places(&profile).into_iter().rev() {
        if list.places(&profile).len() == needed {
            break;
        }
        let fewer = list.without(&profile, place);
        if check(project, &fewer).status(list.row) == "met" {
            profile = fewer;
        }
    }
    let left = list.places(&profile).len();
    assert_eq!(
        left, needed,
        "{}: {left} items of {} are left, and it is met with none fewer",
        list.row, list.list
    );
    profile
}

/// Any one of exactly enough items that goes turns the row from met to partly met.
fn any_one_counts(list: &Counted) {
    let mut project = Project::sample();
    let enough = exactly_enough(&mut project, list);
    let needed = number(&check(&mut project, &enough), list.row, "required");
    for place in list.places(&enough) {
        let report = check(&mut project, &list.without(&enough, place));
        let row = report.row(list.row);
        assert_eq!(row["status"], "partly_met", "{} without item {place} of {}", list.row, list.list);
        let count = format!("{} of {needed} ", needed - 1);
        let reasons = row["reasons"].as_array().expect("reasons");
        let says = reasons.iter().any(|r| r.as_str().is_some_and(|r| r.contains(&count)));
        assert!(says, "{} says “{count}…”: {reasons:?}", list.row);
    }
}

#[test]
fn any_one_item_fewer_than_the_unit_asks_for_is_partly_met() {
    LISTS.iter().for_each(any_one_counts);
}

#[test]
fn any_one_type_of_information_fewer_is_partly_met() {
    INFORMATION.iter().for_each(any_one_counts);
}

#[test]
fn any_one_point_of_a_knowledge_answer_fewer_is_partly_met() {
    let sample = Project::sample().profile;
    let answers = sample["knowledge"].as_array().expect("answers");
    for (row, part) in [
        ("KE3.1", "figures"),
        ("KE3.2", "figures"),
        ("KE4.1", "points"),
        ("KE7.1", "points"),
        ("KE8.6", "points"),
        ("KE9", "examples"),
        ("KE10.2", "points"),
    ] {
        let at = answers
            .iter()
            .position(|a| a["requirement"] == row)
            .unwrap_or_else(|| panic!("no answer to {row}"));
        let list: &'static str = Box::leak(format!("/knowledge/{at}/{part}").into_boxed_str());
        any_one_counts(&counted(row, list));
    }
}

#[test]
fn each_policy_and_each_strategy_counts() {
    for policy in ["acceptable_use", "customer_service", "privacy", "consent", "security"] {
        let report = Project::sample().without(&format!("/policies/{policy}")).check();
        assert_eq!(report.status("PC4.2"), "partly_met", "without {policy}");
        assert!(
            report.row("PC4.2")["reasons"].to_string().contains("4 of 5 policies"),
            "{}",
            report.row("PC4.2")
        );
    }
    for (part, row) in [("strategy", "PE1.1"), ("campaign", "PE1.2"), ("campaign_evaluation", "PE3")] {
        let report = Project::sample().without(&format!("/{part}")).check();
        assert_eq!(report.status(row), "missing", "without {part}");
    }
}

#[test]
fn both_groups_have_to_be_there() {
    for (row, list, part, groups) in [
        ("PC4.3", "/briefings", "to", ["personnel", "users"]),
        ("PC5.1", "/actions", "plan", ["overall", "campaign"]),
        ("PE4.1", "/guidelines/language", "context", ["outbound", "interaction"]),
    ] {
        for group in groups {
            let mut project = Project::sample();
            let items = project.profile.pointer_mut(list).and_then(Value::as_array_mut).expect("a list");
            items.retain(|item| item[part] != group);
            let report = project.check();
            assert_eq!(report.status(row), "partly_met", "{row} without {group}");
            assert!(report.row(row)["reasons"].to_string().contains("1 of 2 "), "{}", report.row(row));
        }
    }
}

#[test]
fn what_is_short_in_the_profile_is_short_in_the_pack() {
    let project = Project::sample();
    let responses = project.profile["guidelines"]["responses"].as_array().expect("responses").clone();
    let pack = project.set("/guidelines/responses", responses[..3].to_vec()).pack(&[]);
    let checklist = pack.checklist();
    let row =
        checklist["rows"].as_array().expect("rows").iter().find(|r| r["id"] == "PE4.2").expect("the row");
    assert_eq!(
        (&row["status"], &row["found"], &row["required"]),
        (&"partly_met".into(), &3.into(), &4.into())
    );
    let printed = pack.printed(pack.document("19-"));
    assert!(printed.contains("3of4"), "the printed checklist says the count");
}
