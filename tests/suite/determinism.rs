//! The same profile gives the same bytes, wherever and however it is built.

use std::fs;

use serde_json::Value;

use crate::support::{Evipack, Project, sample};

/// The same value with all keys in the opposite order.
fn turned(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.iter().rev().map(|(k, v)| (k.clone(), turned(v))).collect()),
        Value::Array(items) => Value::Array(items.iter().map(turned).collect()),
        other => other.clone(),
    }
}

#[test]
fn order_of_keys_and_the_environment_change_nothing() {
    let project = Project::sample();
    let text = serde_json::to_string(&turned(&project.profile)).expect("JSON");
    assert!(!text.starts_with("{\"$schema\""), "the keys really are in another order");
    project.write("profile.json", text.as_bytes());
    let target = project.folder().join("elsewhere.zip");
    let args = ["build".into(), project.path(), "-o".into(), target.clone()];
    Evipack::behind("umask 077", args)
        .env("TZ", "Pacific/Kiritimati")
        .env("LANG", "tr_TR.UTF-8")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("HOME", "/nonexistent")
        .env("RAYON_NUM_THREADS", "1")
        .env("SOURCE_DATE_EPOCH", "1")
        .run()
        .ok();
    assert!(fs::read(target).expect("a pack") == sample().bytes, "the same profile gives other bytes");
}

#[test]
fn indentation_threads_and_the_working_folder_change_nothing() {
    let project = Project::sample();
    let text = serde_json::to_string_pretty(&project.profile).expect("JSON");
    let text = text.replace("\n  ", "\r\n\t\t \n");
    project.write("profile.json", text.as_bytes());
    let other = tempfile::tempdir().expect("a folder");
    let args = ["build".into(), project.path(), "--output=here.zip".into()];
    Evipack::new(args)
        .within(other.path())
        .env("TZ", "America/St_Johns")
        .env("RAYON_NUM_THREADS", "2")
        .run()
        .ok();
    let bytes = fs::read(other.path().join("here.zip")).expect("a pack");
    assert!(bytes == sample().bytes, "the same profile gives other bytes");
}

#[test]
fn order_of_keys_changes_no_advice_where_several_texts_are_at_fault() {
    let advice = |text: &str| {
        let project = Project::sample();
        project.write("profile.json", text.as_bytes());
        let command = project.command("check").arg("--format").arg("json").arg("--standard").arg("strict");
        let report = command.run().json();
        report["rows"].as_array().expect("rows").iter().map(|r| r["advice"].clone()).collect::<Vec<_>>()
    };
    let profile = Project::sample().profile;
    let usual = advice(&serde_json::to_string(&profile).expect("JSON"));
    assert!(usual.iter().any(|r| r.to_string().contains("A sentence of ")), "the rule has something to say");
    assert_eq!(usual, advice(&serde_json::to_string(&turned(&profile)).expect("JSON")));
}
