//! The brand's colour: documents print a shade that can be read, and the check says so before.

use std::fs;

use crate::support::{Project, files_below, root};

#[test]
fn a_pale_colour_is_named_and_the_named_shade_is_printed() {
    let project = Project::toy().set("/organisation/brand/primary", "#f2b705");
    let report = project.check();
    let [warning] = report.with_code("colour-pale")[..] else { panic!("{:#?}", report.problems()) };
    assert_eq!(
        (&warning["severity"], &warning["pointer"]),
        (&"warning".into(), &"/organisation/brand/primary".into())
    );
    let message = warning["message"].as_str().expect("a message");
    assert!(message.contains("1.8:1 on white") && message.contains("4.5:1"), "{message}");
    assert!(warning["hints"][0].as_str().is_some_and(|h| h.contains("`#8a6803`")), "{warning:#}");

    project.build(&["--sources", "sources"]).ok();
    let sources = project.folder().join("sources");
    let texts =
        files_below(&sources).into_iter().map(|n| fs::read_to_string(sources.join(n)).unwrap_or_default());
    let lines: Vec<String> = texts.flat_map(|t| t.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let printed: Vec<&String> = lines.iter().filter(|l| l.contains("brand-primary: \"")).collect();
    assert!(printed.len() > 2 && printed.iter().all(|l| l.contains("#8a6803")), "{printed:?}");
}

#[test]
fn the_named_shade_is_accepted_and_no_sample_is_pale() {
    let toy = Project::toy().set("/organisation/brand/primary", "#8a6803");
    assert!(toy.check().with_code("colour-pale").is_empty());
    let samples = fs::read_dir(root().join("samples")).expect("samples");
    for name in samples.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()) {
        let report = Project::named(&name).check();
        assert!(report.with_code("colour-pale").is_empty(), "{name}: {:#?}", report.problems());
    }
}
