//! Hard cases for the look of a page: nothing cut off, nothing on top of something else, no blank page, no heading
//! at the foot of one.

use std::collections::BTreeSet;
use std::fs;

use evipack::profile::schema::{Node, visit};
use serde_json::{Value, json as value};

use crate::support::{Pack, Project, faults, json, samples};

/// Lists that cannot grow by copies of their rows: each row is tied to data, to a document or to its neighbours.
const TIED: [&str; 7] =
    ["/data", "/document_control", "/evaluation/bands", "/reports", "/kpis", "/case", "/submission/tool_use"];
/// Rows of a long list and of a short one.
const MANY: usize = 30;
const FEW: usize = 3;

/// What stands at pointers of the profile that a test picks by their place in the schema.
fn picked(profile: &Value, pick: impl Fn(Node<'_>, &Value, &str) -> bool) -> Vec<(String, u64)> {
    let schema = json("schemas/profile.schema.json");
    let mut found = Vec::new();
    visit(&schema, profile, &mut |node, value, pointer| {
        if pick(node, value, pointer) {
            let most = node.get("maxLength").or(node.get("maxItems")).and_then(Value::as_u64);
            found.push((pointer.to_owned(), most.unwrap_or(u64::MAX)));
        }
    });
    found
}

fn at<'a>(profile: &'a mut Value, pointer: &str) -> &'a mut Value {
    profile.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

/// Gives every list many rows; deeper lists stay as they are: a profile may have a million bytes and no more.
fn lengthen(profile: &mut Value) {
    let is_grown = |node: Node<'_>, value: &Value, pointer: &str| {
        let rows = node.items().is_some_and(|i| i.is_prose() || i.text("type") == Some("object"));
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        let is_top = steps.len() <= 2 && steps.iter().all(|step| step.parse::<usize>().is_err());
        let is_tied = TIED.iter().any(|t| pointer.starts_with(t));
        rows && is_top && !is_tied && value.as_array().is_some_and(|a| !a.is_empty())
    };
    for (pointer, most) in picked(profile, is_grown) {
        let most = MANY.min(usize::try_from(most).expect("a small number"));
        let rows = at(profile, &pointer).as_array_mut().expect("a list");
        let given = rows.len();
        for n in given..most {
            let mut row = rows[n % given].clone();
            if let Some(id) = row.get("id").and_then(Value::as_str) {
                row["id"] = value!(format!("{}-{n}", &id[..id.len().min(20)]));
            }
            rows.push(row);
        }
    }
}

/// Cuts every list that nothing refers to.
fn shorten(profile: &mut Value) {
    let mut targets = BTreeSet::new();
    let schema = json("schemas/profile.schema.json");
    visit(&schema, profile, &mut |node, _, _| {
        targets.extend(node.text("x-refers").map(|t| format!("/{t}")));
    });
    let is_cut = |_: Node<'_>, value: &Value, pointer: &str| {
        value.as_array().is_some_and(|a| a.len() > FEW)
            && !targets.contains(pointer)
            && !pointer.starts_with("/data")
    };
    for (pointer, _) in picked(profile, is_cut) {
        if let Some(Value::Array(rows)) = profile.pointer_mut(&pointer) {
            rows.truncate(FEW);
        }
    }
}

/// Takes away whatever the schema lets be absent.
fn strip(profile: &mut Value) {
    let mut gone = Vec::new();
    let schema = json("schemas/profile.schema.json");
    visit(&schema, profile, &mut |node, value, pointer| {
        let Some(map) = value.as_object() else { return };
        let needed: BTreeSet<&str> = node.required().collect();
        gone.extend(
            map.keys().filter(|k| !needed.contains(k.as_str())).map(|k| (pointer.to_owned(), k.clone())),
        );
    });
    for (pointer, key) in gone.iter().rev() {
        at(profile, pointer).as_object_mut().expect("an object").shift_remove(key);
    }
}

/// Puts text into the fields of prose: given the number of the field and its greatest length, what to write, if anything.
fn fill(profile: &mut Value, text: impl Fn(usize, usize) -> Option<String>) {
    for (i, (pointer, most)) in
        picked(profile, |node, v, _| v.is_string() && node.is_prose()).iter().enumerate()
    {
        let most = usize::try_from(*most).expect("a small number");
        if let Some(text) = text(i, most) {
            assert!(text.chars().count() <= most, "{pointer}: {text}");
            *at(profile, pointer) = value!(text);
        }
    }
}

/// Words of a length that fills a field.
fn words(i: usize, most: usize) -> String {
    const WORDS: [&str; 7] =
        ["Wirilda", "reconciliation", "of", "neighbourhood", "and", "e-bikes", "2026–27"];
    let mut text = String::new();
    for word in WORDS.iter().cycle().skip(i) {
        if text.chars().count() + 1 + word.chars().count() > most {
            break;
        }
        text.push_str(if text.is_empty() { "" } else { " " });
        text.push_str(word);
    }
    text
}

fn long_word(i: usize, most: usize) -> String {
    ('a'..='z').cycle().skip(i % 26).take(most.min(300)).collect()
}

/// Everything that looks wrong in a pack, document by document.
fn faults_of(pack: &Pack) -> Vec<String> {
    let of =
        |name: &str| faults(pack.pages(name)).into_iter().map(|f| format!("{name}, {f}")).collect::<Vec<_>>();
    pack.documents().into_iter().chain(["data/submission.pdf"]).flat_map(of).collect()
}

fn looks_right(pack: &Pack) {
    let found = faults_of(pack);
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

fn rows(project: &Project, list: &str) -> usize {
    project.profile.pointer(&format!("/{list}")).and_then(Value::as_array).map_or(0, Vec::len)
}

#[test]
fn every_complete_sample_looks_right() {
    for (name, pack) in samples() {
        println!("{name}: {} pages", pack.pages("data/submission.pdf").len());
        looks_right(pack);
    }
}

#[test]
fn long_lists_long_words_and_emoji_look_right() {
    let mut project = Project::sample();
    lengthen(&mut project.profile);
    fill(&mut project.profile, |i, most| match i % 20 {
        0 if most >= 30 => Some(long_word(i, most)),
        7 if most >= 100 => Some(format!("https://example.org/{}", long_word(i, most - 20))),
        14 if most >= 20 => Some("🚲 ✅ ⚠ 😀 👍 → №".into()),
        _ => None,
    });
    for list in ["calendar", "actions", "platforms", "personnel", "strategy/risks", "guidelines/responses"] {
        assert!(rows(&project, list) >= MANY, "{list}");
    }
    let name = words(0, 120);
    looks_right(&project.set("/organisation/name", name).pack(&[]));
}

#[test]
fn short_lists_and_nothing_optional_look_right() {
    let mut project = Project::sample();
    strip(&mut project.profile);
    shorten(&mut project.profile);
    assert!(project.profile.pointer("/organisation/brand/logo").is_none());
    for list in ["calendar", "strategy/risks", "guidelines/responses", "monitoring"] {
        assert_eq!(rows(&project, list), FEW, "{list}");
    }
    looks_right(&project.pack(&[]));
}

#[test]
fn the_longest_names_titles_and_cells_look_right() {
    let mut project = Project::sample();
    fill(&mut project.profile, |i, most| (most <= 200).then(|| words(i, most)));
    looks_right(&project.pack(&[]));
}

/// Builds the toy unit with something wrong planted into a template, and returns what is found.
fn planted(fault: &str) -> Vec<String> {
    let project = Project::toy();
    let template = project.catalog().join("templates/units/TOY001/plan.typ.j2");
    let text = fs::read_to_string(&template).expect("a template");
    let (before, after) = text.rsplit_once("{% endblock %}").expect("the end of the body");
    fs::write(&template, format!("{before}\n{fault}\n{{% endblock %}}{after}")).expect("written");
    faults_of(&project.pack(&[]))
}

#[test]
fn what_looks_wrong_is_found() {
    assert_eq!(planted("Nothing wrong here."), [""; 0]);
    let cases = [
        ("#h(-40pt)Planted beside the text.", "in the margin"),
        ("#place(dx: 480pt)[Planted]", "in the margin"),
        ("#box(width: 30pt, height: 9pt, clip: true)[#box(width: 90pt)[Planted]]", "cut off"),
        ("Planted\n#v(-14pt)\nbelow this line", "lie on others"),
        ("#grid(columns: (30pt, 90pt), box(width: 90pt)[Plantedtoowide], [beside it])", "lie on others"),
        ("#pagebreak()\n#pagebreak()\nThe end.", "is blank"),
        ("#v(1fr)\n= Planted\n#pagebreak()\nThe end.", "ends with the heading “"),
    ];
    for (fault, wanted) in cases {
        let found = planted(fault);
        assert!(found.iter().any(|f| f.contains(wanted)), "{fault}\nis not found: {found:#?}");
    }
}
