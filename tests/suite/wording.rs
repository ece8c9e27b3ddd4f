//! Advice on wording: sentences, spelling, links and alternative texts of the learner.

use evipack::catalog::Catalog;
use serde_json::Value;

use crate::support::{Project, json};

/// The rules about wording that fail, with their places.
fn found(project: &Project) -> Vec<(String, String)> {
    let report = project.check();
    let text = |p: &Value, name: &str| p[name].as_str().unwrap_or_default().to_owned();
    let about_wording = report.problems().iter().filter(|p| text(p, "code").starts_with("TXT-"));
    about_wording.map(|p| (text(p, "code"), text(p, "pointer"))).collect()
}

fn one(project: &Project, code: &str, pointer: &str) {
    assert_eq!(found(project), [(code.to_owned(), pointer.to_owned())]);
}

#[test]
fn samples_have_nothing_to_mend() {
    for name in [
        "wattlebird-cycles",
        "kestrel-bend",
        "paddock-gate-physio",
        "redgum-libraries",
        "learner-half-finished",
    ] {
        assert_eq!(found(&Project::named(name)), [], "{name}");
    }
}

#[test]
fn long_sentences_are_advised_against_and_change_no_status() {
    let long = format!("{} end.", "we plan and write and check and post and ".repeat(6));
    let project = Project::sample().set("/strategy/context", long);
    one(&project, "TXT-01a", "/strategy/context");
    let report = project.check();
    assert_eq!(report.status("FS-WRI-1"), "met");
    assert_eq!(report.with_code("TXT-01a")[0]["severity"], "warning");
    let wordy = format!("{} end. ", "we plan and write and check it ".repeat(5)).repeat(3);
    one(&Project::sample().set("/strategy/context", wordy), "TXT-01b", "/strategy/context");
}

#[test]
fn spelling_is_looked_at_in_the_learner_s_own_words_only() {
    let project = |text: &str| Project::sample().set("/strategy/context", text);
    let wrong = project("We organize rides and bring more color to the center of town.");
    one(&wrong, "TXT-02a", "/strategy/context");
    let message = wrong.check().with_code("TXT-02a")[0]["message"].to_string();
    for words in ["‘organize’ (here ‘organise’)", "‘color’ (here ‘colour’)", "‘center’ (here ‘centre’)"]
    {
        assert!(message.contains(words), "{message}");
    }
    for fine in [
        "We read “How to organize a color run” and more.",
        "The World Health Organization and the Color Run were there.",
        "See https://www.color.example/organize and #color for more.",
        "We organise a colourful analysis.",
    ] {
        assert_eq!(found(&project(fine)), [], "{fine}");
    }
    let title = Project::sample().set("/submission/references/0/title", "Organize your color");
    assert_eq!(found(&title), []);
}

#[test]
fn links_and_alternative_texts_that_say_nothing_are_told() {
    let link = |url: &str| Project::sample().set("/submission/references/0/url", url);
    for url in
        ["www.acma.gov.au", "https://acma", "https://www.acma.gov au/spam", "http://shop.example/login"]
    {
        one(&link(url), "TXT-03a", "/submission/references/0/url");
    }
    assert_eq!(found(&link("https://www.acma.gov.au/avoid-sending-spam")), []);
    assert_eq!(found(&link("https://example.com/a")), [], "a simulated case may have made-up addresses");
    let real = found(&link("https://example.com/a").set("/case/kind", "real"));
    assert!(real.contains(&("TXT-03b".into(), "/submission/references/0/url".into())), "{real:?}");
    for text in ["logo", "Our logo image", "logo-2.png", "Company logo"] {
        one(
            &Project::sample().set("/organisation/brand/logo_alt", text),
            "TXT-04a",
            "/organisation/brand/logo_alt",
        );
    }
}

#[test]
fn the_list_of_spellings_is_sound() {
    let name = "templates/shared/spelling.json";
    Catalog::embedded().checked_json(name, "schemas/spelling.schema.json").expect("the list");
    let words = json(name);
    let words = words["words"].as_object().expect("words");
    assert!(words.len() > 300);
    for (word, better) in words {
        assert!(
            !words.contains_key(better.as_str().expect("a word")),
            "{word} leads to a word that is listed"
        );
    }
}
