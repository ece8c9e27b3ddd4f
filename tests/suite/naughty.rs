//! Text is text: whatever is typed into a field of prose is printed as typed, and nothing runs.

use std::collections::{BTreeMap, BTreeSet};

use evipack::profile::schema::visit;
use serde_json::{Value, json as value};

use crate::support::{Pack, Project, json, squeeze};

/// What a template language, a typesetter, a page or a spreadsheet could take for its own.
const NASTY: [&str; 12] = [
    "\"q\" 'a' ‘b’ “c” `r` ```t```",
    "#lorem(9) #{1+1} #[x] #(7*7191) #read(\"/etc/passwd\")",
    "$x^2$ \\$ @ref <label> @D04 #label(\"x\")",
    "// gone /* gone */ -- --- ... ~ ?",
    "{{ 7*7191 }} {% raw %} {# gone #} {{{}}}",
    "\\ \\\\ \\u{202E} \\n \\\" %s %n",
    "*b* _i_ = h - l + n / t: #import \"@preview/a:1.0.0\"",
    "[[not a token!]] [[]] ]] [ ) ( } {",
    "=HYPERLINK(1) +1 -1 @SUM(A1) | cmd",
    "🚲 ✅ ⚠ € ½ é ł ß ≥ → … – — ’ №",
    "<b>x</b> &amp; &lt; <script>alert(1)</script>",
    "https://example.org/a_b?c=d&e=%20#f ./x ../y C:\\z",
];

/// Every field of prose of a profile: pointer and greatest length.
fn prose(profile: &Value) -> Vec<(String, usize)> {
    let schema = json("schemas/profile.schema.json");
    let mut found = Vec::new();
    visit(&schema, profile, &mut |node, value, pointer| {
        if value.is_string() && node.is_prose() {
            let most = node.get("maxLength").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
            found.push((
                pointer.to_owned(),
                most.unwrap_or_else(|| panic!("{pointer} has no greatest length")),
            ));
        }
    });
    found
}

/// Puts a text of its own into every field of prose; returns what was typed.
fn typed(project: &mut Project, text: impl Fn(usize, usize) -> String) -> BTreeMap<String, String> {
    let fields = prose(&project.profile);
    assert!(fields.len() > 1500, "the sample has {} fields of prose", fields.len());
    let mut typed = BTreeMap::new();
    for (i, (pointer, most)) in fields.into_iter().enumerate() {
        let text = text(i, most);
        assert!(text.chars().count() <= most, "{pointer}: {text}");
        *project.profile.pointer_mut(&pointer).expect("the field") = value!(text);
        typed.insert(pointer, text);
    }
    typed
}

/// Expects every text on the pages of the single documents.
fn all_is_printed(pack: &Pack, typed: &BTreeMap<String, String>) {
    let pages: Vec<&str> =
        pack.documents().into_iter().flat_map(|d| pack.pages(d)).map(|p| p.squeezed.as_str()).collect();
    let printed = pages.concat();
    let lost: Vec<String> = typed
        .iter()
        .filter(|(_, text)| !printed.contains(&squeeze(text)) && !is_over_two_pages(&pages, &squeeze(text)))
        .map(|(pointer, text)| format!("{pointer}: {text}"))
        .collect();
    assert!(
        lost.is_empty(),
        "{} of {} are not printed as typed:\n{}",
        lost.len(),
        typed.len(),
        lost.join("\n")
    );
}

/// Tells whether a text begins on one page and goes on, word for word, on the next one.
fn is_over_two_pages(pages: &[&str], text: &str) -> bool {
    let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(8).collect();
    pages.windows(2).any(|pair| {
        let fits = |at: &&usize| pair[0].contains(&text[..**at]) && pair[1].contains(&text[**at..]);
        cuts.iter().rev().find(|at| pair[0].contains(&text[..**at])).is_some_and(|at| fits(&at))
    })
}

#[test]
fn what_could_be_code_is_printed_as_typed() {
    let mut project = Project::sample();
    let typed = typed(&mut project, |i, most| {
        let mark = format!("z{i}z");
        let fits = |text: &&&str| mark.len() + 1 + text.chars().count() <= most;
        let turn = NASTY.iter().cycle().skip(i % NASTY.len()).take(NASTY.len());
        turn.clone().find(fits).map_or(format!("#{mark}"), |text| format!("{mark} {text}"))
    });
    for nasty in NASTY {
        assert!(typed.values().filter(|t| t.ends_with(nasty)).count() > 20, "{nasty} is in many fields");
    }
    let pack = project.pack(&[]);
    all_is_printed(&pack, &typed);
    let page = pack.text("index.html");
    assert!(
        !page.contains("<script>") && !page.contains("<label>") && !page.contains("<b>x"),
        "the page is text too"
    );
    let events = pack.text("data/calendar.ics").matches("BEGIN:VEVENT").count();
    assert_eq!(events, project.profile["calendar"].as_array().map_or(0, Vec::len));
}

/// The pointer without the places in lists: what kind of field it is.
fn kind(pointer: &str) -> String {
    pointer
        .split('/')
        .map(|step| if step.parse::<usize>().is_ok() { "#" } else { step })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn a_long_word_in_every_kind_of_field_is_whole_and_on_the_page() {
    let mut project = Project::sample();
    let mut typed = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for (i, (pointer, most)) in prose(&project.profile).into_iter().enumerate() {
        if most < 30 || !kinds.insert(kind(&pointer)) {
            continue;
        }
        let start = format!("Z{i}");
        let rest = ('a'..='z').cycle().skip(i % 26).take(most.min(300) - start.len());
        let text: String = start.chars().chain(rest).collect();
        *project.profile.pointer_mut(&pointer).expect("the field") = value!(text);
        typed.insert(pointer, text);
    }
    assert!(
        typed.values().filter(|t| t.len() == 300).count() > 200,
        "there are {} kinds of fields",
        typed.len()
    );
    let pack = project.pack(&[]);
    let out: Vec<String> = pack.documents().into_iter().flat_map(|name| off_the_page(&pack, name)).collect();
    assert!(out.is_empty(), "{}", out.join("\n"));
    all_is_printed(&pack, &typed);
}

fn off_the_page(pack: &Pack, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (i, page) in pack.pages(name).iter().enumerate() {
        let is_out = |(_, p): &&(String, kurbo::Point)| p.x < 20.0 || p.x > page.size.0 - 20.0;
        let out: String = page.places.iter().filter(is_out).map(|(text, _)| text.as_str()).collect();
        if !out.is_empty() {
            found.push(format!("{name} page {}: “{out}” runs off the page", i + 1));
        }
    }
    found
}

#[test]
fn characters_that_cannot_be_printed_are_refused_by_place_and_code_point() {
    let refused = [
        '\u{202E}', '\u{2066}', '\0', '\u{1B}', '\u{85}', '\u{E000}', '\u{FFFE}', '\u{FEFF}', '中', 'ก', 'א',
        'ع',
    ];
    let mut project = Project::sample();
    let fields = prose(&project.profile);
    for (i, (pointer, most)) in fields.iter().enumerate() {
        let c = refused[i % refused.len()];
        let text = if *most > 20 { format!("x{c}y{i}") } else { format!("{c}") };
        *project.profile.pointer_mut(pointer).expect("the field") = value!(text);
    }
    let report = project.check();
    assert_eq!(report.0["can_be_built"], false);
    let found = report.with_code("character-refused");
    assert_eq!(found.len(), fields.len(), "every field is refused once");
    let lines: Vec<String> =
        std::fs::read_to_string(project.path()).expect("text").lines().map(str::to_owned).collect();
    for problem in found {
        let pointer = problem["pointer"].as_str().expect("a pointer");
        let i = fields.iter().position(|(p, _)| p == pointer).expect("a field of prose");
        let code = format!("U+{:04X}", u32::from(refused[i % refused.len()]));
        let message = problem["message"].as_str().expect("a message");
        assert!(message.contains(&code), "{pointer}: {message} does not name {code}");
        let line = usize::try_from(problem["line"].as_u64().expect("a line")).expect("small");
        let typed =
            serde_json::to_string(project.profile.pointer(pointer).expect("the field")).expect("JSON");
        assert!(lines[line - 1].contains(&typed), "{pointer} is not in line {line}: {}", lines[line - 1]);
    }
    for options in [&[][..], &["--draft"]] {
        project.build(options).ends(1).says("U+202E").says("profile.json:");
        assert!(!project.folder().join("pack.zip").exists());
    }
}
